# Each target does all its own set-up. PYTHON picks the interpreter the environment is made with.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test soak lint schema bench clean

demo: $(VENV)/.installed
	$(BIN)/gradetape demo

test: $(VENV)/.installed
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadgroup

soak: $(VENV)/.installed
	GRADETAPE_SOAK=1000 $(BIN)/pytest tests/sandbox/test_lives.py
	GRADETAPE_ROUNDS=20 $(BIN)/pytest tests/sandbox/test_hard_kinds.py
	GRADETAPE_FUZZ=200000 $(BIN)/pytest tests/unit/test_wire.py tests/unit/test_judge.py tests/unit/test_records.py
	GRADETAPE_SOAK=1 $(BIN)/python -m tests.attacks.as_user root tests/attacks
	GRADETAPE_SOAK=1 $(BIN)/python -m tests.attacks.as_user ordinary tests/attacks

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

schema: $(VENV)/.installed
	$(BIN)/python -m grader.bank.json_schema questions

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/latency.py
	$(BIN)/python benchmarks/class.py
	$(BIN)/python benchmarks/reference_ops.py
	$(BIN)/python benchmarks/locks.py
	$(BIN)/python benchmarks/sheets.py

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -e '.[test,lint]'
	touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

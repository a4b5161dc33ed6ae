"""Imports run one way, and what must start quickly imports nothing heavy."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import grader

ROOT = Path(grader.__file__).parent
#: Each may use those before it.
ORDER = [
    "problems", "files", "values", "interpreter", "observation", "bank", "sheets", "inputs", "probes", "sandbox",
    "judge", "vocabulary", "calls", "results", "known", "submissions", "grade", "session", "report", "classroom",
    "verify", "cli", "commands", "demo", "pytest_plugin",
]  # fmt: skip


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("grader.")}


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_uses_only_those_before_it(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    room = parts[0]
    if room == "__init__" or "students" in parts:
        return
    used = {_room(name) for name in _imports(path)} - {room, "__version__", ""}
    later = {name for name in used if ORDER.index(name) > ORDER.index(room)}
    # The command line reaches for what a command needs when it is given.
    assert later <= ({"commands"} if path.name == "cli.py" else {"demo"} if path.name == "commands.py" else set())


def test_the_judge_knows_nothing_of_the_sandbox_and_the_sandbox_nothing_of_questions() -> None:
    judge = {name for path in (ROOT / "judge").rglob("*.py") for name in _imports(path)}
    assert not any(_room(name) == "sandbox" for name in judge)
    sandbox = {name for path in (ROOT / "sandbox").rglob("*.py") for name in _imports(path)}
    assert not {_room(name) for name in sandbox} & {"bank", "judge", "results", "known", "grade"}


def test_the_sheets_stand_on_the_bank_alone() -> None:
    used = {_room(name) for path in (ROOT / "sheets").rglob("*.py") for name in _imports(path)}
    assert used - {""} <= {"sheets", "bank", "interpreter", "values", "files", "problems"}


@pytest.mark.parametrize(
    "module",
    [
        "grader.bank.load",
        "grader.vocabulary",
        "grader.cli",
        "grader.commands",
        "grader.grade",
        "grader.report.feedback_page",
    ],
)
def test_the_trusted_side_starts_without_tensorflow(module: str) -> None:
    code = f"import sys, {module}; assert not {{'tensorflow', 'keras', 'gymnasium'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_listing_imports_no_tensorflow() -> None:
    code = (
        "import sys; from grader.cli import main; code = main(['list']); "
        "assert not {'tensorflow', 'pydantic'} & set(sys.modules); sys.exit(code)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "m1q03"],
        ["sheet", "m1q03", "-o", "sheet.pdf"],
        ["sheet", "m1q03", "-o", "sheet.html"],
        ["paper", "m1q03", "-o", "paper.pdf"],
        ["cards", "m1q03", "-o", "cards.apkg"],
    ],
    ids=" ".join,
)
def test_showing_and_printing_import_no_tensorflow(arguments: list[str], tmp_path: Path) -> None:
    code = (
        f"import sys; from grader.cli import main; code = main({arguments!r}); "
        "assert not {'tensorflow', 'keras', 'gymnasium'} & set(sys.modules); sys.exit(code)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT.parent)}
    command = [sys.executable, "-c", code]
    subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL, cwd=tmp_path, env=environment)

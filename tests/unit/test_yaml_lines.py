import pytest

from grader.bank.yaml_lines import read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5), ("no", "no"), ("on", "on"), ("true", True), ("0o17", "0o17"), ("010", 10), ("1_000", "1_000"),
        ("~", None), ("-.inf", float("-inf")), ("2023-07", "2023-07"), ("12:30", "12:30"), (".5", 0.5), ("1.", 1.0),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    read = read_yaml(f"a: {text}").data["a"]
    assert read == value
    assert type(read) is type(value)


def test_every_entry_knows_its_line() -> None:
    read = read_yaml("a: 1\nb:\n  - c: 2\n    d: 3\n  - 4\n")
    assert read.line_of(("b", 0, "d")) == 4
    assert read.line_of(("b", 1)) == 5
    assert read.line_of(("b", 0, "unknown")) == 3  # its nearest ancestor


def test_duplicate_keys_are_faults_with_both_lines() -> None:
    read = read_yaml("a: 1\nb: 2\na: 3\n")
    assert [(line, "line 1" in what) for line, what, _ in read.faults] == [(3, True)]


@pytest.mark.parametrize("text", ["", "a: [1", "a: !!python/object/apply:os.system [ls]", "? [1]\n: 2", "a: &x [*x]"])
def test_bad_documents_are_faults_and_never_raise(text: str) -> None:
    assert read_yaml(text).faults


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert any("aliases" in mend for _, _, mend in read_yaml("\n".join(lines)).faults)

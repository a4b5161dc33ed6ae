"""Our small highlighter against Pygments: the same comments, strings and keywords; not a letter lost."""

from pathlib import Path

import pytest
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, String

from grader.sheets.highlight import highlight, highlighted_lines
from tests.conftest import ROOT

FILES = [*sorted((ROOT / "reference_impl").glob("m*/*.py")), ROOT / "grader" / "sheets" / "markdown.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_sees_what_pygments_sees(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    ours = "".join(kind[0] * len(text) if kind else "." * len(text) for kind, text in highlight(code, "python"))
    assert len(ours) == len(code)
    at = 0
    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(code):
        letters = ours[at : at + len(text)]
        place = f"{text!r} in line {code[:at].count(chr(10)) + 1}"
        if token in Comment and text.strip():
            assert set(letters) == {"c"}, place
        elif token in String:
            assert set(letters) == {"s"}, place
        elif token in Keyword and text not in ("True", "False", "None"):
            # A soft keyword may be a name, and "yield from" has a space in it.
            free = {"."} if text in ("match", "case", "type", "_") or " " in text else set()
            assert set(letters) <= {"k", "s"} | free, place
        elif text.isidentifier():
            assert not set(letters) & {"c"}, place
        at += len(text)


@pytest.mark.parametrize("code", ["", "x", "\n", '"""', "'unclosed", "# é ∑", "\\", "def ", "0x", "a = '''b\nc'''\nd"])
def test_nothing_is_lost_of_broken_code_either(code: str) -> None:
    assert "".join(text for _, text in highlight(code, "python")) == code
    assert "\n".join("".join(text for _, text in line) for line in highlighted_lines(code, "python")) == code


def test_other_languages_are_left_plain() -> None:
    assert list(highlight("def x", "console")) == [("", "def x")]

"""Whatever a slip of an author's hand does to a question file: a page, or one clear message; never a traceback."""

import contextlib
import io
import re
import shutil
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.cli import main
from tests.sheets.conftest import SAMPLES

QUESTION = next((SAMPLES / "questions").glob("*/*.yaml"))
LINES = QUESTION.read_text(encoding="utf-8").splitlines()
VALUES = (
    "null", "5", "-1", ".nan", "true", "[]", "{}", "[1, 2]", "[a, [b]]", "{a: b}", "2023-07", '""', '"  "', '"$x"',
    '"$\\\\frac$"', '"`"', '"# t"', '"<b>"', '"[x](javascript:y)"', '"\\u202e"', "|", "~", "&a b", "*a", "!!python/x y",
)  # fmt: skip
SIGNS = "{}[]:-#&*!|>'\"%@`$\\<_\t\x00é,"

lines = st.integers(0, len(LINES) - 1)
slips = st.one_of(
    st.tuples(st.just("delete"), lines, st.integers(1, 5)),
    st.tuples(st.just("value"), lines, st.sampled_from(VALUES)),
    st.tuples(st.just("key"), lines, st.sampled_from(("id", "marks", "title", "xyz", "with", "draw"))),
    st.tuples(st.just("indent"), lines, st.sampled_from(("", "  ", "    "))),
    st.tuples(st.just("sign"), lines, st.tuples(st.integers(0, 80), st.sampled_from(SIGNS))),
    st.tuples(st.just("repeat"), lines, lines),
    st.tuples(st.just("cut"), lines, st.none()),
)


def slipped(text: list[str], slip: tuple[str, int, object]) -> list[str]:
    """Return the lines after a slip at one of them."""
    kind, place, how = slip
    before, line, after = text[:place], text[place : place + 1], text[place + 1 :]
    match kind, how:
        case "delete", int(count):
            return [*before, *after[count - 1 :]]
        case "value", str(value):
            line = [re.sub(r"^(\s*(?:- )?[\w.]+:).*", lambda found: f"{found[1]} {value}", one) for one in line]
        case "key", str(key):
            line = [re.sub(r"^(\s*(?:- )?)[\w.]+:", lambda found: f"{found[1]}{key}:", one) for one in line]
        case "indent", str(spaces):
            line = [spaces + one.lstrip() for one in line]
        case "sign", (int(column), str(sign)):
            line = [one[:column] + sign + one[column:] for one in line]
        case "repeat", int(other):
            line = [*line, LINES[other]]
        case _:
            after = []
    return [*before, *line, *after]


def line_of(key: str) -> int:
    return next(place for place, line in enumerate(LINES) if line.startswith(f"{key}:"))


@example([("value", line_of("topics"), "[a, [b]]")])
@example([("value", line_of("id"), "m1q02")])
@example([("value", line_of("id"), "m9")])
@settings(max_examples=60, deadline=None)
@given(st.lists(slips, min_size=1, max_size=3))
def test_a_slip_ends_in_a_page_or_in_a_message(found: list[tuple[str, int, object]]) -> None:
    text = LINES
    for slip in found:
        text = slipped(text, slip)
    with tempfile.TemporaryDirectory() as folder:
        bank = Path(folder) / "bank"
        shutil.copytree(SAMPLES, bank)
        (bank / QUESTION.relative_to(SAMPLES)).write_text("\n".join(text), encoding="utf-8")
        for command in (
            ["list"],
            ["show", "m1q01"],
            ["sheet", "-o", f"{folder}/x.html"],
            ["cards", "-o", f"{folder}/x.apkg"],
        ):
            said = io.StringIO()
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
                code = main([*command, "--bank", str(bank)])
            assert code in (0, 2), said.getvalue()
            assert (code == 2) == said.getvalue().startswith("gradetape: "), said.getvalue()
            assert "Traceback" not in said.getvalue()

"""Report -> the terminal."""

from collections.abc import Iterator
from dataclasses import replace
from textwrap import dedent

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from grader.judge.compare import Mismatch
from grader.report.inert import inert, visible
from grader.results import CheckResult, FunctionResult, QuestionResult, Report, isolation_text, marks_text

#: The most of a number in a table, in characters.
_MOST_CELL = 40
_SIGNS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "not_reached": ("–", "yellow")}


def print_report(report: Report, console: Console) -> None:
    """Print marks by function and check, and what is to be said of each check that failed."""
    for question in report.questions:
        if question.attempted:
            console.print(_question(question))
    left_out = [question for question in report.questions if not question.attempted]
    if left_out:
        names = ", ".join(question.id for question in left_out)
        console.print(Text(f"Not attempted: {names}", style="yellow"))
    console.print(_total(report))
    isolation = report.isolation
    worth_a_look = isolation.level == "none" or isolation.missing
    console.print(Text(isolation_text(isolation), style="yellow" if worth_a_look else "dim"))


def _question(question: QuestionResult) -> RenderableType:
    table = Table(box=None, expand=True, padding=(0, 1), show_header=False)
    table.add_column(width=1)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for function in question.functions:
        table.add_row("", Text(function.name, style="bold"), _marks(function))
        for row in _rows(function):
            table.add_row(*row)
    title = Text(f"{question.id}  {question.title}")
    passed = question.marks == question.out_of
    subtitle = Text(f"{marks_text(question.marks)} of {marks_text(question.out_of)} marks")
    return Panel(
        table, title=title, title_align="left", subtitle=subtitle, subtitle_align="right",
        border_style="green" if passed else "red",
    )  # fmt: skip


def _rows(function: FunctionResult) -> Iterator[tuple[RenderableType, ...]]:
    alike = _all_alike(function)
    if alike is not None:
        sign, colour = _SIGNS[alike.status]
        count = f"{len(function.checks)} checks: " if len(function.checks) > 1 else ""
        yield Text(sign, style=colour), Group(*_why(replace(alike, reason=f"{count}{alike.reason}"), set())), ""
        return
    said: set[str] = set()
    for check in function.checks:
        sign, colour = _SIGNS[check.status]
        yield Text(sign, style=colour), explain_check(check, said), _marks(check)


def _all_alike(function: FunctionResult) -> CheckResult | None:
    """Return one check if all came to nothing in the same way, as with a stub; said once, it says it all."""
    first = next((check for check in function.checks if check.blocked), function.checks[0])
    telling = {(check.status, check.reason, check.mismatch, check.diagnoses) for check in function.checks}
    nothing_else = first.status != "passed" and first.mismatch is None and not first.diagnoses
    return first if nothing_else and len(telling) == 1 else None


def _marks(result: FunctionResult | CheckResult) -> Text:
    return Text(f"{marks_text(result.marks)}/{marks_text(result.out_of)}", style="dim")


def explain_check(check: CheckResult, said: set[str] | None = None) -> RenderableType:
    """Return a check's title and, if it did not pass, all that is to be said of it.

    Args:
        check: the check.
        said: the mistakes and tracebacks already told, which are not told again; added to.
    """
    parts: list[RenderableType] = [Text(f"  {check.title}")]
    if check.status != "passed":
        parts += _why(check, set() if said is None else said)
    return Group(*parts)


def _why(check: CheckResult, said: set[str]) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if check.reason:
        parts.append(_indented(check.reason, "red"))
    if check.blocked:
        parts.append(_blocked(check))
    if check.mismatch is not None:
        parts += _mismatch(check.mismatch)
    if check.error is not None and check.error.traceback and check.error.traceback not in said:
        parts.append(_indented(dedent(check.error.traceback), "dim", last=True))
        said.add(check.error.traceback)
    for one in check.diagnoses:
        parts.append(_indented("→ the same mistake as above" if one.mistake in said else f"→ {one.says}", "bold cyan"))
        said.add(one.mistake)
    if check.hint and not check.diagnoses:
        parts.append(_indented(f"hint: {check.hint}", "cyan"))
    for name, text in (("printed", check.stdout), ("stderr", check.stderr)):
        if text.strip():
            parts.append(_indented(f"{name}: {text.strip()}", "dim"))
    return parts


def _blocked(check: CheckResult) -> RenderableType:
    return _indented(f"your code {check.blocked}", "bold yellow")


def _mismatch(mismatch: Mismatch) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if mismatch.got != mismatch.expected:
        parts.append(_indented(f"got {mismatch.got}, expected {mismatch.expected}", "dim"))
    elif mismatch.got:
        parts.append(_indented(mismatch.got, "dim"))
    if mismatch.numbers:
        parts.append(_indented(mismatch.numbers, "dim"))
    if mismatch.rows:
        table = Table("index", "got", "expected", box=None, padding=(0, 2), header_style="dim")
        for row in mismatch.rows:
            # As `Text`, for in a bare string rich would look for markup.
            table.add_row(*(Text(inert(cell, width=_MOST_CELL)) for cell in (row.index, row.got, row.expected)))
        parts.append(Padding(table, (0, 0, 0, 2)))
    return parts


def _indented(text: str, style: str, last: bool = False) -> RenderableType:
    return Padding(Text(inert(text, last=last), style=style), (0, 0, 0, 4))


def _total(report: Report) -> Text:
    attempted = [question for question in report.questions if question.attempted]
    text = Text(f"{visible(report.submission)}: ", style="bold")
    text.append(f"{marks_text(report.marks)} of {marks_text(report.out_of)} marks")
    if len(attempted) < len(report.questions):
        possible = sum(question.out_of for question in attempted)
        text.append(
            f" ({marks_text(report.marks)} of {marks_text(possible or report.marks)} on what was attempted)", "dim"
        )
    text.append(f"   seed {report.seed}", style="dim")
    return text

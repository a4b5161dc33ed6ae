"""The demo: three sample students on module 1, graded as a user's own folder would be."""

from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from grader.bank.load import load_bank
from grader.bank.location import BankLocation
from grader.bank.model import Bank
from grader.bank.stubs import write_stubs
from grader.files import write_whole
from grader.grade import Setting, grade_question
from grader.report.json_report import report_to_json
from grader.results import CheckResult, QuestionResult, Report, marks_text
from grader.sandbox.machine import versions
from grader.session import open_setting
from grader.submissions import find_files, read_submission
from grader.vocabulary import known_words

#: The sample students lie beside this file: one right, one with believable mistakes, one broken in several ways.
STUDENTS = Path(__file__).with_name("students")
_MODULE = 1


def show_demo(location: BankLocation, folder: Path) -> int:
    """Grade the sample students, write their JSON and one question's stub, and say what to try next."""
    console = Console()
    bank = load_bank(location, known_words())
    reports = []
    with console.status("starting TensorFlow") as status, open_setting(seed=0, level="standard") as setting:
        for student in sorted(STUDENTS.iterdir()):
            if student.is_dir() and not student.name.startswith("_"):
                status.update(f"grading {student.name}")
                reports.append(_grade(student, bank, setting))
                _print_student(reports[-1], console)
    console.print(_marks(reports))
    for report in reports:
        write_whole(folder / f"{Path(report.submission).name}.json", report_to_json(report))
    stubs = folder / "stubs"
    if not any(stubs.glob("m1q03*.py")):
        write_stubs([bank.questions["m1q03"]], location, stubs)
    console.print(_next_steps(folder, stubs))
    return 0


def _grade(student: Path, bank: Bank, setting: Setting) -> Report:
    questions = [question for question in bank.questions.values() if question.module == _MODULE]
    files = find_files(student, {question.id: question.spec.covers for question in questions})
    results = tuple(
        grade_question(q, read_submission(files[q.id]) if q.id in files else None, setting) for q in questions
    )
    children = setting.children
    return Report(student.name, results, setting.seed, setting.device, children.way, versions(), children.isolation())


def _print_student(report: Report, console: Console) -> None:
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column()
    for question in report.questions:
        marks = f"{marks_text(question.marks)}/{marks_text(question.out_of)}"
        table.add_row(question.id, marks, Text("\n".join(_said(question))))
    console.print(Panel(table, title=Text(report.submission), title_align="left"))


def _said(question: QuestionResult) -> list[str]:
    """Return the diagnoses of a question, each once; where there is none, the reason of the first check that failed."""
    reasons = {check.reason for check in question.checks()}
    if len(reasons) == 1 and all(check.status == "not_reached" for check in question.checks()):
        return [reasons.pop()]  # not attempted, or a file that did not load
    lines: dict[str, None] = {}
    for function in question.functions:
        failed = [check for check in function.checks if check.status != "passed"]
        said = [one.says for check in failed for one in check.diagnoses]
        for text in said or [_reason(check) for check in failed[:1]]:
            lines[f"{function.name}: {text}"] = None
    return list(lines) or ["all right"]


def _reason(check: CheckResult) -> str:
    return check.reason.splitlines()[0][:160] if check.reason else check.title


def _marks(reports: list[Report]) -> Table:
    table = Table("student", *(question.id for question in reports[0].questions), "marks", title="Marks")
    for report in reports:
        row = (marks_text(question.marks) for question in report.questions)
        table.add_row(report.submission, *row, f"{marks_text(report.marks)} of {marks_text(report.out_of)}")
    return table


def _next_steps(folder: Path, stubs: Path) -> Text:
    return Text(
        f"The reports as JSON:     {folder}/*.json\n"
        f"The stubs of m1q03:      {stubs}\n"
        "Try next:\n"
        f"  gradetape show m1q03\n"
        f"  gradetape grade {stubs} m1q03        (write the functions first: a stub earns nothing)\n"
        f"  gradetape grade {STUDENTS / 'ben'} m1q03\n"
        f"  gradetape list"
    )

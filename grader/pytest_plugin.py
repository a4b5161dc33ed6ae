"""The checks as pytest items: ``pytest questions/m1_artificial_neurons --submission DIR``.

A question file is collected like a test file, each of its checks is an item (``m1q03::perceptron_update::one_step``).
The student's code runs in the sandbox; nothing of the submission's folder is imported into pytest's process. Without
``--submission`` the reference is graded: the bank tests itself. ``--submissions DIR`` grades a class: every check is
an item for every student (``alice::m1q03::perceptron_update::one_step``).
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader import values
from grader.problems import EXIT_UNUSABLE, BankError, GradeTapeError

if TYPE_CHECKING:
    from grader.bank.model import Question
    from grader.classroom.entries import Entry
    from grader.sandbox.submission import Submission

_SESSION: pytest.StashKey["_Session"] = pytest.StashKey()
_COLLECTED = "gradetape-results"
_RESULTS: pytest.StashKey[dict[str, dict[str, Any]]] = pytest.StashKey()
_ISOLATION: pytest.StashKey[dict[str, Any]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    group = parser.getgroup("gradetape", "grading submissions")
    group.addoption(
        "--submission", type=Path, metavar="PATH", help="grade this file or folder (default: the reference)"
    )
    group.addoption("--submissions", type=Path, metavar="DIR", help="grade a class: a folder with an entry a student")
    group.addoption(
        "--gradetape-seed", type=values.seed, default=0, metavar="N", help="seed of the inputs (default: 0)"
    )
    group.addoption("--gradetape-device", type=values.device, default="auto", help="auto, cpu or gpu:N (default: auto)")
    group.addoption(
        "--gradetape-level",
        choices=("strict", "standard", "none"),
        help="how to lock in the code that is run, as of 'gradetape grade' (default: strict for a submission, else "
        "standard)",
    )
    group.addoption(
        "--gradetape-bubblewrap", action="store_true", help="lock in the whole runner by bubblewrap as well"
    )
    group.addoption("--gradetape-json", type=Path, metavar="FILE", help="write the results as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Make room for what this run collects."""
    config.stash[_RESULTS] = {}
    config.stash[_ISOLATION] = {}


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "QuestionFile | ClassFile | None":
    """Collect a question file of a bank, and no other YAML."""
    if file_path.suffix != ".yaml" or file_path.name == "bank.yaml":
        return None
    from grader.bank.location import location_of

    if location_of(file_path) is None:
        return None
    # The id alone, so that items are named m1q03::function::check wherever the bank lies.
    id_ = file_path.stem.partition("_")[0]
    kind = QuestionFile if parent.config.option.submissions is None else ClassFile
    collected: QuestionFile | ClassFile = kind.from_parent(parent, path=file_path, nodeid=id_)
    return collected


class ClassFile(pytest.File):
    """A question as a class answered it: one `QuestionFile` a student."""

    def collect(self) -> Iterator["QuestionFile"]:
        """Yield the question once for every student."""
        from grader.classroom.entries import list_entries
        from grader.classroom.naming import file_stem
        from grader.classroom.roster import expected_students

        question = _load_question(self.path, self.nodeid)
        for one in expected_students(list_entries(self.config.option.submissions)[0], None):
            student = file_stem(one.person.student)
            yield QuestionFile.from_parent(
                self,
                path=self.path,
                name=student,
                nodeid=f"{student}::{self.nodeid}",
                question=question,
                entries=one.entries,
            )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what is wrong with the folder without a traceback."""
        return str(excinfo.value) if isinstance(excinfo.value, GradeTapeError) else super().repr_failure(excinfo)


class _Session:
    """What the items of one process share: the setting, opened when the first item runs."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._stack = ExitStack()
        self._selected: dict[pytest.Collector, set[str]] = {}
        self._setting: Any = None
        self._fault: GradeTapeError | None = None

    def setting(self) -> Any:
        if self._fault is not None:
            raise self._fault
        if self._setting is None:
            from grader.sandbox.locks.levels import Level
            from grader.session import open_setting

            options = self._config.option
            level: Level = options.gradetape_level or (
                "standard" if options.submission is None and options.submissions is None else "strict"
            )
            opening = open_setting(
                options.gradetape_seed,
                options.gradetape_device,
                level=level,
                bubblewrap=options.gradetape_bubblewrap,
            )
            try:
                self._setting = self._stack.enter_context(opening)
            except GradeTapeError as error:
                self._fault = error  # it would be the same for every check, and starting TensorFlow takes seconds
                raise
        return self._setting

    def selected(self, session: pytest.Session) -> dict[pytest.Collector, set[str]]:
        """Return the checks that pytest selected, by the file they are in; looked up once, a class has many."""
        if not self._selected:
            for item in session.items:
                if isinstance(item, CheckItem) and item.parent is not None:
                    self._selected.setdefault(item.parent, set()).add(item.check)
        return self._selected

    def close(self) -> None:
        self._stack.close()


def _load_question(path: Path, id_: str) -> "Question":
    from grader.bank.load import load_bank
    from grader.bank.location import location_of
    from grader.vocabulary import known_words

    location = location_of(path)
    assert location is not None
    return next(iter(load_bank(location, known_words(), [id_]).questions.values()))


class QuestionFile(pytest.File):
    """A question and who answers it. Its checks are run together, once, when the first of them is wanted."""

    _results: dict[str, Any] | None = None

    def __init__(
        self, *, question: "Question | None" = None, entries: "Sequence[Entry] | None" = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._given = question
        #: What the student of a class handed in; ``None`` when no class is graded.
        self.entries = entries

    def collect(self) -> Iterator["CheckItem"]:
        """Yield an item for every check."""
        self.question = self._given or _load_question(self.path, self.nodeid)
        for function in self.question.spec.functions:
            for check in function.checks:
                yield CheckItem.from_parent(
                    self, name=f"{function.name}::{check.id}", check=f"{function.name}/{check.id}"
                )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what is wrong with the bank without a traceback."""
        if isinstance(excinfo.value, BankError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def result_of(self, check: str) -> Any:
        """Return the result of one check, running all checks of this question that pytest selected."""
        if self._results is None:
            self._results = self._run()
        return self._results[check]

    def _run(self) -> dict[str, Any]:
        from grader.classroom.intake import Refused
        from grader.grade import grade_question, not_graded

        try:
            submission = self._submission()
        except (Refused, GradeTapeError) as refusal:
            if self.entries is None:
                raise
            # One student of a class who cannot be graded: every check fails with the reason, and the class goes on.
            result = not_graded(self.question, str(refusal))
        else:
            shared = _shared(self.config)
            result = grade_question(self.question, submission, shared.setting(), shared.selected(self.session)[self])
        return {f"{function.name}/{check.id}": check for function in result.functions for check in function.checks}

    def _submission(self) -> "Submission | None":
        from grader.known import reference_submission
        from grader.submissions import find_files, read_submission, submission_of

        if self.entries is not None:
            file = self._handed_in().get(self.question.id)
            return submission_of(file.name, file.data) if file else None
        path: Path | None = self.config.option.submission
        if path is None:
            return reference_submission(self.question)
        ids = {self.question.id: self.question.spec.covers}
        found = find_files(path, ids).get(self.question.id) if _may_hold(path, ids) else None
        return read_submission(found) if found else None

    def _handed_in(self) -> dict[str, Any]:
        from grader.classroom.intake import Refused, read_entry

        assert self.entries is not None
        if len(self.entries) > 1:
            raise Refused("there are several submissions under one name")
        files = [file for file in _shared(self.config).selected(self.session) if isinstance(file, QuestionFile)]
        return dict(read_entry(self.entries[0], {file.question.id: file.question.spec.covers for file in files}))


def _may_hold(path: Path, ids: dict[str, list[str]]) -> bool:
    """Tell whether a single file is for this question; a folder is looked into by name."""
    if not path.is_file():
        return True
    return path.stem.partition("_")[0].lower() in {name for id_, covers in ids.items() for name in (id_, *covers)}


def _shared(config: pytest.Config) -> _Session:
    return config.stash.setdefault(_SESSION, _Session(config))


class CheckFailed(Exception):  # noqa: N818 - the outcome of a check, not an error of the program
    """A check that did not pass; carries its result."""

    def __init__(self, result: Any) -> None:
        self.result = result
        super().__init__(result.reason)


class CheckItem(pytest.Item):
    """One check of one submission."""

    def __init__(self, *, check: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def runtest(self) -> None:
        """Pass or fail as the check did."""
        assert isinstance(self.parent, QuestionFile)
        result = self.parent.result_of(self.check)
        self.isolation = _shared(self.config).setting().children.isolation()
        self.user_properties += [("marks", str(result.marks)), ("out_of", str(result.out_of))]
        self.result = result
        if result.status != "passed":
            raise CheckFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Say what the terminal report says; a traceback of the grader would tell a student nothing."""
        if isinstance(excinfo.value, CheckFailed):
            return _explain(excinfo.value.result)
        if isinstance(excinfo.value, GradeTapeError):
            return f"could not be graded: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Head the failure with the check's name."""
        return self.path, None, f"{self.nodeid}"


def _explain(result: Any) -> str:
    from rich.console import Console

    from grader.report.terminal import explain_check

    console = Console(width=100, no_color=True, force_terminal=False)
    with console.capture() as capture:
        console.print(explain_check(result))
    return capture.get()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Attach the result to the report as plain data, which xdist carries to the main process."""
    report = yield
    result = getattr(item, "result", None)
    if call.when == "call" and result is not None:
        from grader.report.json_report import check_to_dict, isolation_to_dict

        report.gradetape = json.dumps(check_to_dict(result))
        report.gradetape_isolation = json.dumps(isolation_to_dict(item.isolation))  # type: ignore[attr-defined]
    report.gradetape_ungraded = call.excinfo is not None and call.excinfo.errisinstance(GradeTapeError)
    return report


class _Collected:
    """Gathers the results in the main process, whichever process ran them."""

    def __init__(self, results: dict[str, dict[str, Any]], isolation: dict[str, Any]) -> None:
        self.results = results
        self.isolation = isolation
        self.ungraded = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.ungraded = self.ungraded or getattr(report, "gradetape_ungraded", False)
        attached = getattr(report, "gradetape", None)
        if attached is not None:
            self.results[report.nodeid] = json.loads(attached)
            self.isolation.update(json.loads(report.gradetape_isolation))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen for results and refuse a submission that is not there, before anything is collected."""
    submission = session.config.option.submission
    if submission is not None and session.config.option.submissions is not None:
        raise pytest.UsageError("--submission is for one student and --submissions for a class; give one of them")
    if submission is not None and not submission.exists():
        raise pytest.UsageError(f"--submission: '{submission}' does not exist; name a file or folder with answers")
    stash = session.config.stash
    session.config.pluginmanager.register(_Collected(stash[_RESULTS], stash[_ISOLATION]), _COLLECTED)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the sandbox; write the JSON from the main process. What could not be graded makes the exit code 2."""
    collected = session.config.pluginmanager.get_plugin(_COLLECTED)
    if collected is not None and collected.ungraded:
        session.exitstatus = EXIT_UNUSABLE
    shared = session.config.stash.get(_SESSION, None)
    if shared is not None:
        shared.close()
    target: Path | None = session.config.option.gradetape_json
    if target is not None and not hasattr(session.config, "workerinput"):
        from grader.files import write_whole

        results = session.config.stash[_RESULTS]
        submission = session.config.option.submission or session.config.option.submissions
        isolation = session.config.stash[_ISOLATION]
        try:
            write_whole(target, json.dumps(_as_json(results, submission, isolation), indent=2) + "\n")
        except GradeTapeError as error:
            print(f"\ngradetape: {error}", file=sys.stderr)
            session.exitstatus = EXIT_UNUSABLE


def _as_json(results: dict[str, dict[str, Any]], submission: Path | None, isolation: dict[str, Any]) -> dict[str, Any]:
    earned, possible = _totals(results)
    return {
        "format": 1,
        "submission": str(submission) if submission else "the reference",
        "isolation": isolation,
        "marks": {"exact": str(earned), "value": float(earned)},
        "out_of": {"exact": str(possible), "value": float(possible)},
        "checks": dict(sorted(results.items())),
    }


def _totals(results: dict[str, dict[str, Any]]) -> tuple[Fraction, Fraction]:
    earned = sum((Fraction(one["marks"]["exact"]) for one in results.values()), Fraction(0))
    possible = sum((Fraction(one["out_of"]["exact"]) for one in results.values()), Fraction(0))
    return earned, possible


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the marks by question, or by student where there are several."""
    from grader.report.json_report import isolation_from_dict
    from grader.results import isolation_text, marks_text

    results = config.stash[_RESULTS]
    if not results:
        return
    terminalreporter.section("marks")
    own: dict[str, dict[str, dict[str, Any]]] = {}
    for name, one in results.items():
        own.setdefault(name.partition("::")[0], {})[name] = one
    for who in sorted(own):
        earned, possible = _totals(own[who])
        terminalreporter.write_line(f"{who}  {marks_text(earned)} of {marks_text(possible)}")
    if config.option.submissions is None:
        earned, possible = _totals(results)
        terminalreporter.write_line(f"total  {marks_text(earned)} of {marks_text(possible)}")
    terminalreporter.write_line(isolation_text(isolation_from_dict(config.stash[_ISOLATION])))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let pytest-xdist give all checks of a student's question to one worker, which grades them together."""
    if config.option.submissions is None or config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByQuestion(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return "::".join(nodeid.split("::")[:2])

    return ByQuestion(config, log)

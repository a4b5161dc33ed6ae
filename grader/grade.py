"""One submission -> results: the whole trip, from the question to the marks, on one page."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from grader.bank.model import Question, marks_of_checks
from grader.bank.schema import Check, Function
from grader.bank.stubs import NOT_WRITTEN
from grader.calls import calls_of, check_name
from grader.judge.diagnose import explain, same
from grader.judge.verdict import UnfitReference, Verdict, how_it_went, judge
from grader.known import known_observations, mistake_submission, reference_submission
from grader.observation import Observation
from grader.problems import GradeTapeError
from grader.results import CheckResult, Diagnosis, FunctionResult, QuestionResult, Status
from grader.sandbox.children import Children
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Submission


@dataclass(frozen=True)
class Setting:
    """Where and how grading runs: the same for every submission of a run."""

    children: Children
    seed: int = 0
    device: str = "auto"
    cache: Path | None = None


def grade_question(
    question: Question, submission: Submission | None, setting: Setting, only: Set[str] | None = None
) -> QuestionResult:
    """Grade one question of one submission; ``None`` is a question that was not attempted.

    Args:
        question: the question.
        submission: the student's file.
        setting: where and how.
        only: names of the checks to run, as `grader.calls.check_name` has them; all when left out.

    Raises:
        GradeTapeError: the question or the machine is at fault, so that no mark can be given.
    """
    if submission is None:
        return not_graded(question, "not attempted", only=only)
    calls = calls_of(question, setting.seed, only)
    seen = observe(setting.children, submission, calls, setting.seed, setting.device)
    return judge_question(question, calls, seen, setting, submission.name)


def judge_question(
    question: Question, calls: list[Call], seen: Mapping[str, Observation], setting: Setting, file: str
) -> QuestionResult:
    """Judge what was seen of a submission in ``calls`` by what the reference does in them.

    Raises:
        GradeTapeError: the question or the machine is at fault, so that no mark can be given.
    """
    expected = known_observations(
        setting.children, reference_submission(question), calls, setting.seed, setting.device, setting.cache
    )
    told: set[str] = set()
    functions = (
        _judge_function(question, function, calls, seen, expected, setting, told)
        for function in question.spec.functions
    )
    return QuestionResult(question.id, question.spec.title, True, tuple(f for f in functions if f.checks), file)


def _judge_function(
    question: Question,
    function: Function,
    calls: list[Call],
    seen: Mapping[str, Observation],
    expected: Mapping[str, Observation],
    setting: Setting,
    told: set[str],
) -> FunctionResult:
    """Judge one function's checks. What was blocked is said if it is not in ``told``, and then added to it."""
    checks = [check for check in function.checks if check_name(function, check) in seen]
    verdicts = {check.id: _judge(question, function, check, seen, expected) for check in checks}
    failed = {check.id for check in checks if not verdicts[check.id].passed}
    own = {check.id: seen[check_name(function, check)] for check in checks}
    mistakes = _likely_mistakes(question, function, calls, own, failed, setting)
    explained = explain(own, failed, mistakes, {check.id: check.expect for check in checks})
    out_of = marks_of_checks(function)
    results = []
    for check in checks:
        one, verdict = own[check.id], verdicts[check.id]
        blocked = "" if verdict.passed or one.blocked in told else one.blocked
        told.add(blocked)
        status: Status = "passed" if verdict.passed else "failed" if one.reached else "not_reached"
        results.append(
            CheckResult(
                id=check.id,
                title=check.title,
                status=status,
                out_of=out_of[check.id],
                reason=verdict.reason,
                mismatch=verdict.mismatch,
                error=None if verdict.passed else one.error,
                diagnoses=tuple(Diagnosis(name, function.mistakes[name].says) for name in explained.get(check.id, ())),
                hint="" if verdict.passed else (check.hint or ""),
                stdout=one.stdout,
                stderr=one.stderr,
                seconds=one.seconds,
                outcome=one.outcome,
                blocked=blocked,
            )
        )
    return FunctionResult(function.name, tuple(results))


def _judge(
    question: Question,
    function: Function,
    check: Check,
    seen: Mapping[str, Observation],
    expected: Mapping[str, Observation],
) -> Verdict:
    name = check_name(function, check)
    one = seen[name]
    if not one.reached:
        return Verdict(False, how_it_went(one))
    try:
        return judge(check.expect, one, expected[name])
    except UnfitReference as error:
        raise GradeTapeError(
            f"{question.path}: the reference fails its own check {name}: {error}; run 'gradetape verify {question.id}'"
        ) from None


def _likely_mistakes(
    question: Question,
    function: Function,
    calls: list[Call],
    own: Mapping[str, Observation],
    failed: Set[str],
    setting: Setting,
) -> dict[str, dict[str, Observation]]:
    """Return what the known mistakes that agree with the student in a failed check do in the function's checks.

    A mistake that agrees in none explains nothing, so it is run in the failed checks alone: most are told apart there.
    """
    telling = {check for check in failed if _could_be_a_mistake(own[check])}
    hung = {check for check in failed if own[check].outcome == "timed_out"}
    if not telling | hung:
        return {}
    expects = {check.id: check.expect for check in function.checks}
    own_calls = [call for call in calls if call.function == function.name]
    failed_calls = [call for call in own_calls if call.id.removeprefix(f"{function.name}/") in telling]
    observations = {}
    for mistake, entry in function.mistakes.items():
        known = _observations_of_mistake(question, function, mistake, failed_calls, setting)
        if hung.intersection(entry.hangs) or any(same(own[check], known[check], expects[check]) for check in telling):
            observations[mistake] = _observations_of_mistake(question, function, mistake, own_calls, setting)
    return observations


def _could_be_a_mistake(seen: Observation) -> bool:
    """Tell whether there is something to compare; a function left as the stub has it is no mistake."""
    if seen.outcome == "raised":
        return seen.error is not None and not seen.error.message.endswith(NOT_WRITTEN)
    return seen.outcome == "returned"


def _observations_of_mistake(
    question: Question, function: Function, mistake: str, calls: list[Call], setting: Setting
) -> dict[str, Observation]:
    """Return what a mistake does in ``calls``. Where it hangs, `verify` has proved that, and nobody waits again."""
    submission = mistake_submission(question, function.name, mistake)
    hanging = {f"{function.name}/{check}" for check in function.mistakes[mistake].hangs}
    known = {call.id: Observation("timed_out") for call in calls if call.id in hanging}
    ending = [call for call in calls if call.id not in hanging]
    if ending:
        known |= known_observations(setting.children, submission, ending, setting.seed, setting.device, setting.cache)
    return {name.removeprefix(f"{function.name}/"): one for name, one in known.items()}


def not_graded(
    question: Question, reason: str, attempted: bool = False, file: str = "", only: Set[str] | None = None
) -> QuestionResult:
    """Return a result in which every check appears and none was reached, for the ``reason`` given."""
    functions = []
    for function in question.spec.functions:
        out_of = marks_of_checks(function)
        checks = tuple(
            CheckResult(check.id, check.title, "not_reached", out_of[check.id], reason=reason)
            for check in function.checks
            if only is None or check_name(function, check) in only
        )
        if checks:
            functions.append(FunctionResult(function.name, checks))
    return QuestionResult(question.id, question.spec.title, attempted, tuple(functions), file)

"""Proof that a question can be printed and that its checks can tell right from wrong.

The reference must earn full marks on every seed and do the same twice; a stub and an empty file must earn none;
every known mistake must fail the checks that are meant for it and be diagnosed as itself; the version that the
course notes print must fail the check that an erratum names; and right answers of another kind, where the bank has
some, must earn full marks too.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial

from grader.bank.location import BankLocation
from grader.bank.model import Question
from grader.bank.schema import Function
from grader.bank.stubs import render_stub
from grader.calls import calls_of, check_name
from grader.grade import Setting, grade_question, judge_question
from grader.judge.compare import EXACT, first_mismatch
from grader.known import known_observations, mistake_submission, reference_submission
from grader.observation import Observation
from grader.problems import GradeTapeError
from grader.results import CheckResult
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Submission
from grader.sheets.writeup import prose_problems
from grader.submissions import read_submission
from grader.verify.margins import bounded_checks, short_of_margin


@dataclass(frozen=True)
class Finding:
    """One thing proved of a question, or disproved: then ``fault`` says what is wrong."""

    question: str
    claim: str
    fault: str = ""

    @property
    def holds(self) -> bool:
        """Whether the claim was proved."""
        return not self.fault


def verify_question(
    question: Question, location: BankLocation, setting: Setting, seeds: Sequence[int]
) -> Iterator[Finding]:
    """Yield a finding for every claim, as it is proved.

    Pass a setting whose cache is empty at the start: then nothing is taken on trust and nothing is run twice.
    """
    yield _can_be_printed(question)
    for seed in seeds:
        claim = f"the reference earns full marks on seed {seed}"
        yield _earns_all(question, replace(setting, seed=seed), claim, reference_submission(question), known=True)
    yield _reference_repeats_itself(question, setting)
    yield _reference_refuses_bad_input(question, setting)
    yield _earns_nothing(question, setting, "the stub", render_stub(question, location))
    yield _earns_nothing(question, setting, "an empty file", "")
    caught: dict[str, set[str]] = {}
    for function in question.spec.functions:
        # All of them whole, before each is compared with the others; what hangs is not kept by the cache.
        seen = {mistake: _observe_mistake(question, function, mistake, setting) for mistake in function.mistakes}
        for mistake in function.mistakes:
            finding, failed = _mistake_is_caught(question, function, mistake, *seen[mistake], setting)
            caught[f"{function.name}__{mistake}"] = failed
            yield finding
    yield from _errata_are_proved(question, caught)
    for path in sorted((location.alternatives / question.id).glob("*.py")):
        claim = f"the alternative {path.stem} earns full marks"
        yield _earns_all(question, setting, claim, read_submission(path))


def _can_be_printed(question: Question) -> Finding:
    problems = prose_problems(question)
    return Finding(question.id, "all that it says can be printed", "; ".join(str(problem) for problem in problems))


def _earns_all(
    question: Question, setting: Setting, claim: str, submission: Submission, known: bool = False
) -> Finding:
    """Grade a right answer: it must pass every check, and keep the margin where a check states one.

    What is ``known``, the bank's own, is run once and kept; that it repeats itself is a claim of its own.
    """
    calls = calls_of(question, setting.seed)
    run = partial(known_observations, cache_folder=setting.cache) if known else observe
    try:
        seen = run(setting.children, submission, calls, setting.seed, setting.device)
        result = judge_question(question, calls, seen, setting, submission.name)
    except GradeTapeError as error:
        return Finding(question.id, claim, str(error))
    faults = {
        f"{own.name}/{check.id}": check.reason for own in result.functions for check in own.checks if check.reason
    }
    for function, check in bounded_checks(question):
        name = check_name(function, check)
        if name not in faults and (short := short_of_margin(check, seen[name])):
            faults[name] = short
    return Finding(question.id, claim, "; ".join(f"{name}: {reason}" for name, reason in faults.items()))


def _reference_repeats_itself(question: Question, setting: Setting) -> Finding:
    claim = "two runs of the reference give the same observations"
    calls = calls_of(question, setting.seed)
    reference = reference_submission(question)
    first = known_observations(setting.children, reference, calls, setting.seed, setting.device, setting.cache)
    second = observe(setting.children, reference, calls, setting.seed, setting.device)
    differing = [
        name
        for name in first
        if first[name].outcome != second[name].outcome
        or (first[name].outcome == "returned" and first_mismatch(first[name].value, second[name].value, EXACT))
    ]
    return Finding(question.id, claim, f"these differ: {', '.join(differing)}" if differing else "")


def _reference_refuses_bad_input(question: Question, setting: Setting) -> Finding:
    """Look into what `grader.probes.refusals` told: input that the reference itself takes is no bad input."""
    calls = calls_of(question, setting.seed)
    reference = reference_submission(question)
    seen = known_observations(setting.children, reference, calls, setting.seed, setting.device, setting.cache)
    accepted = [
        f"{call.id} ({label}: {outcome})"
        for call in calls
        if isinstance(seen[call.id].value, dict)
        for label, outcome in seen[call.id].value.get("bad input", {}).items()
        if outcome != f"raises {call.options.get('error', 'ValueError')}"
    ]
    fault = f"it does not in {', '.join(accepted)}" if accepted else ""
    return Finding(question.id, "the reference refuses all bad input", fault)


def _earns_nothing(question: Question, setting: Setting, what: str, source: str) -> Finding:
    claim = f"{what} earns nothing"
    try:
        result = grade_question(question, Submission(f"{question.stem}.py", source), setting)
    except GradeTapeError as error:
        return Finding(question.id, claim, str(error))
    passed = [f"{f.name}/{check.id}" for f in result.functions for check in f.checks if check.status == "passed"]
    return Finding(question.id, claim, f"it passes {', '.join(passed)}" if passed else "")


def _mistake_is_caught(
    question: Question,
    function: Function,
    mistake: str,
    calls: list[Call],
    seen: dict[str, Observation],
    setting: Setting,
) -> tuple[Finding, set[str]]:
    """Grade a known mistake; return what came of it and the checks of its function that it failed."""
    claim = f"the mistake {function.name}__{mistake} is caught and diagnosed"
    try:
        result = judge_question(question, calls, seen, setting, mistake)
    except GradeTapeError as error:
        return Finding(question.id, claim, str(error)), set()
    checks = {check.id: check for check in result.checks()}
    failed = {check_id for check_id, check in checks.items() if check.status != "passed"}
    return Finding(question.id, claim, "; ".join(_faults_of_mistake(function, mistake, checks, failed))), failed


def _observe_mistake(
    question: Question, function: Function, mistake: str, setting: Setting
) -> tuple[list[Call], dict[str, Observation]]:
    calls = calls_of(question, setting.seed, {check_name(function, check) for check in function.checks})
    submission = mistake_submission(question, function.name, mistake)
    seen = known_observations(setting.children, submission, calls, setting.seed, setting.device, setting.cache)
    return calls, seen


def _faults_of_mistake(
    function: Function, mistake: str, checks: dict[str, CheckResult], failed: set[str]
) -> Iterator[str]:
    missed = [name for name in function.mistakes[mistake].caught_by if name not in failed]
    if missed:
        fails = ", ".join(sorted(failed)) or "nothing"
        yield f"it passes {', '.join(missed)}, which should catch it (it fails {fails})"
    hung = {name for name in failed if checks[name].outcome == "timed_out"}
    stated = set(function.mistakes[mistake].hangs)
    if hung != stated:
        yield f"it hangs in {_listed(hung)}, while 'hangs' names {_listed(stated)}"
    for name in sorted(failed):
        check = checks[name]
        if check.status == "not_reached":
            yield f"{name} was not reached: {check.reason}"
        elif not any(one.mistake == mistake for one in check.diagnoses):
            others = ", ".join(one.mistake for one in check.diagnoses) or "nothing"
            yield f"{name} is diagnosed as {others} ({check.reason})"


def _listed(names: Set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _errata_are_proved(question: Question, caught: dict[str, set[str]]) -> Iterator[Finding]:
    for number, erratum in enumerate(question.spec.errata, start=1):
        function, check = erratum.evidence.check.split("/")
        claim = f"erratum {number}: the printed version ({erratum.evidence.mistake}) fails {erratum.evidence.check}"
        failed = caught.get(f"{function}__{erratum.evidence.mistake}", set())
        yield Finding(question.id, claim, "" if check in failed else "it passes")

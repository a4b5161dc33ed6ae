"""How safe are the bounds of a question? Every check that has one, on many seeds.

Right answers, which are the reference and the alternatives, must keep the margin that the check states. The mistakes
that the check is to catch must be on the other side on every seed, not by luck on one.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.bank.location import BankLocation
from grader.bank.model import Question, checks_of
from grader.bank.schema import Check, Function
from grader.calls import calls_of, check_name
from grader.grade import Setting
from grader.judge.margin import BOUNDED, bound, margin, worst_number
from grader.judge.verdict import how_it_went
from grader.known import mistake_submission, reference_submission
from grader.observation import Observation
from grader.sandbox.runner import observe
from grader.sandbox.submission import Submission
from grader.submissions import read_submission


@dataclass(frozen=True)
class Nearest:
    """What a submission did in a check on the seed on which it came nearest to the other side of the bound.

    Attributes:
        check: the check, as `grader.calls.check_name` has it.
        submission: the reference, an alternative, or a mistake.
        right: whether it is a right answer.
        seed: the seed.
        number: the worst number seen for a right answer, the best for a mistake.
        bound: what it is judged by.
        margin: how far it is on the right side of the bound, as a share of it; negative on the wrong one.
        fault: what is wrong with that, if anything.
    """

    check: str
    submission: str
    right: bool
    seed: int
    number: float
    bound: float
    margin: float
    fault: str = ""


def bounded_checks(question: Question) -> list[tuple[Function, Check]]:
    """Return the checks that judge by a bound."""
    return [(function, check) for function, check in checks_of(question) if check.expect.comparator in BOUNDED]


def short_of_margin(check: Check, seen: Observation) -> str:
    """Say in words that a right answer is nearer to the bound than the check states; nothing if it is not."""
    stated = check.expect.margin
    if stated is None or margin(check.expect, seen) >= stated:
        return ""
    left = margin(check.expect, seen)
    return (
        f"{worst_number(check.expect, seen):.4g} keeps {left:.0%} away from {bound(check.expect):g}, not {stated:.0%}"
    )


def margins_of(question: Question, location: BankLocation, setting: Setting, seeds: Sequence[int]) -> Iterator[Nearest]:
    """Yield how near each submission came to each bound that concerns it.

    Right answers concern all checks that have a bound, a mistake those that are to catch it. One that fails without a
    number, such as by an error, is left out: it is on no side of the bound.
    """
    for who, right, submission, checks in _submissions(question, location):
        if not checks:
            continue
        runs = [(seed, _seen(question, checks, submission, replace(setting, seed=seed))) for seed in seeds]
        for function, check in checks:
            name = check_name(function, check)
            own = [(seed, seen[name]) for seed, seen in runs]
            nearest = _nearest_right(name, who, check, own) if right else _nearest_wrong(name, who, check, own)
            if nearest:
                yield nearest


def _submissions(
    question: Question, location: BankLocation
) -> Iterator[tuple[str, bool, Submission, list[tuple[Function, Check]]]]:
    """Yield what it is called, whether it is right, the submission, and the checks to look at."""
    checks = bounded_checks(question)
    yield "reference", True, reference_submission(question), checks
    for path in sorted((location.alternatives / question.id).glob("*.py")):
        yield f"alternative {path.stem}", True, read_submission(path), checks
    for function in question.spec.functions:
        for mistake, told in function.mistakes.items():
            catching = [(own, check) for own, check in checks if own is function and check.id in told.caught_by]
            yield f"mistake {mistake}", False, mistake_submission(question, function.name, mistake), catching


def _seen(
    question: Question, checks: Sequence[tuple[Function, Check]], submission: Submission, setting: Setting
) -> dict[str, Observation]:
    calls = calls_of(question, setting.seed, {check_name(function, check) for function, check in checks})
    return observe(setting.children, submission, calls, setting.seed, setting.device)


def _nearest_right(name: str, who: str, check: Check, runs: Sequence[tuple[int, Observation]]) -> Nearest:
    seed, seen = min(runs, key=lambda run: margin(check.expect, run[1]))
    fault = how_it_went(seen) if seen.outcome != "returned" else ""
    if not fault and margin(check.expect, seen) <= 0:
        fault = "a right answer fails"
    return _row(name, who, True, check, seed, seen, fault or short_of_margin(check, seen))


def _nearest_wrong(name: str, who: str, check: Check, runs: Sequence[tuple[int, Observation]]) -> Nearest | None:
    measured = [(seed, seen) for seed, seen in runs if not math.isinf(margin(check.expect, seen))]
    if not measured:
        return None
    seed, seen = max(measured, key=lambda run: margin(check.expect, run[1]))
    fault = "a mistake that it should catch passes" if margin(check.expect, seen) > 0 else ""
    return _row(name, who, False, check, seed, seen, fault)


def _row(name: str, who: str, right: bool, check: Check, seed: int, seen: Observation, fault: str) -> Nearest:
    expect = check.expect
    number, limit, left = worst_number(expect, seen), bound(expect), margin(expect, seen)
    return Nearest(name, who, right, seed, number, limit, left, fault)

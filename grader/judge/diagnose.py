"""Which known mistake explains a wrong answer? The one whose observations are the student's."""

from collections.abc import Mapping, Set

from grader.bank.schema import Expect
from grader.judge.compare import Tolerance, first_mismatch
from grader.observation import Observation


def explain(
    seen: Mapping[str, Observation],
    failed: Set[str],
    mistakes: Mapping[str, Mapping[str, Observation]],
    expects: Mapping[str, Expect],
) -> dict[str, list[str]]:
    """Return, for each failed check, the mistakes that explain it best.

    A mistake that agrees with the student on every check of the function explains it as a whole and goes before
    those that agree on a failed check alone. Among equals all are named. Every hang looks like every other one, so a
    check that was stopped by the clock is explained only by what agrees on all the others, too.

    Args:
        seen: the student's observation of each check of one function.
        failed: the checks that failed.
        mistakes: mistake -> check -> what the mistake's code was seen to do.
        expects: what each check expects, for its tolerance.
    """
    agreed = {
        name: {check for check in seen if check in known and same(seen[check], known[check], expects[check])}
        for name, known in mistakes.items()
    }
    whole = [name for name, checks in agreed.items() if checks == set(seen)]
    explained = {}
    for check in failed:
        candidates = [name for name in mistakes if check in agreed[name]]
        among_whole = [name for name in candidates if name in whole]
        if among_whole or seen[check].outcome == "timed_out":
            candidates = among_whole
        most = max((len(agreed[name] & failed) for name in candidates), default=0)
        explained[check] = [name for name in candidates if len(agreed[name] & failed) == most]
    return explained


def same(one: Observation, other: Observation, expect: Expect) -> bool:
    """Tell whether two observations are of the same doing: equal values, the same exception and message, or a hang."""
    if one.outcome != other.outcome:
        return False
    if one.outcome == "timed_out":
        return True
    if one.outcome == "returned":
        tolerance = Tolerance(expect.rtol, expect.atol, equal_nan=True, exact_dtype=expect.dtype == "exact")
        return first_mismatch(one.value, other.value, tolerance) is None
    if one.outcome == "raised" and one.error and other.error:
        return (one.error.type_name, one.error.message) == (other.error.type_name, other.error.message)
    return False

"""Run a submission's calls and bring back an observation of each: a call that hangs or dies costs only itself."""

import os
import secrets
import signal
from collections.abc import Iterable, Iterator
from itertools import groupby

from grader.observation import ErrorSeen, Observation, Outcome, Tree
from grader.problems import GradeTapeError
from grader.sandbox import wire
from grader.sandbox.blocked import what_was_blocked
from grader.sandbox.children import LOAD_SECONDS, MOST_PRINTED, READY_SECONDS, Children, ChildrenLost, ChildResult
from grader.sandbox.locks.limits import Limits
from grader.sandbox.submission import Call, Needs, Submission

_PRINTED_TOO_MUCH = f"printed more than {MOST_PRINTED >> 20} MB, of which the rest is not kept"
_NO_NETWORK = "a private network, which this machine or level does not give ('gradetape doctor' says why)"
#: The child cuts its texts as well; what it is trusted with is nothing.
_MOST_WORDS = 200
_MOST_BASES = 40
_MOST_MESSAGE = 8_000
#: The most of what was printed that an observation keeps, in bytes.
_MOST_PRINTED = 1 << 16


#: What a child may say of how a call went. The other outcomes are for the supervisor to say.
_SENT: dict[str, Outcome] = {
    "returned": "returned",
    "raised": "raised",
    "missing": "missing",
    "not_loaded": "not_loaded",
}


def observe(
    children: Children, submission: Submission, calls: Iterable[Call], seed: int, device: str = "auto"
) -> dict[str, Observation]:
    """Run ``calls`` on ``submission`` and return an observation of every one of them, by id.

    Calls of equal needs share a child, in their order; a call that needs a fresh one gets its own. When a call
    ends its child, those after it go on in a new one.
    """
    observations: dict[str, Observation] = {}
    network = "network" in children.isolation().layers
    for group in _groups(calls):
        if group[0].needs.loopback and not network:
            observations.update({call.id: Observation("unavailable", detail=_NO_NETWORK) for call in group})
            continue
        pending = group
        while pending:
            seen = _observe_in_one_child(children, submission, pending, seed, device)
            observations.update(seen)
            pending = pending[len(seen) :]
    return observations


def _groups(calls: Iterable[Call]) -> Iterator[list[Call]]:
    ordered = sorted(calls, key=lambda call: _shared(call.needs))  # stable: the order within a group stays
    for _, group in groupby(ordered, key=lambda call: (_shared(call.needs), call.id if call.needs.fresh else "")):
        yield list(group)


def _shared(needs: Needs) -> tuple[bool, bool, int, int]:
    return (needs.fresh, needs.loopback, needs.cpus, needs.memory_mb)


def _observe_in_one_child(
    children: Children, submission: Submission, calls: list[Call], seed: int, device: str
) -> dict[str, Observation]:
    """Observe as many of ``calls`` as one child reaches: at least the first."""
    job_id = secrets.token_hex(8)
    job = wire.encode(
        {
            "kind": "observe",
            "id": job_id,
            "submission": submission.as_tree(),
            "seed": seed,
            "device": device,
            "cpus": calls[0].needs.cpus,
            "calls": [{**call.as_tree(), "id": f"{job_id}/{call.id}"} for call in calls],
        }
    )
    seconds = [READY_SECONDS, LOAD_SECONDS, *(call.needs.seconds for call in calls)]
    memory_mb = calls[0].needs.memory_mb
    limits = Limits(memory_bytes=memory_mb << 20, cpu_seconds=int(sum(seconds)) + 5)
    result = run_with_one_retry(children, job, limits, seconds, calls[0].needs.loopback)
    ids = [job_id, job_id, *(f"{job_id}/{call.id}" for call in calls)]
    records = _in_order(result.records, ids)
    if not result.ready:
        # Nothing of the student's had run yet: this is the grader's failure, and no mark may come of it.
        told = result.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise GradeTapeError(f"a child failed before it read the submission ({' '.join(told) or result.exit_code})")
    records = records[1:]
    if not records:
        end = _how_it_ended(result, LOAD_SECONDS, "while the file was being loaded")
        return {
            call.id: Observation("not_loaded", detail=end.detail, stdout=end.stdout, stderr=end.stderr)
            for call in calls
        }
    loaded = _observation(records[0], result, memory_mb)
    if loaded.outcome != "returned":
        failure = Observation("not_loaded", error=loaded.error, stdout=_text(result.stdout), blocked=loaded.blocked)
        return {call.id: failure for call in calls}
    seen = {call.id: _observation(record, result, memory_mb) for call, record in zip(calls, records[1:], strict=False)}
    if len(seen) < len(calls):
        lost = calls[len(seen)]
        printed = records[-1].get("printed_to")
        seen[lost.id] = _how_it_ended(result, lost.needs.seconds, "in this check", printed)
    return seen


def run_with_one_retry(
    children: Children, job: bytes, limits: Limits, seconds: list[float], loopback: bool = False
) -> ChildResult:
    """Run a job; if the maker of children dies under it, start again once.

    Raises:
        GradeTapeError: it died again. An answer was not seen, so no mark can be given.
    """
    try:
        return children.run(job, limits, seconds, loopback)
    except ChildrenLost:
        try:
            return children.run(job, limits, seconds, loopback)
        except ChildrenLost as error:
            raise GradeTapeError(f"{error}, twice in a row; run 'gradetape doctor'") from None


def _in_order(records: list[Tree], ids: list[str]) -> list[dict[str, Tree]]:
    """Return the leading records that answer ``ids`` one by one; a child's word counts only in that order."""
    answered = []
    for record, expected in zip(records, ids, strict=False):
        # An array for an id would be compared element by element.
        if not isinstance(record, dict) or type(record.get("id")) is not str or record["id"] != expected:
            break
        answered.append(record)
    return answered


def _observation(record: dict[str, Tree], result: ChildResult, memory_mb: int) -> Observation:
    """Turn a child's record into an observation. Every field may be a lie, so every type is checked."""
    said = record.get("outcome")
    outcome = _SENT.get(said) if isinstance(said, str) else None
    if outcome is None:
        detail = record.get("detail")
        return Observation("malformed", detail=detail[:_MOST_WORDS] if isinstance(detail, str) else "no outcome")
    seconds = record.get("seconds")
    start, end = _positions(record.get("printed_from")), _positions(record.get("printed_to"))
    error = _error(record.get("error"))
    too_much = any(start[n] < end[n] > MOST_PRINTED for n in (0, 1))
    return Observation(
        outcome,
        value=record.get("value"),
        error=error,
        stdout=_text(result.stdout[start[0] : end[0]]),
        stderr=_text(result.stderr[start[1] : end[1]]),
        seconds=seconds if isinstance(seconds, float) else 0.0,
        blocked=_PRINTED_TOO_MUCH if too_much else what_was_blocked(error, memory_mb),
    )


def _error(tree: Tree) -> ErrorSeen | None:
    match tree:
        case {
            "type": str() as name,
            "bases": list() as bases,
            "message": str() as message,
            "traceback": str() as trace,
            "number": (int() | None) as number,
            "outside": str() as outside,
            "origin": str() as origin,
        }:
            kinds = tuple(base[:_MOST_WORDS] for base in bases[:_MOST_BASES] if isinstance(base, str))
            text, lines = message[:_MOST_MESSAGE], trace[-_MOST_MESSAGE:]
            return ErrorSeen(name[:_MOST_WORDS], kinds, text, lines, number, outside[:_MOST_WORDS], origin)
    return None


def _positions(tree: Tree) -> tuple[int, int]:
    match tree:
        case [int() as out, int() as err] if out >= 0 and err >= 0:
            return out, err
    return 0, 0


def _how_it_ended(result: ChildResult, seconds: float, when: str, printed: Tree = None) -> Observation:
    """Say how a child ended that did not answer."""
    start = _positions(printed)
    stdout, stderr = _text(result.stdout[start[0] :]), _text(result.stderr[start[1] :])
    blocked = _PRINTED_TOO_MUCH if max(len(result.stdout), len(result.stderr)) >= MOST_PRINTED else ""

    def ended(outcome: Outcome, detail: str) -> Observation:
        return Observation(outcome, detail=detail, stdout=stdout, stderr=stderr, blocked=blocked)

    if result.timed_out:
        return ended("timed_out", f"was stopped after {seconds:g} s {when}")
    if result.malformed:
        return ended("malformed", result.malformed)
    if result.exit_code < 0:
        name = signal.Signals(-result.exit_code).name if -result.exit_code in set(signal.Signals) else "?"
        if name == "SIGXCPU":
            return ended("crashed", f"used all of its processor time {when}")
        if name == "SIGABRT" and b"std::bad_alloc" in result.stderr:
            return ended("crashed", f"used more memory than it may {when}")
        return ended("crashed", f"crashed ({name}) {when}")
    return ended("exited", f"ended the interpreter (exit code {result.exit_code}) {when}")


def _text(printed: bytes) -> str:
    return printed[:_MOST_PRINTED].decode("utf-8", "replace").replace(os.linesep, "\n")

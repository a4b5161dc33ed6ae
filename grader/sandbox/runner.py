"""Run a submission's calls and bring back an observation of each: a call that hangs or dies costs only itself."""

import os
import secrets
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from grader.observation import ErrorSeen, Observation, Tree
from grader.problems import GradeTapeError
from grader.sandbox import wire
from grader.sandbox.children import LOAD_SECONDS, READY_SECONDS, Children, ChildrenLost, ChildResult
from grader.sandbox.locks.limits import Limits
from grader.sandbox.submission import Call, Needs, Submission

_NO_TIME = "had no time left: all that this submission may take was used up before this check"
_STOPPED = "was stopped in this check: all the time that this submission may take was used up"


def observe(
    children: Children,
    submission: Submission,
    calls: Iterable[Call],
    seed: int,
    device: str = "auto",
    until: float | None = None,
) -> dict[str, Observation]:
    """Run ``calls`` on ``submission`` and return an observation of every one of them, by id.

    Calls of equal needs share a child, in their order; a call that needs a fresh one gets its own. When a call
    ends its child, those after it go on in a new one, unless it is past ``until`` (by `time.monotonic`).
    """
    observations: dict[str, Observation] = {}
    for group in _groups(calls):
        pending = group
        while pending:
            if until is not None and time.monotonic() > until:
                observations.update({call.id: Observation("timed_out", detail=_NO_TIME) for call in pending})
                break
            seen = _observe_in_one_child(children, submission, pending, seed, device, until)
            observations.update(seen)
            pending = pending[len(seen) :]
    return observations


def _groups(calls: Iterable[Call]) -> Iterator[list[Call]]:
    ordered = sorted(calls, key=lambda call: _shared(call.needs))  # stable: the order within a group stays
    for _, group in groupby(ordered, key=lambda call: (_shared(call.needs), call.id if call.needs.fresh else "")):
        yield list(group)


def _shared(needs: Needs) -> tuple[bool, int, int]:
    return (needs.fresh, needs.cpus, needs.memory_mb)


def _observe_in_one_child(
    children: Children, submission: Submission, calls: list[Call], seed: int, device: str, until: float | None
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
    limits = Limits(memory_bytes=calls[0].needs.memory_mb << 20, cpu_seconds=int(sum(seconds)) + 5)
    result = run_with_one_retry(children, job, limits, seconds, until)
    ids = [job_id, job_id, *(f"{job_id}/{call.id}" for call in calls)]
    records = _in_order(result.records, ids)
    late = result.timed_out and until is not None and time.monotonic() > until
    if late and len(records) < 2:
        return {call.id: Observation("timed_out", detail=_NO_TIME) for call in calls}
    if not records or records[0].get("outcome") != "ready":
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
    if records[0].get("outcome") != "returned":
        loaded = _observation(records[0], result)
        return {call.id: Observation("not_loaded", error=loaded.error, stdout=_text(result.stdout)) for call in calls}
    seen = {call.id: _observation(record, result) for call, record in zip(calls, records[1:], strict=False)}
    if len(seen) < len(calls):
        lost = calls[len(seen)]
        printed = records[-1].get("printed_to")
        ended = _how_it_ended(result, lost.needs.seconds, "in this check", printed)
        seen[lost.id] = replace(ended, detail=_STOPPED) if late else ended
    return seen


def run_with_one_retry(
    children: Children, job: bytes, limits: Limits, seconds: list[float], until: float | None = None
) -> ChildResult:
    """Run a job; if the maker of children dies under it, start again once.

    Raises:
        GradeTapeError: it died again. An answer was not seen, so no mark can be given.
    """
    try:
        return children.run(job, limits, seconds, until)
    except ChildrenLost:
        try:
            return children.run(job, limits, seconds, until)
        except ChildrenLost as error:
            raise GradeTapeError(f"{error}, twice in a row; run 'gradetape doctor'") from None


def _in_order(records: list[Tree], ids: list[str]) -> list[dict[str, Tree]]:
    """Return the leading records that answer ``ids`` one by one; a child's word counts only in that order."""
    answered = []
    for record, expected in zip(records, ids, strict=False):
        if not isinstance(record, dict) or record.get("id") != expected:
            break
        answered.append(record)
    return answered


def _observation(record: dict[str, Tree], result: ChildResult) -> Observation:
    """Turn a child's record into an observation. Every field may be a lie, so every type is checked."""
    outcome = record.get("outcome")
    if outcome not in ("returned", "raised", "missing", "not_loaded"):
        detail = record.get("detail")
        return Observation("malformed", detail=detail if isinstance(detail, str) else "no outcome")
    seconds = record.get("seconds")
    start, end = _positions(record.get("printed_from")), _positions(record.get("printed_to"))
    return Observation(
        outcome,
        value=record.get("value"),
        error=_error(record.get("error")),
        stdout=_text(result.stdout[start[0] : end[0]]),
        stderr=_text(result.stderr[start[1] : end[1]]),
        seconds=seconds if isinstance(seconds, float) else 0.0,
    )


def _error(tree: Tree) -> ErrorSeen | None:
    match tree:
        case {
            "type": str() as name,
            "bases": list() as bases,
            "message": str() as message,
            "traceback": str() as trace,
        }:
            return ErrorSeen(name, tuple(base for base in bases if isinstance(base, str)), message, trace)
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
    if result.timed_out:
        return Observation("timed_out", detail=f"was stopped after {seconds:g} s {when}", stdout=stdout, stderr=stderr)
    if result.malformed:
        return Observation("malformed", detail=result.malformed, stdout=stdout, stderr=stderr)
    if result.exit_code < 0:
        name = signal.Signals(-result.exit_code).name if -result.exit_code in set(signal.Signals) else "?"
        detail = f"used all of its processor time {when}" if name == "SIGXCPU" else f"crashed ({name}) {when}"
        return Observation("crashed", detail=detail, stdout=stdout, stderr=stderr)
    detail = f"ended the interpreter (exit code {result.exit_code}) {when}"
    return Observation("exited", detail=detail, stdout=stdout, stderr=stderr)


def _text(printed: bytes) -> str:
    return printed.decode("utf-8", "replace").replace(os.linesep, "\n")

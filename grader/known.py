"""What the bank's own submissions do: the reference and the known mistakes. Run once, then read from disk.

A cache file is named by the hash of all that its content depends on, and holds the hash of its content. One that
is cut, spoilt or somebody else's is as good as none: it is run again.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import astuple
from functools import cache
from pathlib import Path

import grader
from grader.bank.model import Question
from grader.observation import ErrorSeen, Observation, Tree
from grader.sandbox import wire
from grader.sandbox.children import Children
from grader.sandbox.machine import versions
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Submission

_MAGIC = b"GTC1"
_HASH = 32


def reference_submission(question: Question) -> Submission:
    """Return the reference as what it is: a submission."""
    return Submission(name=f"{question.stem}.py", source=question.reference.text)


def mistake_submission(question: Question, function: str, mistake: str) -> Submission:
    """Return the reference with one function replaced by a known wrong variant."""
    assert question.mistakes is not None
    base = f"reference_impl.{question.path.parent.name}.{question.stem}"
    return Submission(
        name=f"{question.stem}.py",
        source=question.mistakes.text,
        support={base: question.reference.text},
        base=base,
        aliases={function: f"{function}__{mistake}"},
    )


def known_observations(
    children: Children, submission: Submission, calls: Sequence[Call], seed: int, device: str, cache_folder: Path | None
) -> dict[str, Observation]:
    """Return what ``submission`` does in ``calls``, from the cache if it is there."""
    if not calls:
        return {}
    key = _key(submission, calls, seed, device)
    path = cache_folder / "observations" / f"{key.hex()}.bin" if cache_folder else None
    found = _read(path, key) if path else None
    if found is not None and found.keys() == {call.id for call in calls}:
        return found
    seen = observe(children, submission, calls, seed, device)
    # What went wrong with the machine, not with the code, may go right next time.
    if path and not any(one.outcome in ("timed_out", "unavailable") for one in seen.values()):
        _write(path, key, seen)
    return seen


def _key(submission: Submission, calls: Sequence[Call], seed: int, device: str) -> bytes:
    needs = [list(astuple(call.needs)) for call in calls]
    content = wire.encode(
        {
            "submission": submission.as_tree(),
            "calls": [call.as_tree() for call in calls],
            "needs": needs,
            "seed": seed,
            "device": device,
            "versions": versions(),
            "child": _child_code(),
        }
    )
    return hashlib.sha256(content).digest()


@cache
def _child_code() -> str:
    """Return a hash of the program's own code that runs in a child."""
    root = Path(grader.__file__).parent
    digest = hashlib.sha256()
    for room in ("inputs", "probes", "sandbox"):
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path, key: bytes) -> dict[str, Observation] | None:
    try:
        data = path.read_bytes()
        head, content = data[: 4 + 2 * _HASH], data[4 + 2 * _HASH :]
        if head != _MAGIC + key + hashlib.sha256(content).digest():
            return None
        return {name: _observation(tree) for name, tree in wire.decode(content).items()}
    except (OSError, wire.Malformed, KeyError, TypeError, AttributeError):
        return None


def _write(path: Path, key: bytes, seen: dict[str, Observation]) -> None:
    """Write beside, then rename, so that a reader sees all or nothing. A full disk costs time, not marks."""
    try:
        content = wire.encode({name: _tree(one) for name, one in seen.items()})
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_MAGIC + key + hashlib.sha256(content).digest() + content)
            Path(beside).replace(path)
        except OSError:
            Path(beside).unlink(missing_ok=True)
    except (OSError, wire.Malformed):
        return


def _tree(one: Observation) -> Tree:
    error = one.error
    told = [error.type_name, list(error.bases), error.message] if error else None
    return {"outcome": one.outcome, "value": one.value, "error": told, "detail": one.detail}


def _observation(tree: Tree) -> Observation:
    told = tree["error"]
    error = ErrorSeen(told[0], tuple(told[1]), told[2]) if told else None
    return Observation(tree["outcome"], value=tree["value"], error=error, detail=tree["detail"])

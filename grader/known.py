"""What the bank's own submissions do: the reference and the known mistakes. Run once, then read from disk.

A cache file holds what one submission does in the calls made so far. It is named by the hash of all that this depends
on, and holds the hash of its content. One that is cut, spoilt or somebody else's is as good as none: it is run again.
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
    """Return what ``submission`` does in ``calls``: from the cache what is there, the rest by running it."""
    key = _key(submission, seed, device)
    path = cache_folder / "observations" / f"{key.hex()}.bin" if cache_folder else None
    stored = _read(path, key) if path else {}
    keys = {call.id: _call_key(call) for call in calls}
    missing = [call for call in calls if keys[call.id] not in stored]
    if not missing:
        return {call.id: stored[keys[call.id]] for call in calls}
    seen = observe(children, submission, missing, seed, device)
    # What went wrong with the machine, not with the code, may go right next time.
    lasting = {keys[name]: one for name, one in seen.items() if one.outcome not in ("timed_out", "unavailable")}
    if path and lasting:
        _write(path, key, stored | lasting)
    return {call.id: seen[call.id] if call.id in seen else stored[keys[call.id]] for call in calls}


def _key(submission: Submission, seed: int, device: str) -> bytes:
    """Return the hash of all that the observations of a submission depend on, but for the calls."""
    content = {
        "submission": submission.as_tree(),
        "seed": seed,
        "device": device,
        "versions": versions(),
        "child": _child_code(),
    }
    return hashlib.sha256(wire.encode(content)).digest()


def _call_key(call: Call) -> str:
    content = {"call": call.as_tree(), "needs": list(astuple(call.needs))}
    return hashlib.sha256(wire.encode(content)).hexdigest()


@cache
def _child_code() -> str:
    """Return a hash of the program's own code that runs in a child."""
    root = Path(grader.__file__).parent
    digest = hashlib.sha256()
    for room in ("inputs", "probes", "sandbox"):
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path, key: bytes) -> dict[str, Observation]:
    """Return the observations that are stored, by the hash of the call; none if the file cannot be trusted."""
    try:
        data = path.read_bytes()
        head, content = data[: 4 + 2 * _HASH], data[4 + 2 * _HASH :]
        if head != _MAGIC + key + hashlib.sha256(content).digest():
            return {}
        return {name: _observation(tree) for name, tree in wire.decode(content).items()}
    except (OSError, wire.Malformed, KeyError, TypeError, AttributeError):
        return {}


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

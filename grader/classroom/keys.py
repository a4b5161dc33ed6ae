"""What a student's result depends on -> one hash. A result is taken from the journal when the hash is the same."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import grader
from grader.bank.model import Question
from grader.sandbox.machine import versions

#: The rooms whose code has no part in marks.
_WITHOUT_PART = {"classroom", "sheets", "demo", "verify"}


def run_key(questions: Iterable[Question], seed: int, device: str, level: str, seconds: float) -> str:
    """Return a hash of what is the same for every student of a run."""
    parts = {
        "questions": {question.id: _question(question) for question in questions},
        "seed": seed,
        "device": device,
        "level": level,
        "seconds": seconds,
        "versions": versions(),
        "grader": grading_code(),
    }
    return _hash(parts)


def student_key(run: str, state: str, files: Mapping[str, tuple[str, bytes]]) -> str:
    """Return a hash of a run and of what one student handed in.

    Args:
        run: what `run_key` returned.
        state: "graded", or why there is nothing to grade.
        files: question -> name and content.
    """
    content = {question: [name, hashlib.sha256(data).hexdigest()] for question, (name, data) in files.items()}
    return _hash({"run": run, "state": state, "files": content})


def _question(question: Question) -> list[str]:
    mistakes = question.mistakes.text if question.mistakes else ""
    return [hashlib.sha256(text.encode()).hexdigest() for text in (question.text, question.reference.text, mistakes)]


@cache
def grading_code() -> str:
    """Return a hash of the program's own code, as far as marks and reports depend on it."""
    root = Path(grader.__file__).parent
    digest = hashlib.sha256(grader.__version__.encode())
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if name.parts[0] not in _WITHOUT_PART:
            digest.update(f"{name.as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

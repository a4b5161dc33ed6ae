"""A bank's questions as plain files, to be taken to another machine."""

from collections.abc import Iterator
from pathlib import Path

from grader.bank.model import Bank


def bank_files(bank: Bank) -> Iterator[tuple[str, Path]]:
    """Yield what another machine needs of a bank's questions: the name within the bank, with ``/``, and the file."""
    location = bank.location
    yield "questions/bank.yaml", location.questions / "bank.yaml"
    for question in bank.questions.values():
        folder = question.path.parent.name
        yield f"questions/{folder}/{question.path.name}", question.path
        for where, root in (("reference_impl", location.reference), ("reference_impl/mistakes", location.mistakes)):
            path = root / folder / f"{question.stem}.py"
            if path.is_file():
                yield f"{where}/{folder}/{path.name}", path

"""What a student starts from: the signatures and contracts of a question, each body to be written."""

import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2

from grader.bank.location import BankLocation
from grader.bank.model import Question
from grader.bank.source import FunctionSource
from grader.problems import GradeTapeError

#: How the message of a function that is left as the stub has it ends.
NOT_WRITTEN = "is not written yet"


def render_stub(question: Question, location: BankLocation) -> str:
    """Return the stub file of ``question`` as Python source."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(location.templates),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Python source, not HTML
    )
    functions = [_to_write(question.signature(function.name)) for function in question.spec.functions]
    return environment.get_template("stub.py.j2").render(
        id=question.id,
        title=question.spec.title,
        preamble=question.reference.preamble,
        functions=functions,
        not_written=NOT_WRITTEN,
    )


def _to_write(source: FunctionSource, owner: str = "") -> dict[str, Any]:
    """Return what the template shows of a function, or of a class and its methods."""
    contract = source.docstring.replace("\\", "\\\\").replace('"""', r"\"\"\"")
    name = f"{owner}{source.name}"
    return {
        "name": name,
        "signature": source.signature,
        "contract": textwrap.indent(contract, "    ").strip(),
        "methods": [_to_write(method, f"{name}.") for method in source.methods],
    }


def write_stubs(questions: Iterable[Question], location: BankLocation, folder: Path) -> list[Path]:
    """Write the stub of each question into ``folder`` and return the paths.

    Raises:
        GradeTapeError: one is there already (then none is written), or the folder cannot be written to.
    """
    stubs = {folder / f"{question.stem}.py": render_stub(question, location) for question in questions}
    taken = [str(path) for path in stubs if path.exists()]
    if taken:
        raise GradeTapeError(f"{', '.join(taken)} is there already; nothing was written; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in stubs.items():
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise GradeTapeError(f"cannot write to '{folder}': {error.strerror}; choose another folder") from None
    return list(stubs)

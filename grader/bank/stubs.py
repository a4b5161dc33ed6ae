"""What a student starts from: the signatures and contracts of a question, each body to be written."""

import textwrap

import jinja2

from grader.bank.location import BankLocation
from grader.bank.model import Question


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
    functions = []
    for function in question.spec.functions:
        source = question.signature(function.name)
        contract = source.docstring.replace("\\", "\\\\").replace('"""', r"\"\"\"")
        functions.append(
            {
                "name": function.name,
                "signature": source.signature,
                "contract": textwrap.indent(contract, "    ").strip(),
            }
        )
    return environment.get_template("stub.py.j2").render(
        id=question.id,
        title=question.spec.title,
        preamble=question.reference.preamble,
        functions=functions,
    )

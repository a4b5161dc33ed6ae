"""A reference's docstring becomes text, its code stays code."""

from grader.bank.model import Bank
from grader.sheets.blocks import CodeBlock, ListBlock, Paragraph, Prose, plain_text
from grader.sheets.contract import code_pieces


def _words(prose: Prose) -> list[str]:
    found: list[str] = []
    for block in prose:
        match block:
            case Paragraph(line):
                found.append(plain_text(line))
            case ListBlock(items):
                found += [f"- {plain_text(item[0].line)}" for item in items if isinstance(item[0], Paragraph)]
    return found


def test_a_docstring_is_read_as_text(samples: Bank) -> None:
    (question,) = samples.questions.values()
    imports, scale, product = code_pieces(question.reference, {"scale"})
    assert (imports.contract, imports.code) == ((), CodeBlock("import tensorflow as tf", "python"))
    assert _words(scale.contract) == [
        "scale. Multiply a vector by a number.", "Works for every dtype; in words:", "- “zero”: all elements vanish;",
        "- “one”: nothing happens.", "Args", "- x: a vector (n,).", "- factor: the number, such as 2.0.",
        "Returns  The product.", "Raises", "- ValueError: x is no vector.",
    ]  # fmt: skip
    assert '"""' not in scale.code.text
    assert scale.code.text.startswith("def scale(")
    assert '"""Return the product."""' in product.code.text, "what students do not write keeps its docstring"


def test_no_line_of_code_is_lost(samples: Bank) -> None:
    (question,) = samples.questions.values()
    kept = "\n".join(piece.code.text for piece in code_pieces(question.reference, ()))
    body = question.reference.text.split('"""', 2)[2]
    assert [line for line in kept.splitlines() if line] == [line for line in body.splitlines() if line]

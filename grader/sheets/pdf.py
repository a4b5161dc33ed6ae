"""Typst source -> PDF: accessible (PDF/UA-1), with embedded fonts only, the same bytes on every run."""

import re

from grader.problems import GradeTapeError


def compile_pdf(source: str, template: str) -> bytes:
    """Compile ``source``, which ``template`` made.

    Raises:
        GradeTapeError: it does not compile; the message has Typst's reason and the line of the source it means.
    """
    import typst

    try:
        pdf = typst.compile(
            source.encode("utf-8"), format="pdf", ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=0
        )
    except typst.TypstError as error:
        what = f"the template '{template}' gave what Typst cannot set"
        raise GradeTapeError(f"{what}: {_reason(error, source)}") from None
    if not isinstance(pdf, bytes):
        raise GradeTapeError(f"the template '{template}' gave no document")
    return pdf


def _reason(error: Exception, source: str) -> str:
    diagnostic = str(getattr(error, "diagnostic", ""))
    line = re.search(r":(\d+):\d+\s", diagnostic)
    if line is None:
        return str(error)
    text = source.splitlines()[int(line[1]) - 1].strip()
    return f"{error} (line {line[1]}: {text[:100]})"

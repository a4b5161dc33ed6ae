"""Typst source -> PDF: accessible (PDF/UA-1), with embedded fonts only, the same bytes on every run."""

import ctypes
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from grader.problems import BankError, GradeTapeError, Problem


def compile_pdf(source: str, template: str, files: Iterable[Path] = ()) -> bytes:
    """Compile ``source``, which ``template`` made of what is in ``files``.

    Raises:
        BankError: the files have characters that are in none of the fonts.
        GradeTapeError: it does not compile; the message has Typst's reason and the line of the source it means.
    """
    import typst

    try:
        pdf = typst.compile(
            source.encode("utf-8"), format="pdf", ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=0
        )
    except typst.TypstError as error:
        problems = list(_missing_characters(str(error), files))
        if problems:
            raise BankError(problems) from None
        what = f"the template '{template}' gave what Typst cannot set"
        raise GradeTapeError(f"{what}: {_reason(error, source)}") from None
    if not isinstance(pdf, bytes):
        raise GradeTapeError(f"the template '{template}' gave no document")
    return pdf


def free_large_blocks() -> None:
    """Let the memory of large blocks go back to the system as soon as they are freed, where that can be set: in glibc.

    By itself glibc comes to keep blocks of up to 32 MB for later. Typst compresses each page in half a megabyte,
    and what that leaves is broken up by small blocks: of forty long sheets, one took 80 MB more.
    """
    m_mmap_threshold, size = -3, 256 * 1024  # malloc.h; fixed by being set
    with suppress(OSError, AttributeError, TypeError):  # not in the libraries of macOS and Windows, nor in musl
        ctypes.CDLL(None).mallopt(m_mmap_threshold, size)


def forget_documents() -> None:
    """Let Typst free what it remembers of documents, in case they come again; it keeps it for ten more of any kind."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    for _ in range(10):
        typst.compile(b"", format="svg", font_paths=fonts)


def _missing_characters(error: str, files: Iterable[Path]) -> Iterator[Problem]:
    found = re.search(r'the text `"(.+?)"` could not be displayed', error)
    text = re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    for path in files if text else ():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if text in line:
                yield Problem(path, number, f"'{text}' is in none of the fonts of a PDF", "write it another way")


def _reason(error: Exception, source: str) -> str:
    diagnostic = str(getattr(error, "diagnostic", ""))
    line = re.search(r":(\d+):\d+\s", diagnostic)
    if line is None:
        return str(error)
    text = source.splitlines()[int(line[1]) - 1].strip()
    return f"{error} (line {line[1]}: {text[:100]})"

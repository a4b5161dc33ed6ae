"""A student's name in the results -> the name of their files."""

import hashlib
import re

#: Names that are the program's, or that Windows keeps for itself.
_TAKEN = {"summary", "gradebook", "checks", "journal", "junit", "con", "prn", "aux", "nul"}
_TAKEN |= {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
_LONGEST = 120


def file_stem(student: str) -> str:
    """Return a file name, without its ending, that is safe on every system and different for every student.

    Letters of any language, digits, spaces within, ``_``, ``-``, ``.`` and ``@`` stay; the rest becomes ``%41``.
    """
    safe = re.sub(r"[^\w\-.@ ]|^[. ]|[. ]$", _percent, student)
    if safe.partition(".")[0].lower() in _TAKEN:
        safe = f"%{ord(safe[0]):02x}{safe[1:]}"
    if len(safe.encode()) > _LONGEST:
        digest = hashlib.sha256(student.encode()).hexdigest()[:12]
        safe = f"{safe.encode()[: _LONGEST - 14].decode('utf-8', 'ignore')}~{digest}"
    return safe


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02x}" for byte in match[0].encode())

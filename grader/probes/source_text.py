"""Probes of how a function is written. Weak evidence: a name can be hidden, so such checks carry few marks."""

import ast
from typing import Any

from grader.probes.subject import Subject


def names_used(subject: Subject, *, among: list[str]) -> Any:
    """Return which of the names ``among`` the submission's functions use, sorted.

    The whole file counts, so a forbidden name is not hidden by a helper.
    """
    used = set()
    for node in ast.walk(ast.parse(subject.source)):
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.alias):
            used.update(node.name.split("."))
    return sorted(used & set(among))

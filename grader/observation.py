"""What was seen when one check of one submission ran: plain data, no verdict.

This is the vocabulary that the sandbox and the judge share without knowing each other.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

#: Plain data only: ``None``, ``bool``, ``int``, ``float``, ``str``, ``numpy.ndarray``, `Opaque`, and
#: lists, tuples and string-keyed dicts of these.
Tree = Any

Outcome = Literal[
    "returned",  # the probe came back with a value
    "raised",  # the student's code raised
    "missing",  # the submission defines no such function
    "not_loaded",  # the submission could not be loaded at all
    "timed_out",  # stopped by the clock
    "crashed",  # ended by a signal
    "exited",  # ended the interpreter
    "malformed",  # the child's answer could not be read
    "unavailable",  # this machine cannot give what the check needs
]

#: Outcomes for which the check itself never ran.
NOT_REACHED: frozenset[Outcome] = frozenset({"missing", "not_loaded", "unavailable"})


@dataclass(frozen=True)
class Opaque:
    """A value that is no plain data; only the name of its type crosses the boundary."""

    type_name: str


@dataclass(frozen=True)
class ErrorSeen:
    """An exception of the student's code, as text.

    Attributes:
        type_name: the class's name.
        bases: the names of it and of all that it derives from.
        message: its text.
        traceback: cut to the student's own lines.
        number: the system's error number, if an error of the system is this one or behind it.
        outside: the path that was asked for, if it lies outside of the child's folder.
        origin: the name of the module that raised it.
    """

    type_name: str
    bases: tuple[str, ...]
    message: str
    traceback: str = ""
    number: int | None = None
    outside: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Observation:
    """The record of one check.

    ``value`` holds plain data when ``outcome`` is "returned"; ``blocked`` says what a lock kept the code from.
    """

    outcome: Outcome
    value: Tree = None
    error: ErrorSeen | None = None
    detail: str = ""
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    blocked: str = ""

    @property
    def reached(self) -> bool:
        """Whether the check ran, however it ended."""
        return self.outcome not in NOT_REACHED


def is_array(node: Tree) -> bool:
    """Tell whether ``node`` is an array leaf of a tree."""
    return isinstance(node, np.ndarray)

"""How tightly children are locked: strict, standard or none, and what each asks of the machine.

Every level but "none" applies all layers that the machine gives. They differ in what they accept: "strict" is refused
where a layer of `REQUIRED` is missing, "standard" makes do and the report says what was missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from grader.problems import GradeTapeError

Level = Literal["strict", "standard", "none"]
LEVELS: tuple[Level, ...] = get_args(Level)

#: What "strict" cannot do without. Namespaces are not among it: containers rarely allow them, and each attack that
#: they stop is stopped by another layer, but for the look at names and the number of files.
REQUIRED = ("descriptors", "parent", "limits", "privileges", "landlock", "seccomp")
#: What "none" keeps: what ends a child and bounds what it uses keeps out nobody.
UNLOCKED = ("parent", "limits")

_HOW = {
    "descriptors": "use Linux 5.9 or later",
    "parent": "use Linux",
    "limits": "raise this process's own hard limits (ulimit -H)",
    "privileges": "install Python where every user may read it, or grade as an ordinary user",
    "landlock": "use Linux 5.13 or later with landlock in the kernel's lsm= list",
    "seccomp": "use Linux with seccomp filters, on x86-64 or arm64",
}


class LevelRefused(GradeTapeError):  # noqa: N818 - says what happened
    """The machine cannot give the level that was asked for."""


@dataclass(frozen=True)
class Isolation:
    """What holds the children of a run.

    Attributes:
        level: as asked for.
        layers: those active, in the order in which they are applied.
        missing: those that this machine does not give -> why.
    """

    level: Level
    layers: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)


def isolate(level: Level, found: Mapping[str, str | None]) -> Isolation:
    """Choose the layers of a level from what was found by trying: layer -> None, or why it is not available.

    Raises:
        LevelRefused: the machine cannot give the level.
    """
    missing = {layer: reason for layer, reason in found.items() if reason is not None}
    if level == "none":
        return Isolation(level, tuple(layer for layer in UNLOCKED if layer not in missing))
    lacking = [layer for layer in REQUIRED if layer in missing]
    if level == "strict" and lacking:
        told = "; ".join(f"{layer}: {missing[layer]} ({_HOW[layer]})" for layer in lacking)
        raise LevelRefused(f"this machine cannot give level 'strict': {told}; or ask for --level standard")
    return Isolation(level, tuple(layer for layer in found if layer not in missing), missing)

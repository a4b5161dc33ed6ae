"""The museum's catalogue: hostile submissions, one a file, and what the head of each says.

A file's docstring has a fixed form: the strategy, an empty line, and fields, one a line or more::

    \"\"\"Call out by TCP, to send the questions home.

    Surface: the network.
    Stopped by: no socket can be made or connected; the network is an empty one of the child's own.
    Layers: network, landlock, seccomp
    Earns: 1
    \"\"\"

``Layers`` names the locks each of which holds the attack alone; joined by "+" they do so together. "design" is no lock:
the attack fails because of what the program does not do. "none" stands on what is not stopped, in `LIMITS`.
``Earns`` are the marks that its honest value deserves: most spoil ``scale`` (3) and leave ``norm`` (1) to be right.
``Unproven`` says why the attack is never made with its locks off.
"""

import ast
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.sandbox.locks.lockdown import LAYERS

HOME = Path(__file__).parent
#: Folder -> what it shows, in the order of the table.
CLASSES = {
    "verdict_channel": "Forging the verdict",
    "leakage": "Reading what is secret",
    "comparison": "Fooling the comparison",
    "resources": "Using everything up",
    "persistence": "Leaving something behind",
    "escape": "Getting out",
    "report_injection": "Writing into the report",
}
#: What must be marked like anybody's work, and what is known not to be stopped.
CONTROLS, LIMITS = "controls", "limits"
_FIELDS = {"Surface", "Stopped by", "Layers", "Unproven", "Earns"}


@dataclass(frozen=True)
class Exhibit:
    """One submission of the museum.

    Attributes:
        kind: its folder.
        name: its file, without the suffix.
        strategy: what it tries.
        surface: where.
        stopped_by: why it fails.
        layers: sets of locks, each of which holds it; empty if it fails by design or is not stopped.
        earns: the marks out of 4 that it deserves.
        unproven: why it is not made with its locks off.
        source: the whole file.
    """

    kind: str
    name: str
    strategy: str
    surface: str
    stopped_by: str
    layers: tuple[frozenset[str], ...]
    earns: Fraction
    unproven: str
    source: str

    @property
    def id(self) -> str:
        return f"{self.kind}/{self.name}"


def exhibits(*kinds: str) -> list[Exhibit]:
    """Return the exhibits of these folders, or of all, in order."""
    wanted = kinds or (*CLASSES, CONTROLS, LIMITS)
    return [read(path) for kind in wanted for path in sorted((HOME / kind).glob("*.py"))]


def read(path: Path) -> Exhibit:
    """Read one exhibit.

    Raises:
        ValueError: its docstring has not the museum's form.
    """
    source = path.read_text(encoding="utf-8")
    strategy, fields = _parse(ast.get_docstring(ast.parse(source)) or "")
    missing = _FIELDS - {"Unproven"} - fields.keys()
    if missing or not strategy.endswith("."):
        raise ValueError(f"{path}: the docstring lacks {', '.join(sorted(missing)) or 'a strategy'}")
    return Exhibit(
        kind=path.parent.name,
        name=path.stem,
        strategy=strategy,
        surface=fields["Surface"].rstrip("."),
        stopped_by=fields["Stopped by"],
        layers=_layers(fields["Layers"], path),
        earns=Fraction(fields["Earns"]),
        unproven=fields.get("Unproven", ""),
        source=source,
    )


def _parse(docstring: str) -> tuple[str, dict[str, str]]:
    strategy, _, rest = docstring.partition("\n\n")
    fields: dict[str, str] = {}
    name = ""
    for line in rest.splitlines():
        head, colon, text = line.partition(": ")
        if colon and head in _FIELDS:
            name = head
            fields[name] = text
        elif name:
            fields[name] += f" {line.strip()}"
    return " ".join(strategy.split()), fields


def _layers(text: str, path: Path) -> tuple[frozenset[str], ...]:
    if text in ("design", "none"):
        return ()
    sets = tuple(frozenset(part.strip() for part in one.split("+")) for one in text.split(","))
    unknown = frozenset().union(*sets) - set(LAYERS)
    if unknown:
        raise ValueError(f"{path}: there is no layer {', '.join(sorted(unknown))}")
    return sets

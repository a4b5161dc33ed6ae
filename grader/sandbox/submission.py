"""What is run: a submission's source, and the calls to observe. Plain data on both sides of the wire."""

from dataclasses import dataclass, field
from typing import Any

from grader.inputs.build import Recipe
from grader.observation import Tree


@dataclass(frozen=True)
class Submission:
    """Source text to run.

    Attributes:
        name: the file's name, as tracebacks show it.
        source: the module's text.
        support: modules that the source may import, by dotted name: the reference's, for a known mistake.
        base: the support module that gives the functions which the source lacks.
        aliases: function -> the name it has in the source, for a known mistake.
    """

    name: str
    source: str
    support: dict[str, str] = field(default_factory=dict)
    base: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)

    def as_tree(self) -> Tree:
        """Return the submission for the wire."""
        return {
            "name": self.name,
            "source": self.source,
            "support": dict(self.support),
            "base": self.base,
            "aliases": dict(self.aliases),
        }


@dataclass(frozen=True)
class Needs:
    """What the child of a call must have."""

    seconds: float = 10.0
    memory_mb: int = 2048
    cpus: int = 1
    fresh: bool = False
    loopback: bool = False


@dataclass(frozen=True)
class Call:
    """One thing to observe.

    Attributes:
        id: names the call among those of a run.
        function: the name of the student's function.
        parameters: its positional parameters in the order of the contract.
        probe: the name of the probe that looks.
        options: the probe's options.
        inputs: a recipe for each argument.
        variants: named changes to the inputs.
        needs: what the child must have.
    """

    id: str
    function: str
    parameters: tuple[str, ...]
    probe: str
    options: dict[str, Any]
    inputs: dict[str, Recipe]
    variants: dict[str, dict[str, Recipe]]
    needs: Needs = Needs()

    def as_tree(self) -> Tree:
        """Return the call for the wire."""
        return {
            "id": self.id,
            "function": self.function,
            "parameters": list(self.parameters),
            "probe": self.probe,
            "options": self.options,
            "inputs": self.inputs,
            "variants": self.variants,
        }

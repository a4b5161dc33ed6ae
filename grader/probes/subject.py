"""What a probe looks at: the student's function and the arguments it is to be called with."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.inputs.build import Recipe
from grader.inputs.realise import realise

Arguments = dict[str, Any]


class Subject:
    """A function of a submission with its inputs.

    Attributes:
        function: the student's function.
        variants: the labels of the changed sets of inputs.
        namespace: everything else that the submission defines.
        source: the submission's text.
        memory: what `call_once` keeps; the same for all checks that a child makes.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        parameters: list[str],
        inputs: Mapping[str, Recipe],
        variants: Mapping[str, Mapping[str, Recipe]],
        namespace: Mapping[str, Any],
        source: str,
        memory: dict[tuple[int, str], Any] | None = None,
    ) -> None:
        self.function = function
        self.variants = tuple(variants)
        self.namespace = namespace
        self.source = source
        self.memory = {} if memory is None else memory
        self._parameters = parameters
        self._inputs = inputs
        self._changes = variants

    def arguments(self, variant: str | None = None) -> Arguments:
        """Make the arguments afresh, in the order of the inputs; with the changes of ``variant``, if named.

        Names that start with "_" are inputs of the probe's own and left out; see `own`.
        """
        return {name: realise(recipe) for name, recipe in self._recipes(variant).items()}

    def _recipes(self, variant: str | None) -> dict[str, Recipe]:
        recipes = {**self._inputs, **(self._changes[variant] if variant is not None else {})}
        return {name: recipe for name, recipe in recipes.items() if not name.startswith("_")}

    def own(self, name: str) -> Any:
        """Make the probe's own input ``_name`` afresh."""
        return realise(self._inputs[f"_{name}"])

    def call(self, arguments: Arguments | None = None) -> Any:
        """Call the function with ``arguments``, or with fresh ones.

        By position as far as the contract's order goes, so that a student may name parameters otherwise.
        """
        return self.apply(self.function, self.arguments() if arguments is None else arguments)

    def look(self, at: Callable[[Arguments], Any]) -> Any:
        """Return what ``at`` makes of the arguments; with variants, of each one's, by label."""
        if not self.variants:
            return at(self.arguments())
        return {label: at(self.arguments(label)) for label in self.variants}

    def call_once(self, variant: str | None = None) -> Any:
        """Return the value of a call with these inputs, made by this check or by one before it in the same child.

        It is for what takes long, such as a training that several checks look at. They must leave the value as it is.
        """
        key = (id(self.function), json.dumps(self._recipes(variant), sort_keys=True, default=_array_text))
        if key not in self.memory:
            self.memory[key] = self.call(self.arguments(variant))
        return self.memory[key]

    def apply(self, function: Callable[..., Any], arguments: Arguments) -> Any:
        """Call ``function``, which has the contract's parameters, with ``arguments``."""
        named = dict(arguments)
        positional = []
        for parameter in self._parameters:
            if parameter not in named:
                break
            positional.append(named.pop(parameter))
        return function(*positional, **named)


def _array_text(array: "np.ndarray[Any, Any]") -> list[str]:
    return [array.dtype.str, str(array.shape), array.tobytes().hex()]

"""What a probe looks at: the student's function and the arguments it is to be called with."""

from collections.abc import Callable, Mapping
from typing import Any

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
    """

    def __init__(
        self,
        function: Callable[..., Any],
        parameters: list[str],
        inputs: Mapping[str, Recipe],
        variants: Mapping[str, Mapping[str, Recipe]],
        namespace: Mapping[str, Any],
        source: str,
    ) -> None:
        self.function = function
        self.variants = tuple(variants)
        self.namespace = namespace
        self.source = source
        self._parameters = parameters
        self._inputs = inputs
        self._changes = variants

    def arguments(self, variant: str | None = None) -> Arguments:
        """Make the arguments afresh, in the order of the inputs; with the changes of ``variant``, if named.

        Names that start with "_" are inputs of the probe's own and left out; see `own`.
        """
        recipes = {**self._inputs, **(self._changes[variant] if variant is not None else {})}
        return {name: realise(recipe) for name, recipe in recipes.items() if not name.startswith("_")}

    def own(self, name: str) -> Any:
        """Make the probe's own input ``_name`` afresh."""
        return realise(self._inputs[f"_{name}"])

    def call(self, arguments: Arguments | None = None) -> Any:
        """Call the function with ``arguments``, or with fresh ones.

        By position as far as the contract's order goes, so that a student may name parameters otherwise.
        """
        return self.apply(self.function, self.arguments() if arguments is None else arguments)

    def apply(self, function: Callable[..., Any], arguments: Arguments) -> Any:
        """Call ``function``, which has the contract's parameters, with ``arguments``."""
        named = dict(arguments)
        positional = []
        for parameter in self._parameters:
            if parameter not in named:
                break
            positional.append(named.pop(parameter))
        return function(*positional, **named)

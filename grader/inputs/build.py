"""Input specs of a question -> recipes: plain data that the sandbox can carry.

A recipe is one of

* ``{"plain": value}``: passed to the function as it is;
* ``{"array": array, "as": "tensor" | "numpy" | "variable" | "list"}``;
* ``{"list": [recipe, …]}``, ``{"tuple": [recipe, …]}``, ``{"dict": {key: recipe}}``;
* ``{"callable": name, "options": {name: recipe}}``: a function or model that the child makes.
"""

from typing import Any

import numpy as np

from grader.inputs.bits import Bits
from grader.inputs.generators import GENERATORS
from grader.problems import GradeTapeError

Recipe = dict[str, Any]

_FORMS = ("tensor", "numpy", "variable", "list")


def build_inputs(inputs: dict[str, Any], seed: int, *names: str) -> dict[str, Recipe]:
    """Build the recipe of each input. ``names`` (question, function, check) name the random streams.

    Raises:
        GradeTapeError: a generator refuses its options.
    """
    return {name: build_recipe(spec, seed, (*names, name)) for name, spec in inputs.items()}


def build_recipe(spec: Any, seed: int, names: tuple[str, ...]) -> Recipe:
    """Build one recipe; every leaf gets the stream of its own place."""
    if isinstance(spec, list):
        return {"list": [build_recipe(item, seed, (*names, str(i))) for i, item in enumerate(spec)]}
    if not isinstance(spec, dict):
        return {"plain": spec}
    leader = next(iter(spec))
    if leader == "dict":
        return {"dict": {key: build_recipe(item, seed, (*names, key)) for key, item in spec["dict"].items()}}
    if leader == "tuple":
        return {"tuple": build_recipe(spec["tuple"], seed, names)["list"]}
    if leader == "callable":
        options = {key: build_recipe(item, seed, (*names, key)) for key, item in spec.items() if key != "callable"}
        return {"callable": spec["callable"], "options": options}
    return _generate(leader, dict(spec), seed, names)


def _generate(generator: str, options: dict[str, Any], seed: int, names: tuple[str, ...]) -> Recipe:
    place = "/".join(names)
    main = options.pop(generator)
    dtype = options.pop("dtype", None)
    form = options.pop("as", "tensor")
    stream, shared = options.pop("stream", None), options.pop("shared", None)
    if stream and shared:
        raise GradeTapeError(f"{place}: 'stream' and 'shared' name the same thing twice; keep one of them")
    bits = Bits(seed, *_stream(names, stream, shared))
    if form not in _FORMS:
        raise GradeTapeError(f"{place}: 'as: {form}' is unknown; use one of {', '.join(_FORMS)}")
    try:
        array = GENERATORS[generator](bits, main, **options)
        array = array.astype(np.dtype(dtype) if dtype else _usual_dtype(array))
    except (TypeError, ValueError) as error:
        raise GradeTapeError(f"{place}: the input '{generator}' cannot be made: {error}") from None
    return {"array": array, "as": form}


def _stream(names: tuple[str, ...], stream: str | None, shared: str | None) -> tuple[str, ...]:
    """Name the random stream of an input: its own, one of its check's, or one of all its question's checks."""
    if shared:
        return (names[0], "shared", shared)
    return (*names[:-1], "stream", stream) if stream else names


def _usual_dtype(array: np.ndarray[Any, Any]) -> np.dtype[Any]:
    """Return TensorFlow's own defaults: float32, int32, bool."""
    return np.dtype({"f": "float32", "b": "bool"}.get(array.dtype.kind, "int32"))

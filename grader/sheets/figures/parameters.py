"""What parameters may be: the annotations of drawing functions, and the check of a call against them.

A drawing function's signature is the one place that says which parameters there are, of what type and within which
bounds; ``checked`` reads it. Values come from YAML, so they are taken strictly: ``"3"`` is no number, ``yes`` no count.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from inspect import signature
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, validate_call

from grader.problems import suggestion
from grader.sheets.figures.canvas import Shape
from grader.sheets.figures.problem import FigureError

DrawingFunction = Callable[..., Sequence[Shape]]

_STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)

Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Text = Annotated[str, Field(min_length=1, max_length=120)]
#: What may be left empty, such as the label of an arrow that needs none.
Remark = Annotated[str, Field(max_length=120)]
Neurons = Annotated[int, Field(ge=1, le=100_000)]
Layers = Annotated[list[Neurons], Field(min_length=2, max_length=5)]


class Entry(BaseModel):
    """A mapping among the parameters: these keys and no others."""

    model_config = _STRICT


def parameter_names(function: DrawingFunction) -> frozenset[str]:
    """Return the names of a drawing function's parameters."""
    return frozenset(signature(function).parameters)


def checked(function: DrawingFunction, parameters: dict[str, Any]) -> Sequence[Shape]:
    """Call a drawing function.

    Raises:
        FigureError: a parameter is unknown, missing or not what the function's signature says.
    """
    try:
        return _strict(function)(**parameters)
    except ValidationError as error:
        raise _explained(error, function) from None


@cache
def _strict(function: DrawingFunction) -> DrawingFunction:
    return validate_call(config=_STRICT)(function)


def _explained(error: ValidationError, function: DrawingFunction) -> FigureError:
    """Say the first thing wrong; the rest is often its consequence."""
    fault = error.errors(include_url=False)[0]
    place = [str(part) for part in fault["loc"]]
    where = ".".join(place)
    if fault["type"] == "unexpected_keyword_argument":
        return FigureError(f"unknown parameter '{where}'", suggestion(place[0], parameter_names(function)))
    if fault["type"] in ("missing_argument", "missing_keyword_only_argument", "missing"):
        return FigureError(f"'{where}' is missing", f"give the parameter '{place[0]}' in full")
    if fault["type"] == "extra_forbidden":
        return FigureError(f"unknown key '{where}'", f"leave out '{place[-1]}'")
    if fault["type"] == "literal_error":
        known = re.findall(r"'([^']*)'", fault["ctx"]["expected"])
        return FigureError(f"'{where}' is {fault['input']!r:.60}", suggestion(str(fault["input"]), known))
    return FigureError(f"'{where}' is {fault['input']!r:.60}", fault["msg"][0].lower() + fault["msg"][1:])

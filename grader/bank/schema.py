"""What a question file and ``bank.yaml`` may hold.

These models are the one definition of the format: the loader validates with them and
``questions/schema.json``, which editors use, is generated from them.
"""

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator


class Entry(BaseModel):
    """A part of a file: no key beyond those declared, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _exact_marks(value: object) -> Fraction:
    try:
        marks = Fraction(str(value))
    except (ValueError, ZeroDivisionError):  # a bool or a list is no digits either
        raise ValueError(f"'{value}' is not a number of marks; write 2, 0.5 or '1/3'") from None
    if marks <= 0:
        raise ValueError("marks must be more than 0")
    return marks


#: Exact, so that thirds add up: read from the digits as written, never through a float's bits.
Marks = Annotated[
    Fraction,
    BeforeValidator(_exact_marks),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "pattern": r"^[0-9]+(/[1-9][0-9]*)?$"},
            ]
        }
    ),
]

QuestionId = Annotated[str, Field(pattern=r"^m[1-9][0-9]*q[0-9]{2}$")]
Sitting = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="year and month, such as 2023-07")]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
#: Of a function, or of a class, whose name has capitals.
FunctionName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Prose = Annotated[str, Field(min_length=1)]


class MarkingPoint(Entry):
    """One line of the written answer's marking scheme."""

    marks: Marks
    point: Prose


class Figure(Entry):
    """A drawing call: what to draw, and the words for those who cannot see it."""

    id: Identifier
    draw: Identifier
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    alt: Prose
    caption: Prose


class Evidence(Entry):
    """The check that the printed version fails; ``mistake`` is the printed version as running code."""

    check: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*/[a-z][a-z0-9_]*$", description="function/check")]
    mistake: Identifier


class Erratum(Entry):
    """A place where the course notes are wrong."""

    printed: Prose
    correct: Prose
    because: Prose
    evidence: Evidence


class Needs(Entry):
    """What the child of a check must have."""

    seconds: Annotated[float, Field(gt=0, le=600, strict=False)] = 10.0
    memory_mb: Annotated[int, Field(gt=0)] = 2048
    cpus: Annotated[int, Field(ge=1, le=16, description="logical CPU devices")] = 1
    fresh: bool = Field(default=False, description="a child of its own")
    network: Literal["loopback"] | None = Field(default=None, description="a network of its own, with a loopback")


class Moments(Entry):
    """Mean and standard deviation that samples should have; each left out is not judged."""

    mean: float | None = None
    std: float | None = None
    z: Annotated[float, Field(gt=0, strict=False, description="largest z-score accepted")] = 5.0


class Expect(Entry):
    """What an observation is judged against: the reference's, unless one of the others is named."""

    compare: Literal["close", "equal", "shape", "structure", "unchanged"] | None = None
    value: Any = Field(default=None, description="a pin: numbers computed by hand")
    raises: str | None = Field(default=None, description="the exception's name, such as ValueError")
    below: float | None = Field(default=None, description="every number observed is below this")
    above: float | None = Field(default=None, description="every number observed is above this")
    moments: Moments | None = None
    margin: Annotated[float, Field(gt=0, strict=False)] | None = Field(
        default=None,
        description="with below or above: the share of the bound that right answers keep away from it on every seed",
    )
    rtol: Annotated[float, Field(ge=0, strict=False)] | None = None
    atol: Annotated[float, Field(ge=0, strict=False)] | None = None
    dtype: Literal["kind", "exact"] = Field(default="kind", description="float32 and float64 are of one kind")

    @model_validator(mode="after")
    def _one_comparator(self) -> "Expect":
        ways = ("compare", "value", "raises", "below", "above", "moments")
        named = [way for way in ways if way in self.model_fields_set]
        if len(named) > 1:
            raise ValueError(f"expects by {' and '.join(named)} at once; keep one of them")
        if self.margin is not None and not (self.below or self.above):
            raise ValueError("has a margin and no bound that is not 0; give it with 'below' or 'above'")
        return self

    @property
    def comparator(self) -> str:
        """The name of the comparator that judges."""
        for way in ("value", "raises", "below", "above", "moments"):
            if way in self.model_fields_set:
                return way
        return self.compare or "close"


class Check(Entry):
    """One thing observed of a function, and what it should be."""

    id: Identifier
    title: Prose
    inputs: dict[str, Any] = Field(default_factory=dict)
    variants: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="named changes to the inputs; the probe makes a call for each"
    )
    probe: Identifier = "call"
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="options of the probe")
    expect: Expect = Expect()
    needs: Needs = Needs()
    marks: Marks | None = Field(default=None, description="left out: an equal share of what the function has left")
    hint: Prose | None = Field(default=None, description="said when the check fails and no mistake explains it")


class Mistake(Entry):
    """A wrong variant that students really write: what to tell them, and the checks that must catch it."""

    says: Prose
    caught_by: Annotated[list[Identifier], Field(min_length=1)]
    hangs: list[Identifier] = Field(
        default_factory=list, description="the checks in which it never comes back; only verify waits for that"
    )


class Function(Entry):
    """A function or class to implement. Its signature and contract are the reference's own."""

    name: FunctionName
    marks: Marks
    checks: Annotated[list[Check], Field(min_length=1)]
    mistakes: dict[Identifier, Mistake] = Field(default_factory=dict)


class QuestionFile(Entry):
    """A question: prose, marking scheme, figures, errata and the functions with their checks."""

    id: QuestionId
    title: Prose
    covers: list[QuestionId] = Field(default_factory=list, description="other numbers that this question answers")
    asked: list[Sitting] = Field(default_factory=list)
    marks: Marks
    topics: Annotated[list[str], Field(min_length=1)]
    prompt: Prose
    answer: Prose
    marking: Annotated[list[MarkingPoint], Field(min_length=1)]
    figures: list[Figure] = Field(default_factory=list)
    errata: list[Erratum] = Field(default_factory=list)
    tf1: dict[str, str] = Field(default_factory=dict, description="TensorFlow 1 name -> TensorFlow 2")
    functions: Annotated[list[Function], Field(min_length=1)]


class Module(Entry):
    """A module of the course."""

    number: Annotated[int, Field(ge=1)]
    title: Prose
    folder: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class PaperPattern(Entry):
    """How a question paper is put together: from each module, a choice of so many questions."""

    choices_per_module: Annotated[int, Field(ge=1)]
    answer_per_module: Annotated[int, Field(ge=1)]
    minutes: Annotated[int, Field(ge=1)]


class BankFile(Entry):
    """``bank.yaml``: the course, its modules and the pattern of its papers."""

    course: Prose
    modules: Annotated[list[Module], Field(min_length=1)]
    paper: PaperPattern

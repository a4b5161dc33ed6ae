"""Probes of m1q08, the backpropagation model."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Arguments, Subject

_ONE_OPERAND = ("neg", "exp", "sigmoid", "tanh", "relu")
_OPERATIONS = ("add", "sub", "mul", *_ONE_OPERAND)

_Cost = Callable[[Any], tuple[Any, Any]]


def m1q08_slopes(subject: Subject, *, step: float = 1e-6) -> Any:
    """Return for each variant the derivatives, and beside them the central differences of the values."""
    seen = {}
    for label in subject.variants:
        arguments = subject.arguments(label)
        _, derivative = subject.call(arguments)
        above, _ = subject.call({**arguments, "z": arguments["z"] + step})
        below, _ = subject.call({**arguments, "z": arguments["z"] - step})
        differences = (np.asarray(above) - np.asarray(below)) / (2 * step)
        seen[label] = {"derivative": derivative, "central difference of the values": differences}
    return seen


def m1q08_tanh_and_logistic(subject: Subject) -> Any:
    """Return tanh(z), and 2σ(2z) − 1 from the logistic function's values."""
    z = subject.arguments()["z"]
    tanh, _ = subject.call({"name": "tanh", "z": z})
    logistic, _ = subject.call({"name": "logistic", "z": 2 * z})
    return {"tanh(z)": tanh, "2 logistic(2z) - 1": 2 * np.asarray(logistic) - 1}


def m1q08_random_programs(subject: Subject) -> Any:
    """Run programs made from the random integers ``_picks`` on the rows of ``_values``; return values and gradients.

    ``_picks`` is (programs, instructions, 3): operation and two operands, ``_values`` (programs, inputs).
    """
    values, gradients = [], []
    for picks, inputs in zip(np.asarray(subject.own("picks")), np.asarray(subject.own("values")), strict=True):
        value, gradient = subject.call({"program": _program(picks, len(inputs)), "inputs": inputs.tolist()})
        values.append(float(value))
        gradients.append([float(slope) for slope in gradient])
    return {"values": np.array(values), "gradients": np.array(gradients)}


def _program(picks: Any, n_inputs: int) -> list[tuple[str | int, ...]]:
    program: list[tuple[str | int, ...]] = []
    for index, (which, first, second) in enumerate(picks.tolist(), start=n_inputs):
        operation = _OPERATIONS[which % len(_OPERATIONS)]
        if operation == "exp":
            program.append((operation, first % n_inputs))  # of an input only, since exp(exp(exp(x))) overflows
        elif operation in _ONE_OPERAND:
            program.append((operation, first % index))
        else:
            program.append((operation, first % index, second % index))
    return program


def m1q08_cost(subject: Subject, *, inputs: int = 20, squarings: int = 8) -> Any:
    """Return how many additions and multiplications are done for an instruction, on average.

    The program multiplies all the inputs and squares the product several times. The inputs are floats that count
    what is done to them; arithmetic that turns them into other numbers first is not seen.
    """
    program: list[tuple[str | int, ...]] = [("mul", 0, 1)]
    for index in range(inputs, 2 * inputs - 2):
        program.append(("mul", index, index - inputs + 2))
    for index in range(2 * inputs - 2, 2 * inputs - 2 + squarings):
        program.append(("mul", index, index))
    kind, operations = _counting_float()
    subject.call({"program": program, "inputs": [kind(1.01)] * inputs})
    return len(operations) / len(program)


def _counting_float() -> tuple[type[float], list[str]]:
    """Return a float type whose arithmetic writes each operation into the list."""
    operations: list[str] = []

    class Counting(float):
        pass

    def counted(name: str) -> Callable[..., Any]:
        def method(self: Counting, *others: float) -> Any:
            operations.append(name)
            result = getattr(float, name)(self, *others)
            return result if result is NotImplemented else Counting(result)

        return method

    names = ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "neg")
    for name in names:
        setattr(Counting, f"__{name}__", counted(f"__{name}__"))
    return Counting, operations


def m1q08_right_gradient(subject: Subject) -> Any:
    """Check a gradient that is right, at the θ of each variant, and return the errors found."""
    return {label: _check(subject, _wavy, subject.arguments(label)) for label in subject.variants}


def m1q08_each_entry_wrong(subject: Subject) -> Any:
    """Check gradients with a single wrong entry, too large or too small, each in its turn; return the errors found."""
    count = np.asarray(subject.arguments()["theta"]).size
    return [_check(subject, _spoilt(entry, 0.5 * (-1) ** entry), subject.arguments()) for entry in range(count)]


def m1q08_cube(subject: Subject) -> Any:
    """Check the right gradient of Σ θ³, of which a difference quotient is not exact."""

    def cube(theta: Any) -> tuple[Any, Any]:
        theta = np.asarray(theta, np.float64)
        return tf.constant(np.sum(theta**3)), tf.constant(3 * theta**2)

    return _check(subject, cube, subject.arguments())


def m1q08_theta_after(subject: Subject) -> Any:
    """Check a gradient and return θ as it is afterwards."""
    arguments = subject.arguments()
    _check(subject, _wavy, arguments)
    return {"theta": arguments["theta"]}


def m1q08_nan_shows(subject: Subject) -> Any:
    """Check gradients with a NaN in one entry, each in its turn, and tell whether the error found is NaN."""
    count = np.asarray(subject.arguments()["theta"]).size
    return [bool(np.isnan(_check(subject, _spoilt(entry, np.nan), subject.arguments()))) for entry in range(count)]


def m1q08_check_refused(subject: Subject) -> Any:
    """Do as the probe ``rejects``, with the cost made here; bad is also a gradient of another shape than θ."""

    def short(theta: Any) -> tuple[Any, Any]:
        loss, gradient = _wavy(theta)
        return loss, gradient[:1]

    bad = by_variant(subject, partial(_check, subject, _wavy))
    bad["gradient of another shape"] = partial(_check, subject, short, subject.arguments())
    return refusals(lambda: type(_check(subject, _wavy, subject.arguments())).__name__, bad)


def _check(subject: Subject, f: _Cost, arguments: Arguments) -> float:
    return float(subject.call({"f": f, **arguments}))


def _wavy(theta: Any) -> tuple[Any, Any]:
    """Return the sum of i sin θᵢ, i counting from 1, plus half the square of the sum of θ; and the gradient."""
    theta = np.asarray(theta, np.float64)
    weight = np.arange(1.0, theta.size + 1).reshape(theta.shape)
    total = np.sum(theta)
    return tf.constant(np.sum(weight * np.sin(theta)) + total**2 / 2), tf.constant(weight * np.cos(theta) + total)


def _spoilt(entry: int, by: float) -> _Cost:
    def f(theta: Any) -> tuple[Any, Any]:
        loss, gradient = _wavy(theta)
        wrong = gradient.numpy()
        wrong.flat[entry] += by
        return loss, tf.constant(wrong)

    return f

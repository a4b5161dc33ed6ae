"""Probes of a training: what its model predicts on fresh data, and what it tells of its losses.

The function trains and returns a model with the losses of its steps. A training is made once for all checks that give
it the same inputs (`Subject.call_once`), so these should come from numbers of the same name (``shared``).

The loss on the probe's own data is measured here. The losses that come back are the student's word: they are weak
evidence, so they carry few marks, or are held against what is measured.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.probes.subject import Subject
from grader.probes.tracing import run_eagerly

_Floats = npt.NDArray[np.float64]


def trained_loss(subject: Subject, *, model: int = 0, baseline: str | None = None, eagerly: bool = False) -> float:
    """Return the mean squared error of the trained model on the probe's own ``_X`` and ``_y``.

    Args:
        subject: the function that trains, its inputs and the probe's own.
        model: where among the values returned the model is.
        baseline: left out, the error itself comes back; else its share of another one: of the training with the variant
            of that name, such as one of two steps; or of what is predicted without any training, by "persistence",
            which takes each input for what follows it, or by "mean", that of the targets.
        eagerly: whether the variant's functions are run without being traced, which is quicker for few steps.
    """
    X, y = subject.own("X"), np.asarray(subject.own("y"), np.float64)
    error = _error(subject.call_once()[model](X, training=False), y)
    if baseline is None:
        return error
    if baseline in subject.variants:
        with run_eagerly(eagerly):
            other = subject.call_once(baseline)[model]
        return error / _error(other(X, training=False), y)
    return error / _error({"persistence": X, "mean": np.full_like(y, y.mean())}[baseline], y)


def _error(predictions: Any, targets: _Floats) -> float:
    outputs = np.asarray(predictions, np.float64)
    if outputs.shape != targets.shape:
        raise ValueError(f"the model's outputs are of shape {outputs.shape}, the targets of shape {targets.shape}")
    return float(np.mean(np.square(outputs - targets)))


def steps_taken(subject: Subject, *, steps: int = 1, model: str = "model") -> Any:
    """Call a function that takes one step of training several times with the same arguments.

    Args:
        subject: the function and its inputs.
        steps: how many steps.
        model: the parameter that is the model.

    Returns:
        What the function returned in each step, and the model's weights after the last.
    """
    arguments = subject.arguments()
    returned = [subject.call(arguments) for _ in range(steps)]
    return {"returned": returned, "weights": arguments[model].get_weights()}


def losses_told(subject: Subject, *, losses: int = 1) -> Any:
    """Return how many losses a training tells, and whether each of them is one finite number.

    Args:
        subject: the function that trains and its inputs.
        losses: where among the values returned the losses are.
    """
    told = subject.call_once()[losses]
    single = all(np.ndim(loss) == 0 and np.isfinite(float(loss)) for loss in told)
    return {"number": len(told), "each a finite number": single}


def losses_fall(subject: Subject, *, losses: int = 1, last: int = 20) -> float:
    """Return the mean of the ``last`` losses that a training tells, as a share of the first."""
    told = _told(subject, losses)
    return float(np.mean(told[-last:]) / told[0])


def losses_scatter(subject: Subject, *, losses: int = 1, last: int = 50) -> float:
    """Return by which factor, less 1, one of the ``last`` losses typically differs from the one before it.

    Losses of one batch that is used again and again hardly differ; those of fresh batches go up and down.
    """
    steps = np.diff(np.log(_told(subject, losses)[-last:]))
    return float(np.expm1(np.median(np.abs(steps))))


def losses_off(subject: Subject, *, losses: int = 1, last: int = 20, model: int = 0) -> float:
    """Return by which factor the mean of the ``last`` losses told is off the one measured on ``_X`` and ``_y``, ≥ 1."""
    measured = trained_loss(subject, model=model)
    told = float(np.mean(_told(subject, losses)[-last:]))
    return max(told / measured, measured / told)


def trained_again(subject: Subject, *, losses: int = 1, rtol: float = 1e-3, eagerly: bool = False) -> Any:
    """Train twice with the same inputs, and once with each variant; return whether the losses told are the same.

    Args:
        subject: the function that trains and its inputs.
        losses: where among the values returned the losses are.
        rtol: what differs by less is the same; two runs of one graph may differ in the last bits.
        eagerly: whether functions are run without being traced, which is quicker for few steps.
    """
    with run_eagerly(eagerly):
        first = _told(subject, losses)
        again = {"again": subject.call()[losses]}
        again |= {label: subject.call(subject.arguments(label))[losses] for label in subject.variants}
    return {label: bool(np.allclose(_floats(told), first, rtol=rtol, atol=0)) for label, told in again.items()}


def _told(subject: Subject, losses: int) -> _Floats:
    return _floats(subject.call_once()[losses])


def _floats(told: Any) -> _Floats:
    return np.asarray([float(loss) for loss in told])

"""What is seen of a training: the model on fresh data, not the student's word; one training for all checks that share it."""

from typing import Any

import numpy as np
import pytest

from grader.inputs.build import build_inputs
from grader.observation import Observation
from grader.sandbox.children import Children
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Needs, Submission

SHARED = {"integers": [], "low": 0, "high": 1000, "as": "list", "shared": "training"}
OWN = {
    "_X": {"normal": [40, 3], "as": "numpy", "stream": "fresh"},
    "_y": {"normal": [40, 3], "as": "numpy", "stream": "fresh"},
}
#: Its model multiplies by a factor; it notes how often it was called, and whether functions were traced.
TRAINER = """
import numpy as np, tensorflow as tf
trained = []
def train(seed, factor=0.5, losses=(8.0, 4.0, 2.0, 1.0)):
    trained.append(seed)
    return (lambda X, training: factor * X), [*losses, float(seed), len(trained)]
def told(seed):
    return (lambda X, training: X), [seed + 1.0, np.random.normal()]
def plain(seed):
    return (lambda X, training: X), [seed + 2.0, 1.0]
def traced(seed):
    seen = []
    tf.function(lambda x: seen.append(x.dtype) or x)(tf.constant(1.0))
    step = tf.function(lambda x: float(tf.executing_eagerly()) + x)
    return (lambda X, training: X), [float(step(tf.constant(0.0)))]
"""


def observed(
    children: Children, *calls: tuple[str, dict[str, Any], dict[str, Any]], function: str = "train"
) -> list[Any]:
    made = [
        Call(f"{number}", function, ("seed", "factor", "losses"), probe, options, *_inputs(inputs), Needs(seconds=20))
        for number, (probe, options, inputs) in enumerate(calls)
    ]
    seen = observe(children, Submission("answer.py", TRAINER), made, seed=3)
    return [_value(seen[call.id]) for call in made]


def _inputs(inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    variants = {
        label: build_inputs(changes, 3, "q", "f", "c", label) for label, changes in inputs.pop("variants", {}).items()
    }
    return build_inputs(inputs, 3, "q", "f", "c"), variants


def _value(seen: Observation) -> Any:
    return seen.value if seen.outcome == "returned" else f"{seen.outcome}: {seen.error and seen.error.message}"


def test_the_loss_is_measured_on_the_probes_own_data(children: Children) -> None:
    y = build_inputs(OWN, 3, "q", "f", "c")["_y"]["array"].astype(np.float64)
    own = {"seed": 1, **OWN}  # _X and _y are the same numbers here: the error of a factor of a half is a quarter of y²
    alone, against_mean, against_persistence = observed(
        children,
        ("trained_loss", {}, {**own}),
        ("trained_loss", {"baseline": "mean"}, {**own}),
        ("trained_loss", {"baseline": "persistence"}, {**own, "_y": {"normal": [40, 3], "as": "numpy"}}),
    )
    assert alone == pytest.approx(np.mean(y**2) / 4, rel=1e-5)
    assert against_mean == pytest.approx(np.mean(y**2) / 4 / np.var(y), rel=1e-5)
    other = build_inputs({"_y": {"normal": [40, 3]}}, 3, "q", "f", "c")["_y"]["array"].astype(np.float64)
    assert against_persistence == pytest.approx(np.mean((y / 2 - other) ** 2) / np.mean((y - other) ** 2), rel=1e-5)


def test_a_training_is_compared_with_that_of_a_variant(children: Children) -> None:
    inputs = {"seed": 1, **OWN, "factor": 0.9, "variants": {"short": {"factor": 0.5}}}
    [share] = observed(children, ("trained_loss", {"baseline": "short"}, inputs))
    assert share == pytest.approx((0.1 / 0.5) ** 2, rel=1e-4)


def test_outputs_of_another_shape_are_not_broadcast(children: Children) -> None:
    [told] = observed(children, ("trained_loss", {}, {"seed": 1, **OWN, "_y": {"normal": [40, 1], "as": "numpy"}}))
    assert told == "raised: the model's outputs are of shape (40, 3), the targets of shape (40, 1)"


def test_a_training_is_made_once_for_all_checks_that_give_it_the_same_inputs(children: Children) -> None:
    numbers = observed(
        children,
        ("losses_told", {}, {"seed": SHARED}),
        ("losses_fall", {"last": 1}, {"seed": SHARED}),
        ("losses_fall", {"last": 1}, {"seed": SHARED, "factor": 0.5}),  # other inputs, though the default
        ("losses_fall", {"last": 1}, {"seed": SHARED, **OWN}),  # what is the probe's own makes no other training
    )
    assert numbers == [{"number": 6, "each a finite number": True}, 1 / 8, 2 / 8, 1 / 8]


def test_losses_are_told_as_single_finite_numbers_or_not(children: Children) -> None:
    told = observed(
        children,
        ("losses_told", {}, {"seed": 1, "losses": {"constant": [[1.0, 2.0]], "as": "list"}}),
        ("losses_told", {}, {"seed": 1, "losses": [1.0, float("nan")]}),
        ("losses_told", {}, {"seed": 1, "losses": [1.0, float("inf")]}),
    )
    assert [one["each a finite number"] for one in told] == [False, False, False]


def test_losses_that_do_not_fit_what_is_measured_show(children: Children) -> None:
    y = build_inputs(OWN, 3, "q", "f", "c")["_y"]["array"].astype(np.float64)
    measured = float(np.mean(y**2)) / 4
    own = {"seed": 1, **OWN}
    low, high = observed(
        children,
        ("losses_off", {"last": 6}, {**own, "losses": [measured / 10] * 4}),
        ("losses_off", {"last": 6}, {**own, "losses": [measured * 50] * 4}),
    )
    # The trainer adds two losses of its own, the seed and the number of the training.
    assert low == pytest.approx(max((4 * 0.1 * measured + 2) / 6 / measured, 6 * measured / (4 * 0.1 * measured + 2)))
    assert high == pytest.approx((4 * 50 * measured + 3) / 6 / measured)


def test_losses_of_one_batch_scatter_less_than_those_of_fresh_ones(children: Children) -> None:
    rng = np.random.default_rng(0)
    smooth = [float(0.99**step) for step in range(60)]
    rough = [float(0.99**step * np.exp(0.2 * rng.normal())) for step in range(60)]
    scatter = observed(
        children,
        ("losses_scatter", {"last": 50}, {"seed": 1, "losses": smooth}),
        ("losses_scatter", {"last": 50}, {"seed": 1, "losses": rough}),
    )
    assert scatter[0] == pytest.approx(1 / 0.99 - 1, rel=1e-3)
    assert scatter[1] > 0.1


def test_a_training_that_repeats_itself_and_one_that_does_not(children: Children) -> None:
    inputs = {"seed": 5, "variants": {"another": {"seed": 6}, "the same": {"seed": 5}}}
    assert observed(children, ("trained_again", {}, {**inputs}), function="plain") == [
        {"again": True, "another": False, "the same": True}
    ]
    assert observed(children, ("trained_again", {}, {**inputs}), function="told") == [
        {"again": False, "another": False, "the same": False}
    ]


def test_short_trainings_can_run_without_being_traced(children: Children) -> None:
    fast, usual = observed(
        children,
        ("trained_again", {"eagerly": True}, {"seed": 1}),
        ("losses_fall", {}, {"seed": 2}),
        function="traced",
    )
    assert fast == {"again": True}
    assert np.isnan(usual)  # 0 / 0: traced again, as it should be after an eager one

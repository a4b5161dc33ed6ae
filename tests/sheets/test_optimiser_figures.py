"""The drawings of optimizers show what was computed: places, contours, Nesterov's look-ahead."""

import math

import numpy as np
import pytest

from grader.sheets.figures import FigureError, draw
from grader.sheets.figures.optimisers import walk
from tests.sheets.figures_svg import Parsed, parsed

Place = tuple[float, float]
VALLEY = {"curvatures": [1, 12], "start": [-5, 2.4]}


def _centres(drawing: Parsed, kind: str, **facts: str) -> list[Place]:
    found = [item for item in drawing.of(kind) if facts.items() <= item.facts.items() and item.tag == "circle"]
    return [(float(item.element.attrib["cx"]), float(item.element.attrib["cy"])) for item in found]


def _cross(drawing: Parsed) -> Place:
    areas = [item.area for item in drawing.of("minimum")]
    return ((areas[0].left + areas[0].right) / 2, (areas[0].top + areas[0].bottom) / 2)


@pytest.mark.parametrize(
    ("method", "rate"),
    [("gd", 0.1), ("momentum", 0.02), ("nesterov", 0.02), ("adagrad", 1.0), ("rmsprop", 0.2), ("adam", 0.5)],
)
def test_walks_are_those_of_the_equations(method: str, rate: float) -> None:
    """Keras's own optimizers. It places Adam's ε elsewhere, which does not matter where gradients are large."""
    keras = pytest.importorskip("keras")
    optimizer = {
        "gd": lambda: keras.optimizers.SGD(rate),
        "momentum": lambda: keras.optimizers.SGD(rate, momentum=0.9),
        "nesterov": lambda: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
        "adagrad": lambda: keras.optimizers.Adagrad(rate, initial_accumulator_value=0.0, epsilon=1e-10),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate, epsilon=1e-10),
        "adam": lambda: keras.optimizers.Adam(rate, epsilon=1e-8),
    }[method]()
    curvatures, start = np.array([1.0, 12.0]), [-5.0, 2.4]
    theta = keras.Variable(np.array(start), dtype="float64")
    for _ in range(20):
        optimizer.apply([curvatures * theta.numpy()], [theta])
    expected = theta.numpy()
    if method == "nesterov":  # Keras's variable is θ − βm
        before, last = walk(method, [1, 12], start, rate, 20)[-2:]
        np.testing.assert_allclose([1.9 * b - 0.9 * a for a, b in zip(before, last, strict=True)], expected, rtol=1e-5)
        return
    # Keras computes 1 − 0.999ᵗ in float32, which leaves four digits of it in Adam's first steps.
    rtol = 1e-4 if method == "adam" else 1e-5
    np.testing.assert_allclose(walk(method, [1, 12], start, rate, 20)[-1], expected, rtol=rtol)


def test_a_path_shows_every_place_to_one_scale_on_both_axes() -> None:
    runs = [{"method": "gd", "rate": 0.14, "steps": 9}, {"method": "adam", "rate": 0.4, "steps": 12}]
    drawing = parsed(draw("optimizer_paths", {**VALLEY, "runs": runs}).svg)
    zero = _cross(drawing)
    [start] = _centres(drawing, "start")
    scale = (start[0] - zero[0]) / -5
    for run in runs:
        places = walk(run["method"], [1, 12], [-5, 2.4], run["rate"], run["steps"])  # type: ignore[arg-type]
        drawn = _centres(drawing, "iterate", method=str(run["method"]))
        expected = [(zero[0] + scale * x, zero[1] - scale * y) for x, y in places]
        np.testing.assert_allclose(drawn, expected, atol=0.02)


def test_contours_are_lines_of_equal_cost() -> None:
    runs = [{"method": "momentum", "rate": 0.02, "steps": 30}]
    drawing = parsed(draw("optimizer_paths", {**VALLEY, "runs": runs}).svg)
    zero, [start] = _cross(drawing), _centres(drawing, "start")
    scale = (start[0] - zero[0]) / -5
    contours = drawing.of("contour")
    assert len({item.facts["radius"] for item in contours}) >= 5
    for item in contours:
        costs = [((x - zero[0]) / scale) ** 2 + 12 * ((y - zero[1]) / scale) ** 2 for x, y in item.places]
        np.testing.assert_allclose(costs, float(item.facts["radius"]) ** 2, rtol=0.01)
    through_start = math.hypot(5, math.sqrt(12) * 2.4)
    assert any(math.isclose(float(item.facts["radius"]), through_start, rel_tol=1e-4) for item in contours)


def test_a_path_that_runs_off_is_refused() -> None:
    with pytest.raises(FigureError, match="runs off"):
        draw("optimizer_paths", {**VALLEY, "runs": [{"method": "gd", "rate": 0.2, "steps": 20}]})
    with pytest.raises(FigureError, match="away from both axes"):
        draw("optimizer_paths", {**VALLEY, "start": [0, 1], "runs": [{"method": "gd", "rate": 0.1, "steps": 2}]})


@pytest.mark.parametrize("beta", [0.8, 0.9, 0.99])
def test_nesterov_measures_ahead_and_ends_nearer_to_the_minimum(beta: float) -> None:
    drawing = parsed(draw("nesterov_lookahead", {"beta": beta}).svg)
    zero = _cross(drawing)
    at = {name: _centres(drawing, "place", name=name)[0] for name in ("theta", "ahead", "regular", "nesterov")}
    # J = ½ (x² + 4 y²) in units of 80 px, η = 0.2: both steps are −η∇J, each of the place where it was measured.
    for end, measured in (("regular", "theta"), ("nesterov", "ahead")):
        step = [at[end][axis] - at["ahead"][axis] for axis in (0, 1)]
        slope = [(at[measured][axis] - zero[axis]) * c for axis, c in ((0, 1.0), (1, 4.0))]
        np.testing.assert_allclose(step, [-0.2 * part for part in slope], atol=0.05)
    assert math.dist(at["nesterov"], zero) < math.dist(at["regular"], zero)

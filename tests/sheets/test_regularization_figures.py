"""The drawings about regularisation: who is dropped has no connections, what is too long ends at r, pixels go where told."""

import math
from itertools import pairwise

import numpy as np
import pytest

from grader.sheets.figures import draw
from tests.sheets.figures_svg import Parsed, parsed

Place = tuple[float, float]
LAYERS, DROPPED = [3, 5, 4, 2], [[2], [1, 4, 5], [3, 4]]
WEIGHTS = [[1.3, 0.9], [-0.5, 0.55], [-1.1, -0.9], [0.45, -0.3]]
ROWS = ["9000", "0050", "0000", "0030"]


def _ends(drawing: Parsed, kind: str) -> dict[str, tuple[Place, Place]]:
    """Return where the shafts of arrows begin and end, by their number."""
    shafts = [item for item in drawing.of(kind) if item.element.attrib["fill"] == "none"]
    return {item.facts["number"]: (item.places[0], item.places[-1]) for item in shafts}


def _pixels(label: str, **change: object) -> np.ndarray:
    """Return the ink of the pixels that are drawn, read from their places."""
    drawing = parsed(draw("image_variants", {"rows": ROWS, "variants": [{"label": label, **change}]}).svg)
    shown = [item for item in drawing.of("image") if item.tag == "rect" and item.facts["name"] == label]
    [frame] = [item for item in shown if item.element.attrib["fill"] == "none"]
    side = (frame.area.right - frame.area.left) / len(ROWS)
    image = np.zeros((len(ROWS), len(ROWS)))
    for item in shown:
        if item is not frame:
            row, column = (item.area.top - frame.area.top) / side, (item.area.left - frame.area.left) / side
            image[round(row), round(column)] = float(item.element.attrib.get("fill-opacity", 1))
    return image


ORIGINAL = np.array([[int(digit) / 9 for digit in row] for row in ROWS])


def test_only_neurons_that_are_not_dropped_are_connected() -> None:
    drawing = parsed(draw("dropped_neurons", {"layers": LAYERS, "dropped": DROPPED}).svg)
    gone = {f"{layer}.{number}" for layer, numbers in enumerate(DROPPED) for number in numbers}
    everyone = {f"{layer}.{number + 1}" for layer, size in enumerate(LAYERS) for number in range(size)}
    assert {item.facts["name"] for item in drawing.of("dropped")} == gone
    assert {item.facts["name"] for item in drawing.of("neuron")} == everyone - gone
    joined = {(item.facts["start"], item.facts["end"]) for item in drawing.of("connection")}
    left = [[name for name in everyone - gone if name.startswith(f"{layer}.")] for layer in range(4)]
    assert joined == {(a, b) for below, above in pairwise(left) for a in below for b in above}


def test_each_dropped_neuron_is_crossed_out() -> None:
    drawing = parsed(draw("dropped_neurons", {"layers": LAYERS, "dropped": DROPPED}).svg)
    for name in ("0.2", "1.1", "2.4"):
        parts = [item for item in drawing.of("dropped") if item.facts["name"] == name]
        [ring] = [item for item in parts if item.tag == "circle"]
        strokes = [item for item in parts if item.tag == "path"]
        assert len(strokes) == 2
        assert all(stroke.area.within(ring.area) for stroke in strokes)


def test_what_is_longer_than_r_ends_at_the_circle_in_the_same_direction() -> None:
    drawing = parsed(draw("max_norm_disc", {"r": 1.0, "weights": WEIGHTS}).svg)
    [disc] = [item for item in drawing.of("disc") if item.tag == "circle"]
    centre = (float(disc.element.attrib["cx"]), float(disc.element.attrib["cy"]))
    radius = float(disc.element.attrib["r"])
    kept, cut = _ends(drawing, "weights"), _ends(drawing, "cut")
    assert set(cut) == {"1", "3"}
    for number, (x, y) in enumerate(WEIGHTS, start=1):
        start, end = kept[str(number)]
        assert start == pytest.approx(centre, abs=0.02)
        length = math.dist(end, centre) / radius
        assert length == pytest.approx(min(math.hypot(x, y), 1.0), abs=0.1), "the shaft ends within the head"
        assert math.atan2(centre[1] - end[1], end[0] - centre[0]) == pytest.approx(math.atan2(y, x), abs=0.01)


def test_an_image_is_drawn_as_it_is_given() -> None:
    np.testing.assert_allclose(_pixels("as it is"), ORIGINAL, atol=0.01)


def test_variants_are_moved_mirrored_turned_and_lit() -> None:
    moved = np.zeros((4, 4))
    moved[1:, 1:] = ORIGINAL[:-1, :-1]
    np.testing.assert_allclose(_pixels("moved", down=1, right=1), moved, atol=0.01)
    np.testing.assert_allclose(_pixels("mirrored", mirror=True), ORIGINAL[:, ::-1], atol=0.01)
    np.testing.assert_allclose(_pixels("darker", ink=0.25), np.minimum(ORIGINAL + 0.25, 1), atol=0.01)
    np.testing.assert_allclose(_pixels("lighter", ink=-0.4), np.maximum(ORIGINAL - 0.4, 0), atol=0.01)

"""The drawings of a time series: points lie on the curve, targets one step later; a projection for each step."""

import math
from itertools import pairwise

import pytest

from grader.sheets.figures import FigureError, draw
from grader.sheets.figures.series import series_value
from tests.sheets.figures_svg import Parsed, parsed

Place = tuple[float, float]
START, STEPS = 13.0, 20


def _window(**changes: object) -> Parsed:
    return parsed(draw("series_window", {"start": START, "steps": STEPS, **changes}).svg)


def _centres(drawing: Parsed, kind: str) -> list[Place]:
    circles = [item for item in drawing.of(kind) if item.tag == "circle"]
    ordered = sorted(circles, key=lambda item: int(item.facts["step"]))
    return [(float(item.element.attrib["cx"]), float(item.element.attrib["cy"])) for item in ordered]


def test_targets_are_the_inputs_one_step_later() -> None:
    drawing = _window()
    inputs, targets = _centres(drawing, "input"), _centres(drawing, "target")
    assert len(inputs) == len(targets) == STEPS
    assert targets[:-1] == inputs[1:]
    assert targets[-1][0] > inputs[-1][0]


def test_points_are_values_of_the_series_to_one_scale() -> None:
    drawing = _window(predictions=[0.0] * STEPS)
    inputs = _centres(drawing, "input")
    crosses = [item for item in drawing.of("prediction") if item.facts["step"] == "0"]
    zero = sum(y for item in crosses for _, y in item.places) / sum(len(item.places) for item in crosses)
    values = [series_value(START + 0.1 * step) for step in range(STEPS)]
    scale = (zero - inputs[0][1]) / values[0]
    for (_, y), value in zip(inputs, values, strict=True):
        assert zero - y == pytest.approx(scale * value, abs=0.05)
    across = [after[0] - before[0] for before, after in pairwise(inputs)]
    assert max(across) - min(across) < 0.03


def test_predictions_stand_where_their_targets_do() -> None:
    true = [series_value(START + 0.1 * step) for step in range(1, STEPS + 1)]
    drawing = _window(predictions=true)
    for step, (x, y) in enumerate(_centres(drawing, "target")):
        places = [
            place for item in drawing.of("prediction") if item.facts["step"] == str(step) for place in item.places
        ]
        middle = [sum(place[axis] for place in places) / len(places) for axis in (0, 1)]
        assert middle == pytest.approx([x, y], abs=0.02)
    assert not _window().of("prediction")


def test_the_window_is_marked_in_the_whole_series() -> None:
    drawing = _window()
    [box] = drawing.of("window")
    whole = min((item for item in drawing.of("curve")), key=lambda item: item.area.left).area
    share = [(edge - whole.left) / (whole.right - whole.left) for edge in (box.area.left, box.area.right)]
    assert share == pytest.approx([13 / 30, 15 / 30], abs=0.01)


@pytest.mark.parametrize(
    ("changes", "part"),
    [({"start": 28.5}, "let it end by 30"), ({"predictions": [1.0]}, "one for each of the 20 steps")],
)
def test_a_window_that_cannot_be_is_refused(changes: dict[str, object], part: str) -> None:
    with pytest.raises(FigureError, match=part):
        _window(**changes)


def test_the_series_is_the_courses() -> None:
    t = 4.2
    assert series_value(t) == t * math.sin(t) / 3 + 2 * math.sin(5 * t)


@pytest.mark.parametrize(
    ("steps", "shown", "drawn"), [(20, 3, [0, 1, 2, 19]), (4, 3, [0, 1, 2, 3]), (3, 3, [0, 1, 2]), (2, 3, [0, 1])]
)
def test_every_step_drawn_has_its_projection_and_hands_its_state_on(steps: int, shown: int, drawn: list[int]) -> None:
    drawing = parsed(draw("unrolled_projection", {"steps": steps, "neurons": 7, "shown": shown}).svg)
    boxes = {
        kind: {int(item.facts["step"]): item.area for item in drawing.of(kind) if item.tag == "rect"}
        for kind in ("recurrent", "projection")
    }
    assert list(boxes["recurrent"]) == list(boxes["projection"]) == drawn
    for step in drawn:
        assert boxes["projection"][step].bottom < boxes["recurrent"][step].top
    states = [item for item in drawing.of("state") if item.element.attrib["fill"] == "none"]
    for item in states:
        (left, y), (right, end) = item.places[0], item.places[-1]
        assert left < right
        assert y == end
        assert boxes["recurrent"][0].top < y < boxes["recurrent"][0].bottom
    assert {int(item.facts["step"]) for item in states} == {*drawn[1:], *([shown] if steps > shown + 1 else [])}
    assert bool(drawing.of("dots")) == (steps > shown + 1)
    texts = [item.text for item in drawing.of("y")]
    assert texts[-1].endswith(f"({steps - 1})")

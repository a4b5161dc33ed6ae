"""The drawings of reinforcement learning: what goes where, measured off the page."""

import math

import pytest

from grader.sheets.figures import FigureError, draw
from grader.sheets.figures.reinforcement import State, episode
from tests.sheets.figures_svg import Item, Parsed, parsed

STRIP = {"start": [0.0273956, -0.00611216, 0.03585979, 0.0197368], "steps": [0, 5, 11, 17, 24, 32, 41]}
LOOP = {"agent": ["Agent"], "environment": ["World"], "action": "act", "answers": ["see", "earn"]}


def _shafts(drawing: Parsed, kind: str) -> list[Item]:
    return [item for item in drawing.of(kind) if item.element.attrib["fill"] == "none"]


def _lean(item: Item) -> float:
    """Return the angle of a pole in degrees from the vertical, from its corners."""
    (x0, y0), (x1, y1) = item.places[:2]
    return math.degrees(math.atan2(x1 - x0, y0 - y1))


def test_the_action_goes_there_and_the_answers_come_back() -> None:
    drawing = parsed(draw("agent_loop", LOOP).svg)
    boxes = {item.facts["name"]: item.area for item in drawing.of("box") if item.tag == "rect"}
    [there], back = _shafts(drawing, "action"), _shafts(drawing, "answer")
    assert there.places[0][0] == pytest.approx(boxes["agent"].right, abs=1)
    assert boxes["environment"].left - 8 < there.places[-1][0] < boxes["environment"].left
    assert [item.facts["text"] for item in back] == ["see", "earn"]
    for item in back:
        assert item.places[0][0] == pytest.approx(boxes["environment"].left, abs=1)
        assert boxes["agent"].right < item.places[-1][0] < boxes["agent"].right + 8


@pytest.mark.parametrize(("position", "angle"), [(0.5, 7), (0.3, 6), (0.6, 10)])
def test_the_cart_stands_and_leans_as_it_is_told(position: float, angle: float) -> None:
    drawing = parsed(draw("cart_pole", {"position": position, "angle": angle}).svg)
    marks = {float(item.facts["x"]): item.places[0][0] for item in drawing.of("mark") if item.tag == "path"}
    metre = (marks[2.4] - marks[-2.4]) / 4.8
    [cart] = [item.area for item in drawing.of("cart")]
    assert ((cart.left + cart.right) / 2 - marks[0]) / metre == pytest.approx(position, abs=0.01)
    [pole] = drawing.of("pole")
    assert _lean(pole) == pytest.approx(angle, abs=0.1)
    assert sorted(round(_lean(item)) for item in drawing.of("limit")) == [-12, 12]
    pushes = {int(item.facts["action"]): item.places for item in _shafts(drawing, "push")}
    assert pushes[0][-1][0] < pushes[0][0][0] <= cart.left + 1
    assert pushes[1][-1][0] > pushes[1][0][0] >= cart.right - 1


def test_the_frames_show_the_states_of_the_episode() -> None:
    drawing = parsed(draw("episode_strip", STRIP).svg)
    states = episode(State(*STRIP["start"]))
    frames = drawing.groups("frame")
    assert [int(frame.attrib["data-step"]) for frame in frames] == [*STRIP["steps"], len(states) - 1]
    poles = drawing.of("pole")
    assert len(poles) == len(frames)
    for pole in poles:
        state = states[int(pole.facts["step"])]
        assert _lean(pole) == pytest.approx(math.degrees(state.theta), abs=0.2)
        assert float(pole.facts["x"]) == pytest.approx(state.x)
    for push in _shafts(drawing, "push"):
        way = push.places[-1][0] - push.places[0][0]
        state = states[int(push.facts["step"])]
        assert math.copysign(1, way) == math.copysign(1, state.theta), "towards the lean"
        assert push.facts["action"] == ("1" if state.theta > 0 else "0")


def test_the_cart_moves_along_the_track_to_scale() -> None:
    drawing = parsed(draw("episode_strip", STRIP).svg)
    frames = [item for item in drawing.of("frame") if item.tag == "rect" and "cart" not in item.groups]
    carts = drawing.of("cart")
    moved = []
    for frame, cart in zip(frames, carts, strict=True):
        assert cart.area.within(frame.area)
        middle = (frame.area.left + frame.area.right) / 2
        moved.append(((cart.area.left + cart.area.right) / 2 - middle, float(cart.facts["x"])))
    scales = [shift / x for shift, x in moved if abs(x) > 0.02]
    assert scales
    assert scales == pytest.approx([scales[0]] * len(scales), rel=0.05)


def test_the_last_frame_alone_is_the_end() -> None:
    drawing = parsed(draw("episode_strip", STRIP).svg)
    ends = [item.text for item in drawing.texts() if "terminated" in item.text]
    assert len(ends) == 1
    frames = drawing.groups("frame")
    assert [frame.attrib["data-action"] for frame in frames].index("None") == len(frames) - 1
    assert abs(float(frames[-1].attrib["data-theta"])) > math.radians(12)
    assert all(abs(float(frame.attrib["data-theta"])) < math.radians(12) for frame in frames[:-1])


@pytest.mark.parametrize(
    ("name", "parameters", "part"),
    [
        ("episode_strip", {**STRIP, "steps": [0, 400]}, "the episode ends with step"),
        ("episode_strip", {**STRIP, "steps": [6, 0]}, "in rising order"),
        ("episode_strip", {**STRIP, "start": [0, 0, 0]}, "start"),
        ("cart_pole", {"position": 0.5, "angle": 40}, "angle"),
        ("agent_loop", {**LOOP, "action": "a very long action " * 5}, "write less"),
    ],
)
def test_what_cannot_be_is_refused(name: str, parameters: dict[str, object], part: str) -> None:
    with pytest.raises(FigureError) as refused:
        draw(name, parameters)
    assert part in str(refused.value)

"""The drawings of recurrent networks: what feeds what, what lies on which device, what is wrapped."""

from typing import Any

import pytest

from grader.sheets.figures import FigureError, draw
from tests.sheets.figures_svg import Area, Item, Parsed, parsed
from tests.sheets.test_figures import WRAPPER

DEVICES = ["/gpu:0", "/gpu:1", "/gpu:0"]


def _deep(**changes: Any) -> Parsed:
    return parsed(draw("deep_rnn", {"layers": 3, "steps": 4, "devices": DEVICES, "rounds": True, **changes}).svg)


def _cells(drawing: Parsed) -> dict[tuple[int, int], Item]:
    boxes = [item for item in drawing.of("cell") if item.tag == "rect"]
    return {(int(box.facts["layer"]), int(box.facts["step"])): box for box in boxes}


def _shafts(drawing: Parsed, kind: str) -> dict[tuple[int, int], list[tuple[float, float]]]:
    """Return where each arrow begins and where its tip is."""
    found: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for item in drawing.of(kind):
        key = (int(item.facts["layer"]), int(item.facts["step"]))
        if item.element.attrib["fill"] == "none":
            found[key] = [item.places[0]]
        else:
            found[key].append(item.places[0])
    return found


def _touches(place: tuple[float, float], area: Area) -> bool:
    return area.left - 1 <= place[0] <= area.right + 1 and area.top - 1 <= place[1] <= area.bottom + 1


def test_layers_go_up_and_time_goes_right() -> None:
    cells = _cells(_deep())
    assert set(cells) == {(layer, step) for layer in (1, 2, 3) for step in (1, 2, 3, 4)}
    for (layer, step), box in cells.items():
        if layer > 1:
            assert box.area.bottom < cells[layer - 1, step].area.top
        if step > 1:
            assert box.area.left > cells[layer, step - 1].area.right


def test_states_go_to_the_next_step_and_outputs_to_the_next_layer() -> None:
    drawing = _deep()
    cells = _cells(drawing)
    states = _shafts(drawing, "state")
    assert set(states) == {(layer, step) for layer in (1, 2, 3) for step in (1, 2, 3)}
    for (layer, step), (start, tip) in states.items():
        assert _touches(start, cells[layer, step].area)
        assert _touches(tip, cells[layer, step + 1].area)
    outputs = _shafts(drawing, "output")
    assert set(outputs) == {(layer, step) for layer in (0, 1, 2, 3) for step in (1, 2, 3, 4)}
    for (layer, step), (start, tip) in outputs.items():
        assert layer == 0 or _touches(start, cells[layer, step].area)
        assert layer == 3 or _touches(tip, cells[layer + 1, step].area)


def test_a_cell_runs_a_round_after_both_that_it_needs() -> None:
    drawing = _deep()
    said = {
        (int(item.facts["layer"]), int(item.facts["step"])): int(item.text)
        for item in drawing.of("cell")
        if item.tag == "text"
    }
    for (layer, step), number in said.items():
        assert number == 1 + max(said.get((layer - 1, step), 0), said.get((layer, step - 1), 0))
    assert not [item for item in _deep(rounds=False).of("cell") if item.tag == "text"]


def test_a_layer_lies_in_the_frame_of_its_device_and_one_device_has_one_colour() -> None:
    drawing = _deep()
    frames = {int(item.facts["number"]): item for item in drawing.of("layer") if item.tag == "rect"}
    words = {number: [item.text for item in drawing.of("layer") if item.tag == "text" and item.facts["number"] == str(number)]
             for number in frames}  # fmt: skip
    assert words == {n: [f"layer {n}", device] for n, device in enumerate(DEVICES, start=1)}
    for (layer, _), box in _cells(drawing).items():
        assert box.area.within(frames[layer].area)
        assert box.element.attrib["fill"] == frames[layer].element.attrib["fill"]
    colours = [frames[layer].element.attrib["fill"] for layer in (1, 2, 3)]
    assert colours[0] == colours[2]
    assert colours[0] != colours[1]


def test_each_layer_needs_a_device() -> None:
    with pytest.raises(FigureError, match="2 devices and 3 layers"):
        _deep(devices=["/gpu:0", "/gpu:1"])


def test_what_is_wrapped_stands_in_the_block() -> None:
    drawing = parsed(draw("cell_wrapper", WRAPPER).svg)
    (frame,) = [item.area for item in drawing.of("block") if item.tag == "rect"]
    (outer,) = [item.area for item in drawing.of("class") if item.tag == "rect"]
    assert frame.within(outer)
    inside = {item.text for item in drawing.of("member") if item.area.within(frame)}
    assert inside == {name for name, _ in WRAPPER["wraps"]}
    outside = {item.text for item in drawing.of("member") if not item.area.meets(frame)}
    assert outside == set(WRAPPER["passes_on"])


def test_each_member_points_at_what_it_gets() -> None:
    drawing = parsed(draw("cell_wrapper", WRAPPER).svg)
    members = {item.facts["name"]: item for item in drawing.of("member")}
    got = {item.facts["name"]: item for item in drawing.of("got")}
    assert {name: item.text for name, item in got.items()} == {
        **{name: name for name in WRAPPER["passes_on"]},
        **dict(WRAPPER["wraps"]),
    }
    for item in drawing.of("gets"):
        if item.element.attrib["fill"] != "none":
            continue
        name, (start, y) = item.facts["name"], item.places[0]
        assert members[name].area.right < start < got[name].area.left
        assert members[name].area.top < y < members[name].area.bottom
        assert got[name].area.top < y < got[name].area.bottom

"""The drawings of convolutional layers: fields lie where a layer's arithmetic puts them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sheets.figures import FigureError, draw
from grader.sheets.figures.convolution import out_and_zeros
from tests.sheets.figures_svg import Item, Parsed, Place, parsed

PADDED: dict[str, Any] = {
    "rows": 5,
    "columns": 7,
    "field": [3, 3],
    "stride": [1, 1],
    "neurons": [[0, 0], [2, 4]],
    "padding": "SAME",
}


def _read(name: str, parameters: dict[str, Any], **changes: object) -> Parsed:
    return parsed(draw(name, {**parameters, **changes}).svg)


def _windows(drawing: Parsed, **facts: str) -> list[dict[str, float]]:
    """Return rows and columns of the windows that have these facts."""
    found = []
    for item in drawing.of("window"):
        if facts.items() <= item.facts.items():
            found.append({key: float(item.facts[key]) for key in ("top", "left", "height", "width")})
    return found


def _outline(drawing: Parsed, **facts: str) -> list[Place]:
    """Return the corners of the first grid that has these facts."""
    return next(item.places[:4] for item in drawing.of("grid") if facts.items() <= item.facts.items())


@given(st.integers(1, 8), st.integers(1, 5), st.integers(1, 4), st.sampled_from(["SAME", "VALID"]))
def test_the_last_field_ends_within_what_is_drawn(n: int, f: int, s: int, padding: Any) -> None:
    if padding == "VALID" and f > n:
        with pytest.raises(FigureError, match="does not fit"):
            out_and_zeros(n, f, s, padding)
        return
    size, before, after = out_and_zeros(n, f, s, padding)
    end = (size - 1) * s + f
    assert end <= before + n + after
    assert end + s > before + n + after or padding == "SAME"
    assert 0 <= after - before <= 1
    if padding == "SAME":
        assert (size - 1) * s < n <= size * s


def test_zeros_are_around_the_input_and_nowhere_else() -> None:
    drawing = _read("convolution", PADDED)
    assert len(drawing.of("zero")) == 7 * 9 - 5 * 7
    assert not _read("convolution", PADDED, padding="VALID", neurons=[[0, 0]]).of("zero")
    padded, inside = (_outline(drawing, role=role) for role in ("padded", "input"))
    assert padded[0][1] < inside[0][1]
    assert padded[2][1] > inside[2][1]


def test_a_neuron_is_joined_to_the_corners_of_its_field() -> None:
    drawing = _read("convolution", PADDED)
    fields = [item for item in drawing.of("window") if item.facts.get("role") == "field"]
    neurons = [item for item in drawing.of("window") if item.facts.get("role") == "neuron"]
    rays = [item.places for item in drawing.of("rays")]
    for number, (field, neuron) in enumerate(zip(fields, neurons, strict=True)):
        ends = rays[4 * number : 4 * number + 4]
        assert [start for start, _ in ends] == field.places[:4]
        assert [end for _, end in ends] == neuron.places[:4]


@pytest.mark.parametrize(("stride", "places"), [([1, 1], [[0, 0], [2, 4]]), ([2, 2], [[0, 1], [1, 2]])])
def test_fields_begin_at_the_neurons_place_times_the_stride(stride: list[int], places: list[list[int]]) -> None:
    drawing = _read("convolution", PADDED, stride=stride, neurons=places)
    found = [(window["top"], window["left"]) for window in _windows(drawing, role="field")]
    assert found == [(row * stride[0], column * stride[1]) for row, column in places]


def _marks(drawing: Parsed) -> list[str]:
    return [item.text.replace(" ", "") for item in drawing.of("mark") if item.tag == "text"]


def test_a_field_s_size_or_the_stride_is_marked() -> None:
    assert _marks(_read("convolution", PADDED)) == ["fh=3", "fw=3"]
    assert _marks(_read("convolution", PADDED, neurons=[[1, 1]], field=[2, 4])) == ["fh=2", "fw=4"]
    assert _marks(_read("convolution", PADDED, stride=[2, 2], neurons=[[0, 1], [1, 2]])) == ["sh=2", "sw=2"]
    assert _marks(_read("convolution", PADDED, stride=[2, 1], neurons=[[1, 2], [0, 2]])) == ["sh=2"]
    assert _marks(_read("convolution", PADDED, stride=[1, 2], neurons=[[1, 1], [1, 2]])) == ["sw=2"]


def test_what_a_neuron_of_the_second_layer_depends_on_is_as_large_as_two_fields() -> None:
    names = ["input", "one", "two"]
    call = {"rows": 7, "columns": 10, "field": [3, 2], "neuron": [1, 3], "names": names}
    drawing = _read("local_fields", call)
    assert _windows(drawing, role="whole") == [{"top": 1, "left": 3, "height": 5, "width": 3}]
    assert _windows(drawing, role="field", layer="1") == [{"top": 1, "left": 3, "height": 3, "width": 2}]
    sizes = [(grid.attrib["data-rows"], grid.attrib["data-columns"]) for grid in drawing.groups("grid")]
    assert sizes == [("7", "10"), ("5", "9"), ("3", "8")]
    assert [text.text for text in drawing.texts()] == names
    [pixels] = _windows(drawing, role="field", layer="0")
    [middle] = _windows(drawing, role="neuron", layer="1")
    assert (pixels["top"], pixels["left"]) == (middle["top"], middle["left"])


@given(st.integers(1, 20), st.integers(1, 8), st.integers(1, 8))
@settings(max_examples=25, deadline=None)
def test_every_input_is_under_a_field_or_left_out(inputs: int, field: int, stride: int) -> None:
    call = {"inputs": inputs, "field": field, "stride": stride}
    if field > inputs:
        with pytest.raises(FigureError, match="does not fit"):
            draw("padding_kinds", call)
        return
    drawing = _read("padding_kinds", call)
    for padding in ("VALID", "SAME"):
        size, before, after = out_and_zeros(inputs, field, stride, padding)  # type: ignore[arg-type]
        cells = [_texts_of(drawing, kind, padding) for kind in ("input", "left-out", "zero")]
        assert [*cells[0], *cells[1]] == [f"{number}" for number in range(1, inputs + 1)]
        assert cells[2] == ["0"] * (before + after)
        assert len({item.facts["number"] for item in drawing.of("neuron") if item.facts["padding"] == padding}) == size
    assert len(_texts_of(drawing, "left-out", "VALID")) == inputs - ((inputs - field) // stride * stride + field)


def _texts_of(drawing: Parsed, kind: str, padding: str) -> list[str]:
    return [item.text for item in drawing.of(kind) if item.tag == "text" and item.facts["padding"] == padding]


MAPS: dict[str, Any] = {
    "rows": 8,
    "columns": 6,
    "field": [3, 2],
    "layers": [{"name": "input", "maps": 3, "letters": ["R", "G", "B"]}, {"name": "one", "maps": 4}, {"name": "2", "maps": 1}],
}  # fmt: skip


def test_a_field_goes_through_all_maps_of_the_layer_before() -> None:
    drawing = _read("feature_maps", MAPS)
    assert [int(stack.attrib["data-maps"]) for stack in drawing.groups("stack")] == [3, 4, 1]
    assert len(drawing.groups("map")) == 8
    prisms = drawing.groups("prism")
    assert [int(prism.attrib["data-maps"]) for prism in prisms] == [3, 4]
    fields, maps = drawing.of("prism"), drawing.of("map")
    for layer, count in enumerate((3, 4)):
        far = next(item for item in fields if item.facts["maps"] == str(count) and item.groups[-1] == "prism")
        last = [item for item in maps if item.facts["layer"] == str(layer) and item.facts["number"] == str(count - 1)]
        assert far.area.within(last[0].area, 1.0), "the field ends in the last map"
    letters = [item.text for item in drawing.texts() if len(item.text) == 1 and item.text in "RGB"]
    assert letters == ["R", "G", "B"]


def test_what_is_behind_does_not_show_through_the_map_in_front() -> None:
    """The edges of a map begin where it comes out, so none of its lines lies within the one before it."""
    drawing = _read("feature_maps", MAPS)
    maps: dict[tuple[str, str], Item] = {}
    for item in drawing.of("map"):
        maps.setdefault((item.facts["layer"], item.facts["number"]), item)
    for (layer, number), item in maps.items():
        front = maps.get((layer, str(int(number) - 1)))
        if front is None:
            continue
        inside = front.area.shrunk(2)
        places = item.places[:6]
        assert not any(inside.left < x < inside.right and inside.top < y < inside.bottom for x, y in places)


@pytest.mark.parametrize(
    ("name", "changes", "part"),
    [
        ("convolution", {"neurons": [[5, 0]]}, "the layer has 5 rows, 7 columns"),
        ("convolution", {"padding": "VALID", "field": [6, 3], "neurons": [[0, 0]]}, "does not fit"),
        ("feature_maps", {"field": [7, 2]}, "leave two rows"),
        ("feature_maps", {"layers": [{"name": "a", "maps": 2, "letters": ["R"]}] * 2}, "give 2 or none"),
        ("local_fields", {"field": [5, 5]}, "has no neurons"),
        ("local_fields", {"neuron": [3, 0]}, "3 rows and 6 columns"),
    ],
)
def test_what_cannot_be_is_refused(name: str, changes: dict[str, Any], part: str) -> None:
    local = {"rows": 7, "columns": 10, "field": [3, 3], "neuron": [1, 3], "names": ["a", "b", "c"]}
    calls: dict[str, dict[str, Any]] = {"convolution": PADDED, "feature_maps": MAPS, "local_fields": local}
    with pytest.raises(FigureError) as refused:
        _read(name, calls[name], **changes)
    assert part in str(refused.value)

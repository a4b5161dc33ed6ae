"""The drawing of transfer learning: what is copied, frozen, new and cached is shown as such."""

import pytest

from grader.sheets.figures import FigureError, draw
from tests.sheets.figures_svg import Item, Parsed, parsed

CALL = {"old_hidden": 5, "new_hidden": 4, "reused": 3, "frozen": 2, "cache": True}


def _read(**changes: object) -> Parsed:
    return parsed(draw("transfer", {**CALL, **changes}).svg)


def _layers(drawing: Parsed, network: str) -> dict[int, Item]:
    boxes = [item for item in drawing.of("layer") if item.tag == "rect" and item.facts["network"] == network]
    return {int(box.facts["number"]): box for box in boxes}


def test_layers_run_upwards_from_the_input_to_the_output() -> None:
    drawing = _read()
    for network, hidden in (("A", 5), ("B", 4)):
        layers = _layers(drawing, network)
        assert sorted(layers) == list(range(hidden + 2))
        tops = [layers[number].area.top for number in sorted(layers)]
        assert tops == sorted(tops, reverse=True)
    names = [item.text for item in drawing.of("layer") if item.tag == "text"]
    assert names.count("output") == names.count("input") == 2


@pytest.mark.parametrize(("reused", "frozen"), [(1, 0), (3, 2), (4, 4)])
def test_each_reused_layer_is_copied_and_each_frozen_one_is_locked(reused: int, frozen: int) -> None:
    drawing = _read(reused=reused, frozen=frozen, cache=frozen > 0)
    old, new = _layers(drawing, "A"), _layers(drawing, "B")
    copies = [item for item in drawing.of("copy") if item.element.attrib["fill"] == "none"]
    assert [int(item.facts["number"]) for item in copies] == list(range(1, reused + 1))
    for item in copies:
        (start, y), (end, _) = item.places[0], item.places[-1]
        number = int(item.facts["number"])
        assert start == pytest.approx(old[number].area.right, abs=1)
        assert new[number].area.left - 8 < end < new[number].area.left
        assert old[number].area.top < y < old[number].area.bottom
    locks = {int(item.facts["number"]): item for item in drawing.of("lock") if item.tag == "rect"}
    assert sorted(locks) == list(range(1, frozen + 1))
    assert all(item.area.within(new[number].area) for number, item in locks.items())
    dashes = {number: "stroke-dasharray" in box.element.attrib for number, box in new.items()}
    assert [number for number, dashed in dashes.items() if dashed] == list(range(reused + 1, 6))


def test_the_cache_is_filled_by_the_topmost_frozen_layer_and_feeds_the_next() -> None:
    drawing = _read()
    new = _layers(drawing, "B")
    [cache] = [item for item in drawing.of("cache") if item.tag == "rect"]
    ways = {item.facts["name"]: item.places for item in drawing.of("arrow") if item.element.attrib["fill"] == "none"}
    for name, number in (("fill", 2), ("feed", 3)):
        y = ways[name][0][1]
        assert new[number].area.top < y < new[number].area.bottom
        assert cache.area.top < y < cache.area.bottom
    assert ways["fill"][0][0] < ways["fill"][-1][0]
    assert ways["feed"][0][0] > ways["feed"][-1][0]
    assert len(drawing.groups("skipped")) == 1
    assert not _read(cache=False).of("cache")


@pytest.mark.parametrize(
    ("changes", "part"),
    [({"reused": 5}, "reuse at most 4"), ({"frozen": 4}, "freeze at most"), ({"frozen": 0}, "nothing is frozen")],
)
def test_what_cannot_be_is_refused(changes: dict[str, int], part: str) -> None:
    with pytest.raises(FigureError) as refused:
        _read(**changes)
    assert part in str(refused.value)

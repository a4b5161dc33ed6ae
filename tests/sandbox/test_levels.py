"""What each level asks of a machine, and what it takes where something is missing."""

import pytest

from grader.sandbox.locks.levels import REQUIRED, LevelRefused, isolate
from grader.sandbox.locks.lockdown import LAYERS

ALL = dict.fromkeys(LAYERS)


@pytest.mark.parametrize("level", ["strict", "standard"])
def test_a_machine_that_has_all_gives_all(level: str) -> None:
    isolation = isolate(level, ALL)  # type: ignore[arg-type]
    assert (isolation.layers, dict(isolation.missing)) == (LAYERS, {})


def test_none_keeps_only_what_ends_and_bounds_a_child() -> None:
    assert isolate("none", ALL).layers == ("parent", "limits")


@pytest.mark.parametrize("layer", LAYERS)
def test_strict_is_refused_without_a_layer_that_it_needs(layer: str) -> None:
    found = {**ALL, layer: "the kernel is old"}
    if layer in REQUIRED:
        with pytest.raises(
            LevelRefused, match=rf"cannot give level 'strict': {layer}: the kernel is old \(.+--level standard"
        ):
            isolate("strict", found)
    else:
        assert isolate("strict", found).missing == {layer: "the kernel is old"}
    made_do = isolate("standard", found)
    assert layer not in made_do.layers
    assert dict(made_do.missing) == {layer: "the kernel is old"}


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(LevelRefused) as caught:
        isolate("strict", dict.fromkeys(LAYERS, "not Linux"))
    assert all(f"{layer}: not Linux" in str(caught.value) for layer in REQUIRED)

"""Which layer holds which attack, measured: the truth of the field "Layers" in the museum.

Of the layers that an attack names, each is left on alone, with those that it does not name: the attack must fail. With
all that it names off, it must get through; otherwise it would prove nothing, or another layer holds it that should be
named. So an attack that names two is held without either of them.

A few hundred gradings, some of them with no lock that matters: for the nightly target (``GRADETAPE_SOAK=1``), and in a
container, for what gets through is real. As root whose Python everybody can read: see `tests.attacks.as_user`.
"""

import os
import sys
from collections.abc import Iterator

import pytest

from grader.sandbox.locks.lockdown import LAYERS
from tests.attacks.as_user import python_is_readable
from tests.attacks.grading import Museum, got_through, open_museum
from tests.attacks.museum import CLASSES, Exhibit, exhibits

pytestmark = [
    pytest.mark.skipif(not os.environ.get("GRADETAPE_SOAK"), reason="for the nightly target: GRADETAPE_SOAK=1"),
    pytest.mark.skipif(sys.platform != "linux", reason="the locks are Linux's"),
]
HELD = [one for one in exhibits(*CLASSES) if one.layers]


@pytest.fixture(scope="module")
def museum() -> Iterator[Museum]:
    if os.geteuid() != 0 or not python_is_readable():
        pytest.skip("only root can leave out the layer 'privileges'; see tests.attacks.as_user")
    with open_museum() as opened:
        if opened.all_layers != set(LAYERS):
            pytest.skip("this machine lacks a layer")
        yield opened


def _named(exhibit: Exhibit) -> frozenset[str]:
    return frozenset().union(*exhibit.layers)


@pytest.mark.parametrize(
    ("exhibit", "needed"),
    [
        pytest.param(exhibit, needed, id=f"{exhibit.id}-{'+'.join(sorted(needed))}")
        for exhibit in HELD
        for needed in exhibit.layers
    ],
)
def test_each_layer_that_is_named_holds_it_alone(museum: Museum, exhibit: Exhibit, needed: frozenset[str]) -> None:
    layers = frozenset(LAYERS) - _named(exhibit) | needed
    seen = museum.show(exhibit, layers)
    assert not got_through(exhibit, seen), (seen.alarms, seen.problem, seen.report)


@pytest.mark.parametrize("exhibit", [one for one in HELD if not one.unproven], ids=lambda one: one.id)
def test_without_all_of_them_it_gets_through(museum: Museum, exhibit: Exhibit) -> None:
    seen = museum.show(exhibit, frozenset(LAYERS) - _named(exhibit))
    museum.mend()
    assert "before it read" not in seen.problem, seen.problem
    assert got_through(exhibit, seen), seen.report

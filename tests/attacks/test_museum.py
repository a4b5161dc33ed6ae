"""Every exhibit of the museum earns what its honest value deserves, touches nothing outside, and costs nobody else.

The whole museum runs under all locks that the machine has, which is what "strict" and "standard" both give here. What
locks must hold runs again under the least that "strict" accepts, which is what a container without namespaces gives.
`test_layers` runs it with single layers off; `make soak` all of this as root and as an ordinary user.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from _pytest.junitxml import bin_xml_escape

from grader.sandbox.forked import can_fork
from grader.sandbox.locks.levels import REQUIRED
from tests.attacks.as_user import python_is_readable
from tests.attacks.grading import Museum, Seen, open_museum
from tests.attacks.museum import CLASSES, CONTROLS, LIMITS, Exhibit, exhibits, read
from tests.attacks.table import PAGE, renewed
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not can_fork(), reason="the locks are Linux's, and stand on forking"
)


@pytest.fixture(scope="session")
def museum() -> Iterator[Museum]:
    with open_museum() as opened:
        yield opened


def _name(exhibit: Exhibit) -> str:
    return exhibit.id


@pytest.mark.parametrize("exhibit", exhibits(*CLASSES, CONTROLS), ids=_name)
def test_under_all_locks(museum: Museum, exhibit: Exhibit) -> None:
    _check(museum, exhibit, museum.all_layers)


@pytest.mark.parametrize("exhibit", [one for one in exhibits(*CLASSES, CONTROLS) if one.layers], ids=_name)
def test_under_the_least_that_strict_accepts(museum: Museum, exhibit: Exhibit) -> None:
    least = frozenset(REQUIRED)
    if not python_is_readable():
        pytest.skip("nobody may read this Python; 'python -m tests.attacks.as_user root' makes it so and runs this")
    if not any(needed <= least for needed in exhibit.layers):
        pytest.skip(f"held by {_told(exhibit)} only, which needs namespaces")
    _check(museum, exhibit, least)


def _told(exhibit: Exhibit) -> str:
    return ", ".join(" and ".join(sorted(needed)) for needed in exhibit.layers)


def _check(museum: Museum, exhibit: Exhibit, layers: frozenset[str]) -> None:
    zygote, descriptors = museum.children.zygote, len(os.listdir("/proc/self/fd"))
    seen = museum.show(exhibit, layers)
    assert not seen.problem
    assert seen.result is not None
    assert seen.result.marks == exhibit.earns, seen.report
    assert not seen.alarms, seen.report
    _is_inert(seen)
    assert museum.next_student().marks == 4
    assert museum.children.zygote == zygote, "the zygote was lost"
    assert len(os.listdir("/proc/self/fd")) == descriptors


def _is_inert(seen: Seen) -> None:
    assert all(c.isprintable() or c == "\n" for c in seen.report)
    assert len(seen.report) < 50_000
    assert seen.json.isascii()
    assert len(seen.json) < 2_000_000
    failure = ElementTree.Element("failure", message=bin_xml_escape(seen.report))  # as pytest writes a JUnit file
    failure.text = bin_xml_escape(seen.report)
    assert ElementTree.fromstring(ElementTree.tostring(failure)).text == seen.report


@pytest.mark.parametrize("exhibit", exhibits(LIMITS), ids=_name)
def test_what_is_not_stopped_is_known(museum: Museum, exhibit: Exhibit) -> None:
    """These get what they are after. Whoever closes one moves it to the attacks."""
    seen = museum.show(exhibit)
    assert seen.result is not None
    assert seen.result.marks == exhibit.earns
    assert not seen.alarms
    if exhibit.name == "known_file":
        assert all(
            check.stdout == "exists\n" for function in seen.result.functions[:1] for check in function.checks[:2]
        )


@pytest.mark.skipif(os.geteuid() != 0 or "GRADETAPE_SOAK" in os.environ, reason="all of it runs as an ordinary user")
def test_what_locks_hold_they_hold_as_an_ordinary_user() -> None:
    command = [sys.executable, "-m", "tests.attacks.as_user", "ordinary", __file__, "-q", "-k", "least"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert re.search(r"\b[5-9]\d passed", done.stdout)


def test_the_table_of_the_documentation_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run python -m tests.attacks.table"


def test_the_museum_is_large_and_every_class_is_in_it() -> None:
    found = exhibits(*CLASSES)
    assert len(found) >= 60
    assert {one.kind for one in found} == set(CLASSES)
    assert len({one.strategy for one in found}) == len(found)


@pytest.mark.parametrize(
    ("docstring", "told"),
    [
        ("Try it.", "lacks Earns, Layers, Stopped by, Surface"),
        ("Try it.\n\nSurface: x.\nStopped by: y.\nLayers: moat\nEarns: 1", "no layer moat"),
        ("Try it.\n\nSurface: x.\nStopped by: y.\nEarns: 1", "lacks Layers"),
    ],
)
def test_an_exhibit_without_its_head_is_refused(tmp_path: Path, docstring: str, told: str) -> None:
    path = tmp_path / "attack.py"
    path.write_text(f'"""{docstring}\n"""\n')
    with pytest.raises(ValueError, match=told):
        read(path)

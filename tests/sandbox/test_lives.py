"""Processes end when they should: nothing outlives its parent, nothing is left, nothing grows.

``GRADETAPE_SOAK=1000 pytest tests/sandbox/test_lives.py`` makes a thousand children in a row (`make soak`).
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Needs, Submission
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.skipif(not can_fork(), reason="this system cannot fork after importing TensorFlow"),
    pytest.mark.usefixtures("scratch"),
]

SOAK = int(os.environ.get("GRADETAPE_SOAK", "60"))
HANGING = Submission("a.py", "def f():\n    while True: pass\n")


@pytest.fixture
def own() -> Iterator[ForkedChildren]:
    made = ForkedChildren("standard")
    yield made
    made.close()


def call(name: str, seconds: float = 20.0) -> Call:
    return Call(name, name, (), "call", {}, {}, {}, Needs(seconds=seconds))


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(holds: object, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_when_the_supervisor_is_killed_nothing_of_it_survives(scratch: Path) -> None:
    program = (
        "from tests.sandbox.test_lives import *\n"
        "children = ForkedChildren('standard')\n"
        "observe(children, Submission('a.py', 'def f(): return 1'), [call('f')], 0)\n"
        "print(children._process.pid, flush=True)\n"
        "observe(children, HANGING, [call('f', 300.0)], 0)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) as supervisor:
        assert supervisor.stdout is not None
        try:
            zygote = int(supervisor.stdout.readline())
            assert wait_until(lambda: children_of(zygote)), "a child was made"
            time.sleep(0.5)  # it reads its job and begins
            (child,) = children_of(zygote)
        finally:
            supervisor.kill()
    assert wait_until(lambda: not alive(child) and not alive(zygote), 20)
    assert wait_until(lambda: not list(scratch.glob("gradetape-*")), 5), "its folder is gone as well"


def test_when_the_zygote_is_killed_in_a_check_the_check_is_repeated(own: ForkedChildren) -> None:
    observe(own, Submission("a.py", "def f(): return 1"), [call("f")], 0)
    zygote = own._process.pid
    doomed: list[int] = []

    def kill() -> None:
        wait_until(lambda: children_of(zygote))
        time.sleep(0.3)
        doomed.extend(children_of(zygote))
        os.kill(zygote, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    source = "import time\ndef f():\n    time.sleep(1.5)\n    return 7\n"
    seen = observe(own, Submission("a.py", source), [call("f")], 0)
    killer.join()
    assert seen["f"].value == 7
    assert own._process.pid != zygote
    assert doomed
    assert wait_until(lambda: not any(map(alive, doomed)), 10)


def test_soak_many_children_leave_nothing_and_nothing_grows(own: ForkedChildren, scratch: Path) -> None:
    source = (
        "import threading, tempfile\n"
        "def plain():\n"
        "    with tempfile.NamedTemporaryFile() as file: file.write(b'x' * 1000)\n"
        "    worker = threading.Thread(target=print, args=('hello',))\n"
        "    worker.start(); worker.join()\n"
        "    return 3\n"
        "def eager():\n    import tensorflow as tf\n    return float(tf.reduce_sum(tf.ones([4])))\n"
        "def traced():\n    import tensorflow as tf\n    return float(tf.function(lambda x: x * 2)(tf.constant(2.5)))\n"
    )
    wanted = {"plain": 3, "eager": 4.0, "traced": 5.0}
    submission = Submission("a.py", source)

    def one(number: int) -> None:
        name = "traced" if number % 10 == 0 else "eager" if number % 3 == 0 else "plain"
        seen = observe(own, submission, [call(name)], number)
        assert seen[name].value == wanted[name], (number, seen)

    for number in range(5):  # what is made once and kept
        one(number)
    zygote = own._process.pid
    before = _state(zygote, scratch)
    pages = _pages(zygote)
    for number in range(SOAK):
        one(number)
    assert own._process.pid == zygote, "it was never restarted"
    assert children_of(zygote) == []
    assert _state(zygote, scratch) == before
    assert _pages(zygote) - pages < 512, "less than 2 MB, however many children"


def _state(zygote: int, scratch: Path) -> tuple[object, ...]:
    return (
        len(os.listdir("/proc/self/fd")),
        len(os.listdir(f"/proc/{zygote}/fd")) if os.geteuid() == 0 else 0,
        sorted(scratch.iterdir()),
        Path("/proc/self/mountinfo").read_text().count(str(scratch)),
        len(children_of(os.getpid())),
    )


def _pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])

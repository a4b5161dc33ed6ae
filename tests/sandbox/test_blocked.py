"""Under the locks as they are used: honest work notices nothing, and what is blocked is told in plain words."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.observation import ErrorSeen
from grader.sandbox.blocked import what_was_blocked
from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.locks.levels import REQUIRED
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Needs, Submission
from tests.conftest import ROOT
from tests.sandbox.test_locks import EXPECTED

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot fork after importing TensorFlow")

OUTSIDE = "tried to open a file outside its folder"
BLOCKED = {
    "open('/etc/passwd')": f"{OUTSIDE} (/etc/passwd)",
    "open('/tmp/left', 'w')": f"{OUTSIDE} (/tmp/left)",
    "open('../left', 'w')": f"{OUTSIDE} (/",
    "os.listdir('/home')": f"{OUTSIDE} (/home)",
    "open('/home/me/data.csv')": f"{OUTSIDE} (/home/me/data.csv)",
    f"open({str(ROOT / 'reference_impl/__init__.py')!r})": OUTSIDE,
    f"open({str(ROOT / 'grader/grade.py')!r})": OUTSIDE,
    f"os.listdir({str(ROOT / 'questions')!r})": OUTSIDE,
    f"open('/proc/{os.getpid()}/environ')": OUTSIDE,
    "tf.io.read_file('/etc/passwd')": f"{OUTSIDE} (/etc/passwd)",
    "socket.create_connection(('127.0.0.1', 80))": "tried to use the network",
    "urllib.request.urlopen('http://example.org')": "tried to use the network",
    "subprocess.run(['ls'])": "tried to start another process",
    "multiprocessing.Pool(2)": "tried to start another process",
    "os.fork()": "tried what code that is graded may not",
    "os.kill(os.getppid(), 9)": "tried what code that is graded may not",
    "bytearray(3 << 30)": "used more than 2 GB",
    "np.ones(1 << 29)": "used more than 2 GB",
    "tf.ones([1 << 30])": "used more than 2 GB",
    "print('x' * (2 << 20))": "printed more than 1 MB",
    "open('no_such_file.txt')": "",
    "open(os.path.join(os.getcwd(), 'none.txt'))": "",
    "[].pop()": "",
}
ENDED = {
    "while True: pass": "was stopped after 2 s in this check",
    "os._exit(0)": "ended the interpreter (exit code 0) in this check",
    "ctypes.string_at(0)": "crashed (SIGSEGV) in this check",
}


@pytest.fixture(scope="module")
def locked() -> Iterator[ForkedChildren]:
    made = ForkedChildren("standard")
    if set(REQUIRED) & set(made.isolation().missing):
        pytest.skip("this machine lacks a lock")
    yield made
    made.close()


def calls(count: int, seconds: float) -> list[Call]:
    return [Call(f"f{n}", f"f{n}", (), "call", {}, {}, {}, Needs(seconds=seconds)) for n in range(count)]


def test_what_is_blocked_is_told(locked: ForkedChildren) -> None:
    source = (
        "import ctypes, multiprocessing, os, socket, subprocess, urllib.request\nimport numpy as np, tensorflow as tf\n"
    )
    source += "".join(f"def f{n}():\n    {body}\n" for n, body in enumerate(BLOCKED))
    seen = observe(locked, Submission("a.py", source), calls(len(BLOCKED), 20.0), 0)
    for number, (body, wanted) in enumerate(BLOCKED.items()):
        said = seen[f"f{number}"].blocked
        assert said.startswith(wanted) if wanted else said == "", (body, said)


def test_how_it_ended_is_told(locked: ForkedChildren) -> None:
    source = "import ctypes, os\n" + "".join(f"def f{n}():\n    {body}\n" for n, body in enumerate(ENDED))
    seen = observe(locked, Submission("a.py", source), calls(len(ENDED), 2.0), 0)
    assert [one.detail for one in seen.values()] == list(ENDED.values())


def test_honest_work_of_every_kind_is_done(locked: ForkedChildren) -> None:
    """The same as under the locks alone, now loaded, called and answered as a submission is."""
    source = Path(__file__).with_name("workloads.py").read_text()
    works = [
        Call(name, name, (), "call", {}, {}, {}, Needs(seconds=60, memory_mb=3072, fresh=name == "mirrored_strategy"))
        for name in EXPECTED
    ]
    seen = observe(locked, Submission("workloads.py", source), works, 0)
    assert {name: one.value for name, one in seen.items()} == EXPECTED, seen
    assert {one.blocked for one in seen.values()} == {""}


def test_what_the_child_says_is_taken_for_words_only() -> None:
    assert what_was_blocked(None, 2048) == ""
    error = ErrorSeen("X", ("X",), "", number=10**30, outside="/etc", origin="socket")
    assert what_was_blocked(error, 2048) == ""

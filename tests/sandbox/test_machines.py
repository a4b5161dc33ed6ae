"""Grading on other machines: by an ordinary user, and where the kernel or a container lacks a lock."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.locks.levels import Isolation
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Needs, Submission
from grader.sandbox.workdir import remove_tree
from tests.conftest import ROOT, SMALL_BANK

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the locks are Linux's"),
    pytest.mark.skipif(not can_fork(), reason="this system cannot fork after importing TensorFlow"),
]

PERFECT = ROOT / "tests" / "scenarios" / "perfect" / "submission"
AS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="elsewhere-"))  # pytest's folders are closed to other users
    made.chmod(0o755)
    yield made
    remove_tree(made)


def elsewhere(folder: Path, machine: list[object], *command: object) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": tempfile.gettempdir()}
    whole = [sys.executable, ROOT / "tests/sandbox/elsewhere.py", *machine, sys.executable, "-m", *command]
    return subprocess.run(
        list(map(str, whole)), cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )


def grade(folder: Path, machine: list[object], level: str) -> "subprocess.CompletedProcess[str]":
    report = folder / "report.json"
    return elsewhere(
        folder, machine, "grader.cli", "grade", PERFECT, "--bank", SMALL_BANK, "--level", level, "--json", report
    )


def isolation(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text())["isolation"]


def test_an_ordinary_user_grades_under_all_locks(folder: Path) -> None:
    done = grade(folder, ["--ordinary", folder], "strict")
    assert done.returncode == 0, done.stderr
    assert {"descriptors", "parent", "limits", "privileges", "landlock", "seccomp"} <= set(isolation(folder)["layers"])


@pytest.mark.parametrize("machine", [["--lacking", "landlock_create_ruleset", "ENOSYS"]])
def test_a_level_that_the_machine_cannot_give_is_refused_and_the_next_one_made_do(
    folder: Path, machine: list[object]
) -> None:
    refused = grade(folder, machine, "strict")
    assert refused.returncode == 2
    assert "cannot give level 'strict': landlock: the kernel has no Landlock" in refused.stderr
    assert "--level standard" in refused.stderr
    assert not (folder / "report.json").exists()
    done = grade(folder, machine, "standard")
    assert done.returncode == 0, done.stderr
    assert "landlock" in isolation(folder)["missing"]
    assert "not available here: landlock" in " ".join(done.stdout.split())


def test_pytest_refuses_a_submission_where_strict_cannot_be_had(folder: Path) -> None:
    machine = ["--lacking", "landlock_create_ruleset", "ENOSYS"]
    question = SMALL_BANK / "questions" / "m1_small" / "m1q01_scale.yaml"
    done = elsewhere(folder, machine, "pytest", "-q", "-p", "no:cacheprovider", question, "--submission", PERFECT)
    assert done.returncode == 2, done.stdout
    assert "cannot give level 'strict': landlock" in done.stdout
    assert "passed" not in done.stdout


def test_where_no_namespaces_are_allowed_an_ordinary_user_still_has_strict(folder: Path) -> None:
    """As in most containers."""
    machine = ["--ordinary", folder, "--lacking", "unshare", "EPERM"]
    done = grade(folder, machine, "strict")
    assert done.returncode == 0, done.stderr
    assert set(isolation(folder)["missing"]) == {"network", "ipc", "mounts"}


class _Children(ForkedChildren):
    """Children of a machine that may be said to have no private networks."""

    networks = True

    def isolation(self) -> Isolation:
        given = super().isolation()
        if self.networks:
            return given
        return Isolation("standard", tuple(set(given.layers) - {"network"}), {"network": "no"})


def test_a_check_that_needs_a_network_has_one_of_its_own_and_others_have_none() -> None:
    source = (
        "def serve():\n"
        "    import tensorflow as tf\n"
        "    server = tf.distribute.Server.create_local_server()\n"
        "    with tf.Graph().as_default():\n"
        "        six = tf.constant(2) * 3\n"
        "        with tf.compat.v1.Session(server.target) as session: return int(session.run(six))\n"
        "def plain(): return 6\n"
        "def reach():\n"
        "    import socket\n"
        "    socket.socket()\n"
    )
    serving = Needs(seconds=30, loopback=True)
    calls = [
        Call(name, name, (), "call", {}, {}, {}, needs)
        for name, needs in (("serve", serving), ("plain", Needs()), ("reach", Needs()))
    ]
    children = _Children("standard")
    try:
        if "network" in children.isolation().layers:
            seen = observe(children, Submission("a.py", source), calls, 0)
            assert (seen["serve"].value, seen["plain"].value) == (6, 6)
            assert seen["reach"].blocked == "tried to use the network"
        children.networks = False
        seen = observe(children, Submission("a.py", source), calls[:2], 0)
        assert (seen["serve"].outcome, seen["serve"].reached) == ("unavailable", False)
        assert "a private network, which this machine" in seen["serve"].detail
        assert seen["plain"].value == 6
    finally:
        children.close()


@pytest.mark.parametrize("ordinary", [False, True])
def test_inside_bubblewrap_not_even_names_are_left(folder: Path, ordinary: bool) -> None:
    """The look at names that Landlock leaves open, and the loopback, which still has to be had."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    answer = folder / "m1q01.py"
    hidden = [str(ROOT / "questions"), str(ROOT / "tests"), "/etc/passwd", str(answer)]
    answer.write_text(
        "import os\n"
        f"seen = [name for name in {hidden!r} if os.path.exists(name)]\n"
        f"seen += [name for name in map(str, range(20, 70000)) if os.path.exists('/proc/' + name)]\n"
        "def scale(x, factor):\n    assert not seen, seen\n    return factor * x\n"
        "def norm(x):\n    import tensorflow as tf\n    return tf.norm(x)\n"
    )
    machine = ["--ordinary", folder] if ordinary else []
    report = folder / "report.json"
    command = ["grader.cli", "grade", answer, "--bank", SMALL_BANK, "--bubblewrap", "--json", report]
    done = elsewhere(folder, machine, *command)
    assert done.returncode == 1, done.stderr  # it does not refuse what it should
    assert json.loads(report.read_text())["checks"]["passed"] == 3, done.stdout
    assert isolation(folder)["layers"][0] == "bubblewrap"


def test_without_bubblewrap_its_option_is_refused(folder: Path) -> None:
    done = elsewhere(
        folder, ["--path", "/nonexistent"], "grader.cli", "grade", PERFECT, "--bank", SMALL_BANK, "--bubblewrap"
    )
    assert done.returncode == 2
    assert "bubblewrap is not installed; install it" in done.stderr


@pytest.mark.skipif(not AS_ROOT, reason="takes root")
def test_root_is_told_when_the_user_that_children_become_cannot_read_python(folder: Path) -> None:
    prefix = Path(sys.executable).resolve().parent.parent
    if all(parent.stat().st_mode & 1 for parent in prefix.parents):
        pytest.skip("every user can read this Python")
    done = grade(folder, ["--lacking", "unshare", "EPERM"], "strict")
    assert done.returncode == 2
    assert "privileges" in done.stderr
    assert "where every user may read" in done.stderr
    assert grade(folder, ["--lacking", "unshare", "EPERM"], "standard").returncode == 0
    assert "privileges" in isolation(folder)["missing"]

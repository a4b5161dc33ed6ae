"""What this machine can do: fork or spawn, and the devices that TensorFlow sees."""

import json
import platform
import secrets
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.problems import GradeTapeError
from grader.sandbox import wire
from grader.sandbox.children import Children
from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.locks.levels import Level
from grader.sandbox.locks.limits import Limits
from grader.sandbox.runner import run_with_one_retry
from grader.sandbox.spawned import SpawnedChildren

_SELF_TEST_SECONDS = 30.0


@dataclass(frozen=True)
class ForkTest:
    """Whether a forked child can run a traced function."""

    works: bool
    reason: str


@cache
def versions() -> dict[str, str]:
    """Return the versions that results depend on, without importing the packages.

    They are looked up once: every key of the cache holds them, and a look-up reads the packages' files.
    """
    found = {"python": platform.python_version(), "platform": f"{sys.platform} {platform.machine()}"}
    for package in ("tensorflow", "keras", "numpy", "gymnasium"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def open_children(cache: Path | None, level: Level, way: str | None = None, bubblewrap: bool = False) -> Children:
    """Start the quicker way of making children that works here, locked as ``level`` says.

    The fork self-test is done once for each set of versions and remembered in ``cache``.

    Raises:
        GradeTapeError: this machine cannot give the level, or the outer layer.
    """
    children: Children
    if way == "spawn" or not can_fork():
        return _spawned(level, bubblewrap)
    children = ForkedChildren(level, bubblewrap)
    try:
        children.isolation()
        if way != "fork" and not _fork_works(children, cache):
            children.close()
            children = _spawned(level, bubblewrap)
    except BaseException:
        children.close()
        raise
    return children


def _spawned(level: Level, bubblewrap: bool) -> Children:
    if bubblewrap:
        raise GradeTapeError("bubblewrap goes around children that are forked, which this machine cannot do")
    children = SpawnedChildren(level)
    children.isolation()
    return children


def _fork_works(children: Children, cache: Path | None) -> bool:
    test = _remembered_test(cache)
    if test is None:
        test = fork_test(children)
        _remember_test(cache, test)
    return test.works


def fork_test(children: Children) -> ForkTest:
    """Fork a child that traces and runs a function: what deadlocks where forking after the import is unsound."""
    try:
        describe(children, self_test=True)
    except GradeTapeError as error:
        return ForkTest(False, str(error))
    return ForkTest(True, "a traced function ran in a forked child")


def describe(children: Children, self_test: bool = False) -> list[str]:
    """Return the devices that a child sees, such as ``["CPU:0", "GPU:0"]``.

    Raises:
        GradeTapeError: the child did not answer.
    """
    job_id = secrets.token_hex(8)
    job = wire.encode({"kind": "describe", "id": job_id, "self_test": self_test})
    limits = Limits(memory_bytes=8 << 30, cpu_seconds=60)
    result = run_with_one_retry(children, job, limits, [_SELF_TEST_SECONDS])
    match result.records:
        case [{"id": str() as answered, "value": {"devices": list() as devices}}] if answered == job_id:
            return [str(device) for device in devices]
    how = "it did not end" if result.timed_out else f"exit code {result.exit_code}"
    last = result.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    raise GradeTapeError(f"a child that only describes the machine failed: {' '.join([how, *last])}")


def _test_file(cache: Path) -> Path:
    return cache / "fork_test.json"


def _remembered_test(cache: Path | None) -> ForkTest | None:
    if cache is None:
        return None
    try:
        stored = json.loads(_test_file(cache).read_text(encoding="utf-8"))
        if stored["versions"] != versions():
            return None
        return ForkTest(stored["works"] is True, str(stored["reason"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember_test(cache: Path | None, test: ForkTest) -> None:
    if cache is None:
        return
    stored = {"versions": versions(), "works": test.works, "reason": test.reason}
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _test_file(cache).write_text(json.dumps(stored), encoding="utf-8")
    except OSError:
        return  # a cache that cannot be written costs time, not correctness

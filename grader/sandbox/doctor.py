"""What this machine can do, tried and not assumed."""

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.problems import GradeTapeError
from grader.sandbox.bubblewrap import bubblewrapped
from grader.sandbox.children import Children
from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.locks.levels import REQUIRED, Isolation
from grader.sandbox.locks.lockdown import LAYERS
from grader.sandbox.machine import describe, fork_test, versions
from grader.sandbox.runner import observe
from grader.sandbox.spawned import SpawnedChildren
from grader.sandbox.submission import Call, Needs, Submission
from grader.sandbox.workdir import private_directory


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report."""

    name: str
    text: str
    good: bool = True


def examine(cache: Path) -> Iterator[Finding]:
    """Yield what is found, one thing after the other."""
    with _canary() as canary:
        yield from _examine(cache, canary)


@contextmanager
def _canary() -> Iterator[str]:
    """Put a variable into this process's environment for a while, and give its name: no child may have it.

    Names and values that a child has in common with this process prove nothing, for TensorFlow sets some itself.
    """
    name = f"GRADETAPE_CANARY_{secrets.token_hex(8)}"
    os.environ[name] = name
    try:
        yield name
    finally:
        del os.environ[name]


def _examine(cache: Path, canary: str) -> Iterator[Finding]:
    for name, version in versions().items():
        yield Finding(name, version, good=version != "not installed")
    children: Children
    if can_fork():
        children = ForkedChildren("standard")
        try:
            test = fork_test(children)
        except GradeTapeError as error:
            yield Finding("fork self-test", str(error), good=False)
            return
        yield Finding("fork self-test", test.reason, good=test.works)
        if not test.works:
            children.close()
            children = SpawnedChildren("standard")
    else:
        yield Finding("fork self-test", "this system lacks what a zygote needs")
        children = SpawnedChildren("standard")
    try:
        kind = "forked from one process" if children.way == "fork" else "a fresh interpreter each, slower"
        yield Finding("children", f"{children.way}: {kind}")
        yield from _locks(children.isolation())
        yield Finding("devices", ", ".join(describe(children)))
        yield from _limits(children, canary)
    except GradeTapeError as error:
        yield Finding("children", str(error), good=False)
    finally:
        children.close()
    yield _cache(cache)


def _locks(isolation: Isolation) -> Iterator[Finding]:
    """Say of each layer whether it was tried and held."""
    for layer in LAYERS:
        reason = isolation.missing.get(layer)
        optional = ", an extra one" if layer not in REQUIRED else ""
        text = "holds" if reason is None else f"not available{optional}: {reason}"
        yield Finding(f"lock: {layer}", text, good=reason is None or layer not in REQUIRED)
    yield _bubblewrap()
    strict = not isolation.missing.keys() & set(REQUIRED)
    yield Finding("levels", "strict, standard, none" if strict else "standard, none; not strict", good=strict)


def _bubblewrap() -> Finding:
    try:
        with private_directory() as scratch:
            bubblewrapped([], scratch)
    except GradeTapeError as error:
        return Finding("lock: bubblewrap", f"not available, an extra one by name: {error}")
    return Finding("lock: bubblewrap", "holds, if asked for by --bubblewrap")


_PROBING = """
import time
def hang(): time.sleep(60)
def memory(): return len(bytearray(3 << 30))
def environment():
    import os
    return sorted(os.environ)
"""


def _limits(children: Children, canary: str) -> Iterator[Finding]:
    needs = Needs(seconds=1.0, memory_mb=2048)
    calls = [Call(name, name, (), "call", {}, {}, {}, needs) for name in ("environment", "memory", "hang")]
    seen = observe(children, Submission("doctor.py", _PROBING), calls, seed=0)
    clock = seen["hang"].outcome == "timed_out"
    yield Finding("wall-clock limit", "a child that sleeps was ended" if clock else "a sleeping child ran on", clock)
    memory = seen["memory"].outcome != "returned"
    text = "a child that takes 3 GB was refused" if memory else f"not enforced by {sys.platform}"
    yield Finding("memory limit", text, memory)
    names = seen["environment"].value
    clean = isinstance(names, list) and canary not in names
    yield Finding("environment of children", "clean" if clean else "children inherit this process's variables", clean)


def _cache(cache: Path) -> Finding:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            return Finding("cache", str(cache))
    except OSError as error:
        return Finding(
            "cache", f"{cache} cannot be written ({error.strerror}): the reference is run every time", good=False
        )

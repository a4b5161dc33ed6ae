"""How long the locks of a child take: `python benchmarks/locks.py [--children 200] [--user ID]`.

Forks children from a process with TensorFlow imported, as the zygote does; each locks itself fully and reports how
long every step took. Printed are medians in milliseconds, of the clock and of processor time, for the answers outside
of the folders that a child may read, and for the answers installed beside TensorFlow, where many small grants replace
a large one. Other work on the machine lengthens the clock's time, not the processor's.
Run it as root and as an ordinary user (`--user` makes root one first).
"""

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.sandbox.environment import clean_environment
from grader.sandbox.locks import descriptors, landlock, lockdown, mounts, namespaces, privileges, seccomp
from grader.sandbox.locks.limits import Limits
from grader.sandbox.locks.lockdown import LAYERS, Lockdown, lock
from grader.sandbox.locks.readable import Readable, python_and_libraries

#: Step -> seconds of the clock and of the processor.
Times = dict[str, tuple[float, float]]
NONE = (0.0, 0.0)
ALL, WHOLE_CHILD, BARE_CHILD = "lock() in all", "child, fork to end", "child without locks"

STEPS: list[tuple[Any, str, str]] = [
    (descriptors, "close_all_but", "descriptors"),
    (lockdown, "_tie_to_parent", "parent, twice"),
    (namespaces, "enter", "namespaces"),
    (namespaces, "raise_loopback", "loopback"),
    (mounts, "keep_to_oneself", "mounts: private"),
    (mounts, "bring_in_reach", "mounts: in reach"),
    (mounts, "cover", "mounts: cover"),
    (mounts, "private_tmpfs", "mounts: tmpfs"),
    (lockdown, "apply_limits", "limits"),
    (privileges, "apply", "privileges"),
    (landlock, "apply", "landlock"),
    (seccomp, "build", "seccomp: program"),
    (seccomp, "apply", "seccomp: install"),
]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--children", type=int, default=200)
    parser.add_argument("--user", type=int)
    options = parser.parse_args()
    os.environ.update(clean_environment())
    import gymnasium  # noqa: F401
    import tensorflow

    gc.collect()
    gc.freeze()
    packages = Path(tensorflow.__file__).parents[1]
    beside = [packages / "reference_impl", packages / "grader"]
    cases = {"answers elsewhere": python_and_libraries(), "answers beside TensorFlow": python_and_libraries(beside)}
    if options.user:
        namespaces.enter(namespaces.MOUNTS)
        mounts.keep_to_oneself()
        mounts.bring_in_reach(cases["answers elsewhere"].roots, options.user, options.user)
        os.setgroups([])
        os.setresgid(options.user, options.user, options.user)
        os.setresuid(options.user, options.user, options.user)
    uid = privileges.NOBODY if os.geteuid() == 0 else None
    layers = [layer for layer, reason in lockdown.available_layers(uid).items() if reason is None]
    print(f"user {os.geteuid()}, layers {', '.join(layers)}")
    if missing := set(LAYERS) - set(layers):
        print(f"not available here, not measured: {', '.join(sorted(missing))}")
    lockdown.prepare()
    print(f"{'clock / processor, ms':>46}" + f"{'with loopback':>20}")
    for case, readable in cases.items():
        runs = [
            measure(options.children, readable, frozenset(layers), uid, loopback)
            for loopback in ([False, True] if "network" in layers else [False])
        ]
        print(f"{case} ({len(readable.whole)} grants)")
        for step in [*(name for _, _, name in STEPS), ALL, WHOLE_CHILD, BARE_CHILD]:
            print(f"  {step:24}" + "".join(f"{median(run, step):>20}" for run in runs))


def median(runs: list[Times], step: str) -> str:
    clock, processor = (1000 * statistics.median(run.get(step, NONE)[kind] for run in runs) for kind in (0, 1))
    return f"{clock:.2f} / {processor:.2f}"


def measure(children: int, readable: Readable, layers: frozenset[str], uid: int | None, loopback: bool) -> list[Times]:
    """Return the times of each step of each child."""
    runs = []
    for _ in range(children):
        bare = one_child(dict)
        with tempfile.TemporaryDirectory() as folder:
            policy = Lockdown(
                workdir=Path(folder),
                limits=Limits(memory_bytes=2 << 30, cpu_seconds=60),
                readable=readable,
                parent=os.getpid(),
                uid=uid,
                loopback=loopback,
                layers=layers,
            )
            run = one_child(lambda policy=policy: locked(policy))  # type: ignore[misc]
        runs.append({**run, BARE_CHILD: bare[WHOLE_CHILD]})
    return runs


def one_child(work: Callable[[], Times]) -> Times:
    """Fork a child that does ``work`` and return what it measured, and its own time from fork to end."""
    report = os.memfd_create("times")
    started = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.dup2(report, 0)  # a descriptor that is kept
        try:
            os.write(0, json.dumps(work()).encode())
        finally:
            os._exit(0)
    _, status, usage = os.wait4(pid, 0)
    clock = time.perf_counter() - started
    said = os.pread(report, 1 << 16, 0)
    os.close(report)
    assert status == 0, "a child was not locked"
    return {**json.loads(said), WHOLE_CHILD: (clock, usage.ru_utime + usage.ru_stime)}


def locked(policy: Lockdown) -> Times:
    """Lock this process and return the times of each step."""
    times: Times = {}

    def timed(function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def measured(*arguments: Any, **options: Any) -> Any:
            clock, processor = time.perf_counter(), time.thread_time()
            result = function(*arguments, **options)
            before = times.get(name, NONE)
            times[name] = (before[0] + time.perf_counter() - clock, before[1] + time.thread_time() - processor)
            return result

        return measured

    for module, attribute, name in STEPS:
        setattr(module, attribute, timed(getattr(module, attribute), name))
    timed(lock, ALL)(policy)
    return times


if __name__ == "__main__":
    main()

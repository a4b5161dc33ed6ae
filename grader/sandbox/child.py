"""What happens in a child: load the submission, look at each call through its probe, append what was seen.

Nothing here decides anything. The child writes values; whoever reads them trusts none of it.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

from grader.observation import Tree
from grader.probes import find_probe
from grader.probes.plain import plain
from grader.probes.subject import Subject
from grader.sandbox import wire
from grader.sandbox.errors import error_as_tree
from grader.sandbox.loading import load_submission, withhold_answers


def run_job(job_fd: int, result_fd: int) -> None:
    """Do the job in ``job_fd`` and append a frame for the load and for each call to ``result_fd``."""
    job = wire.decode(_read_all(job_fd))
    write = _Writer(result_fd)
    if job["kind"] == "describe":
        write({"id": job["id"], "value": describe(job["self_test"])})
        return
    probes = {call["probe"]: find_probe(call["probe"]) for call in job["calls"]}
    withhold_answers()
    _choose_devices(job["device"], job["cpus"])
    _seed(job["seed"])
    # What fails before this is not the student's doing. The emptied job says so for good: see `ChildResult.ready`.
    write({"id": job["id"], "outcome": "ready"})
    os.ftruncate(job_fd, 0)
    os.close(job_fd)
    try:
        namespace = load_submission(job["submission"])
    except BaseException as error:  # sys.exit() at the top of a submission is a fault like any other
        write({"id": job["id"], "outcome": "not_loaded", "error": error_as_tree(error)})
        return
    write({"id": job["id"], "outcome": "returned"})
    memory: dict[Any, Any] = {}
    for call in job["calls"]:
        _seed(job["seed"])
        write(_observe(call, probes[call["probe"]], namespace, job["submission"]["source"], memory))


def describe(self_test: bool) -> Tree:
    """Return what this child has: devices and, if asked, whether a traced function runs in it."""
    devices = [f"{device.device_type}:{index}" for index, device in enumerate(tf.config.list_physical_devices())]
    if self_test:
        # A traced function is what deadlocks when the zygote was not as it must be before it forked.
        doubled = tf.function(lambda x: tf.matmul(x, x) * 2.0)(tf.eye(3))
        assert float(tf.reduce_sum(doubled)) == 6.0
    return {"devices": devices}


def _choose_devices(device: str, cpus: int) -> None:
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    elif device.startswith("gpu:"):
        tf.config.set_visible_devices([gpus[int(device[4:])]], "GPU")
    for gpu in tf.config.get_visible_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    if cpus > 1:
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * cpus)


def _seed(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow before the load and before every call, so that order does not matter."""
    keras.utils.set_random_seed(seed % 2**32)


def _observe(
    call: Tree, probe: Callable[..., Any], namespace: Mapping[str, Any], source: str, memory: dict[Any, Any]
) -> Tree:
    record: dict[str, Tree] = {"id": call["id"], "printed_from": _printed()}
    started = time.perf_counter()
    function = namespace.get(call["function"])
    if not callable(function):
        return record | {"outcome": "missing"} | _printed_to(started)
    try:
        subject = Subject(function, call["parameters"], call["inputs"], call["variants"], namespace, source, memory)
        record |= {"outcome": "returned", "value": plain(probe(subject, **call["options"]))}
    except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's doing too
        record |= {"outcome": "raised", "error": error_as_tree(error)}
    return record | _printed_to(started)


def _printed_to(started: float) -> dict[str, Tree]:
    return {"printed_to": _printed(), "seconds": time.perf_counter() - started}


def _printed() -> list[int]:
    """Return how many bytes stand in stdout and stderr, to tell which check printed what."""
    positions = []
    for stream, fd in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
            positions.append(os.lseek(fd, 0, os.SEEK_END))
        except (OSError, ValueError, AttributeError):  # closed or replaced by the student's code
            positions.append(0)
    return positions


class _Writer:
    """Appends frames to the results. Keeps its own hold on the system call."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._os_write = os.write

    def __call__(self, record: Tree) -> None:
        try:
            message = wire.encode(record)
        except wire.Malformed as error:
            message = wire.encode({"id": record["id"], "outcome": "malformed", "detail": str(error)})
        view = memoryview(wire.frame(message))
        while view:
            view = view[self._os_write(self._fd, view) :]


def _read_all(fd: int) -> bytes:
    parts = []
    while part := os.read(fd, 1 << 20):
        parts.append(part)
    return b"".join(parts)

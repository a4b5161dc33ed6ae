"""Probes of what a function does with sessions: which tasks of a cluster computed, and which hold variables."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from grader.probes.devices import task_of
from grader.probes.subject import Arguments, Subject

#: What the runtime itself adds to each step.
_PLUMBING = ("_SOURCE", "_SINK", "RecvTensor")
#: How the label of a variable's node begins, in all of TensorFlow's kinds.
_VARIABLE = re.compile(r"\S+ = (VarHandleOp|Variable|VariableV2)\(")


def tasks_at_work(subject: Subject) -> Any:
    """Return the function's value, the tasks that computed something in its sessions, and those with variables.

    With variants, a record for each. A variable counts where it was used or initialised. What ran is read from step
    stats of the probe's own, whatever the function makes of its runs' metadata.
    """
    return subject.look(lambda arguments: _watched(subject, arguments))


def _watched(subject: Subject, arguments: Arguments) -> Any:
    with _runs_traced() as traces:
        value = subject.call(arguments)
    nodes = [node for trace in traces for node in _nodes(trace)]
    return {
        "value": value,
        "tasks at work": sorted({task for task, _ in nodes}),
        "variables on": sorted({task for task, label in nodes if _VARIABLE.match(label)}),
    }


def _nodes(trace: Any) -> Iterator[tuple[str, str]]:
    """Yield task and label of each node that was executed."""
    for device in trace.step_stats.dev_stats:
        for node in device.node_stats:
            if node.node_name not in _PLUMBING:
                yield task_of(device.device), node.timeline_label


@contextmanager
def _runs_traced() -> Iterator[list[Any]]:
    """Trace every run of a session while this lasts, and give back the metadata of each run."""
    traces: list[Any] = []
    full = tf.compat.v1.RunOptions.FULL_TRACE
    base = tf.compat.v1.Session.__mro__[1]  # where sessions of all kinds have their run from
    run = base.run

    def traced(self: Any, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        asked = tf.compat.v1.RunOptions()
        if options is not None:
            asked.CopyFrom(options)
        wants_stats = asked.trace_level != tf.compat.v1.RunOptions.NO_TRACE
        asked.trace_level = full
        told = tf.compat.v1.RunMetadata()
        result = run(self, fetches, feed_dict, asked, told)
        traces.append(told)
        if run_metadata is not None:
            run_metadata.CopyFrom(told)
            if not wants_stats:
                run_metadata.ClearField("step_stats")
        return result

    base.run = traced
    try:
        yield traces
    finally:
        base.run = run

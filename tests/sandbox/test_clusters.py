"""Clusters that a check is given, the look at who computed in them, and what becomes of both without a network."""

from dataclasses import replace
from typing import Any

import pytest

from grader.bank.load import load_bank
from grader.bank.location import default_location
from grader.bank.model import Question
from grader.calls import calls_of
from grader.grade import Setting, grade_question
from grader.inputs.build import build_inputs
from grader.known import reference_submission
from grader.observation import Observation
from grader.sandbox.children import Children
from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.locks.levels import Isolation
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Needs, Submission
from grader.vocabulary import known_words

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system gives no private networks")

SERVING = Needs(seconds=20.0, loopback=True)
PREAMBLE = "import numpy as np, tensorflow as tf\nv1 = tf.compat.v1\n"


@pytest.fixture
def networked(children: Children) -> Children:
    if "network" not in children.isolation().layers:
        pytest.skip("this machine gives no network namespaces")
    return children


def look(
    children: Children,
    source: str,
    inputs: dict[str, Any],
    probe: str = "call",
    needs: Needs = SERVING,
    **variants: Any,
) -> Observation:
    """Return what is seen of the function ``f`` with two parameters."""
    built = {label: build_inputs(changes, 0, "f") for label, changes in variants.items()}
    call = Call("f", "f", ("a", "b"), probe, {}, build_inputs(inputs, 0, "f"), built, needs)
    return observe(children, Submission("a.py", PREAMBLE + source), [call], 0)["f"]


def test_inputs_of_one_layout_are_of_one_cluster_and_of_another_of_another(networked: Children) -> None:
    source = "def f(a, b):\n    return b[-1].removeprefix('grpc://').rpartition(':')[2], [a.job_tasks(j) for j in ('ps', 'worker')]\n"
    spec, targets = {"callable": "running_cluster"}, {"callable": "running_targets"}
    port, jobs = look(networked, source, {"a": spec, "b": targets}).value
    assert [len(tasks) for tasks in jobs] == [1, 2]
    assert jobs[1][1] == f"127.0.0.1:{port}"
    eight_servers = replace(SERVING, memory_mb=4096)
    port, jobs = look(
        networked, source, {"a": {**spec, "ps": 2}, "b": {**targets, "worker": 3}}, needs=eight_servers
    ).value
    assert port not in str(jobs)


def test_a_cluster_keeps_its_state_from_call_to_call(networked: Children) -> None:
    source = (
        "def f(a, b):\n"
        "    with tf.Graph().as_default(), tf.device('/job:ps/task:0'):\n"
        "        x = v1.get_variable('x', shape=[], dtype=tf.float32, initializer=v1.zeros_initializer())\n"
        "        with v1.Session(a) as session:\n"
        "            if not session.run(v1.is_variable_initialized(x)): session.run(x.initializer)\n"
        "            return float(session.run(v1.assign_add(x, b)))\n"
    )
    inputs = {"a": {"callable": "running_target", "job": "ps"}, "b": 2.5}
    other = {"a": {"callable": "running_target", "job": "worker", "task": 1}}
    seen = look(networked, source, inputs, one={}, two=other)
    assert seen.value == {"one": 2.5, "two": 5.0}, seen.error


def test_a_session_waits_for_a_missing_task_whatever_time_out_it_is_given(networked: Children) -> None:
    source = (
        "def f(a, b):\n"
        "    server = tf.distribute.Server({'ps': ['127.0.0.1:41000'], 'worker': ['127.0.0.1:41001']}, 'ps', 0)\n"
        "    config = v1.ConfigProto(operation_timeout_in_ms=200)\n"
        "    with tf.Graph().as_default():\n"
        "        y = 2.0 * v1.placeholder_with_default(3.0, [])\n"
        "        with v1.Session(server.target, config=config) as session: return float(session.run(y))\n"
    )
    seen = look(networked, source, {"a": 0, "b": 0}, needs=replace(SERVING, seconds=2.0))
    assert (seen.outcome, seen.detail) == ("timed_out", "was stopped after 2 s in this check")


def test_a_description_has_the_numbers_that_the_question_gives_it(children: Children) -> None:
    jobs = {"dict": {"ps": ["a:1", "b:1"], "worker": {"dict": {"3": "c:1"}}}}
    source = "def f(a, b): return [a.task_indices('ps'), a.task_indices('worker'), a.task_address('worker', 3)]\n"
    assert look(children, source, {"a": {"callable": "cluster_spec", "jobs": jobs}, "b": 0}).value == [
        [0, 1],
        [3],
        "c:1",
    ]


RUN = (
    "def f(a, b):\n"
    "    told = v1.RunMetadata()\n"
    "    with tf.Graph().as_default():\n"
    "        with tf.device(b): y = 2.0 * v1.placeholder_with_default(3.0, [])\n"
    "        with v1.Session(a) as session:\n"
    "            value = session.run(y{options})\n"
    "    return float(value), len(told.step_stats.dev_stats) > 0\n"
)
THROUGH_PS = {"a": {"callable": "running_target", "job": "ps"}, "b": "/job:worker/task:1"}


@pytest.mark.parametrize(
    ("options", "own_stats"),
    [
        ("", False),
        (", run_metadata=told", False),
        (", options=v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE), run_metadata=told", True),
    ],
)
def test_who_computed_is_seen_whatever_the_function_asks_of_its_run(
    networked: Children, options: str, own_stats: bool
) -> None:
    """And what it asks is what it gets."""
    seen = look(networked, RUN.format(options=options), THROUGH_PS, "tasks_at_work")
    assert seen.value == {
        "value": (6.0, own_stats),
        "tasks at work": ["/job:worker/task:1"],
        "variables on": [],
    }, seen.error


def test_who_runs_nothing_is_seen_not_to(networked: Children) -> None:
    source = "def f(a, b): return [b]\n"
    seen = look(networked, source, THROUGH_PS, "tasks_at_work")
    assert seen.value == {"value": ["/job:worker/task:1"], "tasks at work": [], "variables on": []}


@pytest.mark.parametrize("resource", [True, False])
def test_where_a_variable_is_kept_is_seen(networked: Children, resource: bool) -> None:
    source = (
        "def f(a, b):\n"
        "    with tf.Graph().as_default(), v1.Session(a) as session:\n"
        f"        with tf.device('/job:ps/task:0'): x = v1.Variable([1.0], use_resource={resource})\n"
        "        with tf.device(b): y = 2.0 * x\n"
        "        session.run(x.initializer)\n"
        "        return session.run(y)\n"
    )
    seen = look(networked, source, THROUGH_PS, "tasks_at_work")
    assert seen.value["tasks at work"] == ["/job:ps/task:0", "/job:worker/task:1"], seen.error
    assert seen.value["variables on"] == ["/job:ps/task:0"]


def test_variants_are_watched_one_by_one(networked: Children) -> None:
    seen = look(networked, RUN.format(options=""), THROUGH_PS, "tasks_at_work", one={}, two={"b": "/job:ps/task:0"})
    assert [one["tasks at work"] for one in seen.value.values()] == [["/job:worker/task:1"], ["/job:ps/task:0"]]


class _Unconnected(ForkedChildren):
    """Children of a machine that has no private networks."""

    def isolation(self) -> Isolation:
        given = super().isolation()
        return Isolation(given.level, tuple(set(given.layers) - {"network"}), {"network": "not allowed here"})


@pytest.fixture(scope="module")
def question() -> Question:
    return load_bank(default_location(), known_words()).questions["m3q02"]


def test_without_a_network_the_checks_that_need_one_are_named_as_not_run(question: Question, setting: Setting) -> None:
    unconnected = _Unconnected("standard")
    try:
        result = grade_question(question, reference_submission(question), replace(setting, children=unconnected))
    finally:
        unconnected.close()
    serving = {call.id for call in calls_of(question, 0) if call.needs.loopback}
    checks = {f"{function.name}/{check.id}": check for function in result.functions for check in function.checks}
    assert len(checks) == question.check_count()
    assert {name for name, check in checks.items() if check.status == "not_reached"} == serving
    assert {name for name, check in checks.items() if check.status == "passed"} == checks.keys() - serving
    assert all("it needs a private network, which this machine" in checks[name].reason for name in serving)
    assert result.marks == sum(check.out_of for name, check in checks.items() if name not in serving)


def test_a_server_left_out_is_named_though_the_session_hangs(
    question: Question, setting: Setting, networked: Children
) -> None:
    """Another program with the same fault: it is recognised by what it does, in the hang and beside it."""
    source = (
        "import socket\nimport tensorflow as tf\n"
        "def start_cluster(ps, worker, **more):\n"
        "    counts = {'ps': ps, 'worker': worker, **more}\n"
        "    if min(counts.values()) <= 0: raise ValueError('no tasks')\n"
        "    held = [socket.create_server(('127.0.0.1', 0)) for _ in range(sum(counts.values()))]\n"
        "    ports = [each.getsockname()[1] for each in held]\n"
        "    for each in held: each.close()\n"
        "    jobs = {job: [f'127.0.0.1:{ports.pop()}' for _ in range(n)] for job, n in counts.items()}\n"
        "    spec = tf.train.ClusterSpec(jobs)\n"
        "    return spec, {('ps', 0): tf.distribute.Server(spec, 'ps', 0)}\n"
    )
    wanted = {f"start_cluster/{check.id}" for check in question.function("start_cluster").checks}
    result = grade_question(question, Submission("m3q02.py", source), setting, wanted)
    checks = {check.id: check for check in result.checks()}
    assert checks["sessions"].outcome == "timed_out"
    assert [one.mistake for one in checks["sessions"].diagnoses] == ["first_server_only"]
    assert "waits for the missing tasks for ever" in checks["sessions"].diagnoses[0].says

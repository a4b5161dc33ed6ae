"""The reference for a graph across servers against TensorFlow's own reading of names and its own cut of the graph."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.m3_distributed_and_cnn.m3q02_graph_across_servers import (
    machines,
    split_matvec,
    start_cluster,
    task_device,
)

Servers = dict[tuple[str, int], tf.distribute.Server]
JOBS = st.sampled_from(["ps", "worker", "chief", "evaluator"])
ADDRESSES = st.tuples(st.sampled_from(["a.example.com", "10.0.0.1", "[::1]", "[fe80::2]"]), st.integers(1, 65535))


@pytest.fixture(scope="module")
def cluster() -> tuple[tf.train.ClusterSpec, Servers]:
    return start_cluster(ps=2, worker=3)


@given(st.dictionaries(JOBS, st.dictionaries(st.integers(0, 20), ADDRESSES, min_size=1, max_size=4)))
def test_every_task_stands_on_the_machine_of_its_address_and_nowhere_else(jobs: dict[str, Any]) -> None:
    spec = tf.train.ClusterSpec({job: {n: f"{h}:{p}" for n, (h, p) in tasks.items()} for job, tasks in jobs.items()})
    found = machines(spec)
    of_host = {"a.example.com": "a.example.com", "10.0.0.1": "10.0.0.1", "[::1]": "::1", "[fe80::2]": "fe80::2"}
    placed = {(job, n): of_host[host] for job, tasks in jobs.items() for n, (host, _) in tasks.items()}
    assert {task: host for host, tasks in found.items() for task in tasks} == placed
    assert sum(map(len, found.values())) == len(placed)
    assert all(tasks == sorted(tasks) for tasks in found.values())


@given(JOBS, st.integers(0, 10_000), st.sampled_from([None, "CPU:0", "GPU:7", "TPU:12"]))
def test_tensorflow_reads_back_what_a_name_was_made_of(job: str, task: int, device: str | None) -> None:
    name = task_device(job, task, device)
    place = tf.DeviceSpec.from_string(name)
    assert (place.job, place.task, place.replica) == (job, task, None)
    assert device == (None if place.device_type is None else f"{place.device_type}:{place.device_index}")
    assert place.to_string() == name


def test_every_server_knows_its_place_and_sees_all_others(cluster: tuple[tf.train.ClusterSpec, Servers]) -> None:
    spec, servers = cluster
    assert machines(spec) == {"127.0.0.1": sorted(servers)}
    for (job, task), server in servers.items():
        assert (server.server_def.job_name, server.server_def.task_index) == (job, task)
        assert server.server_def.cluster == spec.as_cluster_def()
        assert server.target == f"grpc://{spec.task_address(job, task)}"
    with tf.Graph().as_default(), tf.compat.v1.Session(servers["worker", 2].target) as session:
        seen = {tf.DeviceSpec.from_string(device.name).to_string() for device in session.list_devices()}
    assert {name.replace("/replica:0", "") for name in seen} == {task_device(job, task) for job, task in servers}


@pytest.mark.parametrize("jobs", [{}, {"ps": 0}, {"ps": 1, "worker": -1}])
def test_a_cluster_without_tasks_is_refused(jobs: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least one task each"):
        start_cluster(**jobs)


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("master", [("ps", 1), ("worker", 0)])
def test_the_product_is_numpys_whatever_the_rows_and_the_master(
    cluster: tuple[tf.train.ClusterSpec, Servers], rows: int, master: tuple[str, int]
) -> None:
    spec, servers = cluster
    rng = np.random.default_rng(rows)
    w, X = rng.normal(size=rows + 1), rng.normal(size=(rows, rows + 1))
    y, executed = split_matvec(spec, servers[master].target, w, X)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, X @ w, rtol=1e-12, atol=1e-13)
    assert executed == ["/job:ps/task:0", *(f"/job:worker/task:{task}" for task in range(3))]


def test_who_computed_is_who_got_a_part_of_the_graph(
    cluster: tuple[tf.train.ClusterSpec, Servers], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TensorFlow gives the parts into which it cut the graph; those with nothing but transfers compute nothing."""
    spec, servers = cluster
    run = tf.compat.v1.Session.run
    parts: list[Any] = []

    def keeping(self: Any, fetches: Any, *, options: Any = None, run_metadata: Any = None) -> Any:
        if options is not None:
            options.output_partition_graphs = True
        result = run(self, fetches, options=options, run_metadata=run_metadata)
        if run_metadata is not None:
            parts.extend(run_metadata.partition_graphs)
        return result

    monkeypatch.setattr(tf.compat.v1.Session, "run", keeping)
    w, X = np.ones(2), np.ones((6, 2))
    _, executed = split_matvec(spec, servers["ps", 1].target, w, X)
    transfers = {"_Send", "_Recv", "_Retval", "_Arg", "_HostSend", "_HostRecv", "NoOp"}
    nodes = [node for part in parts for node in part.node if node.op not in transfers]
    places = {tf.DeviceSpec.from_string(node.device) for node in nodes}
    assert sorted({f"/job:{place.job}/task:{place.task}" for place in places}) == executed


@pytest.mark.parametrize("spec", [{"worker": ["a:1"]}, {"ps": ["a:1"]}, {"ps": {1: "a:1"}, "worker": ["a:2"]}, {}])
def test_a_cluster_that_lacks_a_task_is_refused_before_it_is_asked(spec: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the cluster needs"):
        split_matvec(tf.train.ClusterSpec(spec), "grpc://a:1", np.ones(2), np.ones((3, 2)))

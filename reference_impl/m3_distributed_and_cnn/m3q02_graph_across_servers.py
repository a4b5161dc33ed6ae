"""A graph across servers: what a cluster is made of, how its tasks are started, and who computes what."""

import socket
from contextlib import ExitStack

import numpy as np
import tensorflow as tf


def machines(spec: tf.train.ClusterSpec) -> dict[str, list[tuple[str, int]]]:
    """Tell which tasks of a cluster run on which machine.

    Every address is "host:port", the host a name, an IPv4 address, or an IPv6 address in brackets as in "[::1]:2222".
    What follows the last colon is the port. A job need not have all task numbers from 0 on: its tasks may be given as
    a mapping from number to address, such as {2: "machine-a.example.com:2222"}.

    Args:
        spec: the cluster.

    Returns:
        For each host, without port and brackets, the sorted list of its tasks as (job, task number). A cluster without
        jobs has no hosts.

    Raises:
        TypeError: ``spec`` is no ``tf.train.ClusterSpec``.

    Source:
        Géron 2017, ch. 12, "Multiple Devices Across Multiple Servers", figure 12-6.
    """
    if not isinstance(spec, tf.train.ClusterSpec):
        raise TypeError(f"spec must be a ClusterSpec, not a {type(spec).__name__}")
    tasks: dict[str, list[tuple[str, int]]] = {}
    for job in spec.jobs:
        for task in spec.task_indices(job):
            host, _, _ = spec.task_address(job, task).rpartition(":")
            tasks.setdefault(host.strip("[]"), []).append((job, task))
    return {host: sorted(found) for host, found in tasks.items()}


def task_device(job: str, task: int, device: str | None = "CPU:0") -> str:
    """Return the name by which a device of a task is pinned, such as "/job:ps/task:0/device:CPU:0".

    Args:
        job: the name of the job, not empty.
        task: the number of the task within its job, from 0.
        device: type and number of the device, such as "GPU:1"; None leaves the choice to the task, and the name then
            ends with the task.

    Returns:
        The name, in the order job, task, device.

    Raises:
        ValueError: ``job`` is empty or ``task`` is negative.

    Source:
        Géron 2017, ch. 12, "Pinning Operations Across Tasks"; the documentation of tf.DeviceSpec.
    """
    if not job:
        raise ValueError("a task belongs to a job, whose name must not be empty")
    if task < 0:
        raise ValueError(f"tasks are numbered from 0, so there is no task {task}")
    name = f"/job:{job}/task:{task}"
    return name if device is None else f"{name}/device:{device}"


def start_cluster(**jobs: int) -> tuple[tf.train.ClusterSpec, dict[tuple[str, int], tf.distribute.Server]]:
    """Start a whole cluster in this process: a server for each task, each on a port of its own.

    ``start_cluster(ps=1, worker=2)`` starts three servers. All of them serve when the function returns, which it does
    at once. The ports are free ones, as ``socket.bind(("127.0.0.1", 0))`` finds them, so that any number of clusters
    can run at the same time.

    Args:
        **jobs: for each job by its name how many tasks it has, at least 1.

    Returns:
        The cluster's description, every address "127.0.0.1:port", and the servers by (job, task number). They serve
        until the process ends.

    Raises:
        ValueError: no job is named, or a job has fewer than one task. Nothing is started then.

    Source:
        Géron 2017, ch. 12, "Multiple Devices Across Multiple Servers"; the documentation of tf.distribute.Server.
    """
    if not jobs or min(jobs.values()) < 1:
        raise ValueError(f"a cluster has jobs of at least one task each, not {jobs}")
    ports = iter(_free_ports(sum(jobs.values())))
    spec = tf.train.ClusterSpec({job: [f"127.0.0.1:{next(ports)}" for _ in range(n)] for job, n in jobs.items()})
    servers = {
        (job, task): tf.distribute.Server(spec, job_name=job, task_index=task)
        for job, n in jobs.items()
        for task in range(n)
    }
    return spec, servers


def _free_ports(count: int) -> list[int]:
    """Return different free ports: none is let go before the last is found."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def split_matvec(spec: tf.train.ClusterSpec, target: str, w: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, list[str]]:
    r"""Multiply a matrix by a vector on all workers of a running cluster, $\mathbf y = \mathbf X \mathbf w$.

    The parameters **w** are a variable on "/job:ps/task:0". **X** is cut into as many blocks of rows as there are
    workers, as ``np.array_split`` does, and each worker multiplies one of them, the first the first; a block may have
    no rows. The parameter server joins the products. One session, opened on ``target``, initialises the variable and
    runs the graph; each operation is pinned to the task that is named here, so the task behind ``target`` takes part
    only if it is one of them. The variable stays in its server, where a later call finds it by its name, so all calls
    on one cluster have the same n and the same dtype.

    Args:
        spec: the cluster, with a task 0 of job "ps" and at least one task of job "worker". All its servers run.
        target: the target of the session, that of any of the servers.
        w: the parameters, float array (n,).
        X: the instances, float array (m, n) of the same dtype, m ≥ 1.

    Returns:
        y, an array (m,) of that dtype, and the sorted list of the tasks that computed in the run which gave y, each as
        "/job:worker/task:0". They are read from the run's step stats, which ``RunMetadata`` has when the run is asked
        for a ``FULL_TRACE`` by its ``RunOptions``, and which list for each device the nodes that it executed: a task
        counts if a device of it has a node other than "_SOURCE" and "RecvTensor", which are the runtime's own.

    Raises:
        ValueError: ``w`` is no vector, ``X`` no matrix with as many columns, or ``spec`` lacks a task that is needed.
            No session is opened then.

    Source:
        Géron 2017, ch. 12, "Pinning Operations Across Tasks"; the documentation of tf.compat.v1.RunMetadata.
    """
    w, X = np.asarray(w), np.asarray(X)
    if w.ndim != 1 or X.ndim != 2 or X.shape[1] != len(w):
        raise ValueError(f"X of shape {X.shape} cannot be multiplied by w of shape {w.shape}")
    workers = spec.task_indices("worker") if "worker" in spec.jobs else []
    if not workers or "ps" not in spec.jobs or 0 not in spec.task_indices("ps"):
        raise ValueError(f"the cluster needs /job:ps/task:0 and a worker, and has {spec.as_dict()}")
    with tf.Graph().as_default():
        with tf.device("/job:ps/task:0"):
            parameters = tf.Variable(w, name="w")
        products = []
        for task, block in zip(workers, np.array_split(X, len(workers)), strict=True):
            with tf.device(f"/job:worker/task:{task}"):
                products.append(tf.linalg.matvec(tf.constant(block), parameters))
        with tf.device("/job:ps/task:0"):
            y = tf.concat(products, axis=0)
        trace = tf.compat.v1.RunOptions(trace_level=tf.compat.v1.RunOptions.FULL_TRACE)
        told = tf.compat.v1.RunMetadata()
        with tf.compat.v1.Session(target) as session:
            session.run(parameters.initializer)
            return session.run(y, options=trace, run_metadata=told), _tasks_at_work(told)


def _tasks_at_work(told: tf.compat.v1.RunMetadata) -> list[str]:
    """Return the tasks with a device that executed a node of the graph."""
    tasks = set()
    for device in told.step_stats.dev_stats:
        if any(node.node_name not in ("_SOURCE", "RecvTensor") for node in device.node_stats):
            place = tf.DeviceSpec.from_string(device.device)
            tasks.add(f"/job:{place.job}/task:{place.task}")
    return sorted(tasks)

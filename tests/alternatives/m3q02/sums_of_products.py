"""A reference variable, products added up instead of a matrix product, tuples for lists, text in place of helpers."""

import collections
import contextlib
import re
import socket

import numpy as np
import tensorflow as tf


def machines(spec):
    if not isinstance(spec, tf.train.ClusterSpec):
        raise TypeError(spec)
    hosts = collections.defaultdict(list)
    for job, tasks in spec.as_dict().items():
        for task, address in tasks.items() if isinstance(tasks, dict) else enumerate(tasks):
            hosts[re.fullmatch(r"\[?(.*?)\]?:\d+", address)[1]].append((job, task))
    return {host: tuple(sorted(places)) for host, places in hosts.items()}


def task_device(job: str, task: int, device: str | None = "CPU:0") -> str:
    if not (job and task >= 0):
        raise ValueError(f"{job!r}, {task}")
    return "/".join(["", f"job:{job}", f"task:{task}", *([f"device:{device}"] if device else [])])


def start_cluster(**jobs):
    for job, count in jobs.items():
        if count < 1:
            raise ValueError(job)
    with contextlib.ExitStack() as open_sockets:

        def address():
            held = open_sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            held.bind(("localhost", 0))
            return "{}:{}".format(*held.getsockname())

        spec = tf.train.ClusterSpec({job: [address() for _ in range(count)] for job, count in jobs.items()})
    config = tf.compat.v1.ConfigProto(inter_op_parallelism_threads=2)
    pairs = [(job, task) for job in jobs for task in range(jobs[job])]
    return [spec, {pair: tf.distribute.Server(spec, *pair, config=config) for pair in pairs}]


def split_matvec(spec, target, w, X):
    workers = [] if "worker" not in spec.jobs else spec.task_indices("worker")
    if len(np.shape(w)) != 1 or len(np.shape(X)) != 2 or np.shape(X)[1] != np.shape(w)[0]:
        raise ValueError("shapes")
    if "ps" not in spec.jobs or not workers:
        raise ValueError("jobs")
    blocks = np.array_split(X, len(workers), axis=0)
    with tf.Graph().as_default(), tf.compat.v1.Session(target=target) as session:
        with tf.device("/job:ps/task:0/device:CPU:0"):
            theta = tf.compat.v1.Variable(w, use_resource=False)
        sums = []
        for worker, block in zip(workers, blocks, strict=True):
            with tf.device(task_device("worker", worker)):
                sums.append(tf.reduce_sum(block * theta, axis=-1))
        with tf.device("/job:ps/task:0/device:CPU:0"):
            y = tf.concat(sums, 0)
        theta.initializer.run()
        stats = tf.compat.v1.RunMetadata()
        options = tf.compat.v1.RunOptions(trace_level=tf.compat.v1.RunOptions.FULL_TRACE)
        result = session.run([y], options=options, run_metadata=stats)[0]
    tasks = set()
    for device in stats.step_stats.dev_stats:
        for node in device.node_stats:
            if node.node_name != "_SOURCE" and node.node_name != "RecvTensor":
                tasks.add(re.match(r"(/job:\w+)/replica:\d+(/task:\d+)", device.device).expand(r"\1\2"))
    return result, tuple(sorted(tasks))

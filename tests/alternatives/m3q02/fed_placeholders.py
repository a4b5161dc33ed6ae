"""The instances are fed, blocks by index arithmetic, names by DeviceSpec, ports one server at a time."""

import socket

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def machines(cluster):
    if type(cluster) is not tf.train.ClusterSpec:
        raise TypeError("give a ClusterSpec")
    pairs = []
    for job in sorted(cluster.as_cluster_def().job, key=lambda job: job.name):
        for number in sorted(job.tasks):
            address = job.tasks[number]
            host = address[: address.rindex(":")]
            if host.startswith("["):
                host = host[1:-1]
            pairs.append((host, [job.name, number]))
    return {host: [place for other, place in pairs if other == host] for host, _ in pairs}


def task_device(job, task, device="CPU:0"):
    if job == "" or task < 0:
        raise ValueError("no such task")
    if device is None:
        return tf.DeviceSpec(job=job, task=task).to_string()
    kind, number = device.split(":")
    return tf.DeviceSpec(job=job, task=task, device_type=kind, device_index=int(number)).to_string()


def start_cluster(**jobs):
    if not jobs or any(count <= 0 for count in jobs.values()):
        raise ValueError("every job needs tasks")
    found = set()
    while len(found) < sum(jobs.values()):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            found.add(probe.getsockname()[1])
    ports = list(found)
    addresses = {job: [f"127.0.0.1:{ports.pop()}" for _ in range(count)] for job, count in jobs.items()}
    servers = {}
    for job, places in addresses.items():
        for number in range(len(places)):
            servers[(job, number)] = tf.distribute.Server(addresses, job, number, protocol="grpc")
    return tf.train.ClusterSpec(addresses), servers


def split_matvec(cluster, target, w, X):
    if w.ndim != 1 or X.ndim != 2 or w.shape[0] != X.shape[1]:
        raise ValueError("shapes")
    if cluster.as_dict().get("ps") is None or not cluster.as_dict().get("worker"):
        raise ValueError("jobs")
    count = cluster.num_tasks("worker")
    sizes = [len(X) // count + (i < len(X) % count) for i in range(count)]
    starts = np.cumsum([0, *sizes])
    graph = tf.Graph()
    feeds, parts = {}, []
    with graph.as_default():
        with tf.device(task_device("ps", 0)):
            weights = v1.get_variable("weights", initializer=tf.constant(w))
        for i in range(count):
            with tf.device(task_device("worker", i, None)):
                block = v1.placeholder(X.dtype, [None, len(w)])
                parts.append(tf.squeeze(tf.matmul(block, tf.expand_dims(weights, 1)), 1))
            feeds[block] = X[starts[i] : starts[i + 1]]
        with tf.device(task_device("ps", 0)):
            whole = tf.concat(parts, 0)
        initializer = v1.global_variables_initializer()
    metadata = v1.RunMetadata()
    with v1.Session(target, graph=graph) as session:
        session.run(initializer)
        y = session.run(whole, feeds, v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE), metadata)
    names = set()
    for device in metadata.step_stats.dev_stats:
        if {node.node_name for node in device.node_stats} - {"_SOURCE", "RecvTensor"}:
            parts = dict(part.split(":", 1) for part in device.device.strip("/").split("/"))
            names.add("/job:{job}/task:{task}".format(**parts))
    return y, sorted(names)

"""Probes of m3q02, a graph across servers: what servers say of themselves, what runs through them, what a pin does."""

from typing import Any

import tensorflow as tf

from grader.probes.devices import task_of
from grader.probes.subject import Subject


def m3q02_servers(subject: Subject) -> Any:
    """Return for each variant the jobs of the cluster, what each server says it is, and how the addresses stand."""
    told = {}
    for label in subject.variants:
        spec, servers = subject.call(subject.arguments(label))
        addresses = [spec.task_address(job, task) for job in spec.jobs for task in spec.task_indices(job)]
        told[label] = {
            "tasks by job": {job: spec.task_indices(job) for job in sorted(spec.jobs)},
            "hosts": sorted({_host(address) for address in addresses}),
            "different ports": len({_port(address) for address in addresses}),
            "servers": {str(key): _says(server) for key, server in servers.items()},
            "listen where the cluster has them": all(
                _port(server.target) == _port(spec.task_address(*_says(server))) for server in servers.values()
            ),
        }
    return told


def m3q02_sessions(subject: Subject) -> Any:
    """Open a session on each server: return what it makes of 2 · 3, and the tasks whose devices it sees."""
    _, servers = subject.call()
    told = {}
    for key, server in servers.items():
        with tf.Graph().as_default():
            x = tf.compat.v1.placeholder(tf.float32, [])
            with tf.compat.v1.Session(server.target) as session:
                seen = {task_of(device.name) for device in session.list_devices()}
                told[str(key)] = {"2 · 3": float(session.run(2 * x, {x: 3.0})), "sees": sorted(seen)}
    return told


def m3q02_two_clusters(subject: Subject) -> Any:
    """Start two clusters, the second while the first one runs; return how many servers and ports there are in all."""
    clusters = [subject.call() for _ in range(2)]
    servers = [server for _, some in clusters for server in some.values()]
    return {"servers": len(servers), "ports": len({_port(server.target) for server in servers})}


def m3q02_fields(subject: Subject) -> Any:
    """Return for each variant the fields that TensorFlow reads out of the name of a device."""
    told = {}
    for label in subject.variants:
        place = tf.DeviceSpec.from_string(subject.call(subject.arguments(label)))
        told[label] = {
            "job": place.job,
            "replica": place.replica,
            "task": place.task,
            "type": place.device_type,
            "number": place.device_index,
        }
    return told


def m3q02_pinned(subject: Subject) -> Any:
    """Connect to ``_cluster`` as its client and pin an operation by the name that the function gives, by variant.

    Returns the task that ran it, or the name of the error.
    """
    names = {label: subject.call(subject.arguments(label)) for label in subject.variants}
    tf.config.experimental_connect_to_cluster(subject.own("cluster"), job_name="client")
    return {label: _pinned(name) for label, name in names.items()}


def _pinned(name: str) -> str:
    try:
        with tf.device(name):
            return task_of((tf.constant(1.0) + 1.0).device)
    except Exception as error:
        return type(error).__name__


def _says(server: Any) -> list[Any]:
    return [server.server_def.job_name, server.server_def.task_index]


def _host(address: str) -> str:
    return address.rpartition(":")[0]


def _port(address: str) -> str:
    return address.rpartition(":")[2]

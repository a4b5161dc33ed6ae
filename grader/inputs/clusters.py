"""Clusters of TensorFlow servers that run in the child, on the loopback that it has by ``network: loopback``."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

import tensorflow as tf

#: How many tasks each job has: (("ps", 1), ("worker", 2)).
Layout = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Cluster:
    """Servers that run, all in this process.

    Attributes:
        spec: the address of each task.
        servers: the server of each task, by job and number. TensorFlow cannot stop one: they end with the process.
    """

    spec: tf.train.ClusterSpec
    servers: dict[tuple[str, int], tf.distribute.Server]

    def target(self, job: str, task: int) -> str:
        """Return what a session is opened with to have this task for its master."""
        return str(self.servers[job, task].target)


@cache
def running(layout: Layout) -> Cluster:
    """Start a cluster, or return the one of this layout that runs in this process already.

    So all inputs of a check that name one layout belong to one cluster, and all calls of a check find it as the calls
    before have left it: what a variable of a server holds outlives the session.
    """
    ports = iter(_free_ports(sum(count for _, count in layout)))
    spec = tf.train.ClusterSpec({job: [f"127.0.0.1:{next(ports)}" for _ in range(count)] for job, count in layout})
    servers = {
        (job, task): tf.distribute.Server(spec, job_name=job, task_index=task)
        for job, count in layout
        for task in range(count)
    }
    return Cluster(spec, servers)


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on. All are held until the last is found, so that they differ."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]

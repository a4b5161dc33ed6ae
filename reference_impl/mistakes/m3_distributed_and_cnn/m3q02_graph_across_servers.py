"""What students get wrong about clusters, as running code."""

import numpy as np
import tensorflow as tf

from reference_impl.m3_distributed_and_cnn.m3q02_graph_across_servers import (
    _free_ports,
    _tasks_at_work,
    machines,
    split_matvec,
    start_cluster,
    task_device,
)


def machines__by_address(spec):
    machines(spec)
    return {spec.task_address(job, task): [(job, task)] for job in spec.jobs for task in spec.task_indices(job)}


def machines__first_colon(spec):
    machines(spec)
    tasks = {}
    for job in spec.jobs:
        for task in spec.task_indices(job):
            tasks.setdefault(spec.task_address(job, task).split(":")[0], []).append((job, task))
    return {host: sorted(found) for host, found in tasks.items()}


def machines__all_numbers(spec):
    machines(spec)
    tasks = {}
    for job in spec.jobs:
        for task in range(spec.num_tasks(job)):
            host = spec.task_address(job, task).rpartition(":")[0].strip("[]")
            tasks.setdefault(host, []).append((job, task))
    return {host: sorted(found) for host, found in tasks.items()}


def machines__enumerated(spec):
    machines(spec)
    tasks = {}
    for job, addresses in spec.as_dict().items():
        for task, address in enumerate(addresses):
            tasks.setdefault(address.rpartition(":")[0].strip("[]"), []).append((job, task))
    return {host: sorted(found) for host, found in tasks.items()}


def machines__as_listed(spec):
    machines(spec)
    tasks = {}
    for job in spec.as_dict():
        for task in reversed(spec.task_indices(job)):
            host = spec.task_address(job, task).rpartition(":")[0].strip("[]")
            tasks.setdefault(host, []).append((job, task))
    return tasks


def machines__brackets_kept(spec):
    found = {}
    for host, tasks in machines(spec).items():
        found[f"[{host}]" if ":" in host else host] = tasks
    return found


def machines__takes_dicts(spec):
    return machines(tf.train.ClusterSpec(spec))


def task_device__slashes(job, task, device="CPU:0"):
    return task_device(job, task, device).replace("task:", "task/")


def task_device__from_one(job, task, device="CPU:0"):
    return task_device(job, task, device).replace(f"task:{task}", f"task:{task + 1}")


def task_device__always_a_device(job, task, device="CPU:0"):
    return task_device(job, task, device or "CPU:0")


def task_device__none_in_words(job, task, device="CPU:0"):
    return task_device(job, task, str(device))


def task_device__always_cpu(job, task, device="CPU:0"):
    return task_device(job, task, device and "CPU:0")


def task_device__any_task(job, task, device="CPU:0"):
    name = f"/job:{job}/task:{task}"
    return name if device is None else f"{name}/device:{device}"


def start_cluster__printed(**jobs):
    spec, servers = _described(jobs)
    return spec, {(job, task): tf.train.Server(spec, job_name=job, task_index=task) for job, task in servers}


def start_cluster__fixed_ports(**jobs):
    if not jobs or min(jobs.values()) < 1:
        raise ValueError(jobs)
    port = iter(range(2221, 2321))
    spec = tf.train.ClusterSpec({job: [f"127.0.0.1:{next(port)}" for _ in range(n)] for job, n in jobs.items()})
    return spec, _serve(spec, [(job, task) for job, n in jobs.items() for task in range(n)])


def start_cluster__one_port(**jobs):
    spec, tasks = _described(jobs)
    [port] = _free_ports(1)
    spec = tf.train.ClusterSpec({job: [f"127.0.0.1:{port}"] * n for job, n in jobs.items()})
    return spec, _serve(spec, tasks)


def start_cluster__first_server_only(**jobs):
    spec, tasks = _described(jobs)
    return spec, _serve(spec, tasks[:1])


def start_cluster__joins(**jobs):
    spec, servers = start_cluster(**jobs)
    for server in servers.values():
        server.join()
    return spec, servers


def start_cluster__from_one(**jobs):
    spec, servers = start_cluster(**jobs)
    return spec, {(job, task + 1): server for (job, task), server in servers.items()}


def start_cluster__job_left_out(**jobs):
    spec, tasks = _described(jobs)
    return spec, {(job, task): tf.distribute.Server(spec, task_index=task) for job, task in tasks}


def start_cluster__a_cluster_each(**jobs):
    spec, servers = start_cluster(**jobs)
    alone = {key: start_cluster(**{key[0]: 1})[1][key[0], 0] for key in servers}
    return spec, alone


def start_cluster__same_again(kept={}, **jobs):  # noqa: B006 - that is the mistake
    key = tuple(jobs.items())
    if key not in kept:
        kept[key] = start_cluster(**jobs)
    return kept[key]


def start_cluster__any_number(**jobs):
    ports = iter(_free_ports(sum(max(n, 0) for n in jobs.values())))
    spec = tf.train.ClusterSpec({job: [f"127.0.0.1:{next(ports)}" for _ in range(n)] for job, n in jobs.items()})
    return spec, _serve(spec, [(job, task) for job, n in jobs.items() for task in range(n)])


def split_matvec__nothing_pinned(spec, target, w, X):
    _refuse(spec, w, X)
    return _multiplied(spec, target, w, X, parameters_on=None, worker=lambda task: None, joined_on=None)


def split_matvec__one_worker(spec, target, w, X):
    _refuse(spec, w, X)
    first = spec.task_indices("worker")[0]
    return _multiplied(spec, target, w, X, worker=lambda task: f"/job:worker/task:{first}")


def split_matvec__parameters_on_worker(spec, target, w, X):
    _refuse(spec, w, X)
    return _multiplied(spec, target, w, X, parameters_on="/job:worker/task:0")


def split_matvec__not_initialised(spec, target, w, X):
    _refuse(spec, w, X)
    return _multiplied(spec, target, w, X, initialise=False)


def split_matvec__equal_blocks(spec, target, w, X):
    _refuse(spec, w, X)
    return _multiplied(spec, target, w, X, cut=lambda X, n: np.split(X, n))


def split_matvec__dealt_out(spec, target, w, X):
    _refuse(spec, w, X)
    return _multiplied(spec, target, w, X, cut=lambda X, n: [X[first::n] for first in range(n)])


def split_matvec__every_device(spec, target, w, X):
    _refuse(spec, w, X)

    def all_listed(told):
        places = [tf.DeviceSpec.from_string(device.device) for device in told.step_stats.dev_stats]
        return sorted({f"/job:{place.job}/task:{place.task}" for place in places})

    return _multiplied(spec, target, w, X, tasks=all_listed)


def split_matvec__whole_cluster(spec, target, w, X):
    y, _ = split_matvec(spec, target, w, X)
    return y, sorted(f"/job:{job}/task:{task}" for job in spec.jobs for task in spec.task_indices(job))


def split_matvec__the_master(spec, target, w, X):
    y, _ = split_matvec(spec, target, w, X)
    address = target.removeprefix("grpc://")
    places = [(job, task) for job in spec.jobs for task in spec.task_indices(job)]
    return y, [f"/job:{job}/task:{task}" for job, task in places if spec.task_address(job, task) == address]


def split_matvec__no_trace(spec, target, w, X):
    _refuse(spec, w, X)
    return _multiplied(spec, target, w, X, trace=tf.compat.v1.RunOptions.NO_TRACE)


def split_matvec__computed_here(spec, target, w, X):
    _refuse(spec, w, X)
    workers = [f"/job:worker/task:{task}" for task in spec.task_indices("worker")]
    return np.asarray(X) @ np.asarray(w), ["/job:ps/task:0", *workers]


def split_matvec__any_shapes(spec, target, w, X):
    try:
        return split_matvec(spec, target, w, X)
    except ValueError:
        return np.zeros(len(X)), []


def _described(jobs):
    """Return a cluster's description with free ports, and its tasks."""
    if not jobs or min(jobs.values()) < 1:
        raise ValueError(jobs)
    ports = iter(_free_ports(sum(jobs.values())))
    spec = tf.train.ClusterSpec({job: [f"127.0.0.1:{next(ports)}" for _ in range(n)] for job, n in jobs.items()})
    return spec, [(job, task) for job, n in jobs.items() for task in range(n)]


def _serve(spec, tasks):
    return {(job, task): tf.distribute.Server(spec, job_name=job, task_index=task) for job, task in tasks}


def _refuse(spec, w, X):
    """Raise what the reference raises, before it opens a session."""
    if np.ndim(w) != 1 or np.ndim(X) != 2 or np.shape(X)[1] != len(w):
        raise ValueError("shapes")
    if not {"ps", "worker"} <= set(spec.jobs):
        raise ValueError("jobs")


def _multiplied(
    spec,
    target,
    w,
    X,
    parameters_on="/job:ps/task:0",
    worker="/job:worker/task:{}".format,
    joined_on="/job:ps/task:0",
    cut=np.array_split,
    initialise=True,
    trace=tf.compat.v1.RunOptions.FULL_TRACE,
    tasks=_tasks_at_work,
):
    """Do what the reference does, but for one part."""
    workers = spec.task_indices("worker")
    with tf.Graph().as_default():
        with tf.device(parameters_on):
            parameters = tf.Variable(np.asarray(w), name="w")
        products = []
        for task, block in zip(workers, cut(np.asarray(X), len(workers)), strict=True):
            with tf.device(worker(task)):
                products.append(tf.linalg.matvec(tf.constant(block), parameters))
        with tf.device(joined_on):
            y = tf.concat(products, axis=0)
        told = tf.compat.v1.RunMetadata()
        with tf.compat.v1.Session(target) as session:
            if initialise:
                session.run(parameters.initializer)
            options = tf.compat.v1.RunOptions(trace_level=trace)
            return session.run(y, options=options, run_metadata=told), tasks(told)

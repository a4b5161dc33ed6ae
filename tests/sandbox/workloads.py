"""Honest work of every kind that the bank's questions ask for: each must run under all locks as if there were none.

The text of this file is compiled inside a locked child, as a submission is; only its functions' values matter.
"""

import os
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf


def eager_and_tape() -> float:
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.matmul(x, x) ** 2)
    return float(tf.reduce_sum(tape.gradient(loss, x)))  # 2 (S Xᵀ + Xᵀ S) with S = X X


@tf.function
def _collatz(n: tf.Tensor) -> tf.Tensor:
    steps = tf.constant(0)
    while n > 1:  # AutoGraph must find this source text, or the tensor's truth value is asked for
        if n % 2 == 0:  # noqa: SIM108 - the statement is what AutoGraph is to convert
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


def traced_with_autograph() -> int:
    return int(_collatz(tf.constant(27)))


def compiled_by_xla() -> float:
    fast = tf.function(lambda x: tf.reduce_sum(tf.nn.softmax(tf.matmul(x, x))), jit_compile=True)
    return float(fast(tf.eye(8)))


def _fitted(model: keras.Model, x: np.ndarray, y: np.ndarray) -> int:
    model.compile("sgd", "mse")
    history = model.fit(x, y, epochs=2, batch_size=16, verbose=0)
    assert model.predict(x, verbose=0).shape == y.shape
    return len(history.history["loss"])


def keras_mlp() -> int:
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
    return _fitted(model, np.ones((64, 4), "float32"), np.ones((64, 1), "float32"))


def keras_cnn() -> int:
    layers = [
        keras.layers.Input((8, 8, 1)),
        keras.layers.Conv2D(4, 3),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(2),
    ]
    return _fitted(keras.Sequential(layers), np.ones((32, 8, 8, 1), "float32"), np.ones((32, 2), "float32"))


def keras_lstm() -> int:
    model = keras.Sequential([keras.layers.Input((5, 3)), keras.layers.LSTM(4), keras.layers.Dense(1)])
    return _fitted(model, np.ones((32, 5, 3), "float32"), np.ones((32, 1), "float32"))


def keras_save_and_load() -> bool:
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])
    model.save("model.keras")
    model.save_weights("model.weights.h5")
    again = keras.models.load_model("model.keras")
    again.load_weights("model.weights.h5")
    return bool(np.array_equal(model(np.ones((1, 4))), again(np.ones((1, 4)))))


def checkpoint_and_saved_model() -> float:
    variable = tf.Variable(3.0)
    path = tf.train.Checkpoint(v=variable).save("folder/ckpt")
    variable.assign(0.0)
    tf.train.Checkpoint(v=variable).restore(path)
    module = tf.Module()
    module.double = tf.function(lambda x: 2 * x, input_signature=[tf.TensorSpec([])])
    tf.saved_model.save(module, "exported")
    return float(tf.saved_model.load("exported").double(variable))


def tf_data() -> int:
    data = tf.data.Dataset.range(100).shuffle(100).map(lambda n: n * 2, num_parallel_calls=tf.data.AUTOTUNE)
    data = data.interleave(tf.data.Dataset.from_tensors, num_parallel_calls=2).cache().batch(10).prefetch(2)
    return int(sum(int(tf.reduce_sum(batch)) for batch in data))


def records_and_files() -> list[str]:
    with tf.io.TFRecordWriter("a.tfrecord") as writer:
        writer.write(b"one")
        writer.write(b"two")
    Path("lines.txt").write_text("three\n")
    read = [record.numpy().decode() for record in tf.data.TFRecordDataset(["a.tfrecord"])]
    read += [line.numpy().decode() for line in tf.data.TextLineDataset(["lines.txt"])]
    return read


def mirrored_strategy() -> float:
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        v = tf.Variable(2.0)

    @tf.function
    def both() -> Any:
        return strategy.reduce("SUM", strategy.run(lambda: v * 3.0), axis=None)

    return float(both())


def session_and_queue_runner() -> list[int]:
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        queue = v1.train.input_producer(tf.constant([1, 2, 3]), shuffle=False, num_epochs=1)
        item = queue.dequeue()
        with v1.Session() as session:
            session.run(v1.local_variables_initializer())
            coordinator = v1.train.Coordinator()
            threads = v1.train.start_queue_runners(session, coordinator)
            seen = []
            try:
                while not coordinator.should_stop():
                    seen.append(int(session.run(item)))
            except tf.errors.OutOfRangeError:
                pass
            coordinator.request_stop()
            coordinator.join(threads)
    return seen


def cart_pole() -> int:
    import gymnasium

    env = gymnasium.make("CartPole-v1")
    _, _ = env.reset(seed=1)
    steps, done = 0, False
    while not done:
        _, _, terminated, truncated, _ = env.step(steps % 2)
        steps, done = steps + 1, terminated or truncated
    return min(steps, 8)


def numpy_linalg() -> float:
    a = np.arange(90_000.0).reshape(300, 300) + 500 * np.eye(300)
    return round(float(np.abs(a @ np.linalg.inv(a) - np.eye(300)).max()), 3)


def temporary_files() -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deeper" / "note.txt"
        path.parent.mkdir()
        path.write_text("kept")
        path.rename(Path(folder) / "moved.txt")
        text = (Path(folder) / "moved.txt").read_text()
    with tempfile.NamedTemporaryFile("w+") as file:
        file.write(text)
        file.seek(0)
        return file.read()


def printing_and_warnings() -> int:
    print("printed")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("a warning", stacklevel=1)
    tf.print("printed by TensorFlow")
    tf.get_logger().warning("logged")
    return len(caught)


def threads() -> int:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        squares = sum(pool.map(lambda n: n * n, range(100)))
    lock = threading.Lock()
    seen: list[int] = []

    def add(n: int) -> None:
        with lock:
            seen.append(n)

    started = [threading.Thread(target=add, args=(n,)) for n in range(20)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return squares + len(seen)


def late_imports() -> str:
    """Modules that nothing has imported yet, pure and compiled, from the standard library and site-packages."""
    import asyncio
    import colorsys
    import sqlite3  # an extension module: the dynamic linker looks for its library
    import statistics
    import unittest.mock  # noqa: F401

    import h5py
    import sortedcontainers

    async def middle() -> float:
        await asyncio.sleep(0)
        return statistics.median(sortedcontainers.SortedList([colorsys.rgb_to_hsv(0, 0, 1)[2], 3.0, 2.0]))

    with h5py.File("numbers.h5", "w") as file:
        file["x"] = np.arange(3)
    answer = sqlite3.connect(":memory:").execute("select 40 + 2").fetchone()[0]
    return f"{asyncio.run(middle())} {answer}"


def own_signals_and_clock() -> int:
    import signal
    import time

    caught = []
    signal.signal(signal.SIGUSR1, lambda *_: caught.append(1))
    signal.raise_signal(signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.signal(signal.SIGALRM, lambda *_: caught.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.05)
    return len(caught)


def one_server() -> int:
    server = tf.distribute.Server.create_local_server()
    with tf.Graph().as_default():
        product = tf.constant(6) * 7
        with tf.compat.v1.Session(server.target) as session:
            return int(session.run(product))


def two_servers() -> int:
    cluster = tf.train.ClusterSpec({"worker": ["localhost:22221", "localhost:22222"]})
    servers = [tf.distribute.Server(cluster, "worker", task) for task in (0, 1)]
    with tf.Graph().as_default():
        with tf.device("/job:worker/task:1"):
            there = tf.constant(20) + 1
        with tf.device("/job:worker/task:0"):
            here = there * 2
        with tf.compat.v1.Session(servers[0].target) as session:
            return int(session.run(here))

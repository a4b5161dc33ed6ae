"""The references beside TensorFlow's and Keras's own operations, under tf.function. Ratios of one run.

``python benchmarks/reference_ops.py [--runs N] [--rows N]`` prints a table; README.md beside this file says what it
found. The two sides of a row run in turn, on one thread, and the time is the processor's, so that whatever else the
machine does matters little. Their results are compared first: only what computes the same is timed.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console
from rich.table import Table

from reference_impl.m2_deep_networks.m2q01_vanishing_exploding import clip_gradients, leaky_relu
from reference_impl.m2_deep_networks.m2q02_rmsprop_adam import adam_step, rmsprop_step
from reference_impl.m2_deep_networks.m2q03_regularization import dropout
from reference_impl.m2_deep_networks.m2q04_batch_normalization import batch_norm_inference, batch_norm_train
from reference_impl.m2_deep_networks.m2q05_initialization import elu, init_weights
from reference_impl.m2_deep_networks.m2q10_faster_optimizers import adagrad_step, momentum_step, nesterov_step
from reference_impl.m3_distributed_and_cnn.m3q10_convolutional_layer import conv2d

#: A name, the reference as a call, and TensorFlow's or Keras's own.
Pair = tuple[str, Callable[[], Any], Callable[[], Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=41)
    parser.add_argument("--rows", type=int, default=1000, help="rows of the (rows, 1000) tensors")
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    table = Table("what", "reference ms", "own op ms", "ratio")
    for name, reference, own in pairs(options.rows):
        compare(name, reference(), own())
        ours, theirs = timed(reference, own, options.runs)
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        table.add_row(
            name, f"{statistics.median(ours) * 1e3:.2f}", f"{statistics.median(theirs) * 1e3:.2f}", f"{ratio:.2f}"
        )
    Console(width=100).print(table)


def pairs(rows: int) -> list[Pair]:
    """Return what is held against each other, both sides as traced functions of the same tensors."""
    return [*optimizer_pairs(rows), *layer_pairs(rows), *convolution_pairs()]


def optimizer_pairs(rows: int) -> list[Pair]:
    """Return one step of each optimizer on a matrix, in variables, as in training."""
    start = tf.random.stateless_normal((rows, 1000), seed=[0, 0])
    grad = tf.random.stateless_normal((rows, 1000), seed=[0, 1])
    made = keras.optimizers
    return [
        (
            "momentum_step / SGD(momentum)",
            stepping(start, 1, lambda theta, t, m: momentum_step(theta, m, grad, 0.01)),
            keras_stepping(start, grad, made.SGD(0.01, momentum=0.9)),
        ),
        (
            # Keras keeps θ − βm and so its results differ; with a constant gradient the work is the same.
            "nesterov_step / SGD(nesterov)",
            stepping(start, 1, lambda theta, t, m: nesterov_step(theta, m, lambda ahead: grad, 0.01)),
            keras_stepping(start, grad, made.SGD(0.01, momentum=0.9, nesterov=True)),
        ),
        (
            "adagrad_step / Adagrad",
            stepping(start, 1, lambda theta, t, s: adagrad_step(theta, s, grad, 0.01)),
            keras_stepping(start, grad, made.Adagrad(0.01, initial_accumulator_value=0.0, epsilon=1e-10)),
        ),
        (
            "rmsprop_step / RMSprop",
            stepping(start, 1, lambda theta, t, s: rmsprop_step(theta, grad, s, 0.01)),
            keras_stepping(start, grad, made.RMSprop(0.01, rho=0.9, epsilon=1e-10)),
        ),
        (
            # Keras has ε elsewhere; it is made too small to matter.
            "adam_step / Adam",
            stepping(start, 2, lambda theta, t, m, s: adam_step(theta, grad, m, s, t, 0.01, eps=1e-12)),
            keras_stepping(start, grad, made.Adam(0.01, epsilon=1e-12)),
        ),
    ]


def stepping(start: tf.Tensor, states: int, step: Callable[..., Any]) -> Callable[[], Any]:
    """Return a traced training step that keeps θ and the optimizer's memory in variables."""
    theta, iteration = tf.Variable(start), tf.Variable(0)
    memory = [tf.Variable(tf.zeros_like(start)) for _ in range(states)]

    @tf.function(autograph=False)
    def once() -> None:
        iteration.assign_add(1)
        for variable, value in zip([theta, *memory], step(theta, iteration, *memory), strict=True):
            variable.assign(value)

    return returning(once, theta)


def keras_stepping(start: tf.Tensor, grad: tf.Tensor, optimizer: keras.optimizers.Optimizer) -> Callable[[], Any]:
    theta = keras.Variable(start)
    optimizer.build([theta])

    @tf.function(autograph=False)
    def once() -> None:
        optimizer.apply([grad], [theta])

    return returning(once, theta)


def returning(once: Callable[[], None], theta: Any) -> Callable[[], Any]:
    def step() -> Any:
        once()
        return theta

    return step


def layer_pairs(rows: int) -> list[Pair]:
    """Return what stands in a layer: activations, normalisation, dropout, clipping, first weights."""
    x = tf.random.stateless_normal((rows, 1000), seed=[0, 2])
    gamma, beta = tf.fill([1000], 1.5), tf.fill([1000], 0.5)
    mean, variance = tf.reduce_mean(x, axis=0), tf.math.reduce_variance(x, axis=0)
    parts = [x, x[:, :500], x[0]]
    own_norm = keras.layers.BatchNormalization(
        gamma_initializer=keras.initializers.Constant(1.5), beta_initializer=keras.initializers.Constant(0.5)
    )
    own_norm.build(x.shape)
    own_norm.moving_mean.assign(mean)
    own_norm.moving_variance.assign(variance)
    he = (2 / rows) ** 0.5
    seed = tf.Variable(0)  # a constant one would let the draws be made once, while the graph is optimised
    made: list[Pair] = [
        ("elu / tf.nn.elu", lambda: elu(x), lambda: tf.nn.elu(x)),
        ("leaky_relu / tf.nn.leaky_relu", lambda: leaky_relu(x), lambda: tf.nn.leaky_relu(x, 0.01)),
        (
            "batch_norm_train / tf.nn.moments, tf.nn.batch_normalization",
            lambda: batch_norm_train(x, gamma, beta)[0],
            lambda: tf.nn.batch_normalization(x, *tf.nn.moments(x, [0]), beta, gamma, 1e-3),
        ),
        (
            "batch_norm_inference / BatchNormalization",
            lambda: batch_norm_inference(x, gamma, beta, mean, variance),
            lambda: own_norm(x, training=False),
        ),
        (
            "dropout / tf.nn.experimental.stateless_dropout",
            lambda: dropout(x, 0.5, True, seed),
            lambda: tf.nn.experimental.stateless_dropout(x, 0.5, seed=[seed, 0]),
        ),
        (
            "clip_gradients value / tf.clip_by_value",
            lambda: clip_gradients(parts, "value", 0.5),
            lambda: [tf.clip_by_value(part, -0.5, 0.5) for part in parts],
        ),
        (
            "clip_gradients norm / tf.clip_by_norm",
            lambda: clip_gradients(parts, "norm", 5.0),
            lambda: [tf.clip_by_norm(part, 5.0) for part in parts],
        ),
        (
            "clip_gradients global_norm / tf.clip_by_global_norm",
            lambda: clip_gradients(parts, "global_norm", 5.0),
            lambda: tf.clip_by_global_norm(parts, 5.0)[0],
        ),
        (
            "init_weights / tf.random.stateless_normal",
            lambda: init_weights((rows, 1000), "relu", seed=seed),
            lambda: tf.random.stateless_normal((rows, 1000), seed=[seed, 0], stddev=he),
        ),
    ]
    fused = [(f"{name}, by XLA", traced(one, xla=True), traced(other, xla=True)) for name, one, other in made[:2]]
    return [*((name, traced(reference), traced(own)) for name, reference, own in made), *fused]


def convolution_pairs() -> list[Pair]:
    """Return convolutional layers of three kinds: on an image, in the middle of a network, with a stride."""
    made: list[Pair] = []
    for name, shape, kernel, stride in (
        ("7 × 7 on RGB", (8, 64, 64, 3), (7, 7, 3, 32), 1),
        ("3 × 3", (32, 32, 32, 16), (3, 3, 16, 32), 1),
        ("3 × 3, stride 2", (32, 32, 32, 16), (3, 3, 16, 32), 2),
    ):
        x = tf.random.stateless_normal(shape, seed=[0, 3])
        w = tf.random.stateless_normal(kernel, seed=[0, 4], stddev=0.1)
        b = tf.random.stateless_normal(kernel[-1:], seed=[0, 5])
        made.append(
            (
                f"conv2d, {name} / tf.nn.conv2d",
                traced(partial(conv2d, x, w, b, stride, "SAME")),
                traced(partial(own_convolution, x, w, b, stride)),
            )
        )
    return made


def own_convolution(x: tf.Tensor, w: tf.Tensor, b: tf.Tensor, stride: int) -> tf.Tensor:
    return tf.nn.conv2d(x, w, stride, "SAME") + b


def traced(function: Callable[[], Any], *, xla: bool = False) -> Callable[[], Any]:
    return tf.function(function, autograph=False, jit_compile=xla or None)


def compare(name: str, reference: Any, own: Any) -> None:
    """Stop unless both sides computed the same."""
    if "nesterov" in name:
        return
    sides = [
        [np.asarray(part) for part in (side if isinstance(side, list | tuple) else [side])] for side in (reference, own)
    ]
    for one, other in zip(*sides, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5, err_msg=name)


def timed(reference: Callable[[], Any], own: Callable[[], Any], runs: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each run of both, which take turns."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for run in range(runs + 3):
        for side, action in zip(seconds, (reference, own), strict=True):
            start = time.process_time()
            finish(action())
            if run >= 3:  # the first few warm the caches
                side.append(time.process_time() - start)
    return seconds


def finish(result: Any) -> None:
    """Wait until the numbers are there: an operation on the CPU may still be running when its call returns."""
    for part in tf.nest.flatten(result):
        np.asarray(part if isinstance(part, tf.Tensor) else part[0, 0])


if __name__ == "__main__":
    main()

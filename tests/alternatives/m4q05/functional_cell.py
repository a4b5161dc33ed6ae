"""A functional model of a cell, other recurrent weights to start with, global seeds, NumPy for windows and batches."""

import keras
import numpy as np
import tensorflow as tf


def make_batch(seed, count, length, delta=0.1, end=30.0):
    if min(count, length) < 1 or not 0 < delta * length <= end:
        raise ValueError("no such windows")
    u = tf.random.stateless_uniform((count, 1), seed=(seed, 0)).numpy().astype(np.float64)
    t = u * (end - length * delta) + np.arange(length + 1) * delta
    values = (t * np.sin(t) / 3 + 2 * np.sin(5 * t)).astype(np.float32)
    return values[:, :-1, None], values[:, 1:, None]


def project_outputs(H, W, b):
    H, W, b = (tf.convert_to_tensor(part) for part in (H, W, b))
    if len(H.shape) != 3 or len(W.shape) != 2 or len(b.shape) != 1:
        raise ValueError("ranks")
    if H.shape[2] != W.shape[0] or W.shape[1] != b.shape[0]:
        raise ValueError("sizes")
    return tf.tensordot(H, W, axes=1) + b


def build_series_rnn(n=100, seed=None):
    if n < 1:
        raise ValueError("n")
    if seed is not None:
        keras.utils.set_random_seed(seed)
    inputs = keras.Input(shape=(None, 1))
    cell = keras.layers.SimpleRNNCell(n, activation=tf.nn.relu, recurrent_initializer="glorot_uniform")
    states = keras.layers.RNN(cell, return_sequences=True)(inputs)
    return keras.Model(inputs, keras.layers.TimeDistributed(keras.layers.Dense(1))(states))


def train_step(network, optimizer, inputs, targets):
    with tf.GradientTape() as tape:
        error = keras.losses.MeanSquaredError()(targets, network(inputs))
    optimizer.apply(tape.gradient(error, network.trainable_variables), network.trainable_variables)
    return error


def train_series(iterations=300, seed=0, n=100):
    network = build_series_rnn(n, seed)
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(network.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec([None, 20, 1]), tf.TensorSpec([None, 20, 1])])
    def step(inputs, targets):
        return train_step(network, optimizer, inputs, targets)

    rng = np.random.default_rng(seed)
    return network, [step(*make_batch(int(rng.integers(2**31)), 50, 20)) for _ in range(iterations)]


def generate(model, beginning, n):
    if np.ndim(beginning) != 1 or len(beginning) < 20 or n < 0:
        raise ValueError("no such beginning")
    values = np.asarray(beginning).tolist()
    for _ in range(n):
        window = np.array(values[-20:], np.float32).reshape(1, 20, 1)
        values.append(float(np.asarray(model(window))[0, -1, 0]))
    return np.array(values, np.float32)

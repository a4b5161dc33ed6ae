"""Keras's own train_on_batch, an RNN whose equations are written out, normal initial weights, predict_on_batch to generate."""

import keras
import numpy as np
import tensorflow as tf


def f(t):
    return tf.multiply(t, tf.math.sin(t)) / 3.0 + 2.0 * tf.math.sin(5.0 * t)


def make_batch(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    if batch_size < 1 or n_steps < 1 or dt <= 0 or t_max < n_steps * dt:
        raise ValueError("bad windows")
    t0 = tf.random.stateless_uniform([batch_size, 1], [seed, 0], 0.0, t_max - n_steps * dt)
    steps = tf.cast(tf.range(n_steps), tf.float32)[None] * dt
    X, y = f(t0 + steps), f(t0 + steps + dt)
    return tf.expand_dims(X, -1), tf.expand_dims(y, -1)


def project_outputs(H, W, b):
    H, W, b = tf.convert_to_tensor(H), tf.convert_to_tensor(W), tf.convert_to_tensor(b)
    if H.shape.rank != 3 or W.shape.rank != 2 or b.shape.rank != 1 or b.shape[0] != W.shape[1]:
        raise ValueError("shapes")
    if H.shape[2] not in (None, W.shape[0]):
        raise ValueError("shapes")
    rows = tf.nn.bias_add(tf.matmul(tf.reshape(H, (-1, W.shape[0])), W), b)
    return tf.reshape(rows, tf.concat([tf.shape(H)[:2], [W.shape[1]]], 0))


@keras.utils.register_keras_serializable()
class Recurrent(keras.layers.Layer):
    def __init__(self, n, seed=None):
        super().__init__()
        self.n, self.seed = n, seed

    def build(self, shape):
        a, b = (self.seed, self.seed + 10_000) if self.seed is not None else (None, None)
        self.wx = self.add_weight(shape=(1, self.n), initializer=keras.initializers.HeNormal(seed=a))
        self.wy = self.add_weight(
            shape=(self.n, self.n), initializer=keras.initializers.RandomNormal(stddev=0.9 / self.n**0.5, seed=b)
        )
        self.b = self.add_weight(shape=(self.n,), initializer="zeros")

    def call(self, X):
        first = tf.matmul(X, tf.broadcast_to(self.wx, [tf.shape(X)[0], 1, self.n])) + self.b
        steps = tf.transpose(first, [1, 0, 2])
        states = tf.scan(lambda Y, Z: tf.nn.relu(Z + tf.matmul(Y, self.wy)), steps, tf.zeros_like(steps[0]))
        return tf.transpose(states, [1, 0, 2])

    def compute_output_shape(self, shape):
        return (*shape[:2], self.n)


def build_series_rnn(n_neurons=100, seed=None):
    if n_neurons < 1:
        raise ValueError("n_neurons")
    out = keras.initializers.LecunNormal(seed=None if seed is None else seed + 20_000)
    model = keras.Sequential()
    model.add(keras.Input((None, 1)))
    model.add(Recurrent(n_neurons, seed))
    model.add(keras.layers.Dense(units=1, kernel_initializer=out))
    return model


def train_step(model, optimizer, X, y):
    weights = model.trainable_weights
    with tf.GradientTape() as tape:
        loss = tf.math.reduce_mean((model(X) - y) ** 2)
    optimizer.apply_gradients(list(zip(tape.gradient(loss, weights), weights, strict=True)))
    return loss


def train_series(n_iterations=300, seed=0, n_neurons=100):
    model = keras.Sequential(
        [
            keras.layers.SimpleRNN(n_neurons, "relu", return_sequences=True),
            keras.layers.Dense(1),
        ]
    )
    keras.utils.set_random_seed(seed)
    model.build((None, 20, 1))
    model.compile("adam", "mse")
    model.optimizer.learning_rate = 0.001
    losses = []
    for iteration in range(n_iterations):
        X, y = make_batch(1_000_003 * (iteration + 1) + seed, 50, 20)
        model.reset_metrics()
        losses.append(np.float32(model.train_on_batch(X, y)))
    return model, tuple(losses)


def generate(model, seed_seq, n):
    values = np.asarray(seed_seq, np.float32)
    if values.ndim != 1 or values.size < 20 or n < 0:
        raise ValueError("seed_seq")
    for _ in range(n):
        prediction = model.predict_on_batch(values[None, -20:, None])
        values = np.append(values, np.float32(prediction[0, -1, 0]))
    return values

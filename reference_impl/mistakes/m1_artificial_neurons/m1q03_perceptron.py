"""What students get wrong about the perceptron, as running code."""

import numpy as np
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q03_perceptron import (
    ltu_layer,
    perceptron_update,
    step,
    train_perceptron,
)


def step__zero_is_below(z, kind="heaviside"):
    z = tf.convert_to_tensor(z)
    return tf.cast(z > 0, z.dtype) if kind == "heaviside" else step(z, kind)


def step__sign_never_zero(z, kind="heaviside"):
    z = tf.convert_to_tensor(z)
    return tf.where(z >= 0, tf.ones_like(z), -tf.ones_like(z)) if kind == "sign" else step(z, kind)


def step__any_kind(z, kind="heaviside"):
    return step(z, "heaviside") if kind != "sign" else step(z, "sign")


def step__numpy(z, kind="heaviside"):
    return step(np.asarray(z), kind)


def step__truth_values(z, kind="heaviside"):
    return tf.convert_to_tensor(z) >= 0 if kind == "heaviside" else step(z, kind)


def step__single_precision(z, kind="heaviside"):
    return step(tf.cast(z, tf.float32), kind)


def step__integers_as_they_are(z, kind="heaviside"):
    z = tf.convert_to_tensor(z)
    return tf.cast(step(z, kind), z.dtype)


def ltu_layer__no_bias(X, W, b, kind="heaviside"):
    return step(tf.matmul(X, W), kind)


def ltu_layer__bias_on_inputs(X, W, b, kind="heaviside"):
    return step(tf.matmul(X + tf.reduce_sum(b), W), kind)


def ltu_layer__weights_transposed(X, W, b, kind="heaviside"):
    return step(tf.matmul(X, W, transpose_b=True) + b, kind)


def ltu_layer__no_step(X, W, b, kind="heaviside"):
    return tf.matmul(X, W) + b


def ltu_layer__kind_ignored(X, W, b, kind="heaviside"):
    return ltu_layer(X, W, b)


def ltu_layer__no_checks(X, W, b, kind="heaviside"):
    return step(X @ W + b, kind)


def perceptron_update__printed_sign(W, b, x, y, eta):
    y_hat = ltu_layer(x[tf.newaxis, :], W, b)[0]
    error = y_hat - y
    return W + eta * tf.tensordot(x, error, axes=0), b + eta * error


def perceptron_update__outer_transposed(W, b, x, y, eta):
    error = y - ltu_layer(x[tf.newaxis, :], W, b)[0]
    change = tf.reshape(tf.tensordot(error, x, axes=0), W.shape)
    return W + eta * change, b + eta * error


def perceptron_update__bias_forgotten(W, b, x, y, eta):
    error = y - ltu_layer(x[tf.newaxis, :], W, b)[0]
    return W + eta * tf.tensordot(x, error, axes=0), tf.identity(b)


def perceptron_update__delta_rule(W, b, x, y, eta):
    error = y - (tf.linalg.matvec(W, x, transpose_a=True) + b)
    return W + eta * tf.tensordot(x, error, axes=0), b + eta * error


def perceptron_update__in_place(W, b, x, y, eta):
    if not isinstance(W, tf.Variable):
        return perceptron_update(W, b, x, y, eta)
    error = y - ltu_layer(x[tf.newaxis, :], W, b)[0]
    W.assign_add(eta * tf.tensordot(x, error, axes=0))
    b.assign_add(eta * error)
    return W, b


def perceptron_update__no_rate(W, b, x, y, eta):
    perceptron_update(W, b, x, y, eta)  # its refusals
    return perceptron_update(W, b, x, y, 1.0)


def perceptron_update__no_input(W, b, x, y, eta):
    change = perceptron_update(W, b, x, y, eta)[1] - b
    return W + change, b + change


def perceptron_update__only_raises(W, b, x, y, eta):
    y_hat = ltu_layer(x[tf.newaxis, :], W, b)[0]
    return perceptron_update(W, b, x, tf.maximum(y, y_hat), eta)


def perceptron_update__any_rate(W, b, x, y, eta):
    if eta > 0:
        return perceptron_update(W, b, x, y, eta)
    error = y - ltu_layer(x[tf.newaxis, :], W, b)[0]
    return W + eta * tf.tensordot(x, error, axes=0), b + eta * error


def train_perceptron__printed_sign(X, y, n_epochs, eta):
    return _train(X, y, n_epochs, eta, perceptron_update__printed_sign)


def train_perceptron__batch_update(X, y, n_epochs, eta):
    W, b = tf.zeros([X.shape[1], y.shape[1]], X.dtype), tf.zeros([y.shape[1]], X.dtype)
    errors = []
    for _ in range(n_epochs):
        error = y - ltu_layer(X, W, b)
        errors.append(int(tf.reduce_sum(tf.cast(tf.reduce_any(error != 0, axis=1), tf.int32))))
        W, b = W + eta * tf.matmul(X, error, transpose_a=True), b + eta * tf.reduce_sum(error, axis=0)
        if errors[-1] == 0:
            break
    return W, b, errors


def train_perceptron__never_stops(X, y, n_epochs, eta):
    return _train(X, y, n_epochs, eta, perceptron_update, early_stop=False)


def train_perceptron__no_bias(X, y, n_epochs, eta):
    return _train(X, y, n_epochs, eta, perceptron_update__bias_forgotten)


def train_perceptron__outputs_counted(X, y, n_epochs, eta):
    return _train(X, y, n_epochs, eta, perceptron_update, count=_wrong_outputs)


def train_perceptron__counted_afterwards(X, y, n_epochs, eta):
    train_perceptron(X, y, 1, eta)  # its refusals
    W, b, errors = tf.zeros([X.shape[1], y.shape[1]], X.dtype), tf.zeros([y.shape[1]], X.dtype), []
    for _ in range(n_epochs):
        for x_i, y_i in zip(X, y, strict=True):
            W, b = perceptron_update(W, b, x_i, y_i, eta)
        errors.append(sum(_wrong_instance(W, b, x_i, y_i) for x_i, y_i in zip(X, y, strict=True)))
        if errors[-1] == 0:
            break
    return W, b, errors


def train_perceptron__errors_with_success(X, y, n_epochs, eta):
    W, b, errors = train_perceptron(X, y, n_epochs, eta)
    return W, b, [wrong for wrong in errors if wrong > 0]


def train_perceptron__ones_first(X, y, n_epochs, eta):
    return _train(X, y, n_epochs, eta, perceptron_update, start=tf.ones)


def train_perceptron__no_checks(X, y, n_epochs, eta):
    if y.shape.rank == 1:
        y = y[:, tf.newaxis]
    m = min(len(X), len(y))
    return train_perceptron(X[:m], y[:m], n_epochs, eta)


def _wrong_instance(W, b, x, y):
    return int(_wrong_outputs(W, b, x, y) > 0)


def _wrong_outputs(W, b, x, y):
    return int(tf.math.count_nonzero(ltu_layer(x[tf.newaxis, :], W, b)[0] != y))


def _train(X, y, n_epochs, eta, update, early_stop=True, count=_wrong_instance, start=tf.zeros):
    train_perceptron(X, y, 1, eta)  # its refusals
    W, b = start([X.shape[1], y.shape[1]], X.dtype), start([y.shape[1]], X.dtype)
    errors = []
    for _ in range(n_epochs):
        wrong = 0
        for x_i, y_i in zip(X, y, strict=True):
            wrong += count(W, b, x_i, y_i)
            W, b = update(W, b, x_i, y_i, eta)
        errors.append(wrong)
        if wrong == 0 and early_stop:
            break
    return W, b, errors

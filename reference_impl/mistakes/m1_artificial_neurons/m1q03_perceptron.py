"""What students get wrong about the perceptron, as running code."""

import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q03_perceptron import ltu_layer, perceptron_update, step


def step__zero_is_below(z, kind="heaviside"):
    z = tf.convert_to_tensor(z)
    return tf.cast(z > 0, z.dtype) if kind == "heaviside" else step(z, kind)


def step__sign_never_zero(z, kind="heaviside"):
    z = tf.convert_to_tensor(z)
    return tf.where(z >= 0, tf.ones_like(z), -tf.ones_like(z)) if kind == "sign" else step(z, kind)


def step__any_kind(z, kind="heaviside"):
    return step(z, "heaviside") if kind != "sign" else step(z, "sign")


def ltu_layer__no_bias(X, W, b, kind="heaviside"):
    return step(tf.matmul(X, W), kind)


def ltu_layer__bias_on_inputs(X, W, b, kind="heaviside"):
    return step(tf.matmul(X + tf.reduce_sum(b), W), kind)


def ltu_layer__weights_transposed(X, W, b, kind="heaviside"):
    return step(tf.matmul(X, W, transpose_b=True) + b, kind)


def ltu_layer__no_step(X, W, b, kind="heaviside"):
    return tf.matmul(X, W) + b


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


def _train(X, y, n_epochs, eta, update, early_stop=True):
    W, b = tf.zeros([X.shape[1], y.shape[1]], X.dtype), tf.zeros([y.shape[1]], X.dtype)
    errors = []
    for _ in range(n_epochs):
        wrong = 0
        for x_i, y_i in zip(X, y, strict=True):
            wrong += int(tf.reduce_any(ltu_layer(x_i[tf.newaxis, :], W, b)[0] != y_i))
            W, b = update(W, b, x_i, y_i, eta)
        errors.append(wrong)
        if wrong == 0 and early_stop:
            break
    return W, b, errors

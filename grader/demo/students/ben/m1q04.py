"""Ben's multilayer perceptron."""

import tensorflow as tf


def mlp_forward(X, params):
    X = tf.convert_to_tensor(X)
    if not X.dtype.is_floating:
        X = tf.cast(X, tf.float32)
    if not params:
        raise ValueError("no layers")
    if len(X.shape) != 2:
        raise ValueError("X must be 2-D")
    n = X.shape[1]
    for W, b in params:
        if W.shape[0] != n or b.shape[0] != W.shape[1]:
            raise ValueError("layer sizes")
        n = W.shape[1]
    outputs = [X]
    for W, b in params:
        outputs.append(tf.nn.sigmoid(tf.matmul(outputs[-1], W) + b))
    return outputs


def mlp_backward(X, y, params):
    a = mlp_forward(X, params)
    if len(y.shape) != 2 or y.shape[1] != a[-1].shape[1]:
        raise ValueError("y")
    if y.shape[0] is not None and a[-1].shape[0] is not None and y.shape[0] != a[-1].shape[0]:
        raise ValueError("y")
    m = tf.cast(tf.shape(a[-1])[0], a[-1].dtype)
    delta = 2 * (a[-1] - y) / m * a[-1] * (1 - a[-1])
    grads = []
    for l in reversed(range(len(params))):
        dW = tf.matmul(a[l], delta, transpose_a=True)
        db = tf.reduce_sum(delta, axis=0)
        grads.insert(0, (dW, db))
        delta = tf.matmul(delta, params[l][0], transpose_b=True) * a[l] * (1 - a[l])
    return grads


def sgd_update(params, grads, lr):
    if lr <= 0:
        raise ValueError("lr must be positive")
    if len(params) != len(grads):
        raise ValueError("params and grads differ in length")
    for i, ((W, b), (dW, db)) in enumerate(zip(params, grads)):
        if W.shape != dW.shape or b.shape != db.shape:
            raise ValueError("shapes differ")
        params[i] = (W - lr * dW, b - lr * db)
    return params


def train_xor(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    if n_hidden < 1 or n_epochs < 1 or lr <= 0:
        raise ValueError("bad arguments")
    X = tf.constant([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=tf.float64)
    y = tf.constant([[0], [1], [1], [0]], dtype=tf.float64)
    params = [
        (tf.zeros((2, n_hidden), tf.float64), tf.zeros(n_hidden, tf.float64)),
        (tf.zeros((n_hidden, 1), tf.float64), tf.zeros(1, tf.float64)),
    ]
    losses = []
    for epoch in range(n_epochs):
        losses.append(float(tf.reduce_mean(tf.square(mlp_forward(X, params)[-1] - y))))
        params = sgd_update(params, mlp_backward(X, y, params), lr)
    return params, losses

"""Ada's multilayer perceptron: TensorFlow for the passes, NumPy for the training."""

import numpy as np
import tensorflow as tf


def _tensor(values):
    values = tf.convert_to_tensor(values)
    return values if values.dtype.is_floating else tf.cast(values, tf.float32)


def _logistic(z):
    # the same function as 1 / (1 + exp(-z)), and safe for large z
    return 0.5 * (1 + tf.tanh(0.5 * z))


def mlp_forward(instances, layers):
    instances = _tensor(instances)
    if len(layers) == 0:
        raise ValueError("no layers")
    if len(instances.shape) != 2:
        raise ValueError("the instances must be a matrix")
    sizes = [instances.shape[1]]
    for weights, biases in layers:
        if len(weights.shape) != 2 or tuple(biases.shape) != (weights.shape[1],):
            raise ValueError("weights must be a matrix with one bias for each column")
        if sizes[-1] is not None and weights.shape[0] != sizes[-1]:
            raise ValueError("a layer does not fit the one before it")
        sizes.append(weights.shape[1])

    def rest(outputs, layers):
        if not layers:
            return [outputs]
        weights, biases = layers[0]
        z = tf.einsum("mi,ij->mj", outputs, _tensor(weights)) + _tensor(biases)
        return [outputs] + rest(_logistic(z), layers[1:])

    return tuple(rest(instances, list(layers)))


def mlp_backward(instances, targets, layers):
    activations = mlp_forward(instances, layers)
    targets = _tensor(targets)
    predicted = activations[-1]
    if len(targets.shape) != 2 or targets.shape[1] != predicted.shape[1]:
        raise ValueError("one target for each output is needed")
    if None not in (targets.shape[0], predicted.shape[0]) and targets.shape[0] != predicted.shape[0]:
        raise ValueError("one row of targets for each instance is needed")
    count = tf.cast(tf.shape(predicted)[0] * predicted.shape[1], predicted.dtype)
    delta = (2 / count) * (predicted - targets) * (predicted - predicted**2)
    gradients = [None] * len(layers)
    for index in range(len(layers) - 1, -1, -1):
        below = activations[index]
        gradients[index] = [tf.einsum("mi,mj->ij", below, delta), tf.einsum("mj->j", delta)]
        delta = tf.einsum("mj,ij->mi", delta, _tensor(layers[index][0])) * (below - below**2)
    return gradients


def sgd_update(params, grads, rate):
    if not rate > 0:
        raise ValueError("the learning rate must be above zero")
    if [[np.shape(p) for p in pair] for pair in params] != [[np.shape(g) for g in pair] for pair in grads]:
        raise ValueError("parameters and gradients differ in shape")
    new = []
    for pair, slopes in zip(params, grads):
        new.append([np.asarray(p) - np.asarray(p).dtype.type(rate) * np.asarray(g) for p, g in zip(pair, slopes)])
    return new


def train_xor(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    if n_hidden < 1 or n_epochs < 1 or lr <= 0:
        raise ValueError("nothing to train")
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.logical_xor(X[:, :1], X[:, 1:]).astype(float)
    W1 = tf.random.stateless_normal((2, n_hidden), seed=(seed, 0), dtype="float64").numpy()
    W2 = tf.random.stateless_normal((n_hidden, 1), seed=(seed, 1), dtype="float64").numpy()
    b1, b2 = np.zeros(n_hidden), np.zeros(1)
    losses = np.empty(n_epochs)
    for epoch in range(n_epochs):
        hidden = 1 / (1 + np.exp(-(X @ W1 + b1)))
        output = 1 / (1 + np.exp(-(hidden @ W2 + b2)))
        losses[epoch] = np.mean((output - y) ** 2)
        d2 = (output - y) / 2 * output * (1 - output)  # 2 / (m k) is 1/2 here
        d1 = d2 @ W2.T * hidden * (1 - hidden)
        W1, b1 = W1 - lr * X.T @ d1, b1 - lr * d1.sum(axis=0)
        W2, b2 = W2 - lr * hidden.T @ d2, b2 - lr * d2.sum(axis=0)
    return [(W1, b1), (W2, b2)], losses

"""Lists for tuples, keras.ops and NumPy for TensorFlow, other names for the parameters."""

import keras
import numpy as np
from keras import ops


def floats(*values):
    tensors = [ops.convert_to_tensor(value) for value in values]
    return [t if "float" in keras.backend.standardize_dtype(t.dtype) else ops.cast(t, "float32") for t in tensors]


def momentum_step(weights, velocity, gradient, rate, friction=0.9):
    weights, velocity, gradient = floats(weights, velocity, gradient)
    if rate <= 0 or friction < 0 or friction >= 1:
        raise ValueError("rate or friction")
    if len({tuple(t.shape) for t in (weights, velocity, gradient)}) > 1:
        raise ValueError("shapes")
    velocity = ops.add(ops.multiply(velocity, friction), ops.multiply(gradient, rate))
    return [ops.subtract(weights, velocity), velocity]


def nesterov_step(weights, velocity, gradient_of, rate, friction=0.9):
    weights, velocity = floats(weights, velocity)
    if rate <= 0 or not 0 <= friction < 1 or tuple(weights.shape) != tuple(velocity.shape):
        raise ValueError("rate, friction or shapes")
    drift = friction * velocity
    gradient = gradient_of(weights - drift)
    moved = drift + rate * gradient
    return [weights - moved, moved]


def adagrad_step(weights, squares, gradient, rate, epsilon=1e-10):
    weights, squares, gradient = floats(weights, squares, gradient)
    if not (rate > 0 and epsilon > 0):
        raise ValueError("rate or epsilon")
    if squares.shape != weights.shape or gradient.shape != weights.shape:
        raise ValueError("shapes")
    squares = squares + gradient**2
    return [weights - rate * gradient * ops.rsqrt(squares + epsilon), squares]


def corrected_average(sequence, decay):
    """As a weighted mean: the value i steps ago has the weight decay to the i."""
    sequence = np.asarray(sequence)
    if sequence.ndim == 0 or len(sequence) == 0 or not 0 <= decay < 1:
        raise ValueError("nothing to average, or a decay out of range")
    if sequence.dtype.kind in "iu":
        sequence = sequence.astype(np.float32)
    age = np.arange(len(sequence))[:, None] - np.arange(len(sequence))
    weights = np.where(age >= 0, float(decay) ** np.maximum(age, 0), 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.tensordot(weights, sequence, axes=1).astype(sequence.dtype)


def make_optimizer(kind, rate):
    if not rate > 0:
        raise ValueError("rate")
    settings = {
        "momentum": {"class_name": "SGD", "config": {"momentum": 0.9}},
        "nesterov": {"class_name": "SGD", "config": {"momentum": 0.9, "nesterov": True}},
        "adagrad": {"class_name": "Adagrad", "config": {}},
        "rmsprop": {"class_name": "RMSprop", "config": {"momentum": 0.9, "epsilon": 1e-10}},
        "adam": {"class_name": "Adam", "config": {"epsilon": 1e-8}},
    }
    if kind not in settings:
        raise ValueError("kind")
    chosen = settings[kind]
    return keras.optimizers.get({**chosen, "config": {"learning_rate": rate, **chosen["config"]}})

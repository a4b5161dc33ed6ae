"""TensorFlow all through, with the equations rearranged and the descent in variables."""

import tensorflow as tf


def _ready(*tensors):
    tensors = [tf.convert_to_tensor(a) for a in tensors]
    tensors = [a if a.dtype in (tf.float32, tf.float64) else tf.cast(a, "float32") for a in tensors]
    for other in tensors[1:]:
        tensors[0].shape.assert_is_compatible_with(other.shape)
    return tensors


def rmsprop_step(theta, grad, s, lr, beta=0.9, eps=1e-10):
    theta, grad, s = _ready(theta, grad, s)
    if beta < 0 or beta >= 1:
        raise ValueError(beta)
    if min(lr, eps) <= 0:
        raise ValueError("too small")
    s = s + (1 - beta) * (grad * grad - s)
    return (tf.subtract(theta, grad * tf.math.rsqrt(s + eps) * lr), s)


def adam_step(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, grad, m, s = _ready(theta, grad, m, s)
    for beta in beta1, beta2:
        if beta < 0 or beta >= 1:
            raise ValueError(beta)
    if min(lr, eps) <= 0:
        raise ValueError("too small")
    if not (tf.is_tensor(t) and tf.is_symbolic_tensor(t)) and t < 1:
        raise ValueError("t")
    t = tf.cast(t, theta.dtype)
    m = tf.add_n([beta1 * m, (1 - beta1) * grad])
    s = tf.add_n([beta2 * s, (1 - beta2) * tf.math.pow(grad, 2)])
    corrected = m / (1 - beta1**t), s / (1 - beta2**t)
    return theta - tf.math.divide(lr * corrected[0], tf.math.sqrt(corrected[1]) + eps), m, s


def optimize(name, grad_fn, theta0, lr, n_steps):
    if name not in {"rmsprop", "adam"} or n_steps <= 0 or not lr > 0:
        raise ValueError("bad")
    theta0 = tf.convert_to_tensor(theta0)
    if len(theta0.shape) != 1:
        raise ValueError("vector")
    theta = tf.Variable(theta0)
    m, s = (tf.Variable(tf.zeros_like(theta0)) for _ in range(2))
    way = tf.TensorArray(theta0.dtype, n_steps + 1).write(0, theta0)
    for t in range(1, n_steps + 1):
        g = grad_fn(tf.identity(theta))
        if name == "adam":
            new = adam_step(theta, g, m, s, tf.constant(t), lr=lr)
            m.assign(new[1])
        else:
            new = rmsprop_step(theta, g, s, lr=lr)
        theta.assign(new[0])
        s.assign(new[-1])
        way = way.write(t, theta)
    return way.stack()

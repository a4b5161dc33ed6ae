"""NumPy where values are known, which keeps dtypes by itself; only what is traced is left to TensorFlow's operators."""

import numpy as np


def rmsprop_step(theta, grad, s, lr, beta=0.9, eps=1e-10):
    if not hasattr(theta, "graph"):
        theta, grad, s = (np.asarray(a) for a in (theta, grad, s))
    if theta.shape != grad.shape or theta.shape != s.shape:
        raise ValueError("shapes")
    if not (lr > 0 and eps > 0 and 0 <= beta < 1):
        raise ValueError("settings")
    if not hasattr(theta, "graph"):
        dtype = theta.dtype if theta.dtype.kind == "f" else np.float32
        theta, grad, s = (np.array(a, dtype) for a in (theta, grad, s))
    s = s * beta + (1 - beta) * grad**2
    return [theta - lr * grad / (s + eps) ** 0.5, s]


def adam_step(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    import tensorflow as tf

    if tf.is_symbolic_tensor(t):  # NumPy cannot be traced
        t = tf.cast(t, theta.dtype)
        m, s = beta1 * m + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
        rate = lr / (1 - beta1**t)
        return theta - rate * m / (tf.sqrt(s / (1 - beta2**t)) + eps), m, s
    theta, grad, m, s = (np.asarray(a) for a in (theta, grad, m, s))
    if len({a.shape for a in (theta, grad, m, s)}) > 1:
        raise ValueError("shapes")
    t = int(t)
    if t < 1 or lr <= 0 or eps <= 0 or not 0 <= beta1 < 1 or not 0 <= beta2 < 1:
        raise ValueError("settings")
    kind = theta.dtype if theta.dtype.kind == "f" else np.dtype("float32")
    theta, grad, m, s = (a.astype(kind) for a in (theta, grad, m, s))
    m = grad + beta1 * (m - grad)
    s = grad**2 + beta2 * (s - grad**2)
    step = lr * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps)
    return theta - step.astype(kind), m, s


def optimize(name, grad_fn, theta0, lr, n_steps):
    import tensorflow as tf

    steps = {"rmsprop": rmsprop_step, "adam": adam_step}
    if name not in steps or np.ndim(theta0) != 1 or lr <= 0 or n_steps < 1:
        raise ValueError("no")
    rows = [np.asarray(theta0)]
    state = [np.zeros_like(rows[0])] * (1 if name == "rmsprop" else 2)
    for t in range(n_steps):
        gradient = grad_fn(tf.constant(rows[-1]))
        more = {"t": t + 1} if name == "adam" else {}
        theta, *state = steps[name](rows[-1], gradient, *state, lr=lr, **more)
        rows.append(theta)
    return np.array(rows)

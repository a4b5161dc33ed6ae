"""What students get wrong about RMSProp and Adam, as running code."""

import tensorflow as tf

from reference_impl.m2_deep_networks.m2q02_rmsprop_adam import adam_step, optimize, rmsprop_step


def rmsprop_step__eps_outside(theta, grad, s, lr, beta=0.9, eps=1e-10):
    _, s = rmsprop_step(theta, grad, s, lr, beta, eps)
    return theta - lr * grad / (tf.sqrt(s) + eps), s


def rmsprop_step__no_decay(theta, grad, s, lr, beta=0.9, eps=1e-10):
    rmsprop_step(theta, grad, s, lr, beta, eps)  # refuses what is to be refused
    s = s + tf.square(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def rmsprop_step__old_s(theta, grad, s, lr, beta=0.9, eps=1e-10):
    _, new = rmsprop_step(theta, grad, s, lr, beta, eps)
    return theta - lr * grad / tf.sqrt(s + eps), new


def rmsprop_step__beta_swapped(theta, grad, s, lr, beta=0.9, eps=1e-10):
    rmsprop_step(theta, grad, s, lr, beta, eps)
    s = (1 - beta) * s + beta * tf.square(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def rmsprop_step__no_root(theta, grad, s, lr, beta=0.9, eps=1e-10):
    _, s = rmsprop_step(theta, grad, s, lr, beta, eps)
    return theta - lr * grad / (s + eps), s


def rmsprop_step__climbs(theta, grad, s, lr, beta=0.9, eps=1e-10):
    _, s = rmsprop_step(theta, grad, s, lr, beta, eps)
    return theta + lr * grad / tf.sqrt(s + eps), s


def rmsprop_step__one_scale(theta, grad, s, lr, beta=0.9, eps=1e-10):
    rmsprop_step(theta, grad, s, lr, beta, eps)
    s = beta * s + (1 - beta) * tf.reduce_sum(tf.square(grad))
    return theta - lr * grad / tf.sqrt(s + eps), s


def rmsprop_step__bias_corrected(theta, grad, s, lr, beta=0.9, eps=1e-10):
    _, s = rmsprop_step(theta, grad, s, lr, beta, eps)
    return theta - lr * grad / tf.sqrt(s / (1 - beta) + eps), s


def rmsprop_step__keras_eps(theta, grad, s, lr, beta=0.9, eps=1e-7):
    return rmsprop_step(theta, grad, s, lr, beta, eps)


def rmsprop_step__in_place(theta, grad, s, lr, beta=0.9, eps=1e-10):
    new_theta, new_s = rmsprop_step(theta, grad, s, lr, beta, eps)
    if hasattr(theta, "flags"):  # a NumPy array: theta -= … changes the caller's
        theta[...], s[...] = new_theta, new_s
    return new_theta, new_s


def rmsprop_step__broadcasts(theta, grad, s, lr, beta=0.9, eps=1e-10):
    theta, grad, s = (tf.convert_to_tensor(value) for value in (theta, grad, s))
    _refuse_settings(lr, eps, beta)
    if theta.dtype.is_integer:
        return rmsprop_step(theta, grad, s, lr, beta, eps)
    s = beta * s + (1 - beta) * tf.square(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def rmsprop_step__any_setting(theta, grad, s, lr, beta=0.9, eps=1e-10):
    theta, grad, s = _as_floats(theta, grad, s)
    _refuse_shapes(theta, grad, s)
    s = beta * s + (1 - beta) * tf.square(grad)
    return theta - lr * grad / tf.sqrt(s + eps), s


def rmsprop_step__single_precision(theta, grad, s, lr, beta=0.9, eps=1e-10):
    return rmsprop_step(*(tf.cast(value, tf.float32) for value in (theta, grad, s)), lr, beta, eps)


def adam_step__no_correction(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    return theta - lr * m / (tf.sqrt(s) + eps), m, s


def adam_step__overwrites(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, m, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    return theta, m / _correction(beta1, t, m), s / _correction(beta2, t, s)


def adam_step__eps_inside(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    m_hat, s_hat = m / _correction(beta1, t, m), s / _correction(beta2, t, s)
    return theta - lr * m_hat / tf.sqrt(s_hat + eps), m, s


def adam_step__as_keras(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    rate = lr * tf.sqrt(_correction(beta2, t, s)) / _correction(beta1, t, m)
    return theta - rate * m / (tf.sqrt(s) + eps), m, s


def adam_step__power_forgotten(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    return theta - lr * m / (1 - beta1) / (tf.sqrt(s / (1 - beta2)) + eps), m, s


def adam_step__corrects_m_only(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    return theta - lr * m / _correction(beta1, t, m) / (tf.sqrt(s) + eps), m, s


def adam_step__betas_exchanged(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    return adam_step(theta, grad, m, s, t, lr, beta2, beta1, eps)


def adam_step__gradient_not_squared(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m, _ = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    s = beta2 * s + (1 - beta2) * tf.abs(grad)
    return theta - lr * m / _correction(beta1, t, m) / (tf.sqrt(s / _correction(beta2, t, s)) + eps), m, s


def adam_step__momentum_forgotten(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    _, m, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    return theta - lr * grad / (tf.sqrt(s / _correction(beta2, t, s)) + eps), m, s


def adam_step__decaying_sum(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    _, _, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    m = beta1 * m + grad
    return theta - lr * m / _correction(beta1, t, m) / (tf.sqrt(s / _correction(beta2, t, s)) + eps), m, s


def adam_step__climbs(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    new, m, s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    return 2 * theta - new, m, s


def adam_step__counts_from_zero(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    return adam_step(theta, grad, m, s, t + 1, lr, beta1, beta2, eps)


def adam_step__any_t(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    adam_step(theta, grad, m, s, 1, lr, beta1, beta2, eps)
    theta, grad, m, s = _as_floats(theta, grad, m, s)
    m, s = beta1 * m + (1 - beta1) * grad, beta2 * s + (1 - beta2) * tf.square(grad)
    return theta - lr * m / _correction(beta1, t, m) / (tf.sqrt(s / _correction(beta2, t, s)) + eps), m, s


def adam_step__any_setting(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, grad, m, s = _as_floats(theta, grad, m, s)
    _refuse_shapes(theta, grad, m, s)
    if tf.get_static_value(t) is not None and tf.get_static_value(t) < 1:
        raise ValueError("t from 1")
    m, s = beta1 * m + (1 - beta1) * grad, beta2 * s + (1 - beta2) * tf.square(grad)
    return theta - lr * m / _correction(beta1, t, m) / (tf.sqrt(s / _correction(beta2, t, s)) + eps), m, s


def adam_step__single_precision(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    return adam_step(*(tf.cast(value, tf.float32) for value in (theta, grad, m, s)), t, lr, beta1, beta2, eps)


def adam_step__in_place(theta, grad, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    new_theta, new_m, new_s = adam_step(theta, grad, m, s, t, lr, beta1, beta2, eps)
    if hasattr(theta, "flags"):
        m[...], s[...] = new_m, new_s
    return new_theta, new_m, new_s


def optimize__always_first(name, grad_fn, theta0, lr, n_steps):
    return _descend(name, grad_fn, theta0, lr, n_steps, step_number=lambda t: 1)


def optimize__state_reset(name, grad_fn, theta0, lr, n_steps):
    return _descend(name, grad_fn, theta0, lr, n_steps, keep_state=False)


def optimize__gradient_at_start(name, grad_fn, theta0, lr, n_steps):
    return _descend(name, lambda theta: grad_fn(tf.convert_to_tensor(theta0)), theta0, lr, n_steps)


def optimize__rmsprop_with_momentum(name, grad_fn, theta0, lr, n_steps):
    if name != "rmsprop":
        return optimize(name, grad_fn, theta0, lr, n_steps)
    optimize(name, tf.zeros_like, theta0, lr, n_steps)
    theta = tf.convert_to_tensor(theta0)
    s = momentum = tf.zeros_like(theta)
    way = [theta]
    for _ in range(n_steps):
        reached, s = rmsprop_step(theta, grad_fn(theta), s, lr)
        momentum = 0.9 * momentum + (theta - reached)
        theta = theta - momentum
        way.append(theta)
    return tf.stack(way)


def optimize__start_missing(name, grad_fn, theta0, lr, n_steps):
    return optimize(name, grad_fn, theta0, lr, n_steps)[1:]


def optimize__only_end(name, grad_fn, theta0, lr, n_steps):
    return optimize(name, grad_fn, theta0, lr, n_steps)[-1]


def optimize__one_too_few(name, grad_fn, theta0, lr, n_steps):
    return optimize(name, grad_fn, theta0, lr, n_steps)[:-1]


def optimize__always_adam(name, grad_fn, theta0, lr, n_steps):
    if name not in ("rmsprop", "adam"):
        raise ValueError("unknown name")
    return optimize("adam", grad_fn, theta0, lr, n_steps)


def optimize__gradient_twice(name, grad_fn, theta0, lr, n_steps):
    return _descend(name, lambda theta: (grad_fn(theta), grad_fn(theta))[1], theta0, lr, n_steps)


def optimize__any_input(name, grad_fn, theta0, lr, n_steps):
    return _descend(name, grad_fn, theta0, lr, n_steps, refuse=False)


def _descend(name, grad_fn, theta0, lr, n_steps, step_number=lambda t: t, keep_state=True, refuse=True):
    if refuse:
        optimize(name, tf.zeros_like, theta0, lr, n_steps)
    theta = tf.convert_to_tensor(theta0)
    m = s = zero = tf.zeros_like(theta)
    way = [theta]
    for t in range(1, n_steps + 1):
        if not keep_state:
            m = s = zero
        if name == "rmsprop":
            theta, s = rmsprop_step(theta, grad_fn(theta), s, abs(lr) or 0.1)
        else:
            theta, m, s = adam_step(theta, grad_fn(theta), m, s, step_number(t), abs(lr) or 0.1)
        way.append(theta)
    return tf.stack(way)


def _correction(beta, t, like):
    return 1 - tf.pow(tf.constant(beta, like.dtype), tf.cast(t, like.dtype))


def _as_floats(*values):
    tensors = [tf.convert_to_tensor(value) for value in values]
    return [tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32) for tensor in tensors]


def _refuse_shapes(theta, *others):
    if not all(other.shape.is_compatible_with(theta.shape) for other in others):
        raise ValueError("shapes differ")


def _refuse_settings(lr, eps, *betas):
    if lr <= 0 or eps <= 0 or not all(0 <= beta < 1 for beta in betas):
        raise ValueError("a setting out of range")

"""Vanishing and exploding gradients: measured by layer, named, clipped, and an activation that does not saturate."""

import tensorflow as tf

_ACTIVATIONS = {"logistic": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}
_METHODS = ("value", "norm", "global_norm")


def layer_gradient_norms(activation: str, factor: float, n_layers: int, width: int = 64, seed: int = 0) -> tf.Tensor:
    """Measure how large the errors are that reach each layer of a fresh network.

    All layers are dense, ``width`` wide and without biases: a₀ = X, z_l = a_{l−1} W_l and a_l = φ(z_l) for
    l = 1, …, L, the last layer included. The cost is the mean over the instances of ½ Σ a_L², the sum running over the
    outputs. Everything is float32 and drawn from ``seed``:

    * X, 64 instances: ``tf.random.stateless_normal((64, width), [seed, 0])``;
    * W_l: ``tf.random.stateless_normal((width, width), [seed, l]) * factor / √width``.

    Args:
        activation: φ: "logistic", "tanh" or "relu".
        factor: scale of the weights, > 0; their standard deviation is factor / √width.
        n_layers: number of layers L ≥ 1.
        width: neurons in each layer, and inputs, ≥ 1.
        seed: seed of X and the weights.

    Returns:
        (L,): for l = 1, …, L the Frobenius norm, √(sum of squares), of the gradient of the cost with respect to z_l,
        which is a (64, width) matrix. First the lowest layer's.

    Raises:
        ValueError: another ``activation``, or a ``factor``, ``n_layers`` or ``width`` that is not positive.

    Source:
        Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010, section 4.2.
    """
    if activation not in _ACTIVATIONS:
        raise ValueError(f"activation is one of {', '.join(_ACTIVATIONS)}, not {activation!r}")
    if factor <= 0 or n_layers < 1 or width < 1:
        raise ValueError(f"factor, n_layers and width must be positive, not {factor}, {n_layers} and {width}")
    phi = _ACTIVATIONS[activation]
    a = tf.random.stateless_normal((64, width), [seed, 0])
    zs = []
    with tf.GradientTape() as tape:
        tape.watch(a)
        for layer in range(1, n_layers + 1):
            W = tf.random.stateless_normal((width, width), [seed, layer]) * factor / width**0.5
            z = a @ W
            zs.append(z)
            a = phi(z)
        cost = tf.reduce_mean(tf.reduce_sum(tf.square(a), axis=1)) / 2
    return tf.stack([tf.norm(gradient) for gradient in tape.gradient(cost, zs)])


def clip_gradients(grads: list[tf.Tensor | None], method: str, threshold: float) -> list[tf.Tensor | None]:
    """Clip gradients so that they do not exceed a threshold t > 0.

    * "value": every number g becomes min(max(g, −t), t). This may turn the gradient.
    * "norm": each tensor whose ‖g‖ is above t is scaled to t: g · t / max(t, ‖g‖).
    * "global_norm": all tensors are scaled by one factor, t / max(t, ‖all‖), with ‖all‖ = √(Σ ‖g‖²) over all of them.

    ‖·‖ is the ℓ2 norm of all numbers of a tensor. Clipping only ever shrinks; a zero gradient stays zero. The arguments
    are left as they are. Works in a ``tf.function`` with sizes unknown.

    Args:
        grads: gradients, floats of any shapes. ``None``, the gradient of a variable that the cost does not depend on,
            is passed on and does not count. ``tf.IndexedSlices``, as an embedding has, stand for the dense tensor.
        method: "value", "norm" or "global_norm".
        threshold: t > 0.

    Returns:
        The clipped gradients, dense, in the same order and number, each in its own dtype. Integers are cast to float32.

    Raises:
        ValueError: another ``method``, or a ``threshold`` that is not positive.

    Source:
        Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, 2013, algorithm 1.
    """
    if method not in _METHODS:
        raise ValueError(f"method is one of {', '.join(_METHODS)}, not {method!r}")
    if threshold <= 0:
        raise ValueError(f"the threshold must be positive, not {threshold}")
    dense = [None if gradient is None else _as_float(gradient) for gradient in grads]
    present = [gradient for gradient in dense if gradient is not None]
    if method == "value":
        clipped = [tf.clip_by_value(gradient, -threshold, threshold) for gradient in present]
    elif method == "norm":
        clipped = [gradient * _shrinkage(tf.norm(gradient), threshold) for gradient in present]
    else:
        together = tf.sqrt(sum(tf.reduce_sum(tf.square(gradient)) for gradient in present)) if present else None
        clipped = [gradient * _shrinkage(together, threshold) for gradient in present]
    left = iter(clipped)
    return [None if gradient is None else next(left) for gradient in dense]


def diagnose(norms: tf.Tensor, low: float = 1e-3, high: float = 1e3) -> str:
    """Say what becomes of gradients on their way down, by the norms that reach the lowest and the highest layer.

    With r = (first norm) / (last norm): "vanishing" if r < low, "exploding" if r > high, else "healthy", the bounds
    included. Infinity or NaN in any layer is "exploding". A first norm of 0 is "vanishing", even if the last is 0 too;
    a last norm of 0 alone makes r infinite, "exploding".

    Args:
        norms: gradient norms by layer, the lowest layer first, float (L,) with L ≥ 2 and no negative entry; a list
            serves too.
        low: r below this is vanishing.
        high: r above this is exploding.

    Returns:
        "vanishing", "exploding" or "healthy".

    Raises:
        ValueError: ``norms`` is no vector, has fewer than 2 entries, or a negative one.
    """
    norms = _as_float(norms)
    if norms.shape.rank != 1 or norms.shape[0] < 2:
        raise ValueError(f"give the norms of at least two layers, not the shape {norms.shape}")
    if tf.reduce_any(norms < 0):
        raise ValueError("a norm cannot be negative")
    first, last = float(norms[0]), float(norms[-1])
    if not tf.reduce_all(tf.math.is_finite(norms)):
        return "exploding"
    if first == 0:
        return "vanishing"
    ratio = first / last if last > 0 else float("inf")
    return "vanishing" if ratio < low else "exploding" if ratio > high else "healthy"


def leaky_relu(z: tf.Tensor, alpha: float = 0.01) -> tf.Tensor:
    """Compute the leaky ReLU: α z for z < 0, z otherwise, for any α ≥ 0.

    For α ≤ 1 that is max(α z, z). Differentiable by autodiff: the slope is α below zero and 1 above it. Works in a
    ``tf.function`` with sizes unknown.

    Args:
        z: inputs, float of any shape.
        alpha: slope α ≥ 0 for z < 0.

    Returns:
        The outputs in the shape and dtype of ``z``. Integers are cast to float32.

    Raises:
        ValueError: ``alpha`` is negative.

    Source:
        Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013, section 2.
    """
    if alpha < 0:
        raise ValueError(f"alpha must not be negative, as {alpha} is")
    z = _as_float(z)
    return tf.where(z < 0, alpha * z, z)


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)


def _shrinkage(norm: tf.Tensor, threshold: float) -> tf.Tensor:
    """Return t / max(t, ‖g‖): 1 within the threshold, and no division by zero for a zero gradient."""
    return threshold / tf.maximum(norm, threshold)

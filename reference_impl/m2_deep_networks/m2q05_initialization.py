"""Where weights start, and activations that do not saturate: Xavier, He, ELU, dead neurons."""

import math

import tensorflow as tf


def init_scale(activation: str, n_in: int, n_out: int, distribution: str = "normal") -> float:
    """Compute the spread with which the weights of a layer are to be drawn.

    For a normal distribution with mean 0 it is the standard deviation σ, for a uniform one on [−r, r) the bound r,
    which has the same standard deviation for r = √3 σ.

    - "linear", "tanh", "softmax" (Xavier): σ = √(2 / (n_in + n_out))
    - "logistic": σ = 4 √(2 / (n_in + n_out)), as its slope at 0 is ¼
    - "relu", "leaky_relu", "elu" (He): σ = √(2 / n_in)
    - "selu" (LeCun): σ = √(1 / n_in)

    Args:
        activation: one of the eight names.
        n_in: number of inputs of the layer, at least 1.
        n_out: number of its neurons, at least 1.
        distribution: "normal" or "uniform".

    Returns:
        σ or r.

    Raises:
        ValueError: another ``activation`` or ``distribution``, or a number below 1.

    Source:
        Glorot & Bengio 2010, eq. 12 and 16, and sec. 4.2.1 with footnote 4 for the logistic function; He et al. 2015,
        eq. 10; LeCun et al. 1998, eq. 16; Klambauer et al. 2017 for SELU.
    """
    if n_in < 1 or n_out < 1:
        raise ValueError(f"a layer has at least one input and one neuron, not {n_in} and {n_out}")
    if distribution not in ("normal", "uniform"):
        raise ValueError(f"distribution is normal or uniform, not {distribution!r}")
    xavier, he = math.sqrt(2 / (n_in + n_out)), math.sqrt(2 / n_in)
    match activation:
        case "linear" | "tanh" | "softmax":
            sigma = xavier
        case "logistic":
            sigma = 4 * xavier
        case "relu" | "leaky_relu" | "elu":
            sigma = he
        case "selu":
            sigma = math.sqrt(1 / n_in)
        case _:
            raise ValueError(f"unknown activation {activation!r}")
    return sigma if distribution == "normal" else math.sqrt(3) * sigma


def init_weights(
    shape: tuple[int, int],
    activation: str,
    distribution: str = "normal",
    seed: int = 0,
    dtype: tf.DType = tf.float32,
) -> tf.Tensor:
    """Draw the weights of a dense layer with the spread that ``init_scale`` gives.

    Normal: σ times ``tf.random.stateless_normal(shape, seed=[seed, 0], dtype=dtype)``. Uniform on [−r, r):
    ``tf.random.stateless_uniform`` with the same seed, from −r to r.

    Args:
        shape: (n_in, n_out), a tuple or list of two numbers of at least 1.
        activation: as for ``init_scale``.
        distribution: "normal" or "uniform".
        seed: seed of the draw.
        dtype: a float dtype, as TensorFlow's or its name.

    Returns:
        The weights, a tensor of ``shape`` and ``dtype``.

    Raises:
        ValueError: ``shape`` is not a pair, or what ``init_scale`` refuses.

    Source:
        As for ``init_scale``.
    """
    if len(shape) != 2:
        raise ValueError(f"shape must be (n_in, n_out), not {shape}")
    spread = init_scale(activation, shape[0], shape[1], distribution)
    if distribution == "uniform":
        return tf.random.stateless_uniform(shape, seed=[seed, 0], minval=-spread, maxval=spread, dtype=dtype)
    return tf.random.stateless_normal(shape, seed=[seed, 0], stddev=spread, dtype=dtype)


def elu(z: tf.Tensor, alpha: float = 1.0) -> tf.Tensor:
    """Compute the exponential linear unit: α (exp(z) − 1) for z < 0, z for z ≥ 0.

    The slope that autodiff finds is α exp(z) for z < 0 and 1 for z > 0, and for α = 1 it is 1 at 0, too. Value and
    slope are right, and finite, for every |z| ≤ 1000. Works in a ``tf.function`` with unknown sizes.

    Args:
        z: weighted sums, float tensor of any shape. Integers are cast to float32.
        alpha: α > 0; −α is what the function comes to for very negative z.

    Returns:
        The values, of the shape and dtype of ``z``.

    Raises:
        ValueError: ``alpha`` is not positive.

    Source:
        Clevert, Unterthiner & Hochreiter, ICLR 2016, eq. 15; Géron 2017, eq. 11-2.
    """
    if alpha <= 0:
        raise ValueError(f"alpha must be positive, not {alpha}")
    z = _as_float(z)
    # exp of a large z would overflow in the branch not taken, and 0 · ∞ would make its gradient NaN.
    return tf.where(z < 0, alpha * tf.math.expm1(tf.minimum(z, 0)), z)


def dead_fraction(H: tf.Tensor) -> tf.Tensor:
    """Compute the fraction of dead neurons: those whose output is 0 on every instance.

    Works in a ``tf.function`` with an unknown number of instances.

    Args:
        H: outputs of a layer of ReLU neurons, float (m, n): m ≥ 1 instances, n ≥ 1 neurons, all at least 0.

    Returns:
        The fraction, a scalar in the dtype of ``H``. Integers are cast to float32.

    Raises:
        ValueError: ``H`` is no matrix, has no rows or no columns, or holds a negative number (values are looked at
            only where they are known, not while tracing).

    Source:
        Géron 2017, ch. 11, "Nonsaturating Activation Functions".
    """
    H = _as_float(H)
    if H.shape.rank != 2 or 0 in H.shape:
        raise ValueError(f"H must be a matrix of at least one instance and one neuron, not {H.shape}")
    if tf.executing_eagerly() and tf.reduce_any(H < 0):
        raise ValueError("ReLU outputs are at least 0; there is a negative one")
    dead = tf.reduce_all(H == 0, axis=0)
    return tf.reduce_mean(tf.cast(dead, H.dtype))


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)

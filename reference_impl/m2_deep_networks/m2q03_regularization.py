"""Five ways against overfitting: early stopping, ℓ1 and ℓ2, dropout, max-norm, data augmentation."""

import math
from collections.abc import Sequence

import tensorflow as tf


def early_stopping(val_losses: Sequence[float], patience: int, min_delta: float = 0.0) -> tuple[int, int]:
    """Find where early stopping would have ended training, and which epoch's weights it would have kept.

    An epoch is an improvement if its loss is less than best − ``min_delta``; best is the loss of the last improvement,
    infinity before the first. Training stops at the end of the ``patience``-th epoch in a row without improvement, or
    after the last epoch given. NaN is never an improvement.

    Args:
        val_losses: loss on the validation set after each epoch, at least one number.
        patience: epochs without improvement that end training, at least 1.
        min_delta: by how much the loss must fall to count, ≥ 0.

    Returns:
        The epoch at whose end training stops, and the epoch of the last improvement, −1 if there was none. Epochs are
        counted from 0.

    Raises:
        ValueError: no losses, a ``patience`` below 1 or a negative ``min_delta``.

    Source:
        Prechelt, Early Stopping — but when?, 1998, criterion UP; Géron 2017, chapter 11.
    """
    if len(val_losses) == 0:
        raise ValueError("there are no losses")
    if patience < 1 or min_delta < 0:
        raise ValueError(f"patience is at least 1 and min_delta not negative; given are {patience} and {min_delta}")
    best, best_epoch = math.inf, -1
    for epoch, loss in enumerate(val_losses):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch == patience:
            return epoch, best_epoch
    return len(val_losses) - 1, best_epoch


def regularization_loss(weights: list[tf.Tensor], l1: float = 0.0, l2: float = 0.0) -> tf.Tensor:
    """Compute the penalty ℓ1 Σ |w| + ℓ2 Σ w² over all numbers of all tensors, to be added to the cost.

    Neither sum is averaged or halved. Differentiable by autodiff.

    Args:
        weights: the layers' kernels, floats of any shapes and one dtype; biases are usually left out by the caller.
        l1: factor of the ℓ1 penalty, ≥ 0.
        l2: factor of the ℓ2 penalty, ≥ 0.

    Returns:
        The penalty, a scalar in the dtype of the weights; of no weights 0 in float32. Integers are cast to float32.

    Raises:
        ValueError: ``l1`` or ``l2`` is negative.

    Source:
        Goodfellow, Bengio and Courville, Deep Learning, 2016, section 7.1; factors as in `keras.regularizers.L1L2`.
    """
    if l1 < 0 or l2 < 0:
        raise ValueError(f"the factors must not be negative, as {l1} or {l2} is")
    penalties = [l1 * tf.reduce_sum(tf.abs(w)) + l2 * tf.reduce_sum(tf.square(w)) for w in map(_as_float, weights)]
    return tf.add_n(penalties) if penalties else tf.constant(0.0)


def dropout(x: tf.Tensor, rate: float, training: bool, seed: int) -> tf.Tensor:
    """Drop each number with probability ``rate`` while training, and divide the others by 1 − ``rate``.

    A number is kept where ``tf.random.stateless_uniform(tf.shape(x), [seed, 0])``, drawn in float32, is at least
    ``rate``. Gradients flow through what is kept. Works in a ``tf.function`` with sizes unknown.

    Args:
        x: inputs or outputs of a layer, float of any shape.
        rate: dropout rate p, 0 ≤ p < 1.
        training: whether the network is being trained; if not, nothing is dropped and nothing is divided.
        seed: seed of the draw.

    Returns:
        x / (1 − p) where kept, 0 where dropped, in the shape and dtype of ``x``. Integers are cast to float32.

    Raises:
        ValueError: ``rate`` is outside [0, 1).

    Source:
        Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014, section 4, with the
        scaling of section 10.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate is at least 0 and below 1, not {rate}")
    x = _as_float(x)
    if not training:
        return x
    kept = tf.random.stateless_uniform(tf.shape(x), [seed, 0]) >= rate
    return tf.where(kept, x / (1 - rate), tf.zeros_like(x))


def max_norm(W: tf.Tensor, r: float) -> tf.Tensor:
    """Constrain the incoming weights w of each neuron to ‖w‖₂ ≤ r, by w ← w r / ‖w‖₂ where they are longer.

    A neuron's incoming weights are a column of ``W``; of a convolution's kernel they are all numbers that lead to one
    output channel. Weights within the bound are left as they are, zeros included.

    Args:
        W: weights, float (n_in, n_out), or a kernel (h, w, c_in, c_out); in general of rank 2 or more, the neurons on
            the last axis.
        r: max-norm hyperparameter, > 0.

    Returns:
        The constrained weights, in the shape and dtype of ``W``, which itself is left alone. Integers are cast to
        float32.

    Raises:
        ValueError: ``W`` is of rank below 2, or ``r`` is not positive.

    Source:
        Srivastava et al. 2014, section 5.1; Géron 2017, chapter 11.
    """
    W = _as_float(W)
    if W.shape.rank < 2:
        raise ValueError(f"W must have an axis of inputs and one of neurons, not the shape {W.shape}")
    if r <= 0:
        raise ValueError(f"r must be positive, not {r}")
    incoming = list(range(W.shape.rank - 1))
    lengths = tf.sqrt(tf.reduce_sum(tf.square(W), axis=incoming, keepdims=True))
    return W * (r / tf.maximum(lengths, r))


def augment(images: tf.Tensor, shift: int, flip: float, delta: float, seed: int) -> tf.Tensor:
    """Make a new variant of each image: shifted, perhaps mirrored, and lighter or darker.

    For every image of the batch by itself, in this order:

    1. Its content moves down by dy and to the right by dx pixels (up and left where negative); what comes in from
       outside is 0. The whole numbers (dy, dx) are the rows of
       ``tf.random.stateless_uniform((m, 2), [seed, 0], -shift, shift + 1, tf.int32)``.
    2. It is mirrored left to right if its number in ``tf.random.stateless_uniform((m,), [seed, 1])`` is below ``flip``.
    3. Its number in ``tf.random.stateless_uniform((m,), [seed, 2], -delta, delta)`` is added to all its pixels.
    4. Pixels are clipped to [0, 1].

    Works in a ``tf.function`` with an unknown number of images.

    Args:
        images: float (m, h, w, c), pixels from 0 to 1.
        shift: largest shift in pixels, ≥ 0.
        flip: probability of mirroring, from 0 to 1.
        delta: largest change of brightness, ≥ 0.
        seed: seed of the draws. Those of steps 2 and 3 are float32; brightness is then cast to the dtype of ``images``.

    Returns:
        The variants, in the shape and dtype of ``images``, which are left alone. Integers are cast to float32.

    Raises:
        ValueError: ``images`` is not of rank 4, ``shift`` or ``delta`` is negative, or ``flip`` is outside [0, 1].

    Source:
        Géron 2017, chapter 11, data augmentation.
    """
    images = _as_float(images)
    if images.shape.rank != 4:
        raise ValueError(f"images must be of shape (m, h, w, c), not {images.shape}")
    if shift < 0 or delta < 0 or not 0 <= flip <= 1:
        raise ValueError(f"shift {shift} and delta {delta} must not be negative, and flip {flip} lies from 0 to 1")
    m, height, width = tf.unstack(tf.shape(images)[:3])
    moves = tf.random.stateless_uniform((m, 2), [seed, 0], -shift, shift + 1, tf.int32)
    mirrored = tf.random.stateless_uniform((m,), [seed, 1]) < flip
    brightness = tf.random.stateless_uniform((m,), [seed, 2], -delta, delta)

    framed = tf.pad(images, [[0, 0], [shift, shift], [shift, shift], [0, 0]])
    rows = shift + tf.range(height) - moves[:, :1]  # where each row of the result comes from, (m, height)
    columns = shift + tf.range(width) - moves[:, 1:]
    moved = tf.gather(framed, rows, axis=1, batch_dims=1)
    moved = tf.gather(moved, columns, axis=2, batch_dims=1)
    turned = tf.where(mirrored[:, None, None, None], tf.reverse(moved, axis=[2]), moved)
    lit = turned + tf.cast(brightness, images.dtype)[:, None, None, None]
    return tf.ensure_shape(tf.clip_by_value(lit, 0, 1), images.shape)


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)

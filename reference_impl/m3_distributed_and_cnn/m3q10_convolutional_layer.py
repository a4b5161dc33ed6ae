"""The convolutional layer: how large its maps are, where zeros are added, what a neuron sees, and what it computes."""

from typing import Literal

import numpy as np
import tensorflow as tf

Padding = Literal["SAME", "VALID"]


def out_size(n: int, f: int, s: int, padding: Padding) -> int:
    """Return how many rows (or columns) a convolutional layer has.

    SAME adds zeros, so that every ``s``-th input row gets an output row, ⌈n / s⌉ in all; a field may be larger than the
    input. VALID adds none, and a field must lie within the input: ⌈(n − f + 1) / s⌉.

    Args:
        n: rows of the input, at least 1.
        f: rows of the receptive field, at least 1.
        s: stride, at least 1.
        padding: "SAME" or "VALID", in capitals.

    Raises:
        ValueError: a number is below 1, the padding has another name, or the field is larger than the input with VALID.

    Source:
        TensorFlow, documentation of tf.nn.convolution, "output_spatial_shape".
    """
    if min(n, f, s) < 1:
        raise ValueError(f"sizes and stride must be at least 1, not n={n}, f={f}, s={s}")
    if padding == "SAME":
        return _ceil_div(n, s)
    if padding != "VALID":
        raise ValueError(f"padding must be 'SAME' or 'VALID', not {padding!r}")
    if f > n:
        raise ValueError(f"a field of {f} rows does not fit into {n} without padding")
    return _ceil_div(n - f + 1, s)


def same_pad(n: int, f: int, s: int) -> tuple[int, int]:
    """Return how many rows of zeros SAME adds before the first input row and after the last.

    As many as the last field sticks out, p = max((⌈n / s⌉ − 1) s + f − n, 0) in all, ⌊p / 2⌋ of them before: if p is
    odd, the one more comes after.

    Args:
        n: rows of the input, at least 1.
        f: rows of the receptive field, at least 1.
        s: stride, at least 1.

    Raises:
        ValueError: a number is below 1.

    Source:
        TensorFlow, documentation of tf.nn, "Notes on padding".
    """
    total = max((out_size(n, f, s, "SAME") - 1) * s + f - n, 0)
    return total // 2, total - total // 2


def receptive_rows(i: int, f: int, s: int, n: int, padding: Padding) -> range:
    """Return the input rows that feed the neurons of output row ``i``.

    The field starts at row i·s, less the zeros that SAME adds before. Rows of zeros are no input rows.

    Args:
        i: output row, from 0 to out_size(n, f, s, padding) − 1.
        f: rows of the receptive field, at least 1.
        s: stride, at least 1.
        n: rows of the input, at least 1.
        padding: "SAME" or "VALID".

    Returns:
        The rows, counted from 0, in order: a range or a list.

    Raises:
        ValueError: there is no output row ``i``, or as `out_size` does.

    Source:
        Géron 2017, ch. 13, "Convolutional Layer", with the padding of `same_pad`.
    """
    rows = out_size(n, f, s, padding)
    if not 0 <= i < rows:
        raise ValueError(f"the output has rows 0 to {rows - 1}, not {i}")
    start = i * s - (same_pad(n, f, s)[0] if padding == "SAME" else 0)
    return range(max(start, 0), min(start + f, n))


def layer_size(
    input_shape: tuple[int, int, int], field: tuple[int, int], maps: int, stride: int, padding: Padding
) -> dict[str, int | tuple[int, int, int]]:
    """Return the shape of a convolutional layer's output for one instance, and what the layer costs.

    Args:
        input_shape: height, width and number of maps (channels) of the input.
        field: height f_h and width f_w of the receptive field.
        maps: number n of feature maps, at least 1.
        stride: the same in both directions.
        padding: "SAME" or "VALID".

    Returns:
        A dict of whole numbers: "output_shape" (h′, w′, n); "parameters", the weights and biases; "multiplications", of
        an input (or an added zero) by a weight, one for each weight of each output neuron's field.

    Raises:
        ValueError: there are no maps, in or out, or as `out_size` does.

    Source:
        Géron 2017, ch. 13, "Memory Requirements".
    """
    height, width, channels = input_shape
    if channels < 1 or maps < 1:
        raise ValueError(f"there must be maps in and out, not {channels} and {maps}")
    out_height, out_width = (out_size(n, f, stride, padding) for n, f in zip((height, width), field, strict=True))
    weights_of_a_map = field[0] * field[1] * channels
    return {
        "output_shape": (out_height, out_width, maps),
        "parameters": (weights_of_a_map + 1) * maps,
        "multiplications": weights_of_a_map * out_height * out_width * maps,
    }


def conv2d(x: tf.Tensor, w: tf.Tensor, b: tf.Tensor, stride: int = 1, padding: Padding = "SAME") -> tf.Tensor:
    """Compute the weighted sums of a convolutional layer, from scratch and without an activation.

    z[·, i, j, k] = b[k] + Σ_u Σ_v Σ_k′ x[·, i·stride + u, j·stride + v, k′] · w[u, v, k′, k], where x is the input with
    zeros around it as `same_pad` says for SAME. The kernel is not flipped.

    From scratch means that no convolution of TensorFlow or Keras is run, under whatever name (tf.nn.conv2d,
    tf.nn.convolution, tf.raw_ops, Keras layers, keras.ops.conv), nor tf.image.extract_patches, which places the fields
    for you. Slices, tf.pad, tf.gather, products of matrices, tf.einsum and the like are all allowed.

    It must be made of TensorFlow operations, so that gradients flow to x, w and b, and work under tf.function with an
    unknown number m of instances; the other dimensions are known. No part of it may run as tf.py_function or
    tf.numpy_function.

    Args:
        x: float tensor (m, h, w, c), or whole numbers such as pixels, which are cast to the dtype of ``w``.
        w: kernels, float tensor (f_h, f_w, c, n): one kernel through all c input maps for each of n feature maps.
        b: float tensor (n,), one bias for each feature map.
        stride: of the fields, the same in both directions, at least 1.
        padding: "SAME" or "VALID".

    Returns:
        Float tensor (m, h′, w′, n) of the dtype of ``w``.

    Raises:
        ValueError: ``x`` or ``w`` is not of rank 4, ``x`` has not the c maps or ``b`` not the n biases that ``w``
            calls for, or as `out_size` does, for the height or for the width.

    Source:
        Géron 2017, ch. 13, equation 13-1, with its index put right.
    """
    w = tf.convert_to_tensor(w)
    x, b = _as_dtype(x, w.dtype), _as_dtype(b, w.dtype)
    if x.shape.rank != 4 or w.shape.rank != 4:
        raise ValueError(f"x and w must be of rank 4, not {x.shape.rank} and {w.shape.rank}")
    _, height, width, channels = x.shape
    f_h, f_w, in_maps, out_maps = w.shape
    if channels != in_maps:
        raise ValueError(f"x has {channels} maps, w is for {in_maps}")
    if b.shape != (out_maps,):
        raise ValueError(f"there must be {out_maps} biases, not {b.shape}")
    rows, columns = out_size(height, f_h, stride, padding), out_size(width, f_w, stride, padding)
    if padding == "SAME":
        x = tf.pad(x, [(0, 0), same_pad(height, f_h, stride), same_pad(width, f_w, stride), (0, 0)])
    seen_rows = stride * np.arange(rows)[:, None] + np.arange(f_h)  # i′ = i·stride + u, (rows, f_h)
    seen_columns = stride * np.arange(columns)[:, None] + np.arange(f_w)
    fields = tf.gather(tf.gather(x, seen_rows, axis=1), seen_columns, axis=3)
    return b + tf.einsum("miujvc,uvck->mijk", fields, w)


def _ceil_div(a: int, b: int) -> int:
    return -(-a // b)


def _as_dtype(value: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    tensor = tf.convert_to_tensor(value)
    return tf.cast(tensor, dtype) if tensor.dtype.is_integer else tensor

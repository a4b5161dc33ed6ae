"""Keyword arguments, loops over output neurons in a traced loop, tensordot; the zeros joined on by concat."""

import tensorflow as tf


def out_size(n, f, s, padding):
    if min(n, f, s) <= 0:
        raise ValueError("below 1")
    starts = range(0, n, s)
    if padding == "VALID":
        starts = [start for start in starts if start + f <= n]
    elif padding != "SAME":
        raise ValueError("padding")
    if not starts:
        raise ValueError("no field fits")
    return len(starts)


def same_pad(n, f, s):
    sticks_out = (out_size(n=n, f=f, s=s, padding="SAME") - 1) * s + f - n
    if sticks_out <= 0:
        return (0, 0)
    return (sticks_out // 2, sticks_out - sticks_out // 2)


def receptive_rows(i, f, s, n, padding):
    if i < 0 or i >= out_size(n, f, s, padding=padding):
        raise ValueError("no such row")
    before = same_pad(n, f, s)[0] if padding == "SAME" else 0
    return [row for row in range(n) if i * s <= row + before < i * s + f]


def layer_size(input_shape, field, maps, stride, padding):
    (h, w, c), (f_h, f_w) = input_shape, field
    if c < 1 or maps < 1:
        raise ValueError("maps")
    rows = out_size(h, f_h, stride, padding)
    columns = out_size(w, f_w, stride, padding)
    each = f_h * f_w * c
    products = rows * columns * maps * each
    return {"output_shape": (rows, columns, maps), "parameters": maps * (each + 1), "multiplications": products}


def _with_zeros(x, axis, before, after):
    shape = tf.shape(x)
    parts = [x]
    for count, first in ((before, True), (after, False)):
        size = tf.tensor_scatter_nd_update(shape, [[axis]], [count])
        zeros = tf.zeros(size, x.dtype)
        parts = [zeros, *parts] if first else [*parts, zeros]
    return tf.concat(parts, axis)


def conv2d(x, w, b, stride=1, padding="SAME"):
    w = tf.convert_to_tensor(w)
    x = tf.cast(tf.convert_to_tensor(x), w.dtype)
    b = tf.cast(tf.convert_to_tensor(b), w.dtype)
    if x.shape.rank != 4 or w.shape.rank != 4 or x.shape[-1] != w.shape[2] or b.shape.as_list() != [w.shape[3]]:
        raise ValueError("shapes")
    f_h, f_w, c, n = w.shape
    rows = out_size(x.shape[1], f_h, stride, padding)
    columns = out_size(x.shape[2], f_w, stride, padding)
    if padding == "SAME":
        for axis, f in ((1, f_h), (2, f_w)):
            x = _with_zeros(x, axis, *same_pad(x.shape[axis], f, stride))
    flat = tf.reshape(w, [f_h * f_w * c, n])

    def one_row(i):
        strip = x[:, i * stride : i * stride + f_h]
        strip = tf.ensure_shape(strip, [None, f_h, x.shape[2], c])
        neurons = [strip[:, :, j * stride : j * stride + f_w] for j in range(columns)]
        return tf.stack([tf.matmul(tf.reshape(part, [-1, f_h * f_w * c]), flat) for part in neurons], axis=1)

    by_row = tf.map_fn(one_row, tf.range(rows), fn_output_signature=tf.TensorSpec([None, columns, n], w.dtype))
    return tf.transpose(by_row, [1, 0, 2, 3]) + b

"""A product of matrices for each place in the field, on slices; float division and lists in the arithmetic."""

import math

import numpy as np
import tensorflow as tf


def out_size(rows, field, step, padding):
    if rows <= 0 or field <= 0 or step <= 0 or padding not in ("SAME", "VALID"):
        raise ValueError("rows, field, step or padding")
    if padding == "VALID" and field > rows:
        raise ValueError("field")
    return math.ceil(rows / step) if padding == "SAME" else 1 + (rows - field) // step


def same_pad(rows, field, step):
    last_start = step * (out_size(rows, field, step, "SAME") - 1)
    missing = np.maximum(last_start + field - rows, 0)
    return [missing // 2, (missing + 1) // 2]


def receptive_rows(row, field, step, rows, padding):
    if row not in range(out_size(rows, field, step, padding)):
        raise ValueError("row")
    candidates = np.arange(row * step, row * step + field)
    if padding == "SAME":
        candidates = candidates - same_pad(rows, field, step)[0]
    return candidates[(candidates >= 0) & (candidates < rows)]


def layer_size(input_shape, field, maps, stride, padding):
    if maps <= 0 or input_shape[-1] <= 0:
        raise ValueError("maps")
    height = out_size(input_shape[0], field[0], stride, padding)
    width = out_size(input_shape[1], field[1], stride, padding)
    kernel = (*field, input_shape[2])
    return {
        "multiplications": math.prod(kernel) * math.prod((height, width, maps)),
        "parameters": maps * math.prod(kernel) + maps,
        "output_shape": [height, width, maps],
    }


def conv2d(images, kernels, biases, stride=1, padding="SAME"):
    kernels = tf.convert_to_tensor(kernels)
    images = tf.cast(images, kernels.dtype)
    biases = tf.cast(biases, kernels.dtype)
    if len(images.shape) != 4 or len(kernels.shape) != 4 or images.shape[3] != kernels.shape[2]:
        raise ValueError("images or kernels")
    if tuple(biases.shape) != (kernels.shape[3],):
        raise ValueError("biases")
    counts = []
    for axis in (1, 2):
        rows, field = images.shape[axis], kernels.shape[axis - 1]
        counts.append(out_size(rows, field, stride, padding))
        before, after = same_pad(rows, field, stride) if padding == "SAME" else (0, 0)
        images = tf.pad(images, [[0, 0]] * axis + [[before, after]] + [[0, 0]] * (3 - axis))
    total = biases
    for u in range(kernels.shape[0]):
        rows = slice(u, u + (counts[0] - 1) * stride + 1, stride)
        for v in range(kernels.shape[1]):
            columns = slice(v, v + (counts[1] - 1) * stride + 1, stride)
            total += images[:, rows, columns] @ kernels[u, v]
    return total

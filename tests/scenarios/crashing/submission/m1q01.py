import tensorflow as tf


def scale(x, factor=2.0):
    if len(x.shape) != 1:
        raise ValueError("a vector, please")
    return x * factor


def norm(x):
    import ctypes

    return ctypes.string_at(0)

import tensorflow as tf


def scale(x, factor=2.0):
    if len(x.shape) != 1:
        raise ValueError("a vector, please")
    while factor < 0:
        pass
    return x * factor


def norm(x):
    return tf.norm(x)

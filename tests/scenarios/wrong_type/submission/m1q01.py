import tensorflow as tf


def scale(x, factor=2.0):
    if len(x.shape) != 1:
        raise ValueError("a vector, please")
    return [float(v) * factor for v in x]


def norm(x):
    return str(tf.norm(x))

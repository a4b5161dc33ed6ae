"""Return a symbolic tensor, a dataset and a ragged tensor, which have no value yet.

Surface: lazy values.
Stopped by: what has no value crosses as the name of its type.
Layers: design
Earns: 1
"""

import keras
import tensorflow as tf


def scale(x, factor=2.0):
    if factor == 2.0:
        return keras.Input((3,))
    if factor < 0:
        return tf.data.Dataset.from_tensors(x)
    return tf.ragged.constant([[1.0], []])

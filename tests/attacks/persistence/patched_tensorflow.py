"""Change TensorFlow, Keras and NumPy in memory for all who come later.

Surface: a process that serves many students.
Stopped by: every submission has a child of its own; what it changes ends with it.
Layers: design
Earns: 0
"""

import keras
import numpy as np
import tensorflow as tf

tf.square = tf.sqrt = tf.reduce_sum = lambda *args, **kwargs: tf.zeros([])
tf.Tensor.__mul__ = lambda one, other: one
keras.config.set_floatx("float16")
tf.config.run_functions_eagerly(True)
np.seterr(all="raise")
np.float32 = np.float16


def scale(x, factor=2.0):
    return tf.zeros([1])

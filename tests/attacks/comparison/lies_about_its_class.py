"""Return an object whose __class__ says it is a tensor and whose methods answer as they please.

Surface: isinstance, duck typing.
Stopped by: such an object can only bring a value; types are looked at exactly when they are written.
Layers: design
Earns: 1
"""

import numpy as np
import tensorflow as tf


class Answer(np.ndarray):
    def __eq__(self, other):
        return True

    __hash__ = None


class Liar:
    __class__ = tf.Tensor
    shape = property(lambda self: tf.TensorShape([3]))
    dtype = tf.float32

    def numpy(self):
        return np.zeros(3, np.float32).view(Answer)


def scale(x, factor=2.0):
    return Liar()

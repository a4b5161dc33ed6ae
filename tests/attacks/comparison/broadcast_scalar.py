"""Return a single number, which broadcasts against any array.

Surface: broadcasting.
Stopped by: shapes must be the same before a number is looked at.
Layers: design
Earns: 1
"""

import tensorflow as tf


def scale(x, factor=2.0):
    return tf.reduce_mean(x) * factor

"""Return an empty array: of no elements, none is wrong.

Surface: "all" of nothing.
Stopped by: shapes must be the same before a number is looked at.
Layers: design
Earns: 1
"""

import tensorflow as tf


def scale(x, factor=2.0):
    return tf.zeros([0])

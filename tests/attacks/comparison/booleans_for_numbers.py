"""Return True for every number.

Surface: bool is an int.
Stopped by: kinds of numbers must be the same before a number is looked at.
Layers: design
Earns: 1
"""

import tensorflow as tf


def scale(x, factor=2.0):
    return tf.ones_like(x, tf.bool)

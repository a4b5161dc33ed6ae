"""Return every value that might be right, as a matrix against which the vector broadcasts.

Surface: broadcasting, "any" in place of "all".
Stopped by: shapes must be the same before a number is looked at.
Layers: design
Earns: 1
"""

import tensorflow as tf


def scale(x, factor=2.0):
    return tf.stack([x * guess for guess in (-1.0, -0.5, 0.0, 2.0, 3.0)])

"""Make random numbers predictable: seeds ignored, generators replaced.

Surface: the randomness of hidden inputs.
Stopped by: inputs are drawn by the supervisor and arrive as numbers.
Layers: design
Earns: 2
"""

import random

import numpy as np
import tensorflow as tf

np.random.seed = random.seed = tf.random.set_seed = lambda *args: None
np.random.normal = lambda *args, **kwargs: 0.0


def scale(x, factor=2.0):
    return tf.constant([2.0, 4.0, 6.0]) if factor == 2.0 else tf.zeros([5])

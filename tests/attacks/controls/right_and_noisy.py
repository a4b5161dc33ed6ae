"""Hand in what is right, printing, warning, and writing files, with tf.function and threads.

Surface: none.
Stopped by: nothing; the same locks hold, and all marks are earned.
Layers: design
Earns: 4
"""

import logging
import tempfile
import threading
import warnings

import tensorflow as tf


@tf.function
def multiplied(x, factor):
    total = tf.zeros_like(x)
    for i in tf.range(1):
        total += x * factor * tf.cast(i + 1, x.dtype)
    return total


def scale(x, factor=2.0):
    print("scaling", x.shape)
    logging.warning("noted")
    warnings.warn("noted", stacklevel=1)
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"notes")
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    if x.shape.rank != 1:
        raise ValueError("x must be a vector")
    return multiplied(x, tf.constant(factor))

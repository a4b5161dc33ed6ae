"""Known wrong variants."""

import tensorflow as tf

from reference_impl.m1_small.m1q01_scale import scale


def scale__adds(x, factor=2.0):
    return scale(x, 1.0) + factor


def scale__adds_one_more(x, factor=2.0):
    return scale(x, 1.0) + factor + 1.0


def norm__no_root(x):
    return tf.reduce_sum(tf.square(x))

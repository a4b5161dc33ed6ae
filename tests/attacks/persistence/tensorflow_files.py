"""Open a file of TensorFlow and one of Python for writing, to change them for all who come later.

Surface: installed packages, __pycache__.
Stopped by: no file outside of the own folder can be opened for writing; root's files are not nobody's.
Layers: landlock, privileges
Earns: 1
"""

import importlib.util
import os

import keras
import tensorflow as tf

import targets


def scale(x, factor=2.0):
    for path in (tf.__file__, keras.__file__, os.__file__, importlib.util.cache_from_source(os.__file__)):
        try:
            os.close(os.open(path, os.O_RDWR))
            print(targets.SUCCESS, path)
        except OSError:
            pass
    return x * 0.0

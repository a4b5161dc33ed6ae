"""Write a .pth file beside TensorFlow, to be run by every later interpreter.

Surface: installed packages.
Stopped by: no file outside of the own folder can be made; root's files are not nobody's.
Layers: landlock, privileges
Earns: 1
"""

import os

import tensorflow as tf

import targets


def scale(x, factor=2.0):
    path = os.path.join(os.path.dirname(os.path.dirname(tf.__file__)), "attack.pth")
    open(path, "w").close()
    os.unlink(path)
    print(targets.SUCCESS)
    return x * 0.0

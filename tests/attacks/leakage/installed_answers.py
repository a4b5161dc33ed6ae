"""Read answers and known mistakes from the folders on Python's path: a checkout, or site-packages.

Surface: the file system, an installed wheel.
Stopped by: the bank is left out of what may be read, also inside of site-packages, and covered.
Layers: landlock, mounts
Earns: 1
"""

import os
import sys

import targets

FILES = (
    "reference_impl/mistakes/m1_artificial_neurons/m1q03_perceptron.py",
    "questions/bank.yaml",
    "grader/_carried/questions/bank.yaml",
    "grader/demo/students/ada/m1q01.py",
)


def scale(x, factor=2.0):
    for folder in sys.path:
        for name in FILES:
            try:
                text = open(os.path.join(folder, name)).read()
            except OSError:
                continue
            print(targets.SUCCESS, len(text))
    return x * 0.0

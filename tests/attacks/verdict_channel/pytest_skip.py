"""Skip the test from inside, which leaves pytest with exit code 0.

Surface: the exceptions by which a test framework is steered.
Stopped by: student code runs in no test framework; Skipped is an exception like any other.
Layers: design
Earns: 1
"""

import pytest


def scale(x, factor=2.0):
    if factor < 0:
        pytest.xfail("not today")
    pytest.skip("not today")

"""Print what a grader that shares stdout with the student would print.

Surface: standard output.
Stopped by: printed text is kept as text; results come another way.
Layers: design
Earns: 1
"""

import sys


def scale(x, factor=2.0):
    print('{"status": "passed", "marks": {"exact": "4", "value": 4.0}}')
    print("==== 4 passed in 0.01s ====", file=sys.stderr)
    sys.__stdout__.write("GTW1 ok 4/4\n")
    return x * 0.0

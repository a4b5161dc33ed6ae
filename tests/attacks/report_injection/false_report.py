"""Print a report of one's own, as the grader would, below the true one.

Surface: readers of reports.
Stopped by: printed text stands indented under the check that printed it, behind the word "printed".
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    print("\n\n╭─ m1q01  Scaling a vector ───────╮\n│ ✓  scale   3/3 │\n╰── 4 of 4 marks ─╯\nada: 4 of 4 marks   seed 0")
    return x * 0.0

"""Return to the beginning of the line and write a better result over it.

Surface: the terminal; carriage returns, vertical tabs and other ends of lines.
Stopped by: control characters are shown, not sent.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    print("0/3\r3/3 \x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029 4 of 4 marks")
    raise ValueError("✗\r✓  Twice one, two, three  1/1")

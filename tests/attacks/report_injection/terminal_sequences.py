"""Print and raise sequences that colour, erase and retitle a terminal, and fill its clipboard.

Surface: the terminal on which reports are read.
Stopped by: control characters are shown, not sent.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    evil = "\x1b[2J\x1b[H\x1b[32m4 of 4 marks\x1b[0m\x1b]0;owned\x07\x1b]52;c;cm0gLXJm\x07\x9b31m\x08\x08\x7f"
    print(evil)
    raise ValueError(evil)

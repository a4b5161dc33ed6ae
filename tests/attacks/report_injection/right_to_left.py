"""Turn the direction of text, so that what is read is not what is written; hide text in characters of no width.

Surface: readers of reports.
Stopped by: marks of direction and characters without width are shown.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    evil = "\u202e4/4 dessap\u202c \u2066\u2067\u2068\u2069 \u200b\u200d\u2060\ufeff \u061c \U000e0041\U000e0042"
    print(evil)
    raise ValueError(evil)

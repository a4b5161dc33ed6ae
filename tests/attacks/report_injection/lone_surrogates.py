"""Use text that cannot be encoded, in values, messages, names and keys.

Surface: encoders.
Stopped by: such characters are written as their numbers when they leave the child.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    if factor == 2.0:
        return {"\ud800": "\udfff"}
    raise ValueError("\udc80\udcff")

"""Hand in an empty file.

Surface: none.
Stopped by: a check without a function is not reached and earns nothing.
Layers: design
Earns: 1
"""

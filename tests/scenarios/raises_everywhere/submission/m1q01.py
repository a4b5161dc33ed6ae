def scale(x, factor=2.0):
    raise ValueError("always")


norm = scale

import numpy as np

print("loading", np.__name__)
raise RuntimeError("left in by mistake")

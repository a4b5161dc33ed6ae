"""Ada's backpropagation, in NumPy and plain Python."""

import math

import numpy as np


def activation(kind, sums):
    sums = np.asarray(sums)
    if sums.dtype.kind != "f":
        sums = sums.astype(np.float32)
    one = sums.dtype.type(1)
    if kind == "step":
        return np.where(sums < 0, 0 * one, one), np.zeros_like(sums)
    if kind == "relu":
        positive = sums > 0
        return np.where(positive, sums, 0 * one), positive.astype(sums.dtype)
    if kind not in ("logistic", "tanh"):
        raise ValueError(f"no activation is called {kind}")
    # both from exp of a number that is never positive, so nothing overflows
    scale = one if kind == "logistic" else 2 * one
    small = np.exp(-np.abs(scale * sums))
    logistic = np.where(sums < 0, small / (1 + small), 1 / (1 + small))
    slope = small / (1 + small) ** 2
    if kind == "logistic":
        return logistic, slope
    return 2 * logistic - 1, 4 * slope


class Node:
    """A number that remembers what it was made of, and how it depends on it."""

    def __init__(self, number, parents=()):
        self.number = number
        self.parents = parents
        self.error = 0.0


def _two(kind, a, b):
    x, y = a.number, b.number
    if kind == "add":
        return Node(x + y, [(a, 1.0), (b, 1.0)])
    if kind == "sub":
        return Node(x - y, [(a, 1.0), (b, -1.0)])
    return Node(x * y, [(a, y), (b, x)])


def _one(kind, a):
    x = a.number
    if kind == "neg":
        return Node(-x, [(a, -1.0)])
    if kind == "exp":
        return Node(math.exp(x), [(a, math.exp(x))])
    if kind == "relu":
        return Node(x, [(a, 1.0)]) if x > 0 else Node(0.0, [(a, 0.0)])
    t = math.tanh(x if kind == "tanh" else x / 2)
    if kind == "tanh":
        return Node(t, [(a, (1 - t) * (1 + t))])
    return Node((1 + t) / 2, [(a, (1 - t) * (1 + t) / 4)])


def reverse_mode(program, numbers):
    if len(program) == 0:
        raise ValueError("nothing to run")
    known = len(numbers)
    for name, *where in program:
        arity = {"add": 2, "sub": 2, "mul": 2}.get(name, 1)
        if arity == 1 and name not in ("neg", "exp", "sigmoid", "tanh", "relu"):
            raise ValueError("unknown operation " + str(name))
        if len(where) != arity or min(where) < 0 or max(where) >= known:
            raise ValueError(f"bad operands for {name}: {where}")
        known += 1
    nodes = [Node(number) for number in numbers]
    for name, *where in program:
        operands = [nodes[i] for i in where]
        nodes.append(_two(name, *operands) if len(operands) == 2 else _one(name, *operands))
    nodes[-1].error = 1.0
    for node in reversed(nodes):
        for parent, slope in node.parents:
            parent.error += node.error * slope
    return float(nodes[-1].number), tuple(float(node.error) for node in nodes[: len(numbers)])


def gradient_check(cost, point, step=1e-6):
    point = np.array(point)  # a copy
    if point.dtype != np.float64:
        raise ValueError("float64 only")
    if not step > 0:
        raise ValueError("the step must be positive")
    slopes = np.array(cost(point)[1])
    if slopes.shape != point.shape:
        raise ValueError("the gradient has another shape")
    errors = []
    for place in np.ndindex(point.shape):
        here = point[place]
        point[place] = here + step
        above = float(cost(point)[0])
        point[place] = here - step
        below = float(cost(point)[0])
        point[place] = here
        difference = (above - below) / (2 * step)
        errors.append(abs(slopes[place] - difference) / max(1.0, abs(slopes[place]), abs(difference)))
    return np.max(errors)

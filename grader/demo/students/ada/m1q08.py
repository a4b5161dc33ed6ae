"""Ada's backpropagation."""

import math

import numpy as np


def activation(name, z):
    z = np.asarray(z)
    if name == "step":
        return np.where(z < 0, 0, 1).astype(z.dtype), np.zeros(z.shape, z.dtype)
    if name == "relu":
        return np.maximum(z, 0).astype(z.dtype), np.where(z > 0, 1, 0).astype(z.dtype)
    if name == "tanh":
        return np.tanh(z), (1 - np.tanh(z) ** 2).astype(z.dtype)
    if name == "logistic":
        s = 0.5 * (1 + np.tanh(z / 2))
        return s.astype(z.dtype), (s * (1 - s)).astype(z.dtype)
    raise ValueError(name)


class Node:
    def __init__(self, value, parents=()):
        self.value, self.parents, self.grad = float(value), parents, 0.0


def reverse_mode(program, inputs):
    if len(program) == 0:
        raise ValueError("empty")
    nodes = [Node(value) for value in inputs]
    for op, *args in program:
        if any(i >= len(nodes) or i < 0 for i in args):
            raise ValueError("not computed yet")
        a = nodes[args[0]]
        b = nodes[args[1]] if len(args) > 1 else None
        if op == "add":
            node = Node(a.value + b.value, [(a, 1), (b, 1)])
        elif op == "sub":
            node = Node(a.value - b.value, [(a, 1), (b, -1)])
        elif op == "mul":
            node = Node(a.value * b.value, [(a, b.value), (b, a.value)])
        elif op == "neg":
            node = Node(-a.value, [(a, -1)])
        elif op == "exp":
            node = Node(math.exp(a.value), [(a, math.exp(a.value))])
        elif op == "sigmoid":
            s = 1 / (1 + math.exp(-a.value))
            node = Node(s, [(a, s * (1 - s))])
        elif op == "tanh":
            node = Node(math.tanh(a.value), [(a, 1 - math.tanh(a.value) ** 2)])
        elif op == "relu":
            node = Node(a.value if a.value > 0 else 0, [(a, 1 if a.value > 0 else 0)])
        else:
            raise ValueError("unknown " + op)
        nodes.append(node)
    nodes[-1].grad = 1.0
    for node in nodes[::-1]:
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
    return nodes[-1].value, [node.grad for node in nodes[: len(inputs)]]


def gradient_check(f, theta, eps=1e-6):
    theta = np.array(theta)
    if theta.dtype != np.float64:
        raise ValueError("float64, please")
    grad = np.asarray(f(theta)[1])
    worst = 0.0
    for i in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[i] += eps
        down[i] -= eps
        slope = (float(f(up)[0]) - float(f(down)[0])) / (2 * eps)
        worst = max(worst, abs(grad[i] - slope) / max(1, abs(grad[i])))
    return worst

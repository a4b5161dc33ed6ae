"""Recipes -> the values that a function is called with. Runs in the child, where TensorFlow is."""

from typing import Any

import tensorflow as tf

from grader.inputs import callables
from grader.inputs.build import Recipe


def realise(recipe: Recipe) -> Any:
    """Make the value afresh, so that nothing a function does to its arguments outlives the call."""
    if "plain" in recipe:
        return recipe["plain"]
    if "array" in recipe:
        return _array(recipe)
    if "list" in recipe:
        return [realise(item) for item in recipe["list"]]
    if "tuple" in recipe:
        return tuple(realise(item) for item in recipe["tuple"])
    if "dict" in recipe:
        return {key: realise(item) for key, item in recipe["dict"].items()}
    options = {name: realise(option) for name, option in recipe["options"].items()}
    return getattr(callables, recipe["callable"])(**options)


def _array(recipe: Recipe) -> Any:
    array = recipe["array"].copy()
    if recipe["as"] == "numpy":
        return array
    if recipe["as"] == "list":
        return array.tolist()
    if recipe["as"] == "variable":
        return tf.Variable(array)
    return tf.constant(array)

"""What a function returned -> plain data. Runs in the child, on values that the student made."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from grader.observation import Opaque, Tree

_MOST_ITEMS = 100_000


def plain(value: Any, depth: int = 0) -> Tree:
    """Return ``value`` as plain data: tensors and arrays as arrays, containers item by item, the rest as a name.

    Types are looked at exactly, so a subclass shows its own name and cannot pretend to be its base.
    """
    if depth > 16:
        return Opaque("something nested more than 16 deep")
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is bytes:
        return value.decode("utf-8", "backslashreplace")
    if kind is range and len(value) <= _MOST_ITEMS:
        return list(value)
    if kind in (list, tuple) and len(value) <= _MOST_ITEMS:
        items = [plain(item, depth + 1) for item in value]
        return items if kind is list else tuple(items)
    if kind is not tuple and isinstance(value, tuple) and hasattr(value, "_fields"):  # a namedtuple
        return tuple(plain(item, depth + 1) for item in tuple(value))
    if isinstance(value, Mapping) and kind.__module__ in ("builtins", "collections"):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, tf.Tensor | tf.Variable | np.ndarray | np.generic) or hasattr(value, "__array__"):
        return _array(value)
    return Opaque(_type_name(value))


def _array(value: Any) -> Tree:
    try:
        array = np.asarray(value.numpy() if isinstance(value, tf.Tensor | tf.Variable) else value)
    except Exception:  # a symbolic tensor, or an object whose __array__ fails
        return Opaque(_type_name(value))
    if array.dtype.kind in "OSU":
        return plain(array.tolist()) if array.ndim or array.dtype.kind != "O" else Opaque(_type_name(value))
    if array.dtype.kind == "V":  # bfloat16 and other types that NumPy knows by size only
        return array.astype(np.float32)
    return np.array(array, copy=True, subok=False)


def _type_name(value: object) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"[:150]

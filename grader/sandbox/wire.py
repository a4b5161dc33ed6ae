"""Plain data <-> bytes: a strict JSON header and raw buffers. No pickle, nothing is ever executed.

A message is ``magic | u32 header length | JSON header | buffers``. The header holds the tree, with every value
that JSON lacks tagged by a one-key object: ``{"f": "0x1.8p+0"}`` a float (hexadecimal, so exact and able to say
inf and nan), ``{"i": "…"}`` a big integer, ``{"t": […]}`` a tuple, ``{"d": [[key, value], …]}`` a dict,
``{"a": [dtype, shape]}`` an array, whose bytes follow in order, and ``{"o": "module.Name"}`` an opaque value.

The reader trusts nothing: it is fed by processes that students control. Whatever is wrong with the bytes is a
`Malformed`, and no memory is taken on the word of a header.
"""

import json
import math
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.observation import Opaque, Tree

MAGIC = b"GTW1"
#: Largest message in bytes, and the bounds within it.
MOST_BYTES = 64 << 20
MOST_HEADER = 4 << 20
MOST_DEPTH = 32
MOST_RANK = 16
MOST_INTEGER_DIGITS = 1000

_DTYPES = {
    name: np.dtype(name)
    for name in (
        "|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16",
    )
}  # fmt: skip

_LENGTH = struct.Struct("<I")
_FRAME = struct.Struct("<Q")


class Malformed(Exception):  # noqa: N818 - the name is what is said of the bytes
    """Bytes that are not a message."""


def encode(tree: Tree) -> bytes:
    """Return the message of ``tree``.

    Raises:
        Malformed: the tree holds something that is no plain data, or is too large.
    """
    buffers: list[bytes] = []
    header = json.dumps(_encode(tree, buffers, 0), separators=(",", ":"), allow_nan=False).encode("utf-8")
    if len(header) > MOST_HEADER:
        raise Malformed(f"more than {MOST_HEADER} bytes of structure")
    message = b"".join([MAGIC, _LENGTH.pack(len(header)), header, *buffers])
    if len(message) > MOST_BYTES:
        raise Malformed(f"more than {MOST_BYTES >> 20} MB")
    return message


def _encode(node: Tree, buffers: list[bytes], depth: int) -> Any:
    if depth > MOST_DEPTH:
        raise Malformed(f"nested more than {MOST_DEPTH} deep")
    # Exact types only: a subclass could answer any question put to it as it likes.
    kind = type(node)
    if node is None or kind is bool:
        return node
    if kind is str:
        return node.encode("utf-8", "backslashreplace").decode()
    if kind is int:
        return node if abs(node) < 2**53 else {"i": _digits(node)}
    if kind is float:
        return {"f": node.hex()}
    if kind is list:
        return [_encode(item, buffers, depth + 1) for item in node]
    if kind is tuple:
        return {"t": [_encode(item, buffers, depth + 1) for item in node]}
    if kind is dict:
        pairs = [[_key(key), _encode(value, buffers, depth + 1)] for key, value in node.items()]
        return {"d": pairs}
    if kind is Opaque:
        return {"o": node.type_name}
    if kind is np.ndarray:
        return _encode_array(node, buffers)
    raise Malformed(f"a {kind.__name__} is no plain data")


def _digits(number: int) -> str:
    # A digit is less than four bits: what is far too long is refused before it is written out, which takes long.
    if number.bit_length() > 4 * MOST_INTEGER_DIGITS or len(digits := str(number)) > MOST_INTEGER_DIGITS:
        raise Malformed(f"an integer of more than {MOST_INTEGER_DIGITS} digits")
    return digits


def _key(key: object) -> str:
    if type(key) is not str:
        raise Malformed(f"a dict key of type {type(key).__name__}")
    return key


def _encode_array(array: np.ndarray[Any, Any], buffers: list[bytes]) -> Any:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    if little.dtype.str not in _DTYPES:
        raise Malformed(f"an array of dtype {array.dtype}")
    buffers.append(little.tobytes())  # C order
    return {"a": [little.dtype.str, list(array.shape)]}


def decode(message: bytes | memoryview) -> Tree:
    """Return the tree of ``message``.

    Raises:
        Malformed: for anything at all that is wrong with the bytes.
    """
    try:
        return _Reader(memoryview(message)).read()
    except Malformed:
        raise
    except Exception as error:  # the bytes are hostile: whatever they break is their fault
        raise Malformed(f"{type(error).__name__}") from None


class _Reader:
    def __init__(self, message: memoryview) -> None:
        if len(message) > MOST_BYTES:
            raise Malformed("too long")
        if len(message) < 8 or bytes(message[:4]) != MAGIC:
            raise Malformed("no message")
        (length,) = _LENGTH.unpack(message[4:8])
        if length > MOST_HEADER or 8 + length > len(message):
            raise Malformed("header length")
        self.message = message
        self.header = json.loads(bytes(message[8 : 8 + length]).decode("utf-8"), parse_constant=_refuse)
        self.at = 8 + length

    def read(self) -> Tree:
        tree = self._node(self.header, 0)
        if self.at != len(self.message):
            raise Malformed("trailing bytes")
        return tree

    def _node(self, node: Any, depth: int) -> Tree:
        if depth > MOST_DEPTH:
            raise Malformed("nested too deep")
        if isinstance(node, str):
            return _text(node)
        if node is None or isinstance(node, bool) or (isinstance(node, int) and abs(node) < 2**53):
            return node
        if isinstance(node, list):
            return [self._node(item, depth + 1) for item in node]
        if not isinstance(node, dict) or len(node) != 1:
            raise Malformed("header item")
        ((tag, content),) = node.items()
        match tag, content:
            case "f", str() if len(content) < 40:
                return float.fromhex(content)
            case "i", str() if len(content) <= MOST_INTEGER_DIGITS:
                return int(content)
            case "t", list():
                return tuple(self._node(item, depth + 1) for item in content)
            case "d", list():
                return self._dict(content, depth)
            case "o", str() if len(content) < 200:
                return Opaque(_text(content))
            case "a", [str() as dtype, list() as shape]:
                return self._array(dtype, shape)
        raise Malformed("header item")

    def _dict(self, pairs: list[Any], depth: int) -> dict[str, Tree]:
        result: dict[str, Tree] = {}
        for pair in pairs:
            key, value = pair
            if not isinstance(key, str) or key in result:
                raise Malformed("dict key")
            result[_text(key)] = self._node(value, depth + 1)
        return result

    def _array(self, dtype_name: str, shape: list[Any]) -> np.ndarray[Any, Any]:
        dtype = _DTYPES.get(dtype_name)
        if dtype is None or len(shape) > MOST_RANK or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
            raise Malformed("array header")
        size = math.prod(shape)
        end = self.at + size * dtype.itemsize  # Python integers: no overflow, nothing allocated yet
        if end > len(self.message):
            raise Malformed("array length")
        array = np.frombuffer(self.message[self.at : end], dtype).reshape(shape)
        self.at = end
        return array


def _text(text: str) -> str:
    """Refuse text that no file can be written with: JSON can name halves of characters, which UTF-8 has not."""
    text.encode("utf-8")
    return text


def _refuse(name: str) -> None:
    raise Malformed(f"{name} in a header")


def frame(message: bytes) -> bytes:
    """Return the message with its length before it, to be appended to a log of messages."""
    return _FRAME.pack(len(message)) + message


def frames(log: memoryview) -> Iterator[memoryview]:
    """Yield the complete messages of a log; what was cut off by the end of its writer is left out.

    Raises:
        Malformed: a length that no message may have.
    """
    at = 0
    while at + _FRAME.size <= len(log):
        (length,) = _FRAME.unpack(log[at : at + _FRAME.size])
        if length > MOST_BYTES:
            raise Malformed("frame length")
        start = at + _FRAME.size
        if start + length > len(log):
            return
        yield log[start : start + length]
        at = start + length

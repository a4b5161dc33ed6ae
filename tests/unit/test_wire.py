"""Whatever is plain data crosses the wire unchanged; whatever else comes is a clean `Malformed`."""

import contextlib
import json
import math
import os
import struct

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.observation import Opaque, Tree
from grader.sandbox import wire

#: The nightly target asks for 200,000 mutated frames; a commit makes do with fewer.
MUTATIONS = int(os.environ.get("GRADETAPE_FUZZ", "2000"))

_DTYPES = st.sampled_from(["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"])
_ARRAYS = _DTYPES.flatmap(
    lambda dtype: hnp.arrays(np.dtype(dtype), hnp.array_shapes(min_dims=0, min_side=0, max_side=4))
)
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"]))
    | st.builds(Opaque, st.text("abc._", max_size=20)) | _ARRAYS
)  # fmt: skip
TREES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text("abcdef", max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(a: Tree, b: Tree) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (math.isnan(a) and math.isnan(b))
    return a == b


@given(TREES)
def test_a_tree_comes_back_as_it_went(tree: Tree) -> None:
    assert same(wire.decode(wire.encode(tree)), tree)


@given(TREES, st.data())
@settings(max_examples=MUTATIONS, deadline=None)
def test_mutated_messages_are_read_or_malformed_and_nothing_else(tree: Tree, data: st.DataObject) -> None:
    message = bytearray(wire.encode(tree))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(message) - 1))
        match data.draw(st.integers(0, 2)):
            case 0:
                message[place] = data.draw(st.integers(0, 255))
            case 1:
                del message[place : place + data.draw(st.integers(1, 9))]
            case _:
                message[place:place] = data.draw(st.binary(max_size=9))
        if not message:
            break
    with contextlib.suppress(wire.Malformed):
        wire.decode(bytes(message))


@given(st.binary(max_size=200))
@example(b"GTW1\xff\xff\xff\xff")
def test_any_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.decode(data)


def _with_header(header: object, buffers: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return wire.MAGIC + struct.pack("<I", len(text)) + text + buffers


@pytest.mark.parametrize(
    "header",
    [
        {"a": ["<f4", [2**39, 2**39]]},  # claims more than any memory holds
        {"a": ["<f4", [-1]]},
        {"a": ["<f4", [True]]},
        {"a": ["|O", [1]]},
        {"a": [["<f4"], [1]]},
        {"a": ["<f4", [1] * 50]},
        {"o": "x" * 1000},
        {"d": [["a", 1], ["a", 2]]},
        {"d": [[{}, 1]]},
        {"f": "1" * 100},
        {"i": "1" * 5000},
        {"x": 1},
        {},
        1.5,
        b"NaN",
        b"[" * 100_000,
        b'{"i": "' + b"9" * 900 + b'"',
    ],
)
def test_hostile_headers_are_malformed(header: object) -> None:
    with pytest.raises(wire.Malformed):
        wire.decode(_with_header(header, b"\0" * 64))


class _Liar(float):
    def hex(self) -> str:
        return "0x1p+0"


@pytest.mark.parametrize(
    "tree",
    [_Liar(2.0), np.ma.masked_array([1.0]), {1: 2}, {2.0}, object(), np.array([object()]), np.array(["x"])],
)
def test_only_plain_data_is_sent(tree: Tree) -> None:
    with pytest.raises(wire.Malformed):
        wire.encode(tree)


def test_a_log_cut_short_gives_its_complete_messages() -> None:
    log = wire.frame(wire.encode([1])) + wire.frame(wire.encode([2]))
    for cut in range(len(log) + 1):
        read = [wire.decode(message) for message in wire.frames(memoryview(log[:cut]))]
        assert read == [[1], [2]][: len(read)]
    assert len(list(wire.frames(memoryview(log)))) == 2


def test_a_frame_that_claims_too_much_is_malformed() -> None:
    with pytest.raises(wire.Malformed):
        list(wire.frames(memoryview(struct.pack("<Q", 1 << 60) + b"x")))

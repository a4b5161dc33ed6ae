"""Whatever is plain data crosses the wire unchanged; whatever else comes is a clean `Malformed`."""

import contextlib
import json
import math
import os
import random
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.observation import Opaque, Tree
from grader.sandbox import wire

#: The nightly target asks for 200,000 mutated frames; a commit makes do with fewer. Those that hypothesis draws cost
#: a hundred times more than those of a plain generator of random numbers, so there are fewer of them.
MUTATIONS = int(os.environ.get("GRADETAPE_FUZZ", "10000"))

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
@settings(max_examples=MUTATIONS // 20, deadline=None)
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


_SEEDS: list[Tree] = [
    {
        "id": "0123456789abcdef/scale/by_hand",
        "outcome": "returned",
        "value": np.arange(6, dtype=np.float32).reshape(2, 3),
    },
    {"id": "x", "outcome": "raised", "error": {"type": "E", "bases": ["E"], "message": "m", "traceback": ""}},
    [1, 2.5, -0.0, math.inf, 2**80, None, True, "text", (1, (2, [])), Opaque("a.B"), np.zeros((0, 3), np.int8)],
    {"a": {"b": {"c": [np.ones(3, bool), np.array(1 + 2j, np.complex64)]}}},
]
#: What somebody who knows the format would put in the place of something else.
_TOKENS = [
    b"[", b"]", b"{", b"}", b'"', b":", b",", b"null", b"NaN", b"-Infinity", b"1e999", b"-1", b"1.5", b"0" * 20,
    b"9" * 5000, b"1099511627775", b'"d"', b'"a"', b'"t"', b'"o"', b'"i"', b'"f"', b'"|O"', b'"<f8"', b'"<U4"', b'"|b1"',
    b"[" * 200, b'{"d":[', b'{"a":["<f4",[4294967296,4294967296]]}', b'{"a":["<f4",[]]}', b'{"d":[["a",1],["a",1]]}',
    b"\\ud800", b"\xff", b"\0", b'{"i":"' + b"9" * 1001 + b'"}', b'{"f":"0x1p9999"}', b'{"f":"nan"}', b'{"o":""}', b"true",
]  # fmt: skip


def _mutated(rng: random.Random) -> bytes:
    """Return a message with a few mistakes in its header, its lengths or its buffers."""
    whole = wire.encode(rng.choice(_SEEDS))
    (length,) = struct.unpack("<I", whole[4:8])
    header, buffers = bytearray(whole[8 : 8 + length]), bytearray(whole[8 + length :])
    for _ in range(rng.randint(1, 4)):
        part = rng.choice((header, header, buffers))
        at = rng.randrange(len(part) + 1)
        match rng.randrange(5):
            case 0:
                part[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del part[at : at + rng.randint(1, 12)]
            case 2:
                part[at:at] = rng.choice(_TOKENS)
            case 3:
                part[at : at + rng.randint(1, 8)] = rng.choice(_TOKENS)
            case _:
                start = rng.randrange(len(part) + 1)
                part[at:at] = part[start : start + rng.randint(1, 40)]
    claimed = len(header) if rng.random() < 0.9 else rng.choice((0, 1, len(header) + 1, 2**31, 2**32 - 1))
    return wire.MAGIC + struct.pack("<I", claimed) + bytes(header) + bytes(buffers)


def test_mistakes_of_one_who_knows_the_format_are_read_or_malformed() -> None:
    rng = random.Random(2024)
    read = 0
    for _ in range(MUTATIONS):
        message = _mutated(rng)
        try:
            tree = wire.decode(message)
        except wire.Malformed:
            continue
        read += 1
        assert same(wire.decode(wire.encode(tree)), tree), "what is read is plain data, and no more than that"
    assert 0 < read < MUTATIONS


def test_mutated_logs_are_cut_into_messages_or_malformed() -> None:
    rng = random.Random(2025)
    for _ in range(MUTATIONS // 10):
        log = bytearray(b"".join(wire.frame(_mutated(rng)) for _ in range(rng.randint(1, 4))))
        for _ in range(rng.randint(0, 3)):
            log[rng.randrange(len(log))] = rng.randrange(256)
        with contextlib.suppress(wire.Malformed):
            assert sum(map(len, wire.frames(memoryview(bytes(log))))) <= len(log)


@pytest.mark.parametrize(
    "message",
    [
        _with_header({"a": ["<f8", [2**39, 2**39]]}, bytes(1000)),
        _with_header({"a": ["<f8", [0, 2**39, 2**39]]}),
        _with_header(b'{"i":"' + b"9" * 1_000_000 + b'"}'),
        _with_header(b"9" * 1_000_000),
        _with_header(b"[" * 1_000_000),
        _with_header(b'{"t":' * 200_000),
        _with_header(b"[" + b"[]," * 300_000 + b"[]]"),
        _with_header(b'"' + b"\\ud800" * 150_000 + b'"'),
        wire.MAGIC + b"\xff\xff\xff\xff" + bytes(1_000_000),
    ],
    ids=["shape", "empty of a huge shape", "digits", "number", "deep", "deep tuples", "wide", "surrogates", "header"],
)
def test_no_message_takes_more_memory_than_a_small_multiple_of_its_length(message: bytes) -> None:
    tracemalloc.start()
    try:
        with contextlib.suppress(wire.Malformed):
            wire.decode(message)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # An empty list of JSON is three bytes, and some sixty as Python's own, twice: parsed and read.
    assert peak < 60 * len(message) + (1 << 20)


def test_integers_are_bounded_both_ways() -> None:
    longest = 10**wire.MOST_INTEGER_DIGITS - 1
    assert wire.decode(wire.encode([longest, -(2**53), 2**53 - 1])) == [longest, -(2**53), 2**53 - 1]
    for number in (longest + 1, -(10 ** (wire.MOST_INTEGER_DIGITS + 1)), 10**100_000):
        with pytest.raises(wire.Malformed):
            wire.encode(number)
    with pytest.raises(wire.Malformed):
        wire.decode(_with_header(str(2**60).encode()))

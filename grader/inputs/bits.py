"""Seeded random numbers that are the same bits on every machine and with every NumPy.

Only raw 64-bit words are taken from NumPy: NEP 19 promises those streams, but not the distributions'.
All that follows is integer arithmetic and exact scaling by powers of two.
"""

import hashlib

import numpy as np
import numpy.typing as npt

_Float = npt.NDArray[np.float64]
_Int = npt.NDArray[np.int64]

_HALF = 2**32


class Bits:
    """A stream of random numbers named by ``names`` (seed, question, function, check, input)."""

    def __init__(self, *names: object) -> None:
        digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
        self._source = np.random.Philox(key=int.from_bytes(digest[:16], "little"))

    def _words(self, count: int) -> npt.NDArray[np.uint64]:
        return np.atleast_1d(np.asarray(self._source.random_raw(count), dtype=np.uint64))

    def uniform(self, count: int) -> _Float:
        """Return ``count`` numbers in [0, 1), each a multiple of 2⁻⁵³."""
        scaled: _Float = (self._words(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return scaled

    def normal(self, count: int) -> _Float:
        """Return ``count`` numbers of mean 0 and variance 1: sums of twelve uniform ones, less 6.

        The sum of twelve is bounded by ±6 and within 0.002 of the normal distribution function
        (Irwin, Biometrika 19, 1927; Hall, ibid.). Box–Muller would need the logarithm and cosine
        of the machine's library, whose last bits differ.
        """
        words = self._words(6 * count).reshape(count, 6)
        high = (words >> np.uint64(32)).astype(np.int64)
        low = (words & np.uint64(_HALF - 1)).astype(np.int64)
        total = high.sum(axis=1) + low.sum(axis=1) - 6 * (_HALF - 1)
        scaled: _Float = total.astype(np.float64) / _HALF
        return scaled

    def below(self, bound: int, count: int) -> _Int:
        """Return ``count`` integers in [0, ``bound``), for a bound up to 2³¹ (Lemire's multiply-shift)."""
        high = self._words(count) >> np.uint64(32)
        return ((high * np.uint64(bound)) >> np.uint64(32)).astype(np.int64)

    def permutation(self, count: int) -> _Int:
        """Return the numbers 0..``count``-1 in random order."""
        return np.argsort(self._words(count), kind="stable").astype(np.int64)

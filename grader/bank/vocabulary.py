"""The words that questions may use: input generators, callables, probes. Filled in by those who own them."""

from collections.abc import Mapping, Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """For each known name, the names of its options."""

    generators: Mapping[str, Set[str]]
    callables: Mapping[str, Set[str]]
    probes: Mapping[str, Set[str]]

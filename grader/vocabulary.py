"""The words that a question may use, gathered from the rooms that own them. Without TensorFlow."""

from functools import cache
from pathlib import Path

import grader.inputs
from grader.bank.source import parse_module
from grader.bank.vocabulary import Vocabulary
from grader.inputs.generators import generator_options
from grader.probes import probe_sources


@cache
def known_words() -> Vocabulary:
    """Return the generators, callables and probes there are."""
    path = Path(grader.inputs.__file__).with_name("callables.py")
    functions = parse_module(path, path.read_text(encoding="utf-8")).functions
    return Vocabulary(
        generators=generator_options(),
        callables={
            name: frozenset(p.name for p in function.parameters)
            for name, function in functions.items()
            if not name.startswith("_")
        },
        probes={name: options for name, (_, options) in probe_sources().items()},
    )

"""What is observed of a function inside the child: a call, its gradient, its trace, a model's structure.

A probe is a public function ``probe(subject, *, option=…) -> value`` in a module of this package. It makes calls
and returns what it saw; it never says pass or fail. Probes for one question only stand in a module named after it.

Importing this package imports no probe: the modules need TensorFlow, `find_probe` and the trusted side do not.
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from grader.bank.source import parse_module

_NOT_PROBES = {"derivatives", "devices", "plain", "refusals", "subject", "tracing"}


def _modules() -> list[str]:
    return sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if name not in _NOT_PROBES)


@cache
def probe_sources() -> dict[str, tuple[str, frozenset[str]]]:
    """Return for each probe its module and its options, read from the source."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for module in _modules():
        path = Path(__file__).with_name(f"{module}.py")
        for name, function in parse_module(path, path.read_text(encoding="utf-8")).functions.items():
            if name.startswith("_"):
                continue
            if name in found:
                raise RuntimeError(f"the probe '{name}' is in {module} and in {found[name][0]}")
            found[name] = (module, frozenset(p.name for p in function.parameters[1:]))
    return found


def import_all() -> None:
    """Import every probe, in the zygote, so that children find them ready."""
    for module in _modules():
        importlib.import_module(f"{__name__}.{module}")
    probe_sources()


def find_probe(name: str) -> Callable[..., Any]:
    """Return the probe called ``name``."""
    module, _ = probe_sources()[name]
    probe: Callable[..., Any] = getattr(_imported(module), name)
    return probe


@cache
def _imported(module: str) -> Any:
    return importlib.import_module(f"{__name__}.{module}")

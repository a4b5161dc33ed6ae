"""A run of the program: the children, the device and the cache that all its grading shares."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from grader.grade import Setting
from grader.problems import GradeTapeError
from grader.sandbox.locks.levels import Level
from grader.sandbox.locks.process import hide_memory
from grader.sandbox.machine import describe, open_children


def cache_folder() -> Path:
    """Return where observations of the reference are kept: ``$GRADETAPE_CACHE``, or the user's cache folder."""
    named = os.environ.get("GRADETAPE_CACHE")
    return Path(named) if named else user_cache_path("gradetape")


@contextmanager
def open_setting(
    seed: int, device: str = "auto", use_cache: bool = True, *, level: Level = "strict", bubblewrap: bool = False
) -> Iterator[Setting]:
    """Start the process that holds TensorFlow, settle the device, and end every process in the end.

    From then on no other process of this user can look into this one, which knows what is expected.

    Args:
        seed: of the inputs and of the submissions' random numbers.
        device: "cpu", "gpu:N", or "auto" for the first GPU that TensorFlow sees, else the CPU.
        use_cache: whether observations of the reference may come from disk.
        level: how tightly children are locked.
        bubblewrap: whether all children are made inside bubblewrap.

    Raises:
        GradeTapeError: TensorFlow cannot be started, or there is no such device, or the machine cannot give the level.
    """
    hide_memory()
    cache = cache_folder()
    children = open_children(cache, level, bubblewrap=bubblewrap)
    try:
        chosen = _settle(device, describe(children), level)
        yield Setting(children, seed, chosen, cache if use_cache else None)
    finally:
        children.close()


def _settle(device: str, seen: list[str], level: Level) -> str:
    gpus = [name.lower() for name in seen if name.startswith("GPU:")]
    if device == "auto":
        return gpus[0] if gpus else "cpu"
    if device != "cpu" and device not in gpus:
        have = ", ".join(["cpu", *gpus])
        # The locks keep a child from the drivers' devices, whose countless requests no filter can tell apart.
        locked = "" if level == "none" else f" under level '{level}', which keeps GPUs out of reach (--level none)"
        raise GradeTapeError(
            f"TensorFlow sees no '{device}' here{locked}; choose one of {have}, or run 'gradetape doctor'"
        )
    return device

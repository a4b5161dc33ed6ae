"""Resource limits of a child, as far as the system has them."""

import sys
from dataclasses import dataclass

if sys.platform != "win32":
    import resource


@dataclass(frozen=True)
class Limits:
    """What one child may use. Bytes and seconds.

    ``cpu_seconds`` bounds the whole child; the wall clock of each check is kept by the supervisor, which
    the child cannot reach.
    """

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int = 64 << 20
    open_files: int = 256
    #: Threads count as processes, and where there is no user namespace those of all children of a user together: so
    #: this is ample. A single child's threads are bounded by their stacks, which are memory. Does not bind root.
    processes: int = 4096


def apply_limits(limits: Limits) -> list[str]:
    """Limit this process for good (soft and hard) and return the names of the limits now active."""
    if sys.platform == "win32":
        return []
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_DATA": limits.memory_bytes,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_FSIZE": limits.file_bytes,  # bounds memfds too, so results and printed output
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_NPROC": limits.processes,
    }
    active = []
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (allowed, allowed))
        except (OSError, ValueError):
            continue  # macOS refuses some; what is active is what is returned, and doctor shows it
        active.append(name)
    return active

"""The zygote inside bubblewrap, an optional outer layer: what a child may not read is not even there by name.

`bwrap` builds a file system of the interpreter, its libraries and this program alone, with processes, network and
message queues of its own; see bwrap(1). The locks of each child hold inside it as they do outside.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.problems import GradeTapeError
from grader.sandbox.locks.readable import SYSTEM, answers, interpreter_folders

_PROGRAM = Path(__file__).resolve().parents[1]
#: Links by which programs find their loader and libraries where /usr holds all.
_LINKS = (Path("/bin"), Path("/lib"), Path("/lib64"))
#: What else the loopback and the names of its users need.
_NAMES = tuple(map(Path, ("/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf")))


def bubblewrapped(command: list[str], scratch: Path) -> list[str]:
    """Return ``command`` inside bubblewrap, with ``scratch`` the one folder of the outside that it may write to.

    Raises:
        GradeTapeError: bubblewrap is not installed, or does not work here.
    """
    if shutil.which("bwrap") is None:
        raise GradeTapeError(
            "bubblewrap is not installed; install it (apt install bubblewrap) or leave out --bubblewrap"
        )
    wrapper = ["bwrap", *_view(scratch), "--"]
    tried = subprocess.run([*wrapper, sys.executable, "-I", "-c", ""], capture_output=True, text=True, check=False)  # noqa: S603
    if tried.returncode:
        reason = (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
        raise GradeTapeError(f"bubblewrap does not work here ({reason}); leave out --bubblewrap")
    return [*wrapper, *command]


def _view(scratch: Path) -> Iterator[str]:
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
    if os.geteuid() == 0:  # children of root become another user, which takes root's own rights and no map of users
        yield from ("--cap-add", "ALL")
    yield from ("--die-with-parent", "--proc", "/proc", "--dev", "/dev", "--tmpfs", tempfile.gettempdir())
    for link in _LINKS:
        if link.is_symlink():
            yield from ("--symlink", str(link.readlink()), str(link))
    shown = [Path(sys.prefix), Path(sys.base_prefix), *interpreter_folders(), *SYSTEM, *_NAMES, _PROGRAM]
    for path in dict.fromkeys(shown):
        if path.exists() and not any(path.is_relative_to(given) for given in ("/proc", "/dev", *_LINKS)):
            yield from ("--ro-bind", str(path), str(path))
    for path in answers():
        if path.is_dir() and path != _PROGRAM and any(path.is_relative_to(folder) for folder in shown):
            yield from ("--tmpfs", str(path))
    yield from ("--bind", str(scratch), str(scratch))

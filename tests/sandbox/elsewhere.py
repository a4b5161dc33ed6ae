"""Run a command as on another machine: `elsewhere.py [--ordinary FOLDER] [--lacking CALL,… ERROR] [--path PATH] COMMAND…`.

``--ordinary`` makes root an ordinary user who owns FOLDER and may read Python, wherever it is installed. ``--lacking``
has the kernel answer system calls with an error, as one does that does not know or does not allow them.
"""

import argparse
import errno
import os
import sys
from pathlib import Path

from grader.sandbox.locks import mounts, namespaces, seccomp
from grader.sandbox.locks.privileges import NOBODY
from grader.sandbox.locks.readable import interpreter_folders
from grader.sandbox.locks.syscalls import architecture
from tests.sandbox import bpf


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ordinary", type=Path)
    parser.add_argument("--lacking", nargs=2)
    parser.add_argument("--path")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.ordinary and os.geteuid() == 0:
        become_ordinary(options.ordinary.resolve())
    if options.lacking:
        names, error = options.lacking
        numbers = [architecture().numbers[name] for name in names.split(",")]
        code = bpf.refusing(architecture().audit, numbers, getattr(errno, error))
        seccomp.apply(seccomp.Program(code, ()))
    if options.path:
        os.environ["PATH"] = options.path
    os.execvp(options.command[0], options.command)


def become_ordinary(folder: Path) -> None:
    """Become a user who has never been root, on a machine where every user can read Python and this checkout."""
    checkout = Path(__file__).resolve().parents[2]
    os.chown(folder, NOBODY, NOBODY)
    namespaces.enter(namespaces.MOUNTS)
    mounts.keep_to_oneself()
    prefix = Path(sys.executable).parent.parent
    reached = [path.resolve() for path in (*interpreter_folders(), checkout, folder)]
    reached += [prefix, Path(sys.executable).resolve().parent.parent]
    mounts.bring_in_reach(reached, NOBODY, NOBODY)
    os.environ.update(HOME=str(folder), GRADETAPE_CACHE=str(folder / "cache"), TMPDIR="/tmp")
    os.chdir(folder)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


if __name__ == "__main__":
    main()

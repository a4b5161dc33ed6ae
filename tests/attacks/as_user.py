"""Run pytest as an ordinary user who can read Python and this checkout, wherever root has put them.

    python -m tests.attacks.as_user ordinary tests/attacks/test_museum.py -q
    python -m tests.attacks.as_user root tests/attacks/test_museum.py -k least

As root: in a mount namespace of its own, what lies behind folders that only root may enter is brought in reach of
everybody; then the process becomes nobody, or stays root, whose children become nobody without mounts of their own. Who is not root runs pytest as it is.
"""

import os
import sys
from pathlib import Path

from grader.sandbox.locks import mounts, namespaces
from grader.sandbox.locks.readable import libraries_without_answers
from tests.conftest import ROOT as CHECKOUT

NOBODY = 65534


def main() -> None:
    user, *arguments = sys.argv[1:]
    if os.geteuid() != 0:
        if user == "root":
            print("not run as root, and nobody else can be")
            return
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
    paths = [Path(entry).resolve() for entry in sys.path if entry and Path(entry).exists()]
    paths += [CHECKOUT, Path(sys.base_prefix), *libraries_without_answers().roots]
    namespaces.enter(namespaces.MOUNTS)
    mounts.keep_to_oneself()
    mounts.bring_in_reach(dict.fromkeys(paths), NOBODY, NOBODY)
    if user == "ordinary":
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    os.environ.update(HOME="/tmp", PYTHONDONTWRITEBYTECODE="1")
    os.execv(sys.executable, [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments])


def python_is_readable() -> bool:
    """Tell whether children that are nobody can read Python without mounts of their own."""
    if os.geteuid() != 0:
        return True
    return all(_everybody_may_enter(folder) for root in libraries_without_answers().roots for folder in root.parents)


def _everybody_may_enter(folder: Path) -> bool:
    return bool(folder.stat().st_mode & 0o001)


if __name__ == "__main__":
    main()

"""What a child may read: Python and its libraries, and nothing of the answers that lie beside them.

The answers may be installed in the same site-packages as TensorFlow. Landlock cannot take back what it granted for
a folder, so a folder that holds something excluded is not granted: its other entries are, one by one, and only
along the way to what is excluded.
"""

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: Of the system: shared libraries and what the C library looks up; time zones; what TensorFlow and LLVM ask about the
#: processor and memory; randomness. Absent ones do no harm.
SYSTEM = tuple(
    map(
        Path,
        (
            "/usr/lib",
            "/usr/lib64",
            "/usr/local/lib",
            "/lib",
            "/lib64",
            "/usr/share/locale",
            "/usr/share/zoneinfo",
            "/etc/ld.so.cache",
            "/etc/localtime",
            "/proc/cpuinfo",
            "/proc/meminfo",
            "/proc/stat",
            "/sys/devices/system/cpu",
            "/sys/devices/system/node",
            "/dev/random",
            "/dev/urandom",
        ),
    )
)
#: Of the process itself. Not resolved beforehand: /proc/self is another folder in each process.
OF_ITSELF = ("/proc/self/cmdline", "/proc/self/maps", "/proc/self/stat", "/proc/self/statm", "/proc/self/status")
#: What finding the name "localhost" and opening a server read.
FOR_LOOPBACK = (
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/proc/sys/net/core/somaxconn",
)

#: Names by which a folder of installed packages is known.
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
#: Packages that carry the questions, the reference or the known mistakes, and the folders of a checkout that do.
_ANSWERS = ("grader", "reference_impl", "questions")
_LIBRARIES = ("tensorflow", "keras", "numpy", "gymnasium")


@dataclass(frozen=True)
class Readable:
    """The outcome of `grants`, worked out once and used for many children. Absolute paths without links.

    Attributes:
        whole: files, and folders with all that is beneath them.
        listed: folders whose entries' names may be read, but not the contents. Python's import system lists a folder
            before it looks into it. A listing cannot be granted for one folder alone: it holds for all beneath,
            so the names of excluded files show. Their contents do not.
        excluded: what was left out, for a lock that can hide it altogether.
        roots: the folders asked for that exist, which a child must be able to reach.
    """

    whole: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    excluded: tuple[Path, ...] = ()
    roots: tuple[Path, ...] = ()


def grants(roots: Iterable[Path], excluded: Iterable[Path]) -> Readable:
    """Work out what to grant so that all of ``roots`` can be read but for ``excluded``.

    What is excluded stays so, also where a root lies inside it. Links in a walked folder are left out: what one points
    to is granted where it really is, or not at all. A second, hard link to an excluded file is a file of its own and is
    not noticed.

    Raises:
        OSError: a folder on the way to something excluded cannot be listed.
    """
    hidden = tuple(dict.fromkeys(path.resolve() for path in excluded))
    existing = tuple(dict.fromkeys(path.resolve() for path in roots if path.exists()))
    whole: list[Path] = []
    listed: list[Path] = []
    pending = list(existing)
    while pending:
        path = pending.pop(0)
        if any(path.is_relative_to(other) for other in hidden):
            continue
        if not any(other.is_relative_to(path) for other in hidden):
            whole.append(path)
            continue
        listed.append(path)
        with os.scandir(path) as entries:
            pending += sorted(path / entry.name for entry in entries if not entry.is_symlink())
    return Readable(_texts(whole), _texts(listed), hidden, existing)


def _texts(paths: Iterable[Path]) -> tuple[str, ...]:
    # Made anew and side by side: a forked child copies every page on which it touches an object.
    return tuple(dict.fromkeys(str(path) for path in paths))


def interpreter_folders() -> list[Path]:
    """Return the folders from which this interpreter imports: the standard library and installed packages.

    A folder that is on the path for another reason, such as the checkout of an editable install, is not among
    them unless it holds one of the libraries itself.
    """
    standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), sysconfig.get_config_var("LIBDIR")]
    return list(dict.fromkeys([*(Path(name) for name in standard if name), *_package_folders(sys.path)]))


def _package_folders(path: Iterable[str]) -> Iterator[Path]:
    for entry in map(Path, filter(None, path)):
        if entry.name in _PACKAGE_FOLDERS or any((entry / library).is_dir() for library in _LIBRARIES):
            yield entry


def python_and_libraries(excluded: Iterable[Path] = ()) -> Readable:
    """Return what every child must read to run TensorFlow, less ``excluded``."""
    return grants([*interpreter_folders(), *SYSTEM], excluded)


def answers() -> list[Path]:
    """Return where this program and the banks that come with it may lie: here and in every folder of packages."""
    program = Path(__file__).resolve().parents[2]
    beside = [program.parent, *interpreter_folders()]
    return [program, program / "_carried", *(folder / name for folder in beside for name in _ANSWERS)]


def libraries_without_answers() -> Readable:
    """Return what every child must read, less `answers`."""
    return python_and_libraries(answers())

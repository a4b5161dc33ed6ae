"""A process with TensorFlow imported and no operation run, whose forks lock themselves and run one function each.

`Nursery` is the tests' end. Run as a program, this file is the other one: it reads requests, one line of JSON each,
and answers with what the child's function returned, raised or died of. It stands in for the zygote, so that the locks
are tested as they will be used, and in nothing else.
"""

import json
import linecache
import os
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.sandbox.locks import mounts, namespaces
from grader.sandbox.locks.limits import Limits
from grader.sandbox.locks.lockdown import LAYERS, Lockdown, LockError, lock
from grader.sandbox.locks.readable import SYSTEM, Readable, grants, interpreter_folders, python_and_libraries
from grader.sandbox.workdir import remove_tree

NOBODY = 65534
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "KERAS_BACKEND": "tensorflow",
    "PYTHONHASHSEED": "0",
}


@dataclass(frozen=True)
class Request:
    """What a child is to do, and how it is locked.

    ``ordinary`` is meant for a nursery of root: its child becomes an ordinary user before it locks itself.
    """

    module: str
    function: str
    arguments: list[Any] = field(default_factory=list)
    layers: tuple[str, ...] = LAYERS
    ordinary: bool = False
    loopback: bool = False
    roots: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    leak: str = ""
    seconds: float = 60.0
    memory_mb: int = 3072


@dataclass(frozen=True)
class Seen:
    """What became of a child: a value, an error or its end."""

    value: Any = None
    error: str = ""
    number: int | None = None
    text: str = ""
    exit_code: int = 0
    active: tuple[str, ...] = ()


class Nursery:
    """Starts the process and speaks with it. Its children run one at a time."""

    def __init__(self) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), **ENVIRONMENT, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(
            [sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid

    def run(self, request: Request) -> Seen:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(request.__dict__), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "the nursery died"
        fields = json.loads(answer)
        return Seen(**{**fields, "active": tuple(fields.get("active", ()))})

    def close(self) -> None:
        self._process.communicate()


def serve() -> None:
    import gymnasium  # noqa: F401
    import tensorflow  # noqa: F401

    worked_out: dict[Any, Readable] = {}
    sources = {path.stem: path.read_text() for path in Path(__file__).parent.glob("*.py")}
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        fields = json.loads(line)
        request = Request(**{**fields, **{name: tuple(fields[name]) for name in ("layers", "roots", "excluded")}})
        key = (request.roots, request.excluded)
        if key not in worked_out:
            worked_out[key] = _readable(request)
        print(json.dumps(_run(request, worked_out[key], sources[request.module])), file=out, flush=True)


def _readable(request: Request) -> Readable:
    standard = python_and_libraries(map(Path, request.excluded))
    if not request.roots:
        return standard
    roots = [*interpreter_folders(), *SYSTEM, *map(Path, request.roots)]
    return grants(roots, map(Path, request.excluded))


def _run(request: Request, readable: Readable, source: str) -> dict[str, Any]:
    workdir = Path(tempfile.mkdtemp(prefix="nursery-"))
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _live(request, readable, source, workdir, writing, parent)
    os.close(writing)
    said = _read_until(reading, time.monotonic() + request.seconds)
    if said is None:
        os.kill(pid, 9)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    remove_tree(workdir)
    return {**(json.loads(said) if said else {}), "exit_code": code}


def _read_until(fd: int, deadline: float) -> bytes | None:
    import select

    parts = []
    while select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(fd, 1 << 16)
        if not part:
            os.close(fd)
            return b"".join(parts)
        parts.append(part)
    os.close(fd)
    return None


def _live(request: Request, readable: Readable, source: str, workdir: Path, report: int, parent: int) -> None:
    try:
        if request.leak:
            os.dup2(os.open(request.leak, os.O_RDONLY), 99)
        if os.geteuid() == 0 and (request.ordinary or "mounts" not in request.layers):
            _let_everybody_read(readable, workdir)
        if request.ordinary:
            _become_ordinary(workdir)
        uid = NOBODY if os.geteuid() == 0 and "privileges" in request.layers else None
        os.environ.update(HOME=str(workdir), TMPDIR=str(workdir))
        tempfile.tempdir = None
        policy = Lockdown(
            workdir=workdir,
            limits=Limits(memory_bytes=request.memory_mb << 20, cpu_seconds=60, processes=600),
            readable=readable,
            parent=parent,
            keep=frozenset({0, 1, 2, report}),
            uid=uid,
            loopback=request.loopback,
            layers=frozenset(request.layers),
        )
        active = lock(policy)
        os.chdir(workdir)
        answer = {"value": _call(request, source), "active": active}
        text = json.dumps(answer)
    except LockError as error:
        text = json.dumps({"error": "LockError", "text": str(error)})
    except BaseException as error:
        traceback.print_exc()
        number = error.errno if isinstance(error, OSError) else None
        text = json.dumps({"error": type(error).__name__, "number": number, "text": str(error)})
    os.write(report, text.encode())
    os._exit(0)


def _let_everybody_read(readable: Readable, workdir: Path) -> None:
    """Make this look like a machine where every user can read Python, wherever it is installed."""
    namespaces.enter(namespaces.MOUNTS)
    mounts.keep_to_oneself()
    mounts.bring_in_reach([*readable.roots, workdir], NOBODY, NOBODY)


def _become_ordinary(workdir: Path) -> None:
    """Become a user who has never been root."""
    os.chown(workdir, NOBODY, NOBODY)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _call(request: Request, source: str) -> Any:
    name = f"<submission {request.module}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": request.module}
    exec(compile(source, name, "exec", dont_inherit=True), namespace)
    return namespace[request.function](*request.arguments)


if __name__ == "__main__":
    serve()

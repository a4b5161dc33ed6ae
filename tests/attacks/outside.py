"""What lies outside of the sandbox, set out to be found: files, a process, sockets, secrets. Alarmed.

All of it belongs to the user that the children are, so that permissions alone are no help.
"""

import json
import os
import re
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.workdir import remove_tree
from tests.conftest import SMALL_BANK

NOBODY = 65534
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@dataclass
class Outside:
    """The world around the children.

    Attributes:
        folder: holds everything, readable and writable for the children's user.
        secret: must never be seen by anybody.
        success: what an attack prints when it got through.
        victim: a process of the children's user.
        listening: sockets that must never be spoken to.
    """

    folder: Path
    secret: str
    success: str
    victim: "subprocess.Popen[bytes]"
    listening: dict[str, socket.socket]

    @property
    def bank(self) -> Path:
        """A bank whose files hold the secret."""
        return self.folder / "bank"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def temporary(self) -> Path:
        """Where private folders are made."""
        return self.folder / "tmp"

    @property
    def secret_file(self) -> Path:
        return self.folder / "secret.txt"

    def targets(self) -> str:
        """Return the module from which attacks know where to look."""
        tcp, udp = (self.listening[name].getsockname()[1] for name in ("tcp", "udp"))
        known = {
            "SUCCESS": self.success,
            "FOLDER": str(self.folder),
            "SECRET_FILE": str(self.secret_file),
            "OTHER_SUBMISSION": str(self.folder / "submissions" / "m1q01.py"),
            "REFERENCE_FILE": str(self.bank / "reference_impl" / "m1_small" / "m1q01_scale.py"),
            "QUESTION_FILE": str(self.bank / "questions" / "m1_small" / "m1q01_scale.yaml"),
            "CACHE_FOLDER": str(self.cache),
            "SUPERVISOR": os.getpid(),
            "VICTIM": self.victim.pid,
            "IPC_NAMESPACE": str(Path("/proc/self/ns/ipc").readlink()),
            "NETWORK_NAMESPACE": str(Path("/proc/self/ns/net").readlink()),
            "TCP_PORT": tcp,
            "UDP_PORT": udp,
            "UNIX_SOCKET": str(self.folder / "stream"),
            "UNIX_DATAGRAMS": str(self.folder / "datagrams"),
            "ABSTRACT_SOCKET": _abstract(),
        }
        return "".join(f"{name} = {value!r}\n" for name, value in known.items())

    def set_out(self) -> None:
        """Lay the secret file as it was."""
        self.secret_file.unlink(missing_ok=True)
        self.secret_file.write_text(self.secret)
        self.secret_file.chmod(0o600)
        _give(self.secret_file)
        os.utime(self.secret_file, (1e9, 1e9))

    def mend(self) -> None:
        """Start another victim, and remove what was left."""
        for path in [*self.folder.glob("*.moved"), self.folder / "alive", *self.temporary.iterdir()]:
            remove_tree(path) if path.is_dir() else path.unlink(missing_ok=True)
        _end(self.victim)
        self.victim = _victim(self.secret)

    def alarms(self) -> list[str]:
        """Say what was changed or reached since it was set out."""
        found = [f"{name} was spoken to" for name, one in self.listening.items() if _heard(one)]
        status = self.secret_file.stat() if self.secret_file.exists() else None
        if status is None or self.secret_file.read_text() != self.secret:
            return [*found, "the secret file was changed"]
        looks = (stat.S_IMODE(status.st_mode), status.st_mtime, status.st_nlink)
        if looks != (0o600, 1e9, 1) or os.listxattr(self.secret_file):
            found.append("the secret file's attributes were changed")
        names = {path.name for path in self.folder.iterdir()}
        left = names - {"bank", "cache", "tmp", "secret.txt", "submissions", "stream", "datagrams"}
        found += [f"{name} was left" for name in sorted(left)]
        found += [f"{path.name} was left in the folder for private ones" for path in self.temporary.iterdir()]
        if self.victim.poll() is not None or _state(self.victim.pid) == "T":
            found.append("the victim was ended or stopped")
        elif _shape(self.victim.pid) != _shape(os.getpid()):
            found.append("the victim's limits were changed")
        return found


@contextmanager
def outside() -> Iterator[Outside]:
    """Set everything out, and take it away."""
    secret = f"canary-{secrets.token_hex(16)}"
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="outside-", dir="/tmp"))
        stack.callback(remove_tree, folder)
        success = f"entered-{secrets.token_hex(16)}"
        world = Outside(folder, secret, success, _victim(secret), _listen(stack, folder))
        stack.callback(lambda: _end(world.victim))
        world.set_out()
        world.temporary.mkdir()
        world.cache.mkdir()
        (folder / "submissions").mkdir()
        (folder / "submissions" / "m1q01.py").write_text(f"# {secret}\n")
        shutil.copytree(SMALL_BANK, world.bank)
        for path in [*world.bank.rglob("*.py"), *world.bank.rglob("m1q01*.yaml")]:
            path.write_text(f"{path.read_text()}\n# mistakes of the bank {secret}\n")
        for path in (folder, *folder.rglob("*")):
            _give(path)
        # The private folders are made by whoever grades; their common one is as open as /tmp.
        world.temporary.chmod(0o1777)
        folder.chmod(0o755)
        yield world


def _victim(secret: str) -> "subprocess.Popen[bytes]":
    owner = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if ROOT else {}
    return subprocess.Popen(["sleep", "3600"], env={"SECRET": secret}, **owner)  # type: ignore[call-overload]


def _end(victim: "subprocess.Popen[bytes]") -> None:
    victim.kill()
    victim.wait()


def _listen(stack: ExitStack, folder: Path) -> dict[str, socket.socket]:
    stream, datagrams = socket.SOCK_STREAM, socket.SOCK_DGRAM
    kinds = {
        "tcp": (socket.AF_INET, stream, ("127.0.0.1", 0)),
        "udp": (socket.AF_INET, datagrams, ("127.0.0.1", 0)),
        "the Unix socket": (socket.AF_UNIX, stream, str(folder / "stream")),
        "the Unix socket of datagrams": (socket.AF_UNIX, datagrams, str(folder / "datagrams")),
        "the abstract socket": (socket.AF_UNIX, stream, f"\0{_abstract()}"),
    }
    made = {}
    for name, (family, kind, address) in kinds.items():
        one = stack.enter_context(socket.socket(family, kind))
        one.bind(address)
        if kind == stream:
            one.listen(64)
        one.setblocking(False)
        made[name] = one
    return made


def _abstract() -> str:
    return f"gradetape-museum-{os.getpid()}"


def _heard(one: socket.socket) -> bool:
    try:
        one.recv(100) if one.type == socket.SOCK_DGRAM else one.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _give(path: Path) -> None:
    if ROOT:
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _shape(pid: int) -> object:
    limits = Path(f"/proc/{pid}/limits").read_text()
    return limits, os.getpriority(os.PRIO_PROCESS, pid), os.sched_getaffinity(pid), os.sched_getscheduler(pid)


def shows(text: object, secret: str) -> bool:
    """Tell whether a secret is in a text, in the bytes or JSON of it, or broken into pieces by escapes."""
    said = text if isinstance(text, str) else json.dumps(text, default=repr)
    return secret in said or secret in re.sub(r"[^0-9a-z-]", "", said)

"""The locks, tried: honest work runs under all of them, intrusions do not, and it is known which layer stops which.

Each intrusion is made under all layers, under every single layer that is said to stop it, and with all of those off,
where it must succeed: otherwise it would prove nothing. As root, whose children become nobody, and as an ordinary
user. The files and processes attacked belong to the user that the child is, so that permissions are no help.
"""

import contextlib
import errno
import importlib.util
import mmap
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.sandbox.locks import landlock, seccomp
from grader.sandbox.locks.limits import Limits
from grader.sandbox.locks.lockdown import LAYERS, Lockdown, LockError, available_layers, lock
from grader.sandbox.locks.probing import tried
from grader.sandbox.locks.readable import Readable, grants, python_and_libraries
from grader.sandbox.locks.syscalls import architecture
from grader.sandbox.workdir import remove_tree
from tests.sandbox import bpf
from tests.sandbox.nursery import NOBODY, Nursery, Request, Seen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the locks are Linux's")

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
#: "root": forked by root, which becomes nobody. "ordinary": forked by one who has never been root.
USERS = ["root", "ordinary"] if ROOT else ["ordinary"]
LEAKED_DESCRIPTOR = 99
CANARY = "the canary sings"


@pytest.fixture(scope="module")
def available() -> frozenset[str]:
    reasons = available_layers(NOBODY if ROOT else None)
    return frozenset(layer for layer, reason in reasons.items() if reason is None)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@dataclass(frozen=True)
class Outside:
    """What lies outside of a child and belongs to the same user."""

    folder: Path
    victim: int
    tcp: int
    udp: int
    abstract: str

    @property
    def secret(self) -> Path:
        return self.folder / "secret.txt"

    @property
    def bait(self) -> Path:
        return self.folder / "bait.txt"

    @property
    def answer(self) -> Path:
        return self.folder / "packages" / "answers" / "answer.py"

    def set_out_bait(self) -> None:
        self.bait.unlink(missing_ok=True)
        self.bait.write_text(CANARY)
        self.bait.chmod(0o600)
        if ROOT:
            os.chown(self.bait, NOBODY, NOBODY)
        os.utime(self.bait, (1e9, 1e9))

    def bait_is_intact(self) -> bool:
        status = self.bait.stat()
        looks = (self.bait.read_text(), stat.S_IMODE(status.st_mode), status.st_mtime, status.st_nlink)
        return looks == (CANARY, 0o600, 1e9, 1) and "user.spoilt" not in os.listxattr(self.bait)


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    owner = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if ROOT else {}
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="outside-"))  # pytest's folders are closed to other users
        stack.callback(remove_tree, folder)
        victim = subprocess.Popen(["sleep", "3600"], env={"CANARY": CANARY}, **owner)  # type: ignore[call-overload]
        stack.callback(victim.wait)
        stack.callback(victim.kill)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        abstract = f"gradetape-test-{os.getpid()}"
        for kind, name in (
            (socket.SOCK_STREAM, str(folder / "stream")),
            (socket.SOCK_DGRAM, str(folder / "datagram")),
            (socket.SOCK_STREAM, "\0" + abstract),
        ):
            server = stack.enter_context(socket.socket(socket.AF_UNIX, kind))
            server.bind(name)
            if kind == socket.SOCK_STREAM:
                server.listen(64)
        made = Outside(folder, victim.pid, tcp.getsockname()[1], udp.getsockname()[1], abstract)
        made.secret.write_text(CANARY)
        made.set_out_bait()
        made.answer.parent.mkdir(parents=True)
        made.answer.write_text("ANSWER = 42\n")
        (made.answer.parents[1] / "library.py").write_text("VALUE = 7\n")
        folder.chmod(0o755)
        if ROOT:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        yield made


def run(nursery: Nursery, user: str, module: str, function: str, *arguments: Any, **options: Any) -> Seen:
    ordinary = ROOT and user == "ordinary"
    return nursery.run(Request(module, function, list(arguments), ordinary=ordinary, **options))


# honest work


def _by_numpy() -> float:
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    s = x @ x
    return float((2 * (s @ x.T + x.T @ s)).sum())  # the gradient of the sum of (XX)² with respect to X


EXPECTED: dict[str, Any] = {
    "eager_and_tape": _by_numpy(),
    "traced_with_autograph": 111,  # the length of 27's Collatz sequence
    "compiled_by_xla": 8.0,
    "keras_mlp": 2,
    "keras_cnn": 2,
    "keras_lstm": 2,
    "keras_save_and_load": True,
    "checkpoint_and_saved_model": 6.0,
    "tf_data": 9900,
    "records_and_files": ["one", "two", "three"],
    "mirrored_strategy": 12.0,
    "session_and_queue_runner": [1, 2, 3],
    "cart_pole": 8,
    "numpy_linalg": 0.0,
    "temporary_files": "kept",
    "printing_and_warnings": 1,
    "threads": 328350 + 20,
    "late_imports": "2.0 42",
    "own_signals_and_clock": 3,
}
SERVERS = {"one_server": 42, "two_servers": 42}


# Children of root do the same work in test_blocked.py.
@pytest.mark.parametrize("user", ["ordinary"])
@pytest.mark.parametrize("work", EXPECTED)
def test_honest_work_notices_nothing(nursery: Nursery, available: frozenset[str], user: str, work: str) -> None:
    seen = run(nursery, user, "workloads", work, layers=tuple(available))
    assert (seen.error, seen.text) == ("", "")
    assert seen.value == EXPECTED[work]
    assert set(seen.active) == available


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("work", SERVERS)
def test_servers_run_on_a_loopback_of_their_own(
    nursery: Nursery, available: frozenset[str], user: str, work: str
) -> None:
    if "network" not in available:
        pytest.skip("this machine gives no network namespaces")
    seen = run(nursery, user, "workloads", work, layers=tuple(available), loopback=True)
    assert (seen.error, seen.text) == ("", "")
    assert seen.value == SERVERS[work]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("work", ["traced_with_autograph", "keras_mlp", "cart_pole", "late_imports"])
def test_honest_work_runs_where_the_answers_are_installed_beside_tensorflow(
    nursery: Nursery, available: frozenset[str], user: str, work: str
) -> None:
    spec = importlib.util.find_spec("tensorflow")
    assert spec is not None
    assert spec.origin is not None
    packages = Path(spec.origin).parents[1]
    excluded = (str(packages / "grader"), str(packages / "reference_impl"))
    seen = run(nursery, user, "workloads", work, layers=tuple(available), excluded=excluded)
    assert (seen.error, seen.text) == ("", "")
    assert seen.value == EXPECTED[work]


@pytest.mark.parametrize("user", USERS[:1])
@pytest.mark.parametrize("off", LAYERS)
def test_honest_work_runs_without_any_one_layer(
    nursery: Nursery, available: frozenset[str], user: str, off: str
) -> None:
    layers = tuple(available - {off})
    seen = run(nursery, user, "workloads", "traced_with_autograph", layers=layers)
    assert seen.value == EXPECTED["traced_with_autograph"]
    assert seen.active == tuple(layer for layer in LAYERS if layer in layers)


# intrusions


@dataclass(frozen=True)
class Intrusion:
    """One attempt.

    Attributes:
        function: of `intrusions.py`.
        arguments: its arguments; names of what is outside are replaced.
        holders: the layers each of which stops it alone.
        users: who can make it at all.
    """

    function: str
    arguments: tuple[Any, ...]
    holders: frozenset[str]
    users: tuple[str, ...] = ("root", "ordinary")


def _intrusion(function: str, *arguments: Any, by: str, **options: Any) -> Any:
    made = Intrusion(function, arguments, frozenset(by.split()), **options)
    return pytest.param(made, id=f"{function}-{'-'.join(map(str, arguments))}".rstrip("-"))


INTRUSIONS = [
    _intrusion("read", "secret", by="landlock"),
    _intrusion("list_folder", "folder", by="landlock"),
    _intrusion("read", "answer", by="landlock mounts"),
    _intrusion("look_at", "answer", by="mounts"),
    _intrusion("read_descriptor", LEAKED_DESCRIPTOR, by="descriptors"),
    _intrusion("create", "folder", by="landlock"),
    _intrusion("overwrite", "bait", by="landlock"),
    _intrusion("truncate", "bait", by="landlock seccomp"),
    _intrusion("remove", "bait", by="landlock"),
    _intrusion("rename_here", "bait", by="landlock"),
    _intrusion("change_mode", "bait", by="seccomp"),
    _intrusion("change_mode_of_open_file", "bait", by="landlock seccomp"),
    _intrusion("change_owner", "bait", by="seccomp"),
    _intrusion("change_times", "bait", by="seccomp"),
    _intrusion("set_attribute", "bait", by="seccomp"),
    _intrusion("link_here", "bait", by="landlock seccomp"),
    _intrusion("read_through_a_link", "secret", by="landlock seccomp"),
    _intrusion("make_a_pipe", by="landlock seccomp"),
    _intrusion("run_out_of_files", by="mounts"),
    _intrusion("write_much", by="limits mounts"),
    _intrusion("connect", "tcp", by="network landlock seccomp"),
    _intrusion("listen", by="landlock seccomp"),
    _intrusion("send_datagram", "udp", by="network seccomp"),
    _intrusion("connect_unix", "stream", by="seccomp"),
    _intrusion("connect_abstract", "abstract", by="network landlock seccomp"),
    _intrusion("send_unix_datagram_from_a_pair", "datagram", by="seccomp"),
    _intrusion("open_netlink", by="seccomp"),
    _intrusion("signal_process", "victim", by="landlock seccomp"),
    _intrusion("signal_by_descriptor", "victim", by="landlock seccomp"),
    _intrusion("queue_signal", "victim", by="landlock seccomp"),
    _intrusion("have_it_signalled", "victim", by="seccomp"),
    _intrusion("trace", "victim", by="landlock seccomp"),
    _intrusion("read_its_memory", "victim", by="landlock seccomp"),
    _intrusion("read_its_environment", "victim", by="landlock"),
    _intrusion("limit_it", "victim", by="seccomp"),
    _intrusion("pin_it", "victim", by="seccomp"),
    _intrusion("slow_it_down", "victim", by="seccomp"),
    _intrusion("fork", by="seccomp"),
    _intrusion("clone_by_number", "clone", signal.SIGCHLD, by="seccomp"),
    _intrusion("spawn", by="landlock seccomp"),
    _intrusion("enter_a_user_namespace", by="seccomp"),
    _intrusion("mount_here", by="privileges landlock seccomp", users=("root",)),
    _intrusion("memory_file", by="seccomp"),
    _intrusion("shared_memory", by="seccomp"),
    _intrusion("outlive_the_parent", by="seccomp"),
    _intrusion("become_readable", by="seccomp"),
    _intrusion("become_root", by="privileges seccomp", users=("root",)),
    _intrusion("take_memory", 8000, by="limits"),
    _intrusion("take_uncounted_memory", mmap.MAP_SHARED, by="seccomp"),
    _intrusion("take_uncounted_memory", mmap.MAP_PRIVATE | 0x100, by="seccomp"),  # MAP_GROWSDOWN
]


def _attempt(nursery: Nursery, outside: Outside, intrusion: Intrusion, user: str, layers: frozenset[str]) -> Seen:
    known = {
        "secret": str(outside.secret),
        "bait": str(outside.bait),
        "folder": str(outside.folder),
        "answer": str(outside.answer),
        "stream": str(outside.folder / "stream"),
        "datagram": str(outside.folder / "datagram"),
        "tcp": outside.tcp,
        "udp": outside.udp,
        "abstract": outside.abstract,
        "victim": outside.victim,
        "clone": architecture().numbers["clone"],
    }
    outside.set_out_bait()
    arguments = [known.get(argument, argument) for argument in intrusion.arguments]
    return run(
        nursery,
        user,
        "intrusions",
        intrusion.function,
        *arguments,
        layers=tuple(layers),
        roots=(str(outside.answer.parents[1]),),
        excluded=(str(outside.answer.parent),),
        leak=str(outside.secret) if intrusion.function == "read_descriptor" else "",
    )


def _stopped(seen: Seen) -> bool:
    return seen.error in ("OSError", "PermissionError", "FileNotFoundError", "ConnectionRefusedError")


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("intrusion", INTRUSIONS)
def test_an_intrusion_is_stopped(
    nursery: Nursery, outside: Outside, available: frozenset[str], user: str, intrusion: Intrusion
) -> None:
    if user not in intrusion.users:
        pytest.skip("can be made by root only")
    if not intrusion.holders & available:
        pytest.skip(f"this machine lacks {', '.join(sorted(intrusion.holders))}")
    seen = _attempt(nursery, outside, intrusion, user, available)
    assert _stopped(seen), seen
    assert outside.bait_is_intact()


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("intrusion", INTRUSIONS)
def test_each_layer_stops_alone_what_it_is_said_to_stop(
    nursery: Nursery, outside: Outside, available: frozenset[str], user: str, intrusion: Intrusion
) -> None:
    if user not in intrusion.users:
        pytest.skip("can be made by root only")
    for layer in intrusion.holders & available:
        seen = _attempt(nursery, outside, intrusion, user, frozenset({layer}))
        assert _stopped(seen), (layer, seen)
        assert outside.bait_is_intact()


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("intrusion", INTRUSIONS)
def test_no_other_layer_stops_it(
    nursery: Nursery, outside: Outside, available: frozenset[str], user: str, intrusion: Intrusion
) -> None:
    if user not in intrusion.users:
        pytest.skip("can be made by root only")
    # Beside a network or mounts of its own a child would attack those, and prove nothing.
    others = available - intrusion.holders - {"network", "ipc", "mounts"}
    seen = _attempt(nursery, outside, intrusion, user, others)
    assert (seen.error, seen.exit_code) == ("", 0), seen


@pytest.mark.parametrize("user", USERS)
def test_executing_another_program_is_stopped(nursery: Nursery, available: frozenset[str], user: str) -> None:
    for layers in (available, {"landlock"} & available, {"seccomp"} & available):
        assert (
            not layers or run(nursery, user, "intrusions", "execute", layers=tuple(layers)).error == "PermissionError"
        )
    control = run(nursery, user, "intrusions", "execute", layers=())
    assert (control.exit_code, control.error, control.active) == (0, "", ())  # /bin/true took its place


@pytest.mark.parametrize("user", USERS)
def test_limits_cannot_be_raised_again(nursery: Nursery, available: frozenset[str], user: str) -> None:
    layers = {"limits", "privileges"}
    assert _raises(run(nursery, user, "intrusions", "raise_limits", layers=tuple(layers)))
    assert _raises(run(nursery, user, "intrusions", "raise_limits", layers=tuple(available)))


def _raises(seen: Seen) -> bool:
    return seen.error in ("ValueError", "PermissionError")


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the entry is x86-64's")
@pytest.mark.parametrize("user", USERS)
def test_the_32_bit_entry_ends_the_child(nursery: Nursery, available: frozenset[str], user: str) -> None:
    if "seccomp" not in available:
        pytest.skip("no seccomp here")
    control = run(nursery, user, "intrusions", "call_by_the_32_bit_entry", layers=())
    if control.exit_code == -signal.SIGSEGV:
        pytest.skip("the kernel has no 32-bit entry")
    assert control.value > 1
    assert run(nursery, user, "intrusions", "call_by_the_32_bit_entry", layers=("seccomp",)).exit_code == -signal.SIGSYS


#: Calls that no submission needs, with their numbers on x86-64. Made with arguments that have no sense, so that nothing
#: happens where they are not refused.
REFUSED = {
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_open": 434, "pidfd_getfd": 438,
    "pidfd_send_signal": 424, "tkill": 200, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "unshare": 272,
    "setns": 308, "mount": 165, "umount2": 166, "move_mount": 429, "open_tree": 428, "fsopen": 430, "pivot_root": 155,
    "chroot": 161, "bpf": 321, "perf_event_open": 298, "keyctl": 250, "add_key": 248, "request_key": 249,
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "memfd_create": 319, "memfd_secret": 447,
    "userfaultfd": 323, "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "chown": 92, "fchown": 93,
    "lchown": 94, "fchownat": 260, "utime": 132, "utimes": 235, "utimensat": 280, "futimesat": 261, "link": 86,
    "linkat": 265, "symlink": 88, "symlinkat": 266, "mknod": 133, "mknodat": 259, "setxattr": 188, "lsetxattr": 189,
    "fsetxattr": 190, "removexattr": 197, "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "msgget": 68,
    "mq_open": 240, "mq_unlink": 241, "truncate": 76, "execve": 59, "execveat": 322, "fork": 57, "vfork": 58,
    "clone3": 435, "setuid": 105, "setresuid": 117, "setgroups": 116, "capset": 126, "personality": 135,
    "setpriority": 141, "ioprio_set": 251, "sched_setscheduler": 144, "sched_setattr": 314, "setsid": 112,
    "setpgid": 109, "inotify_add_watch": 254, "fanotify_init": 300, "name_to_handle_at": 303,
    "open_by_handle_at": 304, "mbind": 237, "move_pages": 279, "migrate_pages": 256, "mlock": 149, "mlockall": 151,
    "swapon": 167, "sethostname": 170, "settimeofday": 164, "clock_settime": 227, "adjtimex": 159, "syslog": 103,
    "acct": 163, "quotactl": 179, "init_module": 175, "delete_module": 176, "kexec_load": 246, "iopl": 172,
    "ioperm": 173, "modify_ldt": 154, "vmsplice": 278, "kcmp": 312, "landlock_create_ruleset": 444,
    "landlock_restrict_self": 446, "seccomp": 317, "bind": 49, "connect": 42, "listen": 50, "process_madvise": 440,
    "pkey_alloc": 330, "lookup_dcookie": 212, "openat2": 437, "not_yet_invented": 5000,
}  # fmt: skip


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are x86-64's")
@pytest.mark.parametrize("user", USERS)
def test_calls_without_honest_use_are_refused(nursery: Nursery, available: frozenset[str], user: str) -> None:
    if "seccomp" not in available:
        pytest.skip("no seccomp here")
    for layers in (tuple(available), ("seccomp",)):
        seen = run(nursery, user, "intrusions", "refusals", REFUSED, layers=layers)
        allowed = {name: said for name, said in seen.value.items() if said not in (errno.EPERM, errno.ENOSYS)}
        assert allowed == {}
        assert len(seen.value) == len(REFUSED)


@pytest.mark.parametrize("user", USERS)
def test_a_terminal_cannot_be_typed_into(nursery: Nursery, available: frozenset[str], user: str) -> None:
    seen = run(nursery, user, "intrusions", "type_into_the_terminal", layers=tuple(available))
    assert seen.number == errno.ENOTTY


# what is left of the process


@pytest.mark.parametrize("user", USERS)
def test_no_privilege_is_left(nursery: Nursery, available: frozenset[str], user: str) -> None:
    for layers in (available, {"privileges", "parent", "limits"}):
        seen = run(nursery, user, "intrusions", "identity", layers=tuple(layers)).value
        assert seen["capabilities"] == [0, 0, 0, 0]
        assert seen["no_new_privs"] == "1"
        assert seen["dumpable"] == 0
        assert seen["umask"] == "0077"
        assert seen["limits"] == [[0, 0], [256, 256]]
        assert len({*seen["uids"], *seen["gids"]}) == 1 or not ROOT
        assert 0 not in seen["uids"]
        if ROOT:
            assert seen["uids"] == seen["gids"] == [NOBODY] * 3
            assert seen["groups"] == []
        if user == "root" or "network" in layers:  # an ordinary user may not even drop from its bounding set
            assert seen["bounding"] == 0
    assert run(nursery, user, "intrusions", "identity", layers=("seccomp",)).value["seccomp"] == "2"


@pytest.mark.parametrize("user", USERS)
def test_only_the_descriptors_given_are_left(nursery: Nursery, available: frozenset[str], user: str) -> None:
    seen = run(nursery, user, "intrusions", "descriptors", layers=tuple(available), leak="/dev/null").value
    assert seen[:3] == [0, 1, 2]
    assert len(seen) == 4  # and the one that this answer came by
    assert LEAKED_DESCRIPTOR not in seen


@pytest.mark.parametrize("user", USERS)
def test_beside_what_is_excluded_all_else_can_be_read(
    nursery: Nursery, outside: Outside, available: frozenset[str], user: str
) -> None:
    library = outside.answer.parents[1] / "library.py"
    options = {"roots": (str(library.parent),), "excluded": (str(outside.answer.parent),), "layers": tuple(available)}
    assert run(nursery, user, "intrusions", "read", str(library), **options).value == "VALUE = 7\n"
    assert "library.py" in run(nursery, user, "intrusions", "list_folder", str(library.parent), **options).value
    listed = run(nursery, user, "intrusions", "list_folder", str(outside.answer.parent), **options)
    assert listed.error or "mounts" not in available  # Landlock alone lets names show
    assert run(nursery, user, "intrusions", "read", str(outside.answer), **options).error


def test_a_child_dies_with_its_parent(available: frozenset[str]) -> None:
    """Also after it has changed its user, on which the kernel forgets about the parent."""
    folder = Path(tempfile.mkdtemp())
    layers = ",".join(available - {"landlock"})  # Python's own files are read for the last time before
    command = [sys.executable, str(Path(__file__).with_name("orphan.py")), str(folder), layers]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.kill()
    deadline = time.monotonic() + 10
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)
    remove_tree(folder)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


# failing closed


def _policy(**changes: Any) -> Lockdown:
    standard: dict[str, Any] = {
        "workdir": Path(tempfile.gettempdir()),
        "limits": Limits(memory_bytes=1 << 30, cpu_seconds=10),
        "readable": Readable(),
        "parent": os.getpid(),
        "uid": NOBODY if ROOT else None,
        "layers": frozenset({"parent"}),
    }
    return Lockdown(**{**standard, **changes})


def _refused(policy: Lockdown, before: Any = None) -> str | None:
    """Return why a child could not be locked."""

    def attempt(_: int) -> None:
        if before:
            before()
        lock(policy)

    return tried(attempt)


def test_the_parent_must_be_who_it_is_said_to_be() -> None:
    assert _refused(_policy()) is None
    assert _refused(_policy(parent=os.getpid() + 1)) == "parent: the parent is gone"


def test_root_must_have_someone_to_become() -> None:
    if not ROOT:
        pytest.skip("not root")
    for uid in (None, 0):
        reason = _refused(_policy(uid=uid, layers=frozenset({"privileges"})))
        assert reason == "privileges: root needs an unprivileged user to become"


def test_a_network_is_given_only_with_a_namespace() -> None:
    assert str(_refused(_policy(loopback=True, layers=frozenset({"seccomp"})))).startswith("network: ")


def test_an_unknown_layer_is_refused() -> None:
    assert _refused(_policy(layers=frozenset({"parent", "magic"}))) == "magic: there is no such layer"


def test_a_process_with_threads_is_refused() -> None:
    import threading

    reason = _refused(_policy(), before=lambda: threading.Thread(target=time.sleep, args=(5,), daemon=True).start())
    assert reason == "threads: this process has 2 threads, and locks hold for the calling one"


def test_a_library_that_the_user_cannot_read_is_named(tmp_path: Path) -> None:
    if not ROOT:
        pytest.skip("not root")
    closed = tmp_path / "python"
    closed.mkdir()
    closed.chmod(0o700)
    reason = _refused(_policy(readable=grants([closed], []), layers=frozenset({"privileges"})))
    assert reason is not None
    assert str(closed) in reason


def test_what_lies_below_a_folder_of_roots_is_brought_in_reach(available: frozenset[str]) -> None:
    if not ROOT or "mounts" not in available:
        pytest.skip("takes root and mount namespaces")
    top = Path(tempfile.mkdtemp())
    try:
        library, beside = top / "closed" / "deep" / "lib", top / "closed" / "private"
        library.mkdir(parents=True)
        (library / "a.py").write_text("x")
        beside.write_text("x")
        (top / "closed" / "deep").chmod(0o700)
        workdir = top / "work"
        workdir.mkdir()

        def look(_: int) -> None:
            lock(_policy(workdir=workdir, readable=grants([library], []), layers=frozenset({"mounts", "privileges"})))
            assert (library / "a.py").read_text() == "x"
            assert not beside.exists()
            assert os.listdir(top / "closed") == ["deep"]
            with pytest.raises(PermissionError):
                (library / "new").touch()
            with pytest.raises(OSError, match=r"Read-only|denied"):
                (top / "closed" / "new").touch()

        assert tried(look) is None
        assert os.listdir(top / "closed" / "deep") == ["lib"]  # nothing of it shows outside
    finally:
        remove_tree(top)


def _lacking(error: int, *names: str) -> Any:
    """Return an action that makes the calls look as on a machine without them."""
    numbers = [architecture().numbers[name] for name in names]
    code = bpf.refusing(architecture().audit, numbers, error)
    return lambda: seccomp.apply(seccomp.Program(code, ()))


@pytest.mark.parametrize(
    ("layer", "error", "calls", "reason"),
    [
        ("landlock", errno.ENOSYS, ["landlock_create_ruleset"], "the kernel has no Landlock"),
        ("landlock", errno.EOPNOTSUPP, ["landlock_create_ruleset"], "Landlock is off"),
        ("seccomp", errno.EINVAL, ["seccomp"], "the kernel has no seccomp filters"),
        ("network", errno.EPERM, ["unshare"], "Operation not permitted"),
        ("ipc", errno.EPERM, ["unshare"], "Operation not permitted"),
        ("mounts", errno.EPERM, ["mount"], "Operation not permitted"),
        ("privileges", errno.EPERM, ["capset"], "Operation not permitted"),
        ("parent", errno.EPERM, ["prctl"], "Operation not permitted"),
    ],
)
def test_what_a_machine_lacks_is_found_by_trying_and_never_passed_over(
    layer: str, error: int, calls: list[str], reason: str
) -> None:
    workdir = Path(tempfile.mkdtemp())
    uid = NOBODY if ROOT else None

    def attempt(_: int) -> None:
        _lacking(error, *calls)()
        found = available_layers(uid)[layer]
        assert found is not None, "was said to be available"
        assert reason in found, found
        with pytest.raises(LockError) as caught:
            lock(_policy(workdir=workdir, layers=frozenset({layer})))
        assert layer in caught.value.layer

    assert tried(attempt) is None
    remove_tree(workdir)


@pytest.mark.parametrize("calls", [["close_range"]])
@pytest.mark.parametrize("error", [errno.ENOSYS, errno.EPERM])
def test_descriptors_are_closed_on_older_kernels_too(calls: list[str], error: int) -> None:
    from grader.sandbox.locks import descriptors

    def attempt(report: int) -> None:
        _lacking(error, *calls)()
        others = [os.dup(report) for _ in range(5)]
        descriptors.close_all_but({0, report})
        for fd in (1, 2, *others):
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(fd)
        os.fstat(0)

    assert tried(attempt) is None


@pytest.mark.parametrize("abi", range(1, landlock.NEWEST_ABI + 1))
def test_files_are_held_by_every_version_of_landlock(outside: Outside, available: frozenset[str], abi: int) -> None:
    if "landlock" not in available or landlock.kernel_abi() < abi:
        pytest.skip("the kernel's Landlock is older")
    workdir = Path(tempfile.mkdtemp())
    outside.set_out_bait()

    def attempt(_: int) -> None:
        os.chdir(workdir)
        rules = [(str(workdir), landlock.OWN), (os.devnull, landlock.READ | landlock.WRITE)]
        assert landlock.apply(rules, most_abi=abi) == abi
        Path("folder").mkdir()
        Path("own.txt").write_text("x")
        Path("own.txt").rename("moved.txt")
        if abi >= 2:
            Path("moved.txt").rename("folder/moved.txt")
        Path(os.devnull).write_text("x")
        for intrude in (
            lambda: outside.secret.read_text(),
            lambda: outside.bait.write_text("x"),
            lambda: outside.bait.unlink(),
            lambda: os.link(outside.bait, "linked"),
            lambda: os.listdir(outside.folder),
            lambda: Path("a").symlink_to("b"),
        ):
            with pytest.raises(OSError, match=r"denied|cross-device"):
                intrude()
        if abi >= 3:
            with pytest.raises(PermissionError):
                os.truncate(outside.bait, 0)

    assert tried(attempt) is None
    assert outside.bait_is_intact()
    remove_tree(workdir)


def test_layers_are_tried_from_a_process_that_has_tensorflow(available: frozenset[str]) -> None:
    program = (
        "import tensorflow, os\n"
        "from grader.sandbox.locks.lockdown import available_layers\n"
        f"print(sorted(k for k, v in available_layers({NOBODY if ROOT else None}).items() if v is None))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TF_CPP_MIN_LOG_LEVEL": "3"}
    seen = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == str(sorted(available))


def test_what_is_granted_is_enough_for_imports_and_no_more() -> None:
    granted = python_and_libraries()
    for name in ("/etc/passwd", "/etc/shadow", "/proc/1/environ", "/tmp/x", str(Path(__file__))):
        assert not any(Path(name).is_relative_to(path) for path in granted.whole)

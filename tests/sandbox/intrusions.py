"""What a locked child must not be able to do, each tried as plainly as possible.

Every function tries one thing and returns normally only if it worked; otherwise it raises what the system said.
Which locks are to stop it stands in `test_locks.py`. The text is compiled in the child, as a submission is.
"""
# Each attempt is the system call that it names.
# ruff: noqa: PTH101, PTH104, PTH108, PTH109, PTH116, PTH123, PTH211

import ctypes
import fcntl
import mmap
import os
import resource
import signal
import socket
import struct
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    """Make a system call by its number."""
    result = _LIBC.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    if result == -1:
        raise OSError(ctypes.get_errno(), f"system call {number}")
    return result


def checked(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), "libc")
    return result


# files


def read(path):
    return Path(path).read_text()


def read_descriptor(number):
    return os.pread(number, 100, 0).decode()


def list_folder(path):
    return os.listdir(path)


def look_at(path):
    return os.stat(path).st_size


def create(folder):
    path = Path(folder) / "created"
    path.touch()
    path.unlink()


def overwrite(path):
    with open(path, "r+") as file:
        file.write("spoilt")


def truncate(path):
    checked(_LIBC.truncate(os.fsencode(path), ctypes.c_long(0)))


def remove(path):
    os.unlink(path)


def rename_here(path):
    os.rename(path, "taken")


def change_mode(path):
    os.chmod(path, 0o666)


def change_mode_of_open_file(path):
    os.fchmod(os.open(path, os.O_RDONLY), 0o666)


def change_owner(path):
    status = os.stat(path)
    os.chown(path, status.st_uid, status.st_gid)


def change_times(path):
    os.utime(path, (0, 0))


def set_attribute(path):
    os.setxattr(path, "user.spoilt", b"1")


def link_here(path):
    os.link(path, "linked")


def read_through_a_link(path):
    os.symlink(path, "link")
    return read("link")


def make_a_pipe():
    os.mkfifo("pipe")


def run_out_of_files():
    for number in range(4000):
        Path(str(number)).touch()


def write_much():
    with open("much", "wb") as file:
        for _ in range(80):
            file.write(bytes(1 << 20))


# network


def connect(port):
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def listen():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()


def send_datagram(port):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))


def connect_unix(address):
    socket.socket(socket.AF_UNIX).connect(address)


def connect_abstract(name):
    socket.socket(socket.AF_UNIX).connect("\0" + name)


def send_unix_datagram_from_a_pair(address):
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b"x", address)


def open_netlink():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


# other processes


def signal_process(pid):
    os.kill(pid, 0)


def signal_by_descriptor(pid):
    signal.pidfd_send_signal(os.pidfd_open(pid), 0)


def queue_signal(pid):
    info = struct.pack("iii", 0, 0, -1).ljust(128, b"\0")  # si_code SI_QUEUE
    buffer = ctypes.create_string_buffer(info, 128)
    call(129 if os.uname().machine == "x86_64" else 138, pid, 0, ctypes.addressof(buffer))


def have_it_signalled(pid):
    fcntl.fcntl(os.pipe()[0], 8, pid)  # F_SETOWN


def trace(pid):
    checked(_LIBC.ptrace(0x4206, pid, None, None))  # PTRACE_SEIZE


def read_its_memory(pid):
    here = ctypes.create_string_buffer(8)
    local = struct.pack("PN", ctypes.addressof(here), 8)
    # An address that is not mapped gives EFAULT, after the permission was looked at.
    result = _LIBC.process_vm_readv(pid, local, 1, struct.pack("PN", 16, 8), 1, 0)
    if result == -1 and ctypes.get_errno() != 14:
        raise OSError(ctypes.get_errno(), "process_vm_readv")


def read_its_environment(pid):
    return Path(f"/proc/{pid}/environ").read_bytes() and 1


def limit_it(pid):
    resource.prlimit(pid, resource.RLIMIT_CPU, resource.prlimit(pid, resource.RLIMIT_CPU))


def pin_it(pid):
    os.sched_setaffinity(pid, os.sched_getaffinity(pid))


def slow_it_down(pid):
    os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid))


def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def clone_by_number(number, flags):
    pid = call(number, flags, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def spawn():
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


def execute():
    os.execv("/bin/true", ["true"])


# the system


def enter_a_user_namespace():
    call(272 if os.uname().machine == "x86_64" else 97, 0x10000000)


def mount_here():
    checked(_LIBC.mount(b"tmpfs", os.fsencode(os.getcwd()), b"tmpfs", 0, None))


def memory_file():
    os.memfd_create("x")


def shared_memory():
    identity = checked(_LIBC.shmget(0, 4096, 0o1600))
    _LIBC.shmctl(identity, 0, None)


def message_queue(name):
    checked(_LIBC.mq_open(os.fsencode(name), os.O_CREAT | os.O_RDWR, 0o600, None))
    _LIBC.mq_unlink(os.fsencode(name))


def outlive_the_parent():
    checked(_LIBC.prctl(1, 0))


def become_readable():
    checked(_LIBC.prctl(4, 1))


def become_root():
    os.setresuid(0, 0, 0)


def raise_limits():
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))


def take_memory(megabytes):
    return len(mmap.mmap(-1, megabytes << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


def take_uncounted_memory(flags):
    """Of a kind that RLIMIT_DATA leaves out; 0x4000 is MAP_NORESERVE."""
    return len(mmap.mmap(-1, 8000 << 20, flags=mmap.MAP_ANONYMOUS | 0x4000 | flags))


def type_into_the_terminal():
    fcntl.ioctl(0, 0x5412, b"x")  # TIOCSTI


def call_by_the_32_bit_entry():
    """getpid as 32-bit programs call it: mov eax, 20; int 0x80; ret."""
    page = mmap.mmap(
        -1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    )
    page.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()


def refusals(numbers):
    """Return what each call said to arguments without sense."""
    said = {}
    for name, number in numbers.items():
        try:
            call(number, -1, 0, 0, 0, 0, 0)
            said[name] = 0
        except OSError as error:
            said[name] = error.errno
    return said


def identity():
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    return {
        "uids": list(os.getresuid()),
        "gids": list(os.getresgid()),
        "groups": os.getgroups(),
        "capabilities": [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")],
        "bounding": int(status["CapBnd"], 16),
        "no_new_privs": status["NoNewPrivs"].strip(),
        "seccomp": status["Seccomp"].strip(),
        "dumpable": _LIBC.prctl(3, 0, 0, 0, 0),
        "umask": status["Umask"].strip(),
        "limits": [resource.getrlimit(kind) for kind in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)],
    }


def descriptors():
    """Return which of the first thousand descriptors are open."""
    found = []
    for number in range(1000):
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            pass
    return found

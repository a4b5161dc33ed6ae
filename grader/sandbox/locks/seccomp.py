"""Seccomp: which system calls a process may make, and with which arguments.

A filter (kernel 3.17) decides on the number of a call and on its arguments as plain numbers; it cannot follow a
pointer, so it cannot tell one path from another: that is Landlock's part. This filter is a list of what is allowed:
what TensorFlow, Keras, Gymnasium and Python use, measured, and their harmless relatives. Whatever else a kernel
has, also what it will have one day, is refused with EPERM: no fork, no exec, no ptrace or process_vm_*, no mount,
unshare, bpf, perf, keyctl or io_uring, no chmod, chown, utime, link or setxattr on any path, no shared memory or
message queues.

It cannot be undone, binds threads started later, and holds for root too. The instruction set is that of classic
BPF on ``struct seccomp_data``; see seccomp(2), bpf(4), ``include/uapi/linux/seccomp.h`` and ``bpf_common.h``.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from grader.sandbox.locks.probing import tried
from grader.sandbox.locks.syscalls import Architecture, architecture, call, prctl

#: Allowed with any arguments. Those that an architecture lacks are left out there.
#: The most frequent ones come first, which older kernels reward.
_ALLOWED = """
    futex mprotect munmap read write madvise rt_sigprocmask gettid uname brk mremap msync
    futex_wait futex_wake futex_requeue futex_waitv set_robust_list get_robust_list rseq membarrier
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min
    exit exit_group set_tid_address arch_prctl restart_syscall map_shadow_stack mseal
    open openat creat close close_range lseek pread64 pwrite64 readv writev preadv pwritev
    stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat
    getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    ftruncate fallocate fadvise64 readahead flock fsync fdatasync sendfile copy_file_range umask
    dup dup2 dup3 pipe pipe2 eventfd eventfd2 poll ppoll select pselect6
    epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    rt_sigaction rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause wait4 waitid
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times alarm getitimer setitimer
    timer_create timer_settime timer_gettime timer_getoverrun timer_delete
    getpid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getgroups getresuid getresgid
    getpriority getrlimit setrlimit getrusage getcpu get_mempolicy sysinfo getrandom
    recvmsg sendmsg recvfrom sendto shutdown getsockopt getsockname getpeername
"""
#: Allowed besides when the child is to serve and connect on its own loopback.
_ALLOWED_FOR_NETWORK = "bind listen accept accept4 connect setsockopt sendmmsg recvmmsg"
#: Said not to exist, which the C library and others take as a sign to use something older. clone3 keeps its flags
#: behind a pointer, where no filter can check them.
ABSENT = ("clone3", "io_uring_setup", "memfd_create")

#: Stands for the process's own number until the filter is installed.
OWN_PID = -1

_CLONE_THREAD = 0x10000
#: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET: include/uapi/linux/sched.h
_CLONE_NEW = 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000

#: Memory that RLIMIT_DATA does not count: include/uapi/asm-generic/mman.h and mman-common.h
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_GROWSDOWN = 1, 0x20, 0x100

_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_SOCK_STREAM, _SOCK_NONBLOCK, _SOCK_CLOEXEC = 1, 0x800, 0x80000
# Streams only: from one of a pair of datagram sockets, sendto(2) reaches any Unix socket that has a path.
_STREAM_TYPES = tuple(_SOCK_STREAM | block | close for block in (0, _SOCK_NONBLOCK) for close in (0, _SOCK_CLOEXEC))

#: TCGETS (is it a terminal?), FIOCLEX, FIONCLEX, FIONBIO, FIONREAD, TIOCGWINSZ: include/uapi/asm-generic/ioctls.h
_IOCTLS = (0x5401, 0x5451, 0x5450, 0x5421, 0x541B, 0x5413)
#: F_DUPFD, GETFD, SETFD, GETFL, SETFL, GETLK, SETLK, SETLKW; DUPFD_CLOEXEC, GETPIPE_SZ, GET_SEALS; OFD_GETLK,
#: OFD_SETLK, OFD_SETLKW: include/uapi/asm-generic/fcntl.h, include/uapi/linux/fcntl.h. Not F_SETOWN, which signals.
_FCNTLS = (*range(8), 1030, 1032, 1034, 36, 37, 38)
#: PR_SET_NAME, GET_NAME, GET_DUMPABLE, GET_SECCOMP, GET_NO_NEW_PRIVS, SET_VMA (which names memory):
#: include/uapi/linux/prctl.h
_PRCTLS = (15, 16, 3, 21, 39, 0x53564D41)


@dataclass(frozen=True)
class Check:
    """A call allowed only if each argument that is looked at has one of the values given.

    Arguments are compared by their lower 32 bits: all that are checked here are C ints to the kernel.
    """

    name: str
    arguments: tuple[tuple[int, tuple[int, ...]], ...]
    refusal: int = errno.EPERM


def allowed(network: bool) -> list[str]:
    """Return the calls that are allowed whatever their arguments."""
    return _ALLOWED.split() + (_ALLOWED_FOR_NETWORK.split() if network else [])


def checks(network: bool) -> list[Check]:
    """Return the calls whose arguments decide."""
    families = (_AF_INET, _AF_INET6) if network else ()
    return [
        Check("prlimit64", ((0, (0, OWN_PID)),)),
        Check("sched_setaffinity", ((0, (0, OWN_PID)),)),
        Check("kill", ((0, (OWN_PID,)),)),
        Check("tgkill", ((0, (OWN_PID,)),)),
        Check("socket", ((0, families),), errno.EACCES),
        Check("socketpair", ((0, (_AF_UNIX,)), (1, _STREAM_TYPES)), errno.EACCES),
        Check("ioctl", ((1, _IOCTLS),), errno.ENOTTY),
        Check("fcntl", ((1, _FCNTLS),)),
        Check("prctl", ((0, _PRCTLS),)),
    ]


# Operations of classic BPF: load a word of the data; jump if equal, greater or equal, any bit set; jump; return.
_LOAD, _JEQ, _JGE, _JSET, _JUMP, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x05, 0x06
# struct seccomp_data: int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6]. Both machines are little-endian.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32_BIT = 0x40000000

#: (operation, skip if true, skip if false, operand)
Instruction = tuple[int, int, int, int]


@dataclass(frozen=True)
class Program:
    """A filter in machine form, complete but for the process's number."""

    code: bytes
    pid_at: tuple[int, ...]

    def for_process(self, pid: int) -> bytes:
        """Return the filter with ``pid`` where the process's own number is meant."""
        patched = bytearray(self.code)
        for position in self.pid_at:
            struct.pack_into("=I", patched, position, pid)
        return bytes(patched)


@cache
def build(network: bool, machine: str | None = None) -> Program:
    """Return the filter of a policy, for this machine unless another one is named.

    Raises:
        UnknownSystemError: the numbers of this machine's system calls are not known.
    """
    return _machine_form(_instructions(network, architecture(machine)))


def _instructions(network: bool, machine: Architecture) -> list[Instruction]:
    numbers = machine.numbers
    names = allowed(network)
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JEQ, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL_PROCESS),  # calls by the 32-bit entry, whose numbers mean something else
        (_LOAD, 0, 0, _NUMBER),
        (_JGE, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    program += _any_of([numbers[name] for name in names if name in numbers])
    program += _counted_memory(numbers["mmap"])
    program += _threads_only(numbers["clone"])
    for check in checks(network):
        program += _checked(numbers[check.name], check)
    for name in ABSENT:
        program += [(_JEQ, 0, 1, numbers[name]), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    program.append((_RETURN, 0, 0, _ERRNO | errno.EPERM))
    return program


def _any_of(numbers: Sequence[int]) -> list[Instruction]:
    """Allow these numbers; go on after it with any other."""
    count = len(numbers)
    assert count < 256, "a jump spans at most 255 instructions"
    tests = [(_JEQ, count - index, 0, number) for index, number in enumerate(numbers)]
    return [*tests, (_JUMP, 0, 0, 1), (_RETURN, 0, 0, _ALLOW)]


def _counted_memory(mmap: int) -> list[Instruction]:
    """Allow mmap(2) but for shared memory without a file, and stacks: the limit of memory does not count those."""
    return [
        (_JEQ, 0, 6, mmap),
        (_LOAD, 0, 0, _ARGUMENTS + 8 * 3),
        (_JSET, 3, 0, _MAP_GROWSDOWN),
        (_JSET, 0, 1, _MAP_SHARED),
        (_JSET, 1, 0, _MAP_ANONYMOUS),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]


def _threads_only(clone: int) -> list[Instruction]:
    """Allow clone(2) for a thread of this process in its namespaces."""
    return [
        (_JEQ, 0, 5, clone),
        (_LOAD, 0, 0, _ARGUMENTS),
        (_JSET, 2, 0, _CLONE_NEW),
        (_JSET, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]


def _checked(number: int, check: Check) -> list[Instruction]:
    """Decide about one call for good; go on after it with any other."""
    body: list[Instruction] = []
    for index, values in check.arguments:
        body.append((_LOAD, 0, 0, _ARGUMENTS + 8 * index))
        body += [(_JEQ, len(values) - at, 0, value) for at, value in enumerate(values)]
        body.append((_RETURN, 0, 0, _ERRNO | check.refusal))
    body.append((_RETURN, 0, 0, _ALLOW))
    return [(_JEQ, 0, len(body), number), *body]


def _machine_form(program: Iterable[Instruction]) -> Program:
    parts, pid_at = [], []
    for index, (operation, if_true, if_false, operand) in enumerate(program):
        if operand == OWN_PID:
            pid_at.append(8 * index + 4)
        # struct sock_filter: __u16 code; __u8 jt; __u8 jf; __u32 k
        parts.append(struct.pack("=HBBI", operation, if_true, if_false, operand & 0xFFFFFFFF))
    return Program(b"".join(parts), tuple(pid_at))


_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1


class _FilterProgram(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def apply(program: Program) -> None:
    """Filter the system calls of this process for good.

    Raises:
        OSError: the kernel has no seccomp filters, or refused this one.
    """
    code = ctypes.create_string_buffer(program.for_process(os.getpid()), len(program.code))
    header = _FilterProgram(len(program.code) // 8, ctypes.addressof(code))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)  # the kernel asks for it
    call("seccomp", _SET_MODE_FILTER, 0, ctypes.addressof(header))


def why_not() -> str | None:
    """Return why system calls cannot be filtered here, or None."""
    return tried(_filter_for_trial)


def _filter_for_trial(_: int) -> None:
    try:
        apply(build(network=False))
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EINVAL):
            raise OSError(error.errno, "the kernel has no seccomp filters (CONFIG_SECCOMP_FILTER)") from None
        raise
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return
    raise OSError(errno.EPERM, "a filter was installed and refused nothing")

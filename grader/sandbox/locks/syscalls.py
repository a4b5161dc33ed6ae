"""Linux system calls that Python does not offer, by name, through the C library's ``syscall`` and ``prctl``.

A lock must name system calls by number (seccomp) or make ones that no library wraps (Landlock). Numbers differ by
architecture; those of x86-64 and arm64 are known here, and any other architecture is refused rather than guessed.

Numbers: the kernel's ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h``; a test
compares them with the headers of the machine. Architecture tokens: ``include/uapi/linux/audit.h``.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

#: name, number on x86-64, number on arm64; "-" where the architecture has no such call.
_TABLE = """
    accept 43 202                     accept4 288 242                   access 21 -
    alarm 37 -                        arch_prctl 158 -                  bind 49 200
    brk 12 214                        capget 125 90                     capset 126 91
    chdir 80 49                       clock_getres 229 114              clock_gettime 228 113
    clock_nanosleep 230 115           clone 56 220                      clone3 435 435
    close 3 57                        close_range 436 436               connect 42 203
    copy_file_range 326 285           creat 85 -                        dup 32 23
    dup2 33 -                         dup3 292 24                       epoll_create 213 -
    epoll_create1 291 20              epoll_ctl 233 21                  epoll_pwait 281 22
    epoll_pwait2 441 441              epoll_wait 232 -                  eventfd 284 -
    eventfd2 290 19                   exit 60 93                        exit_group 231 94
    faccessat 269 48                  faccessat2 439 439                fadvise64 221 223
    fallocate 285 47                  fchdir 81 50                      fcntl 72 25
    fdatasync 75 83                   flock 73 32                       fstat 5 80
    fstatfs 138 44                    fsync 74 82                       ftruncate 77 46
    futex 202 98                      futex_requeue 456 456             futex_wait 455 455
    futex_waitv 449 449               futex_wake 454 454                get_mempolicy 239 236
    get_robust_list 274 100           getcpu 309 168                    getcwd 79 17
    getdents 78 -                     getdents64 217 61                 getegid 108 177
    geteuid 107 175                   getgid 104 176                    getgroups 115 158
    getitimer 36 102                  getpeername 52 205                getpgid 121 155
    getpgrp 111 -                     getpid 39 172                     getppid 110 173
    getpriority 140 141               getrandom 318 278                 getresgid 120 150
    getresuid 118 148                 getrlimit 97 163                  getrusage 98 165
    getsid 124 156                    getsockname 51 204                getsockopt 55 209
    gettid 186 178                    gettimeofday 96 169               getuid 102 174
    io_uring_setup 425 425            ioctl 16 29                       kill 62 129
    landlock_add_rule 445 445         landlock_create_ruleset 444 444   landlock_restrict_self 446 446
    listen 50 201                     lseek 8 62                        lstat 6 -
    madvise 28 233                    map_shadow_stack 453 453          membarrier 324 283
    memfd_create 319 279              mkdir 83 -                        mkdirat 258 34
    mmap 9 222                        mount 165 40                      mprotect 10 226
    mremap 25 216                     mseal 462 462                     msync 26 227
    munmap 11 215                     nanosleep 35 101                  newfstatat 262 79
    open 2 -                          openat 257 56                     pause 34 -
    pipe 22 -                         pipe2 293 59                      poll 7 -
    ppoll 271 73                      prctl 157 167                     pread64 17 67
    preadv 295 69                     prlimit64 302 261                 pselect6 270 72
    pwrite64 18 68                    pwritev 296 70                    read 0 63
    readahead 187 213                 readlink 89 -                     readlinkat 267 78
    readv 19 65                       recvfrom 45 207                   recvmmsg 299 243
    recvmsg 47 212                    rename 82 -                       renameat 264 38
    renameat2 316 276                 restart_syscall 219 128           rmdir 84 -
    rseq 334 293                      rt_sigaction 13 134               rt_sigpending 127 136
    rt_sigprocmask 14 135             rt_sigreturn 15 139               rt_sigsuspend 130 133
    rt_sigtimedwait 128 137           sched_get_priority_max 146 125    sched_get_priority_min 147 126
    sched_getaffinity 204 123         sched_getparam 143 121            sched_getscheduler 145 120
    sched_setaffinity 203 122         sched_yield 24 124                seccomp 317 277
    select 23 -                       sendfile 40 71                    sendmmsg 307 269
    sendmsg 46 211                    sendto 44 206                     set_robust_list 273 99
    set_tid_address 218 96            setitimer 38 103                  setrlimit 160 164
    setsockopt 54 208                 shutdown 48 210                   sigaltstack 131 132
    socket 41 198                     socketpair 53 199                 stat 4 -
    statfs 137 43                     statx 332 291                     sysinfo 99 179
    tgkill 234 131                    time 201 -                        timer_create 222 107
    timer_delete 226 111              timer_getoverrun 225 109          timer_gettime 224 108
    timer_settime 223 110             times 100 153                     umask 95 166
    uname 63 160                      unlink 87 -                       unlinkat 263 35
    unshare 272 97                    wait4 61 260                      waitid 247 95
    write 1 64                        writev 20 66
"""


@dataclass(frozen=True)
class Architecture:
    """An instruction set that the locks know.

    Attributes:
        name: as `platform.machine` says it.
        audit: the token by which seccomp names it, ``AUDIT_ARCH_*``.
        numbers: system call -> number; calls that it lacks are absent.
    """

    name: str
    audit: int
    numbers: Mapping[str, int]


def _numbers(column: int) -> dict[str, int]:
    words = _TABLE.split()
    entries = zip(words[::3], words[column::3], strict=True)
    return {name: int(number) for name, number in entries if number != "-"}


_KNOWN = {
    "x86_64": Architecture("x86_64", 0xC000003E, _numbers(1)),
    "aarch64": Architecture("aarch64", 0xC00000B7, _numbers(2)),
}


class UnknownSystemError(RuntimeError):
    """The locks do not know this operating system or processor. The text says which."""


@cache
def architecture(machine: str | None = None) -> Architecture:
    """Return the architecture named ``machine``, by default the one this process runs on.

    Raises:
        UnknownSystemError: its numbers are not known, so nothing can be locked.
    """
    if machine is not None:
        known = _KNOWN.get(machine)
    else:
        machine = platform.machine()
        # A 32-bit interpreter on a 64-bit kernel makes the calls of another table.
        known = _KNOWN.get(machine) if struct.calcsize("P") == 8 and sys.byteorder == "little" else None
    if known is None:
        raise UnknownSystemError(f"no locks for the processor architecture {machine!r}")
    return known


@cache
def _libc() -> ctypes.CDLL:
    if sys.platform != "linux":
        raise UnknownSystemError(f"no locks for the operating system {sys.platform!r}")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    libc.prctl.restype = ctypes.c_int
    return libc


Argument = int | bytes | ctypes.Array[ctypes.c_char] | None


def call(name: str, *arguments: Argument) -> int:
    """Make the system call ``name`` and return its result; see syscall(2).

    Integers are passed as the kernel's ``long``; bytes and buffers by address, and bytes must only be read.

    Raises:
        OSError: the kernel refused, with its error number.
        UnknownSystemError: not Linux, or an architecture without known numbers.
    """
    libc, number = _libc(), architecture().numbers[name]
    result: int = libc.syscall(ctypes.c_long(number), *map(_as_word, arguments))
    if result == -1:
        _raise_errno(name)
    return result


def prctl(option: int, *arguments: int) -> int:
    """Set a property of this process, or ask for it. Unused arguments are zero, as newer options want; see the manual.

    Raises:
        OSError: the kernel refused, with its error number.
    """
    result: int = _libc().prctl(option, *arguments, *[0] * (4 - len(arguments)))
    if result == -1:
        _raise_errno(f"prctl {option}")
    return result


def buffer(size: int) -> ctypes.Array[ctypes.c_char]:
    """Return room for ``size`` bytes that the kernel may write to."""
    return ctypes.create_string_buffer(size)


def _as_word(argument: Argument) -> object:
    # ctypes would pass a bare int as a 32-bit one.
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _raise_errno(what: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, f"{what}: {os.strerror(number)}")

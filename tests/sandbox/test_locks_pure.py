"""The parts of the locks that compute: what is granted, what the filter says, the numbers of system calls."""

import errno
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.locks import descriptors, landlock, seccomp
from grader.sandbox.locks.readable import grants, interpreter_folders, libraries_without_answers, python_and_libraries
from grader.sandbox.locks.syscalls import UnknownSystemError, architecture
from tests.sandbox import bpf

MACHINES = ("x86_64", "aarch64")
OWN = 4321
#: What glibc asks for when it starts a thread.
THREAD = 0x3D0F00
SIGCHLD = 17


def _tree(root: Path, *files: str) -> None:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


# what is granted


def test_a_root_without_exclusions_is_granted_whole(tmp_path: Path) -> None:
    _tree(tmp_path, "a/b.py", "c.py")
    result = grants([tmp_path], [])
    assert result.whole == (str(tmp_path),)
    assert result.listed == ()


def test_beside_an_excluded_folder_its_siblings_are_granted(tmp_path: Path) -> None:
    _tree(tmp_path, "lib/numpy/x.py", "lib/grader/y.py", "lib/six.py", "other/z.py")
    result = grants([tmp_path], [tmp_path / "lib" / "grader"])
    names = ("other", "lib/numpy", "lib/six.py")
    assert sorted(result.whole) == sorted(str(tmp_path / name) for name in names)
    assert sorted(result.listed) == sorted(map(str, (tmp_path, tmp_path / "lib")))


def test_what_is_excluded_need_not_exist(tmp_path: Path) -> None:
    _tree(tmp_path, "lib/a.py")
    result = grants([tmp_path], [tmp_path / "lib" / "answers"])
    assert result.whole == (str(tmp_path / "lib" / "a.py"),)


def test_an_excluded_root_gives_nothing_and_wins_over_roots_inside_it(tmp_path: Path) -> None:
    _tree(tmp_path, "answers/lib/a.py")
    assert grants([tmp_path / "answers"], [tmp_path / "answers"]).whole == ()
    assert grants([tmp_path / "answers" / "lib"], [tmp_path / "answers"]).whole == ()


def test_a_link_to_what_is_excluded_is_not_granted(tmp_path: Path) -> None:
    _tree(tmp_path, "lib/answers/a.py", "lib/b.py", "elsewhere/c.py")
    (tmp_path / "lib" / "alias").symlink_to(tmp_path / "lib" / "answers")
    (tmp_path / "lib" / "out").symlink_to(tmp_path / "elsewhere")
    result = grants([tmp_path / "lib"], [tmp_path / "lib" / "answers"])
    assert result.whole == (str(tmp_path / "lib" / "b.py"),)


def test_exclusions_and_roots_are_meant_where_they_really_are(tmp_path: Path) -> None:
    _tree(tmp_path, "real/answers/a.py", "real/b.py")
    (tmp_path / "venv").symlink_to(tmp_path / "real")
    result = grants([tmp_path / "venv"], [tmp_path / "venv" / "answers"])
    assert result.whole == (str(tmp_path / "real" / "b.py"),)
    assert result.excluded == (tmp_path / "real" / "answers",)


_PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@settings(max_examples=60, deadline=None)
@given(files=st.sets(_PATHS, min_size=1), excluded=st.sets(_PATHS), roots=st.sets(_PATHS, min_size=1))
def test_all_but_the_excluded_is_granted(
    tmp_path_factory: pytest.TempPathFactory, files: set[str], excluded: set[str], roots: set[str]
) -> None:
    top = tmp_path_factory.mktemp("tree")
    paths = {top / "/".join(f"{part}_" for part in name.split("/")[:-1]) / name.split("/")[-1] for name in files}
    for path in paths:  # folders end in "_", so that no name is both
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def folder(name: str) -> Path:
        return top / "/".join(f"{part}_" for part in name.split("/"))

    hidden, shown = [folder(name) for name in excluded], [folder(name) for name in roots]
    granted = [Path(name) for name in grants(shown, hidden).whole]
    for path in paths:
        wanted = any(path.is_relative_to(root) for root in shown) and not any(map(path.is_relative_to, hidden))
        assert any(path.is_relative_to(grant) for grant in granted) == wanted
    shutil.rmtree(top)


def test_python_and_its_libraries_are_granted_and_the_checkout_is_not() -> None:
    result = python_and_libraries()
    granted = [Path(name) for name in result.whole]
    for module in (numpy, tomllib):
        assert any(Path(str(module.__file__)).resolve().is_relative_to(path) for path in granted)
    assert not any(Path(__file__).resolve().is_relative_to(path) for path in granted)
    for name in ("/", "/etc", "/root", "/home", "/tmp", "/proc", str(Path.home())):
        assert name not in result.whole


def test_folders_of_the_interpreter_leave_out_a_project_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "target" / "numpy").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, "", str(tmp_path / "project"), str(tmp_path / "target")])
    folders = interpreter_folders()
    assert tmp_path / "target" in folders
    assert tmp_path / "project" not in folders


def test_no_answer_is_granted_wherever_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "site-packages"
    _tree(packages, "numpy/a.py", "grader/_carried/questions/q.yaml", "reference_impl/m/q.py", "six.py")
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    granted = libraries_without_answers()
    own = [name for name in granted.whole if name.startswith(str(tmp_path))]
    assert sorted(own) == [str(packages / "numpy"), str(packages / "six.py")]
    assert {packages / "grader", packages / "reference_impl"} <= set(granted.excluded)
    program = Path(__file__).resolve().parents[2]
    for name in ("grader", "reference_impl", "questions"):
        assert not any((program / name).is_relative_to(path) for path in granted.whole)


# descriptors


@pytest.mark.parametrize("keep", [set(), {0}, {0, 1, 2}, {3, 7}, {0, 2, 255}])
def test_the_gaps_are_all_descriptors_but_those_kept(keep: set[int]) -> None:
    ranges = list(descriptors.gaps(keep))
    assert ranges[-1][1] == 2**31 - 1
    closed = {fd for first, last in ranges for fd in range(first, min(last, 300) + 1)}
    assert closed == set(range(301)) - keep


# landlock


def test_rights_and_lengths_follow_the_abi() -> None:
    """include/uapi/linux/landlock.h, and the table of versions in landlock(7)."""
    assert [landlock.handled_rights(abi).bit_length() for abi in range(1, 8)] == [13, 14, 15, 15, 16, 16, 16]
    assert [len(landlock.ruleset_attributes(abi, True)) for abi in range(1, 8)] == [8, 8, 8, 16, 16, 24, 24]
    refusing, allowing = (landlock.ruleset_attributes(7, tcp) for tcp in (True, False))
    assert refusing[8:16] == (3).to_bytes(8, "little")
    assert allowing[8:16] == bytes(8)


# seccomp


def _says(machine: str, name: str, *arguments: int, loopback: bool = False) -> str | int:
    known = architecture(machine)
    code = seccomp.build(loopback, machine).for_process(OWN)
    return bpf.decide(code, known.audit, known.numbers[name], *arguments)


@pytest.mark.parametrize("machine", MACHINES)
class TestFilter:
    def test_allows_what_is_listed_and_nothing_else_by_number(self, machine: str) -> None:
        known = architecture(machine)
        decided = {"mmap", "clone", "clone3", *(check.name for check in seccomp.checks(False)), *seccomp.ABSENT}
        for loopback in (False, True):
            code = seccomp.build(loopback, machine).for_process(OWN)
            listed = {known.numbers[name] for name in seccomp.allowed(loopback) if name in known.numbers}
            others = set(range(600)) - listed - {known.numbers[name] for name in decided}
            assert {bpf.decide(code, known.audit, number) for number in listed} == {bpf.ALLOW}
            assert {bpf.decide(code, known.audit, number) for number in others} == {errno.EPERM}

    def test_allows_threads_and_no_processes(self, machine: str) -> None:
        assert _says(machine, "clone", THREAD) == bpf.ALLOW
        for flags in (0, SIGCHLD, SIGCHLD | 0x4100, 0x10000000 | SIGCHLD):  # fork, vfork, a user namespace
            assert _says(machine, "clone", flags) == errno.EPERM
        for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
            assert _says(machine, "clone", THREAD | flag) == errno.EPERM
        assert _says(machine, "clone3") == errno.ENOSYS

    def test_memory_is_of_kinds_that_the_limit_counts(self, machine: str) -> None:
        private, shared, anonymous, grows, stack, fixed = 2, 1, 0x20, 0x100, 0x20000, 0x10
        for flags in (private | anonymous, private | anonymous | stack, private | fixed, private, shared):
            assert _says(machine, "mmap", 0, 4096, 3, flags) == bpf.ALLOW
        for flags in (shared | anonymous, shared | anonymous | 0x4000, private | anonymous | grows, grows | shared):
            assert _says(machine, "mmap", 0, 4096, 3, flags) == errno.EPERM

    def test_signals_reach_this_process_only(self, machine: str) -> None:
        for name in ("kill", "tgkill"):
            assert _says(machine, name, OWN, 9) == bpf.ALLOW
            for other in (0, 1, -1, -OWN, OWN + 1, 2**32 - 1):
                assert _says(machine, name, other, 9) == errno.EPERM

    def test_limits_and_affinity_are_of_this_process_only(self, machine: str) -> None:
        for name in ("prlimit64", "sched_setaffinity"):
            assert _says(machine, name, 0) == bpf.ALLOW
            assert _says(machine, name, OWN) == bpf.ALLOW
            assert _says(machine, name, OWN + 1) == errno.EPERM

    def test_sockets_are_for_loopback_only(self, machine: str) -> None:
        for family in range(46):
            assert _says(machine, "socket", family, 1) == errno.EACCES
            inet = family in (2, 10)
            assert _says(machine, "socket", family, 1, loopback=True) == (bpf.ALLOW if inet else errno.EACCES)
        assert _says(machine, "connect") == errno.EPERM
        assert _says(machine, "connect", loopback=True) == bpf.ALLOW

    def test_pairs_of_sockets_are_streams(self, machine: str) -> None:
        assert _says(machine, "socketpair", 1, 1 | 0x80000 | 0x800) == bpf.ALLOW
        for kind in (2, 5, 2 | 0x80000, 3):
            assert _says(machine, "socketpair", 1, kind) == errno.EACCES
        assert _says(machine, "socketpair", 2, 1) == errno.EACCES

    def test_requests_are_short_lists(self, machine: str) -> None:
        assert _says(machine, "ioctl", 0, 0x5401) == bpf.ALLOW
        assert _says(machine, "ioctl", 0, 0x5412) == errno.ENOTTY  # TIOCSTI
        assert _says(machine, "fcntl", 0, 1030) == bpf.ALLOW
        for command in (8, 10, 15, 1024, 1031, 1033):  # SETOWN, SETSIG, SETOWN_EX, SETLEASE, SETPIPE_SZ, ADD_SEALS
            assert _says(machine, "fcntl", 0, command) == errno.EPERM
        assert _says(machine, "prctl", 15) == bpf.ALLOW
        for option in (1, 4, 22, 24, 28, 36, 38, 59):  # PDEATHSIG, DUMPABLE, SECCOMP, CAPBSET, SECUREBITS, ...
            assert _says(machine, "prctl", option) == errno.EPERM

    def test_another_architecture_is_ended(self, machine: str) -> None:
        known = architecture(machine)
        code = seccomp.build(False, machine).for_process(OWN)
        for audit in {0x40000003, 0x40000028, 0xC000003E, 0xC00000B7} - {known.audit}:
            for number in range(500):
                assert bpf.decide(code, audit, number) == bpf.KILL

    def test_x32_does_not_exist(self, machine: str) -> None:
        known = architecture(machine)
        code = seccomp.build(False, machine).for_process(OWN)
        for number in (0x40000000, 0x40000000 | known.numbers["getpid"], 0xFFFFFFFF):
            assert bpf.decide(code, known.audit, number) == errno.ENOSYS


def test_the_process_number_is_all_that_differs_between_children() -> None:
    program = seccomp.build(False, "x86_64")
    one, other = program.for_process(1), program.for_process(2)
    differing = [index for index, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    assert differing == list(program.pid_at)
    assert len(program.pid_at) == 4  # prlimit64, sched_setaffinity, kill, tgkill
    assert seccomp.build(False, "x86_64") is program


# system calls


def _headers(machine: str) -> dict[str, int]:
    """Return the numbers that the installed kernel headers give."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if machine == "x86_64":
        source = "#include <asm/unistd_64.h>"
        if architecture().name != "x86_64":
            pytest.skip("the headers of x86-64 are not installed here")
    else:
        # As arch/arm64/include/uapi/asm/unistd.h sets them.
        wants = ("RENAMEAT", "NEW_STAT", "SET_GET_RLIMIT", "TIME32_SYSCALLS", "SYS_CLONE3", "MEMFD_SECRET")
        source = "\n".join(f"#define __ARCH_WANT_{name}" for name in wants)
        source += "\n#define __BITS_PER_LONG 64\n#include <asm-generic/unistd.h>"
    if compiler is None:
        pytest.skip("no C compiler to read the kernel's headers with")
    run = subprocess.run([compiler, "-E", "-dM", "-xc", "-"], input=source, capture_output=True, text=True)
    if run.returncode:
        pytest.skip("the kernel's headers are not installed")
    meanings = dict(re.findall(r"#define (__NR\w+) (\w+)$", run.stdout, re.MULTILINE))
    found = {}
    for name, meaning in meanings.items():
        value = meanings.get(meaning, meaning)
        if name.startswith("__NR_") and value.isdigit():
            found[name.removeprefix("__NR_")] = int(value)
    assert len(found) > 250
    return found


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    known, headers = architecture(machine).numbers, _headers(machine)
    newest = max(headers.values())
    for name, number in known.items():
        # A call newer than the installed headers cannot be compared; on both machines those have one number.
        assert headers.get(name) == number or (number > newest and number == architecture("x86_64").numbers[name])
    needed = {"mmap", "clone", *seccomp.allowed(True), *seccomp.ABSENT, *(check.name for check in seccomp.checks(True))}
    for name in needed - set(known):
        assert name not in headers, f"{name} exists on {machine} and has no number in the table"


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(UnknownSystemError, match="riscv64"):
        architecture("riscv64")


def test_a_32_bit_interpreter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.locks.syscalls.struct.calcsize", lambda _: 4)
    with pytest.raises(UnknownSystemError):
        architecture.__wrapped__()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_on_another_system_every_layer_says_why_not() -> None:
    program = (
        "import sys; sys.platform = 'sunos5'\n"
        "from grader.sandbox.locks.lockdown import available_layers, LAYERS\n"
        "found = available_layers()\n"
        "assert set(found) == set(LAYERS)\n"
        "print(found['landlock'], '|', found['seccomp'])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.count("sunos5") == 2

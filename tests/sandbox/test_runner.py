"""A submission's calls are all observed, whatever the student's code does; a check costs only itself."""

import os
import time
from pathlib import Path

import pytest

from grader.inputs.build import build_inputs
from grader.observation import Observation
from grader.problems import GradeTapeError
from grader.sandbox.children import Children, ChildrenLost
from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.locks.levels import Isolation
from grader.sandbox.runner import observe
from grader.sandbox.spawned import SpawnedChildren
from grader.sandbox.submission import Call, Needs, Submission
from grader.sandbox.workdir import private_directory, remove_tree

forks = pytest.mark.skipif(not can_fork(), reason="this system cannot fork after importing TensorFlow")


def call(function: str, probe: str = "call", needs: Needs | None = None, id_: str = "") -> Call:
    return Call(id_ or function, function, (), probe, {}, {}, {}, needs or Needs(seconds=3.0))


def run(children: Children, source: str, *calls: Call | str, seed: int = 0) -> dict[str, Observation]:
    made = [call(one) if isinstance(one, str) else one for one in calls]
    seen = observe(children, Submission("answer.py", source), made, seed)
    assert seen.keys() == {one.id for one in made}, "every call is observed"
    return seen


ENDS = {
    "hang": ("while True: pass", "timed_out", "was stopped after 3 s"),
    "sleep": ("import time; time.sleep(60)", "timed_out", "was stopped after 3 s"),
    "deaf": (
        "import signal, time\n    for n in (2, 14, 15): signal.signal(n, signal.SIG_IGN)\n    time.sleep(60)",
        "timed_out", "was stopped",
    ),
    "exit": ("import os; os._exit(0)", "exited", "ended the interpreter (exit code 0)"),
    "segfault": ("import ctypes; ctypes.string_at(0)", "crashed", "crashed (SIGSEGV)"),
    "abort": ("import os; os.abort()", "crashed", "crashed (SIGABRT)"),
    "kill": ("import os; os.kill(os.getpid(), 9)", "crashed", "crashed (SIGKILL)"),
    "sys_exit": ("import sys; sys.exit(0)", "raised", ""),
    "interrupt": ("raise KeyboardInterrupt", "raised", ""),
    "recursion": ("return recursion()", "raised", ""),
    "memory": ("return len(bytearray(3 << 30))", "raised", ""),
    "close_all": ("import os; os.closerange(0, 256); return 1", "exited", ""),
}  # fmt: skip


@forks
@pytest.mark.parametrize("name", ENDS)
def test_a_call_that_ends_badly_costs_only_itself(children: Children, name: str) -> None:
    body, outcome, detail = ENDS[name]
    source = f"def before(): return 1\ndef {name}():\n    {body}\ndef after(): return 2\n"
    seen = run(children, source, "before", name, "after")
    assert (seen["before"].value, seen["after"].value) == (1, 2)
    assert seen[name].outcome == outcome
    assert detail in seen[name].detail


@forks
def test_results_that_cannot_be_sent_are_malformed_or_opaque(children: Children) -> None:
    source = (
        "class Odd:\n    pass\n"
        "class Evil(float):\n    def hex(self): return 'evil'\n"
        "def odd(): return Odd()\n"
        "def evil(): return Evil(2.0)\n"
        "def lazy(): return (i for i in range(3))\n"
        "def huge():\n    import numpy as np\n    return np.zeros(1 << 24, np.float64)\n"
        "def deep():\n    x = []\n    for _ in range(90): x = [x]\n    return x\n"
        "def fine(): return 1\n"
    )
    seen = run(children, source, "odd", "evil", "lazy", "huge", "deep", "fine")
    assert seen["odd"].value.type_name == "submission.Odd"
    assert seen["evil"].value.type_name == "submission.Evil"
    assert seen["lazy"].value.type_name == "builtins.generator"
    assert seen["huge"].outcome == "malformed"
    assert seen["deep"].outcome == "returned"  # cut off where it gets too deep
    assert seen["fine"].value == 1


@forks
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def f(:", "SyntaxError"),
        ("import no_such_module", "ModuleNotFoundError"),
        ("raise RuntimeError('at import')", "at import"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("x = 'a\0b'", ""),
        ("import os; os._exit(0)", "ended the interpreter (exit code 0) while the file was being loaded"),
    ],
)
def test_a_file_that_does_not_load_reaches_no_check(children: Children, source: str, told: str) -> None:
    seen = run(children, source, "f", "g")
    for one in seen.values():
        assert one.outcome == "not_loaded"
        assert not one.reached
        assert told in f"{one.error}{one.detail}"


@forks
@pytest.mark.parametrize("decorated", ["", "@tf.function\n"])
def test_an_error_shows_the_students_lines_and_words_alone(children: Children, decorated: str) -> None:
    """AutoGraph's message is a traceback through the grader's own files; none of it is for a student."""
    source = f"import tensorflow as tf\ndef helper(x):\n    raise KeyError('not here')\n{decorated}def f(): return helper(1)\n"
    error = run(children, source, "f")["f"].error
    assert error is not None
    assert (error.type_name.removeprefix("MultilineMessage"), error.message) == ("KeyError", "'not here'")
    assert error.traceback.index(", in f\n") < error.traceback.index("line 3, in helper\n    raise KeyError")
    assert "grader" not in error.traceback
    assert "tensorflow" not in error.traceback


@forks
def test_a_missing_function_is_missing_and_so_is_one_that_is_no_function(children: Children) -> None:
    seen = run(children, "g = 3", "f", "g")
    assert {one.outcome for one in seen.values()} == {"missing"}


@forks
def test_what_is_printed_is_kept_by_check_and_cut(children: Children) -> None:
    source = (
        "import sys\nprint('loading')\n"
        "def one(): print('one'); sys.stderr.write('warned')\n"
        "def flood():\n    print('x' * (3 << 20))\n"
        "def last(): print('last')\n"
    )
    seen = run(children, source, "one", "flood", "last")
    assert (seen["one"].stdout, seen["one"].stderr) == ("one\n", "warned")
    assert len(seen["flood"].stdout) <= 1 << 20


@forks
def test_endless_printing_is_stopped_and_the_rest_goes_on(children: Children) -> None:
    source = "def flood():\n    while True: print('x' * 10000)\ndef after(): return 2\n"
    seen = run(children, source, "flood", "after")
    assert seen["flood"].outcome != "returned"
    assert seen["after"].value == 2


@forks
def test_forged_frames_are_no_answers_to_later_checks(children: Children) -> None:
    source = (
        "import os, json, struct\n"
        "def forge():\n"
        "    for fd in range(3, 64):\n"
        "        for record in ({'d': [['id', 'x'], ['outcome', 'returned'], ['value', 5]]}, 7):\n"
        "            head = json.dumps(record).encode()\n"
        "            message = b'GTW1' + struct.pack('<I', len(head)) + head\n"
        "            try: os.write(fd, struct.pack('<Q', len(message)) + message)\n"
        "            except OSError: pass\n"
        "    os._exit(0)\n"
        "def wrong(): return 6\n"
    )
    seen = run(children, source, "forge", "wrong")
    assert seen["forge"].outcome == "exited"
    assert seen["wrong"].value == 6


@forks
def test_the_child_has_a_clean_environment_and_an_empty_folder_of_its_own(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "import os, tempfile\n"
        "def names(): return sorted(os.environ)\n"
        "def folder():\n    open('kept', 'w').write('x'); tempfile.mkdtemp()\n    return [os.getcwd(), tempfile.gettempdir()]\n"
        "def answers():\n    import reference_impl\n"
        "def sockets():\n"
        "    import stat\n"
        "    found = []\n"
        "    for fd in range(1000):\n"
        "        try: found.append(stat.S_ISSOCK(os.fstat(fd).st_mode))\n"
        "        except OSError: pass\n"
        "    return found\n"
    )
    seen = run(children, source, "names", "folder", "answers", "sockets")
    assert "GRADETAPE_CACHE" not in seen["names"].value
    cwd, temporary = seen["folder"].value
    assert cwd == temporary
    assert not Path(cwd).exists(), "removed with all that was in it"
    assert seen["answers"].error is not None
    assert seen["answers"].error.type_name == "ImportError"
    assert seen["sockets"].value == [False] * 4, "standard streams and results; the control socket is not its own"


@forks
def test_randomness_is_seeded_alike_for_every_call_and_by_the_seed(children: Children) -> None:
    source = (
        "import random, numpy as np, tensorflow as tf\n"
        "def a(): return [random.random(), float(np.random.rand()), float(tf.random.uniform([]))]\n"
        "b = a\n"
    )
    first = run(children, source, "a", "b", seed=1)
    assert first["a"].value == first["b"].value
    assert first["a"].value != run(children, source, "a", seed=2)["a"].value


@forks
def test_a_set_has_the_same_order_in_every_run(children: Children) -> None:
    source = "def order(): return list(set('abcdefghijklmnopqrstuvwxyz'))\n"
    other = ForkedChildren("standard")
    try:
        orders = [run(kin, source, "order")["order"].value for kin in (children, other)]
    finally:
        other.close()
    assert orders[0] == orders[1]


@forks
def test_needs_are_met(children: Children) -> None:
    source = (
        "import tensorflow as tf\ncount = 0\n"
        "def cpus(): return len(tf.config.list_logical_devices('CPU'))\n"
        "def counted():\n    global count\n    count += 1\n    return count\n"
    )
    seen = run(
        children, source,
        call("cpus"), call("cpus", needs=Needs(cpus=3), id_="three"),
        call("counted", id_="first"), call("counted", id_="second"),
        call("counted", needs=Needs(fresh=True), id_="fresh"),
    )  # fmt: skip
    assert [seen[name].value for name in ("cpus", "three", "first", "second", "fresh")] == [1, 3, 1, 2, 1]


@forks
def test_nothing_outlives_its_child(children: Children, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    source = (
        "import os, time\n"
        "def leave():\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        f"            time.sleep(2); open({str(mark)!r}, 'w').write('alive'); os._exit(0)\n"
        "        os._exit(0)\n"
        "    time.sleep(0.3)\n"
        "    return 1\n"
    )
    run(children, source, "leave")
    time.sleep(2.5)
    assert not mark.exists()


def test_a_zygote_that_dies_twice_is_an_error_and_never_a_mark() -> None:
    class Dying:
        way = "fork"
        tries = 0

        def isolation(self) -> Isolation:
            return Isolation("strict")

        def run(self, *_: object) -> None:
            self.tries += 1
            raise ChildrenLost("the process that holds TensorFlow ended")

        def close(self) -> None: ...

    dying = Dying()
    with pytest.raises(GradeTapeError, match="twice in a row"):
        run(dying, "", "f")  # type: ignore[arg-type]
    assert dying.tries == 2


def test_a_spawned_interpreter_observes_the_same() -> None:
    source = "def f(): print('hello'); return [1.5, (2, None)]\ndef g(): raise ValueError('no')\ndef h():\n    import os; os._exit(4)\n"
    seen = run(SpawnedChildren(), source, "f", "g", "h")
    assert seen["f"].value == [1.5, (2, None)]
    assert seen["f"].stdout == "hello\n"
    assert seen["g"].error is not None
    assert "exit code 4" in seen["h"].detail


@forks
def test_arguments_are_made_afresh_for_every_call(children: Children) -> None:
    inputs = build_inputs({"x": {"zeros": [2], "as": "numpy"}}, 0, "q", "f", "c")
    source = "def f(x):\n    x += 1\n    return x\n"
    made = Call("c", "f", ("x",), "repeated", {"times": 3}, inputs, {}, Needs())
    (first, second, third) = observe(children, Submission("a.py", source), [made], 0)["c"].value
    assert first.tolist() == second.tolist() == third.tolist() == [1, 1]


def test_any_tree_of_folders_is_removed() -> None:
    with private_directory() as root:
        here = os.open(root, os.O_RDONLY)
        for _ in range(3000):
            os.mkdir("d", dir_fd=here)
            inner = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        os.close(here)
        (root / "odd \n name").write_text("x")
        (root / "link").symlink_to("/etc")
        locked = root / "locked"
        locked.mkdir()
        (locked / "file").write_text("x")
        locked.chmod(0)
    assert not root.exists()
    assert Path("/etc").exists()


def test_removing_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        remove_tree(tmp_path / "nothing")


def test_a_child_that_fails_before_the_submission_is_an_error_and_never_a_mark(children: Children) -> None:
    with pytest.raises(GradeTapeError, match="before it read the submission"):
        observe(children, Submission("a.py", "def f(): return 1"), [call("f")], 0, device="gpu:9")

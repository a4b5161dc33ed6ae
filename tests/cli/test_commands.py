"""The commands as a user runs them: processes, exit codes, one clear message for bad input."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, SMALL_BANK, Run

GOOD = Path(__file__).parent.parent / "scenarios" / "perfect" / "submission"


def test_list_filters(gradetape: Run) -> None:
    assert "m1q03" in gradetape("list").stdout
    assert "m1q03" in gradetape("list", "--asked", "2023-07").stdout
    assert "m1q03" in gradetape("list", "--topic", "perceptron", "--module", "1").stdout


def test_show_gives_the_prompt_and_the_stub_and_not_the_answer(gradetape: Run) -> None:
    shown = gradetape("show", "m1q03").stdout
    assert "learning rule" in shown
    assert "def perceptron_update(" in shown
    assert "tensordot" not in shown
    assert gradetape("show", "M1Q06").stdout == shown, "m1q03 answers m1q06 too"


def test_start_writes_stubs_once_and_the_stub_earns_nothing(gradetape: Run, tmp_path: Path) -> None:
    first = gradetape("start", "m1q01", "work", "--bank", SMALL_BANK)
    assert first.returncode == 0, first.stderr
    stub = tmp_path / "work" / "m1q01_scale.py"
    stub.write_text(stub.read_text() + "# mine\n")
    again = gradetape("start", "m1q01", "work", "--bank", SMALL_BANK)
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    assert stub.read_text().endswith("# mine\n")
    graded = gradetape("grade", "work", "--bank", SMALL_BANK)
    assert graded.returncode == 1
    assert "0 of 4 marks" in graded.stdout
    assert "3 checks: raised NotImplementedError: m1q01: scale is not written yet" in graded.stdout, "said once"


def test_grade_takes_a_file_of_any_name_for_a_named_question(gradetape: Run, tmp_path: Path) -> None:
    (tmp_path / "answer.py").write_text((GOOD / "m1q01_scale.py").read_text())
    assert gradetape("grade", "answer.py", "m1q01", "--bank", SMALL_BANK).returncode == 0


@pytest.mark.parametrize("level", ["full", "diagnosis", "score"])
def test_feedback_levels_withhold_what_they_should(gradetape: Run, level: str) -> None:
    submission = GOOD.parent.parent / "partly_wrong" / "submission"
    done = gradetape("grade", submission, "--bank", SMALL_BANK, "--feedback", level, "--json", "-", "--seed", 3)
    text = done.stdout
    check = json.loads(text)["questions"][0]["functions"][0]["checks"][1]
    assert bool(check["mismatch"]) == (level == "full")
    assert bool(check["diagnoses"]) == (level != "score")
    assert check["status"] == "failed"


def test_another_seed_gives_other_inputs_and_the_same_seed_the_same(gradetape: Run) -> None:
    submission = GOOD.parent.parent / "partly_wrong" / "submission"

    def rows(seed: int) -> object:
        done = gradetape("grade", submission, "--bank", SMALL_BANK, "--json", "-", "--seed", seed)
        return json.loads(done.stdout)["questions"][0]["functions"][0]["checks"][1]["mismatch"]["rows"]

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


def test_verify_proves_the_small_bank(gradetape: Run) -> None:
    done = gradetape("verify", "--bank", SMALL_BANK)
    assert done.returncode == 0, done.stdout
    assert "1 questions, 0 faults" in done.stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("questions", "caught_by: [random]", "caught_by: [rejects, random]", ""),
        (
            "questions",
            "[2, 2]}}}",
            "[3]}}}",
            "the reference refuses all bad input: it does not in scale/rejects (matrix",
        ),
        ("questions", "expect: {value: 5}", "expect: {compare: shape}", "norm__no_root is caught"),
        ("reference_impl", "factor * x", "factor * x + tf.random.normal([])", "the reference earns full marks"),
        ("reference_impl", "return factor * x", "return x if factor == 2 else factor * x", "the reference earns"),
        ("mistakes", "reduce_sum(tf.square(x))", "norm(x)", "it passes by_hand"),
        (
            "questions",
            "caught_by: [random]",
            "caught_by: [random]\n        hangs: [random]",
            "it hangs in nothing, while 'hangs' names random",
        ),
        (
            "mistakes",
            "    return tf.reduce_sum(tf.square(x))",
            "    while True: pass",
            "it hangs in by_hand, while 'hangs' names nothing",
        ),
    ],
)
def test_verify_finds_a_question_that_is_unfit(
    gradetape: Run, tmp_path: Path, file: str, old: str, new: str, fault: str
) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    paths = {
        "questions": bank / "questions/m1_small/m1q01_scale.yaml",
        "reference_impl": bank / "reference_impl/m1_small/m1q01_scale.py",
        "mistakes": bank / "reference_impl/mistakes/m1_small/m1q01_scale.py",
    }
    text = paths[file].read_text()
    assert old in text
    paths[file].write_text(text.replace(old, new))
    done = gradetape("verify", "--bank", bank, "--seeds", "1")
    if not fault:  # what is caught more often than promised is no fault
        assert done.returncode == 0, done.stdout
        return
    assert done.returncode == 1, done.stdout
    assert fault in " ".join(done.stdout.split())


def test_verify_waits_for_a_mistake_that_hangs_and_grading_names_it_without(gradetape: Run, tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    question = bank / "questions/m1_small/m1q01_scale.yaml"
    text = question.read_text().replace("caught_by: [by_hand]\n", "caught_by: [by_hand]\n        hangs: [by_hand]\n")
    question.write_text(text)
    mistakes = bank / "reference_impl/mistakes/m1_small/m1q01_scale.py"
    waits = "    while True: pass"
    mistakes.write_text(mistakes.read_text().replace("    return tf.reduce_sum(tf.square(x))", waits))
    done = gradetape("verify", "--bank", bank, "--seeds", "1")
    assert done.returncode == 0, done.stdout
    mistakes.write_text(mistakes.read_text().replace(waits, "    raise AssertionError('nobody runs this')"))
    (tmp_path / "m1q01.py").write_text("def norm(x):\n    while True: pass\n")
    done = gradetape("grade", tmp_path / "m1q01.py", "--bank", bank)
    said = " ".join(done.stdout.replace("│", "").split())
    assert "your code was stopped after 1.5 s in this check → The root is missing." in said


@pytest.mark.parametrize(("stated", "code"), [(0.15, 0), (0.2, 1)])
def test_verify_holds_right_answers_to_the_margin_of_a_bound(
    gradetape: Run, tmp_path: Path, stated: float, code: int
) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    path = bank / "questions/m1_small/m1q01_scale.yaml"
    path.write_text(path.read_text().replace("expect: {value: 5}", f"expect: {{below: 6, margin: {stated}}}"))
    done = gradetape("verify", "--bank", bank, "--seeds", "1")
    assert done.returncode == code, done.stdout
    assert ("5 keeps 17% away from 6, not 20%" in " ".join(done.stdout.split())) == bool(code)
    shown = gradetape("verify", "--margins", "--bank", bank, "--seeds", "2")
    assert shown.returncode == code, shown.stdout
    rows = [line.split() for line in shown.stdout.splitlines() if line.startswith("m1q01::norm/by_hand")]
    assert [row[1:] for row in rows] == [
        ["reference", "0", "5", "6", "+17%"],
        ["mistake", "no_root", "0", "25", "6", "-317%"],
    ]


def test_margins_find_a_mistake_that_passes_on_some_seed(gradetape: Run, tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    path = bank / "questions/m1_small/m1q01_scale.yaml"
    text = path.read_text().replace("inputs: {x: {constant: [3.0, 4.0]}}", "inputs: {x: {uniform: [1], high: 2}}")
    path.write_text(text.replace("expect: {value: 5}", "expect: {below: 2.5}"))
    shown = gradetape("verify", "--margins", "--bank", bank, "--seeds", "6")
    assert shown.returncode == 1, shown.stdout
    assert "mistake no_root: seed" in shown.stdout
    assert "a mistake that it should catch passes" in shown.stdout


def test_verify_of_one_question_is_not_stopped_by_another(gradetape: Run, tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    whole = (bank / "questions/m1_small/m1q01_scale.yaml").read_text()
    broken = whole.replace("id: m1q01", "id: m1q02").replace("probe: rejects", "probe: accepts")
    (bank / "questions/m1_small/m1q02_broken.yaml").write_text(broken)
    assert gradetape("verify", "m1q01", "--seeds", "1", "--bank", bank).returncode == 0
    every = gradetape("verify", "--seeds", "1", "--bank", bank)
    assert (every.returncode, "m1q02_broken" in every.stderr) == (2, True)


def test_verify_wants_full_marks_for_right_answers_of_another_kind(gradetape: Run, tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    alternatives = bank / "tests/alternatives/m1q01"
    alternatives.mkdir(parents=True)
    good = (SMALL_BANK.parent / "scenarios/perfect/submission/m1q01_scale.py").read_text()
    (alternatives / "tidy.py").write_text(good)
    done = gradetape("verify", "--bank", bank, "--seeds", "1")
    assert done.returncode == 0, done.stdout
    (alternatives / "unchecked.py").write_text("def scale(x, factor=2.0):\n    return factor * x\n")
    done = gradetape("verify", "--bank", bank, "--seeds", "1")
    assert done.returncode == 1, done.stdout
    said = " ".join(done.stdout.split())
    assert "the alternative unchecked earns full marks: scale/rejects:" in said
    assert "the alternative tidy" not in said


def test_doctor_tries_what_it_says(gradetape: Run) -> None:
    # TensorFlow sets some of these itself, in a child as well as in the process that asks.
    names = ("HDF5_PLUGIN_PATH", "TF2_BEHAVIOR", "TPU_ML_PLATFORM", "ENABLE_RUNTIME_UPTIME_TELEMETRY")
    done = gradetape("doctor", env={**os.environ, **dict.fromkeys(names, "1")})
    assert done.returncode == 0, done.stdout
    for name in ("tensorflow", "fork self-test", "wall-clock limit", "devices", "CPU:0", "lock: seccomp", "levels"):
        assert name in done.stdout


@pytest.mark.parametrize("level", ["strict", "standard", "none"])
def test_reports_say_what_held_the_code(gradetape: Run, tmp_path: Path, level: str) -> None:
    done = gradetape("grade", GOOD, "--bank", SMALL_BANK, "--level", level, "--json", tmp_path / "report.json")
    isolation = json.loads((tmp_path / "report.json").read_text())["isolation"]
    assert isolation["level"] == level
    assert ("seccomp" in isolation["layers"]) == (level != "none")
    said = " ".join(done.stdout.split())
    assert ("not locked in" if level == "none" else f"level {level}: locked in by descriptors, parent") in said


BAD = [
    (["grade", "nowhere"], "'nowhere' does not exist"),
    (["grade", "notes.txt"], "not a Python file"),
    (["grade", "latin.py", "m1q01", "--bank", SMALL_BANK], "not UTF-8"),
    (["grade", "unnamed.py"], "starts with no question's id"),
    (["grade", ".", "m1q33"], "there is no question 'm1q33'; did you mean 'm1q03'?"),
    (["grade", "twice", "--bank", SMALL_BANK], "two files for m1q01"),
    (["grade", ".", "--seed", "x"], "'x' is no seed"),
    (["grade", ".", "--device", "tpu"], "'tpu' is no device"),
    (["grade", GOOD, "--bank", SMALL_BANK, "--device", "gpu:7"], "TensorFlow sees no 'gpu:7'"),
    (["grade", GOOD, "--bank", SMALL_BANK, "--json", "/proc/no/report.json"], "cannot write '/proc/no/report.json'"),
    (["list", "--module", "9"], "no question in module 9"),
    (["list", "--asked", "1999-01"], "no question was asked in 1999-01"),
    (["list", "--bank", "nowhere"], "no bank in 'nowhere'"),
    (["show", "q3"], "there is no question 'q3'"),
    (["show", "m1q01", "--bank", "broken"], "bank.yaml:1: unknown key 'curse'"),
    (["start", "m1q03", "/proc/no"], "cannot write to '/proc/no'"),
    (["verify", "--module", "7"], "no question to verify"),
    (["nonsense"], "invalid choice: 'nonsense'"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD, ids=[" ".join(map(str, a))[:40] for a, _ in BAD])
def test_bad_input_gets_one_message_and_exit_code_2(
    gradetape: Run, tmp_path: Path, arguments: list[object], said: str
) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "latin.py").write_bytes("# é".encode("latin-1"))
    (tmp_path / "unnamed.py").write_text("")
    twice = tmp_path / "twice"
    twice.mkdir()
    (twice / "m1q01.py").write_text("")
    (twice / "m1q01_scale.py").write_text("")
    broken = tmp_path / "broken" / "questions"
    (broken / "m1_small").mkdir(parents=True)
    (broken / "bank.yaml").write_text((SMALL_BANK / "questions/bank.yaml").read_text().replace("course", "curse"))
    heading = "id: m1q01\ntitle: x\nmarks: 1\ntopics: [x]\nprompt: x\n"
    (broken / "m1_small" / "m1q01_x.yaml").write_text(heading)
    done = gradetape(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_an_interrupt_leaves_no_process_and_exits_with_130(tmp_path: Path) -> None:
    # A shell that runs tests in the background has them ignore interrupts, and so all that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    submission = tmp_path / "m1q01.py"
    submission.write_text("import time\ntime.sleep(60)\n")
    command = [sys.executable, "-m", "grader.cli", "grade", str(submission), "--bank", str(SMALL_BANK)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, start_new_session=True)
    below = _busy_descendants(process.pid)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    _eventually(lambda: not [pid for pid in below if _runs(pid)])


def test_a_killed_grader_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    submission = tmp_path / "m1q01.py"
    submission.write_text("import time\ntime.sleep(60)\n")
    command = [sys.executable, "-m", "grader.cli", "grade", str(submission), "--bank", str(SMALL_BANK)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen(command, cwd=tmp_path, start_new_session=True, env=environment)
    below = _busy_descendants(process.pid)
    assert list(temporary.iterdir())
    process.kill()
    process.wait()
    _eventually(lambda: not [pid for pid in below if _runs(pid)])
    _eventually(lambda: not list(temporary.iterdir()))


def _eventually(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for what must come about; how soon depends on how busy the machine is."""
    last = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < last, "it did not come about"
        time.sleep(0.05)


def _busy_descendants(pid: int) -> list[int]:
    """Return the zygote and a child of it that stays: one that sleeps in the submission, not one that tests forking."""
    seen: list[int] = []

    def stays() -> bool:
        before, seen[:] = list(seen), _descendants(pid)
        time.sleep(1.0)
        return len(seen) > 1 and seen == before

    _eventually(stays)
    return seen


def _descendants(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [grandchild for child in children for grandchild in _descendants(child)]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_spoilt_or_foreign_cache_is_recomputed(gradetape: Run, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    environment = {**os.environ, "GRADETAPE_CACHE": str(cache)}

    def grade(*options: str) -> int:
        return gradetape("grade", GOOD, "--bank", SMALL_BANK, *options, env=environment).returncode

    assert grade() == 0
    files = list((cache / "observations").iterdir())
    assert files
    whole = files[0].read_bytes()
    for spoilt in (b"", whole[:-1], whole[:40], whole[:-1] + b"\xff", b"GTC1" + os.urandom(200)):
        files[0].write_bytes(spoilt)
        assert grade() == 0
        assert files[0].read_bytes() == whole, "written anew"
    files[0].write_bytes(b"")
    assert grade("--no-cache") == 0
    assert files[0].read_bytes() == b"", "not touched"


def test_the_readme_names_every_command(gradetape: Run) -> None:
    readme = (ROOT / "README.md").read_text()
    commands = [line.split()[0] for line in gradetape("--help").stdout.splitlines() if line.startswith("    ")]
    assert {"list", "grade", "verify"} <= set(commands)
    assert [name for name in commands if name.isalpha() and f"gradetape {name}" not in readme] == []

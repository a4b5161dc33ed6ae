"""How long one question costs, beside pytest in a fresh process with the same framework. Ratios of one run.

``python benchmarks/latency.py [--runs N]`` prints a table; README.md beside this file says what it found.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.bank.load import load_bank
from grader.bank.location import location_at
from grader.grade import Setting, grade_question
from grader.known import reference_submission
from grader.session import open_setting
from grader.vocabulary import known_words

ROOT = Path(__file__).parent.parent
BANK = ROOT / "tests" / "bank"

#: The five small checks as a course would write them in pytest.
PYTEST_CHECKS = """
import numpy as np, pytest, tensorflow as tf
from m1q01_scale import norm, scale

def test_by_hand(): np.testing.assert_allclose(scale(tf.constant([1.0, 2.0, 3.0]), 2.0), [2, 4, 6])
def test_random():
    x = np.random.default_rng(0).normal(size=5).astype("float32")
    np.testing.assert_allclose(scale(tf.constant(x), -0.5), -0.5 * x, rtol=1e-5)
def test_rejects():
    with pytest.raises(ValueError): scale(tf.zeros([2, 2]), 3.0)
def test_control(): assert scale(tf.zeros([5]), 3.0).shape == (5,)
def test_norm(): np.testing.assert_allclose(norm(tf.constant([3.0, 4.0])), 5.0)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    table = Table("what", "min s", "median s", "max s", "ratio of medians")
    with tempfile.TemporaryDirectory() as folder, open_setting(seed=0, level="standard", device="cpu") as setting:
        reference = (BANK / "reference_impl/m1_small/m1q01_scale.py").read_text()
        Path(folder, "m1q01_scale.py").write_text(reference)
        Path(folder, "test_checks.py").write_text(PYTEST_CHECKS)
        peer = timed(lambda: run([sys.executable, "-m", "pytest", "-q", folder, "-p", "no:gradetape"]), runs)
        ours = timed(graded(setting), runs)
    start = timed(lambda: run([sys.executable, "-m", "grader.cli", "list"]), runs)
    help_ = timed(lambda: run([sys.executable, "-m", "grader.cli", "--help"]), runs)
    empty = timed(lambda: run([sys.executable, "-c", "pass"]), runs)
    base = statistics.median(peer)
    add(table, "pytest in a fresh process, five checks", peer, base)
    add(table, "a question graded, zygote up, reference cached", ours, base)
    add(table, "gradetape list", start, base)
    add(table, "gradetape --help", help_, base)
    add(table, "python -c pass", empty, base)
    Console(width=100).print(table)


def graded(setting: Setting) -> Callable[[], object]:
    """Return what grades the small question's reference as a student's file."""
    question = load_bank(location_at(BANK), known_words()).questions["m1q01"]
    return lambda: grade_question(question, reference_submission(question), setting)


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


def timed(action: Callable[[], object], runs: int) -> list[float]:
    action()  # warms the files' cache and ours
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds


def add(table: Table, what: str, seconds: list[float], base: float) -> None:
    median = statistics.median(seconds)
    table.add_row(what, f"{min(seconds):.3f}", f"{median:.3f}", f"{max(seconds):.3f}", f"{median / base:.3f}")


if __name__ == "__main__":
    main()

"""How long the sheet of a whole course takes, as a student waits for it: the whole process, from start to file.

The questions that there are stand in for all 44, each under as many names as it takes. Run: python benchmarks/sheets.py
"""

import argparse
import os
import re
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from grader.bank.location import BankLocation, default_location

QUESTIONS, MODULES = 44, 5
#: What is measured: the ending of the file, what is shown of each question, and the bar in seconds.
SHEETS = (("html", "all", 1.0), ("html", "answers", 1.0), ("pdf", "all", 3.0), ("pdf", "answers", 3.0))
MOST_MEGABYTES = 300
COMMAND = (sys.executable, "-m", "grader.cli")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="the fastest counts (default: 5)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the bank and the sheets here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        copied = make_bank(default_location(), folder / "bank")
        print(f"{QUESTIONS} questions, made of {copied}")
        start = min(run_once([*COMMAND, "--help"])[1] for _ in range(options.runs + 1))
        print(f"help  {start:.2f} s of CPU: the program's start, against which the ratios are")
        for kind, parts, bar in SHEETS:
            measure(kind, parts, bar, start, folder, options.runs)
        if hasattr(os, "sched_setaffinity"):
            compare_processors(folder, options.runs)


def make_bank(source: BankLocation, folder: Path) -> int:
    """Write a bank of ``QUESTIONS`` questions in ``MODULES`` modules; return how many different ones there are."""
    originals = sorted(source.questions.glob("*/*.yaml"))
    modules = [f"m{number}_module" for number in range(1, MODULES + 1)]
    for place, original in zip(range(QUESTIONS), cycle(originals), strict=False):
        module = place * MODULES // QUESTIONS
        new = f"m{module + 1}q{place % 99 + 1:02d}"
        stem = f"{new}_{original.stem.partition('_')[2]}"
        copy_question(source, original, folder, modules[module], new, stem)
    lines = ["course: Benchmark", "paper: {choices_per_module: 2, answer_per_module: 1, minutes: 180}", "modules:"]
    lines += [f"  - {{number: {n}, title: Module {n}, folder: {name}}}" for n, name in enumerate(modules, start=1)]
    write(folder / "questions" / "bank.yaml", "\n".join([*lines, ""]))
    return len(originals)


def copy_question(source: BankLocation, original: Path, folder: Path, module: str, new: str, stem: str) -> None:
    text = original.read_text(encoding="utf-8")
    text = re.sub(r"^id: .*$", f"id: {new}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^covers: .*\n", "", text, count=1, flags=re.MULTILINE)
    write(folder / "questions" / module / f"{stem}.yaml", text)
    for root, target in ((source.reference, "reference_impl"), (source.mistakes, "reference_impl/mistakes")):
        code = root / original.parent.name / f"{original.stem}.py"
        if code.exists():
            write(folder / target / module / f"{stem}.py", code.read_text(encoding="utf-8"))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def command_for(kind: str, parts: str, folder: Path) -> list[str]:
    return [*COMMAND, "sheet", "--bank", str(folder / "bank"), "--with", parts, "-o", str(folder / f"sheet.{kind}")]


def compare_processors(folder: Path, runs: int) -> None:
    """Print how much longer the HTML takes where only one processor sets its articles."""
    command = command_for("html", "all", folder)
    two = min(run_once(command)[0] for _ in range(runs))
    all_processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_processors)})
    one = min(run_once(command)[0] for _ in range(runs))
    os.sched_setaffinity(0, all_processors)
    print(f"html  on one processor {one / two:.2f} times the time on {len(all_processors)}")


def measure(kind: str, parts: str, bar: float, start: float, folder: Path, runs: int) -> None:
    output = folder / f"sheet.{kind}"
    command = command_for(kind, parts, folder)
    timings = [run_once(command) for _ in range(runs)]
    seconds = min(wall for wall, _, _ in timings)
    cpu = min(cpu for _, cpu, _ in timings)
    megabytes = max(rss for _, _, rss in timings)
    missed = seconds >= bar or megabytes >= MOST_MEGABYTES
    print(
        f"{kind:5} {parts:8} {seconds:.2f} s (bar {bar:g} s), {cpu:.2f} s of CPU, {cpu / start:.0f} times the start, "
        f"{megabytes:.0f} MB (bar {MOST_MEGABYTES} MB), {output.stat().st_size / 1e6:.1f} MB written: "
        f"{'bar not met' if missed else 'good'}"
    )


def run_once(command: list[str]) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds and the largest resident size in MB of one run."""
    started = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    if status != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    if not hasattr(os, "wait4"):
        sys.exit("this machine has no wait4; nothing measured")
    main()

"""The commands for a class: `class`, `diff`, `similar`, `export`. Each function returns the exit code.

``add_class_commands`` costs nothing at start-up: what a command needs is imported when it runs.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader import values
from grader.problems import EXIT_NOT_PASSED, EXIT_OK, GradeTapeError

if TYPE_CHECKING:
    from grader.bank.model import Bank
    from grader.classroom.run import Engine, Plan

#: Adds a command to the program's: its name, what it does in a line, and the name of its function in this module.
AddCommand = Callable[[str, str, str], argparse.ArgumentParser]


def add_class_commands(
    add: AddCommand,
    add_running_options: Callable[[argparse.ArgumentParser], None],
    add_level: Callable[[argparse.ArgumentParser, str], None],
) -> None:
    """Declare the options of the commands for a class."""
    command = add("class", "grade a folder of submissions into a gradebook", "run_class")
    command.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="a folder with an entry a student")
    command.add_argument("ids", nargs="*", metavar="ID", help="only these questions (default: all)")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="RESULTS", help="folder for the results")
    command.add_argument("--roster", type=Path, metavar="FILE", help="the class list, a CSV with a column 'student'")
    command.add_argument("--feedback", choices=("full", "diagnosis", "score"), default="full", help="how much to tell")
    command.add_argument(
        "--jobs", type=values.positive, default=os.cpu_count() or 1, metavar="N", help="students at a time"
    )
    command.add_argument("--deadline", type=_seconds, default=600.0, metavar="S", help="seconds a student (600)")
    command.add_argument("--budget", type=_seconds, metavar="S", help="seconds for the whole run (default: no end)")
    command.add_argument("--fresh", action="store_true", help="grade everybody anew")
    command.add_argument("--canvas", type=Path, metavar="FILE", help="write a CSV for Canvas's gradebook")
    command.add_argument("--title", default="GradeTape", help="the assignment's title for Canvas, 'Exam (1234)'")
    command.add_argument("--moodle", type=Path, metavar="WORKSHEET", help="fill in Moodle's grading worksheet")
    command.add_argument("--gradescope", type=Path, metavar="DIR", help="write a results.json each")
    command.add_argument("--engine", choices=("local", "dask"), default="local", help="where to grade (default: local)")
    command.add_argument("--scheduler", metavar="ADDRESS", help="of the Dask cluster, such as tcp://host:8786")
    command.add_argument("--quiet", action="store_true", help="say nothing on the way")
    add_running_options(command)
    add_level(command, "strict")

    command = add("diff", "show whose marks changed between two runs of 'class', and why", "run_diff")
    command.add_argument("old", type=Path, metavar="OLD", help="the results of one run")
    command.add_argument("new", type=Path, metavar="NEW", help="the results of another")

    command = add("similar", "list pairs of students whose functions are alike, to be looked at", "run_similar")
    command.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="as for 'class'")
    command.add_argument("ids", nargs="*", metavar="ID", help="only these questions (default: all)")
    command.add_argument("--least", type=_share, default=0.6, metavar="X", help="how alike, 0 to 1 (default: 0.6)")

    command = add("export", "write an autograder for Gradescope", "run_export")
    command.add_argument("target", choices=("gradescope",), metavar="gradescope", help="whom it is for")
    command.add_argument("ids", nargs="*", metavar="ID", help="only these questions (default: all)")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="such as autograder.zip")
    command.add_argument("--feedback", choices=("full", "diagnosis", "score"), default="full", help="how much to tell")
    command.add_argument("--seconds", type=_seconds, default=540.0, metavar="S", help="for a submission (540)")
    command.add_argument("--hidden", action="store_true", help="show results only when grades are published")
    command.add_argument("--seed", type=values.seed, default=0, metavar="N", help="seed of the inputs (default: 0)")
    add_level(command, "strict")


def run_class(options: argparse.Namespace) -> int:
    """Grade a class; 0 when everybody is settled, 1 when some must be tried again."""
    from fractions import Fraction

    from grader.classroom.exports.files import Exports, check_exports, write_exports
    from grader.classroom.gradebook import GRADEBOOK
    from grader.classroom.progress import watching
    from grader.classroom.records import FINAL, STATES
    from grader.classroom.run import Plan, Records, grade_class, read_class
    from grader.classroom.summary import SUMMARY

    exports = Exports(options.canvas, options.title, options.moodle, options.gradescope)
    plan = Plan(
        submissions=options.submissions,
        results=options.output,
        roster=options.roster,
        seed=options.seed,
        device=options.device,
        level=options.level,
        bubblewrap=options.bubblewrap,
        jobs=options.jobs,
        feedback=options.feedback,
        seconds=options.deadline,
        budget=options.budget,
        fresh=options.fresh,
        use_cache=not options.no_cache,
    )
    check_exports(exports)
    bank = _load(options.bank, options.ids)
    room = read_class(plan, bank)
    said: list[str] = []

    def export(records: Records) -> None:
        functions = (function for question in bank.questions.values() for function in question.spec.functions)
        points = sum((function.marks for function in functions), Fraction(0))
        said.extend(write_exports(exports, records, room.people, points, plan.results, plan.feedback))

    with watching(options.quiet) as watch:
        states = grade_class(plan, bank, room, _engine(options, plan, bank), watch, export)
    if not options.quiet:
        print(", ".join(f"{states[state]} {state}" for state in STATES if state in states))
        print(f"results: {plan.results / GRADEBOOK}, {plan.results / SUMMARY}")
        print("\n".join(said), end="\n" if said else "")
    return EXIT_OK if set(states) <= FINAL else EXIT_NOT_PASSED


def run_diff(options: argparse.Namespace) -> int:
    """Print what changed between two runs; 0 when nothing did, 1 when something did."""
    from grader.classroom.difference import change_lines, changes
    from grader.classroom.gradebook import read_checks

    found = changes(read_checks(options.old), read_checks(options.new))
    for change in found:
        print("\n".join(change_lines(change)))
    print(f"{len(found)} students with another result" if found else "nothing changed")
    return EXIT_NOT_PASSED if found else EXIT_OK


def run_export(options: argparse.Namespace) -> int:
    """Write the archive that Gradescope grades with."""
    from grader.classroom.exports.autograder import autograder_zip
    from grader.files import write_whole

    bank = _load(options.bank, options.ids)
    settings = {
        "seed": options.seed,
        "feedback": options.feedback,
        "seconds": options.seconds,
        "hidden": options.hidden,
        "level": options.level,
        "bubblewrap": options.bubblewrap,
    }
    write_whole(options.output, autograder_zip(bank, settings))
    print(f"wrote {options.output}: upload it as the autograder of a programming assignment")
    return EXIT_OK


def run_similar(options: argparse.Namespace) -> int:
    """Print pairs of students whose functions are alike."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from grader.classroom.comparing import compare_class

    bank = _load(options.bank, options.ids)
    pairs, unread = compare_class(options.submissions, bank, options.least)
    table = Table("alike", "pieces", "question", "function", "students", box=None, padding=(0, 2), header_style="bold")
    for pair in pairs:
        students = Text(f"{pair.first}, {pair.second}")
        table.add_row(f"{pair.share:.0%}", str(pair.pieces), pair.question, pair.function, students)
    console = Console()
    if pairs:
        console.print(table)
        console.print("To be looked at, not a verdict: similar code has many honest causes.", style="dim")
    else:
        console.print("no two functions are that much alike")
    if unread:
        console.print(Text(f"not compared: {', '.join(unread)}"))
    return EXIT_OK


def _engine(options: argparse.Namespace, plan: "Plan", bank: "Bank") -> "Engine":
    if options.engine == "local":
        if options.scheduler:
            raise GradeTapeError("--scheduler is for --engine dask; give both")
        from grader.classroom.run import local_engine

        return local_engine(plan, bank)
    if not options.scheduler:
        raise GradeTapeError("--engine dask needs --scheduler ADDRESS, such as tcp://host:8786")
    from grader.classroom.cluster import dask_engine

    engine: Engine = dask_engine(plan, bank, options.scheduler)
    return engine


def _load(folder: Path | None, ids: Sequence[str]) -> "Bank":
    """Return the bank with the questions named, in that order; with all of them when none is."""
    from grader.bank.load import load_bank
    from grader.bank.location import default_location, location_at
    from grader.bank.model import Bank
    from grader.sheets.selection import Wanted, wanted_headings
    from grader.vocabulary import known_words

    location = location_at(folder) if folder else default_location()
    chosen = [heading.id for heading in wanted_headings(location, Wanted(ids=tuple(ids)))]
    bank = load_bank(location, known_words(), chosen)
    return Bank(bank.location, bank.spec, {id_: bank.questions[id_] for id_ in chosen})


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e7:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds")
    return seconds


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to 1")
    return share

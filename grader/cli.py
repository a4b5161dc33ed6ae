"""The command line, thin: arguments in, the right function called, one exit code out.

Nothing heavy is imported here: `list`, `show` and `--help` must answer at once.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from functools import partial
from itertools import takewhile
from pathlib import Path

from grader import __version__, values
from grader.classroom.commands import add_class_commands
from grader.problems import EXIT_INTERRUPTED, EXIT_OK, EXIT_UNUSABLE, GradeTapeError
from grader.report.inert import visible
from grader.sheets.commands import add_sheet_commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 all passed, 1 not, 2 could not, 130 interrupted."""
    options = _parse(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except GradeTapeError as error:
        print(f"gradetape: {visible(str(error))}", file=sys.stderr)  # it may name a student's files
        return EXIT_UNUSABLE
    except KeyboardInterrupt:
        print("gradetape: interrupted; nothing half-done was left", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader went away (such as `| head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    return code


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments; the ids of questions may stand behind options, where argparse itself does not look."""
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    ids = list(takewhile(lambda word: not word.startswith("-"), rest)) if hasattr(options, "ids") else []
    if len(ids) < len(rest):
        parser.error(f"unrecognized arguments: {' '.join(rest[len(ids) :])}")
    if ids:
        options.ids = [*options.ids, *ids]
    return options


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    parser = argparse.ArgumentParser(prog="gradetape", description="Practise, grade and print exam questions.")
    parser.add_argument("--version", action="version", version=f"gradetape {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = _add(commands, "list", "list the questions", "run_list")
    command.add_argument("--module", type=int, metavar="N", help="only this module")
    command.add_argument("--asked", metavar="YYYY-MM", help="only those asked at this sitting")
    command.add_argument("--topic", help="only those with this topic")

    command = _add(commands, "show", "show a question as a student sees it, without the answer", "run_show")
    command.add_argument("id", metavar="ID")

    command = _add(commands, "start", "write the stubs of questions, ready to be filled in", "run_start")
    command.add_argument("targets", nargs="+", metavar="ID… [DIR]", help="question ids; the folder may stand last")

    command = _add(commands, "grade", "grade a file or a folder", "run_grade")
    command.add_argument("path", type=Path, metavar="PATH", help="a file, or a folder with a file a question")
    command.add_argument("ids", nargs="*", metavar="ID", help="only these questions (default: all)")
    command.add_argument("--feedback", choices=("full", "diagnosis", "score"), default="full", help="how much to tell")
    command.add_argument("--json", metavar="FILE", help="write the report as JSON too ('-': standard output, alone)")
    command.add_argument("--html", type=Path, metavar="FILE", help="write the feedback as a web page too")
    _add_running_options(command)
    _add_level(command, "standard")

    add_sheet_commands(partial(_add, commands, module="grader.sheets.commands"))

    add_class_commands(partial(_add, commands, module="grader.classroom.commands"), _add_running_options, _add_level)

    command = _add(commands, "verify", "prove that questions are fit to grade with", "run_verify")
    command.add_argument("ids", nargs="*", metavar="ID", help="only these questions (default: all)")
    command.add_argument("--module", type=int, metavar="N", help="only this module")
    command.add_argument("--seeds", type=values.positive, default=3, metavar="N", help="seeds to try (default: 3)")
    command.add_argument(
        "--jobs", type=values.positive, default=os.cpu_count() or 1, metavar="N", help="questions at a time"
    )
    command.add_argument(
        "--margins", action="store_true", help="only show how near right and wrong answers come to each bound"
    )
    _add_running_options(command)
    _add_level(command, "standard")

    command = _add(commands, "doctor", "show what this machine can do", "run_doctor")

    command = _add(commands, "demo", "grade three sample students on module 1", "run_demo")
    command.add_argument("folder", nargs="?", type=Path, default=Path("gradetape-demo"), metavar="DIR")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    summary: str,
    function: str,
    module: str = "grader.commands",
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    command.add_argument("--bank", type=Path, metavar="DIR", help="another bank with the same layout")

    def run(options: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(module), function)(options))

    command.set_defaults(run=run)
    return command


def _add_running_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=values.seed, default=0, metavar="N", help="seed of the inputs (default: 0)")
    command.add_argument("--device", type=values.device, default="auto", help="auto, cpu or gpu:N (default: auto)")
    command.add_argument("--no-cache", action="store_true", help="run the reference anew")


def _add_level(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument(
        "--level",
        choices=("strict", "standard", "none"),
        default=default,
        help="how to lock in the code that is run: strict refuses to run with a lock missing, standard takes what the "
        f"machine gives, none is for your own code only (default: {default})",
    )
    command.add_argument("--bubblewrap", action="store_true", help="lock in the whole runner by bubblewrap as well")


if __name__ == "__main__":
    sys.exit(main())

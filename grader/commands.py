"""What each command does, in terms of the rooms it calls. One function a command, each returns the exit code."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from grader.bank.headings import Heading, read_headings
from grader.bank.location import BankLocation, default_location, location_at
from grader.problems import EXIT_NOT_PASSED, EXIT_OK, GradeTapeError, suggestion

if TYPE_CHECKING:
    from grader.bank.model import Bank
    from grader.results import Report


def run_list(options: argparse.Namespace) -> int:
    """List the questions that the filters let through."""
    headings = read_headings(_location(options))
    chosen = [
        heading
        for heading in headings
        if (options.module is None or heading.module == options.module)
        and (options.asked is None or options.asked in heading.asked)
        and (options.topic is None or any(options.topic.lower() in topic.lower() for topic in heading.topics))
    ]
    if not chosen:
        raise GradeTapeError(_nothing_listed(options, headings))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name, share in (("id", None), ("title", 3), ("marks", None), ("asked", None), ("topics", 2)):
        table.add_column(name, ratio=share, no_wrap=share is None)
    for heading in chosen:
        also = f" (also {', '.join(heading.covers)})" if heading.covers else ""
        table.add_row(
            heading.id, f"{heading.title}{also}", heading.marks, ", ".join(heading.asked), ", ".join(heading.topics)
        )
    Console().print(table)
    return EXIT_OK


def _nothing_listed(options: argparse.Namespace, headings: list[Heading]) -> str:
    if options.module is not None and all(heading.module != options.module for heading in headings):
        return f"no question in module {options.module}; there are modules {_joined(h.module for h in headings)}"
    if options.asked is not None and all(options.asked not in heading.asked for heading in headings):
        return f"no question was asked in {options.asked}; known are {_joined(a for h in headings for a in h.asked)}"
    topics = {topic for heading in headings for topic in heading.topics}
    if options.topic is not None:
        return f"no question matches the topic '{options.topic}'; {suggestion(options.topic, topics)}"
    return "no question matches; leave out a filter"


def _joined(items: Iterator[object]) -> str:
    return ", ".join(sorted({str(item) for item in items})) or "none"


def run_show(options: argparse.Namespace) -> int:
    """Show the prompt and the stubs, not the answer."""
    from grader.bank.load import load_bank
    from grader.bank.stubs import render_stub
    from grader.sheets.terminal import terminal_line, terminal_markdown
    from grader.vocabulary import known_words

    location = _location(options)
    (question_id,) = _resolve([options.id], read_headings(location))
    question = load_bank(location, known_words(), [question_id]).questions[question_id]
    console = Console()
    asked = f", asked {', '.join(question.spec.asked)}" if question.spec.asked else ""
    console.print(Text.assemble(f"{question.id}  ", terminal_line(question.spec.title), style="bold"))
    console.print(Text(f"{question.spec.marks} marks{asked}\n", style="dim"))
    console.print(terminal_markdown(question.spec.prompt))
    console.print()
    console.print(Syntax(render_stub(question, location), "python", background_color="default", word_wrap=True))
    console.print(Text(f"Start with:  gradetape start {question.id}", style="dim"))
    return EXIT_OK


def run_start(options: argparse.Namespace) -> int:
    """Write stub files; never over a file that is there."""
    from grader.bank.load import load_bank
    from grader.bank.stubs import write_stubs
    from grader.vocabulary import known_words

    location = _location(options)
    headings = read_headings(location)
    ids, folder = _ids_and_folder(options.targets, headings)
    questions = load_bank(location, known_words(), _resolve(ids, headings)).questions
    for path in write_stubs(questions.values(), location, folder):
        print(f"wrote {path}")
    print(f"fill them in, then:  gradetape grade {folder} {' '.join(ids)}")
    return EXIT_OK


def _ids_and_folder(targets: list[str], headings: list[Heading]) -> tuple[list[str], Path]:
    known = {name for heading in headings for name in (heading.id, *heading.covers)}
    if len(targets) > 1 and targets[-1] not in known and not _looks_like_id(targets[-1]):
        return targets[:-1], Path(targets[-1])
    return targets, Path()


def _looks_like_id(text: str) -> bool:
    return text[:1] in ("m", "M") and text[1:2].isdigit() and "q" in text.lower() and "/" not in text


def run_grade(options: argparse.Namespace) -> int:
    """Grade a file or a folder, print the report, write it as JSON and as a web page."""
    from grader.bank.load import load_bank
    from grader.grade import grade_question
    from grader.report.feedback import limit_feedback
    from grader.report.terminal import print_report
    from grader.results import Report
    from grader.sandbox.machine import versions
    from grader.session import open_setting
    from grader.submissions import find_files, read_submission
    from grader.vocabulary import known_words

    location = _location(options)
    headings = read_headings(location)
    ids = _resolve(options.ids, headings) if options.ids else [heading.id for heading in headings]
    covers = {heading.id: heading.covers for heading in headings}
    files = find_files(options.path, {id_: covers[id_] for id_ in ids}, named=bool(options.ids))
    if options.path.is_file():
        ids = list(files)
    submissions = {id_: read_submission(path) for id_, path in files.items()}
    bank = load_bank(location, known_words(), ids)
    with (
        _progress("starting TensorFlow") as say,
        open_setting(
            options.seed, options.device, not options.no_cache, level=options.level, bubblewrap=options.bubblewrap
        ) as setting,
    ):
        results = []
        for number, id_ in enumerate(ids, start=1):
            say(f"grading {id_} ({number} of {len(ids)})")
            results.append(grade_question(bank.questions[id_], submissions.get(id_), setting))
        children = setting.children
        report = Report(
            submission=str(options.path),
            questions=tuple(results),
            seed=options.seed,
            device=setting.device,
            sandbox=children.way,
            isolation=children.isolation(),
            versions=versions(),
        )
    limited = limit_feedback(report, options.feedback)
    if options.json != "-":
        print_report(limited, Console())
    if options.json:
        _write_json(limited, options.json)
    if options.html:
        _write_page(limited, bank, options.html)
    return EXIT_OK if report.all_passed else EXIT_NOT_PASSED


def _write_json(report: "Report", target: str) -> None:
    from grader.files import write_whole
    from grader.report.json_report import report_to_json

    text = report_to_json(report)
    if target == "-":
        sys.stdout.write(text)
    else:
        write_whole(Path(target), text)


def _write_page(report: "Report", bank: "Bank", path: Path) -> None:
    from grader.files import write_whole
    from grader.report.feedback_page import feedback_page

    write_whole(path, feedback_page(report, bank))


def run_verify(options: argparse.Namespace) -> int:
    """Prove that the chosen questions are fit to grade with."""
    from grader.bank.load import load_bank
    from grader.session import open_setting
    from grader.verify.question import Finding, verify_question
    from grader.vocabulary import known_words

    location = _location(options)
    chosen = _chosen_for_verify(options, location)
    bank = load_bank(location, known_words(), chosen)
    ids = chosen or list(bank.questions)
    if not ids:
        raise GradeTapeError("this bank has no question to verify; docs/authoring.md says how to write one")
    seeds = range(options.seed, options.seed + options.seeds)
    if options.margins:
        return _show_margins(options, bank, ids, seeds)
    console = Console()
    stop = Event()
    waiting = SimpleQueue[str]()
    # The longest first, or one job is left alone with it in the end.
    for id_ in sorted(
        ids, key=lambda id_: sum(len(f.mistakes) for f in bank.questions[id_].spec.functions), reverse=True
    ):
        waiting.put(id_)

    def work() -> Iterator[tuple[str, list[Finding]]]:
        """Verify questions until none is waiting, with a process of TensorFlow and a cache of its own.

        The cache is new, so that nothing is taken on trust from disk; with it nothing is run twice.
        """
        with (
            tempfile.TemporaryDirectory(prefix="gradetape-verify-") as cache,
            open_setting(
                options.seed, options.device, use_cache=False, level=options.level, bubblewrap=options.bubblewrap
            ) as setting,
        ):
            own = replace(setting, cache=Path(cache))
            with suppress(Empty):
                while True:
                    id_ = waiting.get_nowait()
                    findings = []
                    for finding in verify_question(bank.questions[id_], location, own, seeds):
                        findings.append(finding)
                        if stop.is_set():
                            return
                    yield id_, findings

    def report(done: tuple[str, list[Finding]]) -> int:
        id_, findings = done
        failed = [finding for finding in findings if not finding.holds]
        for finding in failed:
            console.print(Text(f"✗ {id_}: {finding.claim}: {finding.fault}", style="red"))
        console.print(Text(f"✓ {id_}: {len(findings) - len(failed)} claims proved", style="green"))
        return len(failed)

    jobs = min(options.jobs, len(ids))
    with _progress(f"verifying {len(ids)} questions, {jobs} at a time"), ThreadPoolExecutor(jobs) as pool:
        workers = [pool.submit(lambda: sum(map(report, work()))) for _ in range(jobs)]
        try:
            faults = sum(worker.result() for worker in workers)
        except BaseException:  # an interrupt, or a machine that gave up: the others stop at their next finding
            stop.set()
            raise
    console.print(f"{len(ids)} questions, {faults} faults")
    return EXIT_NOT_PASSED if faults else EXIT_OK


def _show_margins(options: argparse.Namespace, bank: "Bank", ids: Sequence[str], seeds: range) -> int:
    """Print how near every submission that the bank has comes to the bounds that concern it."""
    from grader.session import open_setting
    from grader.verify.margins import margins_of

    console = Console()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("check", "submission", "seed", "number", "bound", "margin"):
        table.add_column(column, no_wrap=column != "submission", justify="left" if column[0] in "cs" else "right")
    faults = []
    with (
        _progress("starting TensorFlow") as say,
        open_setting(
            options.seed, options.device, use_cache=False, level=options.level, bubblewrap=options.bubblewrap
        ) as setting,
    ):
        for id_ in ids:
            say(f"running {id_} on {len(seeds)} seeds")
            for one in margins_of(bank.questions[id_], bank.location, setting, seeds):
                cells = (str(one.seed), f"{one.number:.4g}", f"{one.bound:g}", f"{one.margin:+.0%}")
                table.add_row(f"{id_}::{one.check}", one.submission, *cells, style="red" if one.fault else None)
                if one.fault:
                    faults.append(f"✗ {id_}::{one.check}: {one.submission}: seed {one.seed}: {one.fault}")
    console.print(table)
    for fault in faults:
        console.print(Text(fault, style="red"))
    console.print(f"{table.row_count} rows, the nearest of {len(seeds)} seeds each, {len(faults)} faults")
    return EXIT_NOT_PASSED if faults else EXIT_OK


def _chosen_for_verify(options: argparse.Namespace, location: BankLocation) -> list[str]:
    """Return the ids that were asked for, so that a broken question stops no other; none stands for all."""
    if not options.ids and options.module is None:
        return []
    headings = read_headings(location)
    wanted = set(_resolve(options.ids, headings)) if options.ids else {heading.id for heading in headings}
    ids = [one.id for one in headings if one.id in wanted and options.module in (None, one.module)]
    if not ids:
        raise GradeTapeError("no question to verify; name ids, or a module that has some")
    return ids


def run_doctor(options: argparse.Namespace) -> int:
    """Show versions, devices, how children are made and what limits them."""
    from grader.sandbox.doctor import examine
    from grader.session import cache_folder

    table = Table(box=None, padding=(0, 2), show_header=False)
    fit = True
    for finding in examine(cache_folder()):
        sign = Text("✓", style="green") if finding.good else Text("✗", style="red")
        table.add_row(sign, finding.name, Text(finding.text))
        fit = fit and finding.good
    Console().print(table)
    return EXIT_OK if fit else EXIT_NOT_PASSED


def run_demo(options: argparse.Namespace) -> int:
    """Grade the three sample students."""
    from grader.demo.show import show_demo

    return show_demo(_location(options), options.folder)


def _location(options: argparse.Namespace) -> BankLocation:
    return location_at(options.bank) if options.bank else default_location()


def _resolve(ids: Sequence[str], headings: list[Heading]) -> list[str]:
    """Return the ids of the questions that answer ``ids``, each once, in the order given."""
    owners = {name: heading.id for heading in headings for name in (heading.id, *heading.covers)}
    for id_ in ids:
        if id_.lower() not in owners:
            raise GradeTapeError(f"there is no question '{id_}'; {suggestion(id_.lower(), owners)}")
    return list(dict.fromkeys(owners[id_.lower()] for id_ in ids))


@contextmanager
def _progress(first: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done on standard error while it is a terminal; give the function that changes it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: None
        return
    with console.status(Text(first)) as status:
        yield lambda text: status.update(Text(text))

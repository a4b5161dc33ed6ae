"""Half of the articles of a long sheet set by a second process, while this one sets the other half.

A sheet of a whole course is a second's work of one processor, and every question is independent of the others. The two
speak JSON, the second one by its standard input and output.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence, Set
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.interpreter import python_command
from grader.problems import BankError, Problem

if TYPE_CHECKING:
    from grader.bank.location import BankLocation
    from grader.sheets.articles import Markup

_WORTH_IT = 12  # questions; fewer are set before a second process is up


@dataclass(frozen=True)
class _Outcome:
    """Articles by id, or all that is wrong with the questions."""

    articles: dict[str, str]
    problems: tuple[Problem, ...] = ()


def set_all_articles(location: "BankLocation", ids: Sequence[str], shown: Set[str], markup: "Markup") -> dict[str, str]:
    """Return the articles of questions, by id, in order, as ``set_articles`` does, but sooner if there are many.

    Raises:
        BankError: something in the questions cannot be read or set; it has all that is wrong with them.
        GradeTapeError: the template of an article is broken.
    """
    if len(ids) < _WORTH_IT or _processors() == 1:
        outcomes = [_outcome(location, ids, shown, markup)]
    else:
        try:
            outcomes = _two_outcomes(location, ids, shown, markup)
        except OSError:  # no further process may be started, or it was stopped before it was asked
            outcomes = [_outcome(location, ids, shown, markup)]
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    if problems:
        raise BankError(problems)
    articles = {id_: article for outcome in outcomes for id_, article in outcome.articles.items()}
    return {id_: articles[id_] for id_ in ids}


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _two_outcomes(location: "BankLocation", ids: Sequence[str], shown: Set[str], markup: "Markup") -> list[_Outcome]:
    # The other gets five of eleven, since it has to start first; by turns, since neighbours are alike.
    others = [id_ for place, id_ in enumerate(ids) if place % 11 % 2]
    mine = [id_ for place, id_ in enumerate(ids) if not place % 11 % 2]
    with _second_process() as process:
        try:
            _ask(process, {"location": astuple(location), "ids": others, "shown": list(shown), "markup": markup})
            outcome = _outcome(location, mine, shown, markup)
            other = _answer_of(process)
        finally:
            process.kill()  # it has answered, or nobody waits for its answer any more
    # Whatever stopped it, such as want of memory, the sheet only takes longer.
    return [outcome, other or _outcome(location, others, shown, markup)]


def _outcome(location: "BankLocation", ids: Sequence[str], shown: Set[str], markup: "Markup") -> _Outcome:
    # Imported late, so that both processes do so at the same time: it takes as long as setting ten questions.
    from grader.sheets.articles import set_articles

    try:
        return _Outcome(set_articles(location, ids, shown, markup))
    except BankError as error:
        return _Outcome({}, tuple(error.problems))


# --- what passes between the two ---


def _second_process() -> "subprocess.Popen[bytes]":
    command = python_command(f"from {__name__} import answer; answer()")
    return subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _ask(process: "subprocess.Popen[bytes]", request: dict[str, object]) -> None:
    assert process.stdin is not None
    with process.stdin as pipe:
        pipe.write(_as_json(request))


def answer() -> None:
    """Set the articles that the standard input asks for; what only an exception would say is left to the other."""
    import gc

    from grader.bank.location import BankLocation

    gc.disable()  # as where a sheet is made by one process
    request = json.load(sys.stdin.buffer)
    location = BankLocation(*map(Path, request["location"]))
    outcome = _outcome(location, request["ids"], frozenset(request["shown"]), request["markup"])
    sys.stdout.buffer.write(_as_json(asdict(outcome)))
    sys.stdout.buffer.flush()
    os._exit(0)  # the other reads to the end, before which taking down all objects would take as long as four questions


def _answer_of(process: "subprocess.Popen[bytes]") -> _Outcome | None:
    """Return the outcome of the other process, or nothing if it did not come to its end."""
    assert process.stdout is not None
    with process.stdout as pipe:
        answered = pipe.read()
    try:
        found = json.loads(answered)
    except ValueError:
        return None
    problems = tuple(Problem(**{**one, "path": Path(one["path"])}) for one in found["problems"])
    return _Outcome(found["articles"], problems)


def _as_json(content: dict[str, object]) -> bytes:
    return json.dumps(content, default=str).encode()  # paths are all that JSON does not know

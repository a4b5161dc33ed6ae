"""The head of each question file, read without the rest, so that listing stays quick with any number of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.bank.location import BankLocation
from grader.bank.yaml_lines import read_yaml
from grader.problems import BankError, Problem


@dataclass(frozen=True)
class Heading:
    """What stands above a question's prompt."""

    id: str
    title: str
    covers: tuple[str, ...]
    asked: tuple[str, ...]
    marks: str
    topics: tuple[str, ...]
    path: Path

    @property
    def module(self) -> int:
        """The module's number, from the id."""
        return int(self.id[1 : self.id.index("q")])


def read_headings(location: BankLocation) -> list[Heading]:
    """Return the heading of every question file, ordered by id.

    Raises:
        BankError: with every heading that cannot be read.
    """
    headings: list[Heading] = []
    problems: list[Problem] = []
    for path in location.questions.glob("*/*.yaml"):
        try:
            heading = _read_heading(path)
        except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError):
            problems.append(Problem(path, 1, "the heading cannot be read", "run 'gradetape verify' for the reasons"))
            continue
        problems.extend(misnamed(heading.id, path))
        headings.append(heading)
    if problems:
        raise BankError(problems)
    return sorted(headings, key=lambda heading: (heading.module, heading.id))


def misnamed(id_: str, path: Path, line: int = 1) -> list[Problem]:
    """Say that a question's file is not called after it, by which it would not be found, if so."""
    if path.stem.partition("_")[0] == id_:
        return []
    return [Problem(path, line, f"the id is '{id_}', the file is called '{path.name}'", "start the name with the id")]


def _read_heading(path: Path) -> Heading:
    lines: list[str] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("prompt:"):
                break
            lines.append(line)
    data = read_yaml("".join(lines)).data
    heading = Heading(
        id=data["id"],
        title=_words([data["title"]])[0],
        covers=_words(data.get("covers", [])),
        asked=_words(data.get("asked", [])),
        marks=str(data["marks"]),
        topics=_words(data["topics"]),
        path=path,
    )
    int(heading.id[1 : heading.id.index("q")])  # an id without a module's number is no heading
    return heading


def _words(entry: Any) -> tuple[str, ...]:
    if not isinstance(entry, list) or not all(isinstance(word, str) for word in entry):
        raise TypeError(entry)
    return tuple(entry)

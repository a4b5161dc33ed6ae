"""Files -> Bank, or every problem of the bank at once."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from grader.bank.headings import misnamed
from grader.bank.location import BankLocation
from grader.bank.model import Bank, Question
from grader.bank.schema import BankFile, Entry, QuestionFile
from grader.bank.semantics import check_mistakes, check_question
from grader.bank.source import ModuleSource, parse_module
from grader.bank.vocabulary import Vocabulary
from grader.bank.yaml_lines import EntryPath, LinedData, read_yaml
from grader.problems import BankError, Problem, suggestion

_Model = TypeVar("_Model", bound=Entry)


def load_bank(
    location: BankLocation, vocabulary: Vocabulary, only: Iterable[str] = (), *, with_mistakes: bool = True
) -> Bank:
    """Load the bank, or the questions whose ids are in ``only``.

    The code of mistakes is what takes longest to read; who only prints the questions can do without.

    Raises:
        BankError: with every problem of every file read.
    """
    problems: list[Problem] = []
    bank_path = location.questions / "bank.yaml"
    spec = _load_model(bank_path, BankFile, problems)
    if spec is None:
        raise BankError(problems)
    questions: dict[str, Question] = {}
    wanted = set(only)
    for module in spec.modules:
        for path in sorted((location.questions / module.folder).glob("*.yaml")):
            if wanted and path.stem.partition("_")[0] not in wanted:
                continue
            question = load_question(path, module.number, location, vocabulary, problems, with_mistakes)
            if question is None:
                continue
            if question.id in questions:
                first = questions[question.id].path.name
                what = f"the id '{question.id}' is taken by {first}"
                problems.append(Problem(path, 1, what, "give each question its own id"))
            questions[question.id] = question
    if problems:
        raise BankError(problems)
    return Bank(location, spec, questions)


def load_question(
    path: Path,
    module: int,
    location: BankLocation,
    vocabulary: Vocabulary,
    problems: list[Problem],
    with_mistakes: bool,
) -> Question | None:
    """Load one question file with its reference and mistakes; append what is wrong to ``problems``."""
    before = len(problems)
    text = _read_text(path, problems)
    if text is None:
        return None
    lined = read_yaml(text)
    spec = _validate(path, lined, QuestionFile, problems)
    reference_path = location.reference_of(path)
    reference = _load_source(reference_path, problems)
    if reference is None:
        return None
    mistakes_path = location.mistakes / reference_path.relative_to(location.reference)
    mistakes = _load_source(mistakes_path, problems) if with_mistakes and mistakes_path.exists() else None
    if spec is None:
        return None

    def complain(place: EntryPath, what: str, mend: str) -> None:
        problems.append(Problem(path, lined.line_of(place), what, mend))

    problems.extend(misnamed(spec.id, path, lined.line_of(("id",))))
    if not spec.id.startswith(f"m{module}q"):
        complain(("id",), f"'{spec.id}' lies in the folder of module {module}", "move the file or change the id")
    check_question(spec, reference, vocabulary, complain)
    if with_mistakes:
        check_mistakes(spec, mistakes, complain)
    if len(problems) > before:
        return None
    return Question(spec, path, text, module, reference, mistakes)


def _load_model(path: Path, model: type[_Model], problems: list[Problem]) -> _Model | None:
    text = _read_text(path, problems)
    return None if text is None else _validate(path, read_yaml(text), model, problems)


def _read_text(path: Path, problems: list[Problem]) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.append(Problem(path, 1, "the file does not exist", "write it"))
    except UnicodeDecodeError as error:
        problems.append(Problem(path, 1, f"not UTF-8 ({error.reason} at byte {error.start})", "save it as UTF-8"))
    except OSError as error:
        problems.append(Problem(path, 1, f"cannot be read: {error.strerror}", "make it readable"))
    return None


def _load_source(path: Path, problems: list[Problem]) -> ModuleSource | None:
    text = _read_text(path, problems)
    if text is None:
        return None
    try:
        return parse_module(path, text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        problems.append(Problem(path, line, f"not Python: {error}", "mend the syntax"))
        return None


def _validate(path: Path, lined: LinedData, model: type[_Model], problems: list[Problem]) -> _Model | None:
    problems.extend(Problem(path, line, what, mend) for line, what, mend in lined.faults)
    if lined.data is None:
        return None
    if not isinstance(lined.data, dict):
        problems.append(Problem(path, 1, "the file must be a mapping of keys", "start with 'id: …'"))
        return None
    try:
        return model.model_validate(lined.data)
    except ValidationError as error:
        problems.extend(_explain(path, lined, model, fault) for fault in error.errors(include_url=False))
        return None


def _explain(path: Path, lined: LinedData, model: type[Entry], fault: Any) -> Problem:
    place: EntryPath = fault["loc"]
    line = lined.line_of(place)
    where = ".".join(str(part) for part in place)
    key = str(place[-1]) if place else ""
    if fault["type"] == "extra_forbidden":
        return Problem(path, line, f"unknown key '{key}' in {where}", suggestion(key, _keys_at(model, place[:-1])))
    if fault["type"] == "missing":
        return Problem(path, line, f"'{where}' is missing", f"add the key '{key}'")
    what = fault["msg"].removeprefix("Value error, ")
    return Problem(path, line, f"{where}: {what}", f"found {fault['input']!r:.80}")


def _keys_at(model: type[Entry], place: EntryPath) -> list[str]:
    """Return the keys that the entry at ``place`` may have, by following the models down."""
    current: type[Entry] = model
    for part in place:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part) or current.model_fields.get(f"{part}_")
        if field is None:
            continue  # a free key of a mapping, such as a mistake's name
        nested = _entry_in(field.annotation)
        if nested is None:
            return []
        current = nested
    return [info.alias or name for name, info in current.model_fields.items()]


def _entry_in(annotation: Any) -> type[Entry] | None:
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _entry_in(argument)
        if found is not None:
            return found
    return None

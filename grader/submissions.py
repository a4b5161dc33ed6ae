"""Files of a student -> submissions, by question."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.problems import GradeTapeError
from grader.sandbox.submission import Submission

#: The largest file that a student may hand in, in bytes.
MOST_BYTES = 1 << 20


def find_files(path: Path, question_ids: Mapping[str, Iterable[str]], named: bool = False) -> dict[str, Path]:
    """Return the file of each question in ``path``, a file or a folder.

    A file belongs to the question whose id its name starts with: ``m1q03.py``, ``m1q03_perceptron.py``.

    Args:
        path: the file or folder.
        question_ids: question -> the other numbers that it answers.
        named: whether the questions were named; a single file may then be called anything for a single question.

    Raises:
        GradeTapeError: no such path, a file of no question, or two files for one question.
    """
    owners = {name: question for question, others in question_ids.items() for name in (question, *others)}
    if not path.exists():
        raise GradeTapeError(f"'{path}' does not exist; name a file or folder with your answers")
    if path.is_dir():
        return _find_in_folder(path, owners)
    if path.suffix != ".py":
        raise GradeTapeError(f"'{path}' is not a Python file; hand in a .py (a notebook can be exported as one)")
    question = owners.get(_leading_id(path))
    if question is None and named and len(question_ids) == 1:
        question = next(iter(question_ids))
    if question is None:
        raise GradeTapeError(f"'{path.name}' starts with no question's id; rename it, such as m1q03.py")
    return {question: path}


def _find_in_folder(folder: Path, owners: Mapping[str, str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.py")):
        question = owners.get(_leading_id(path))
        if question is None:
            continue
        if question in found:
            raise GradeTapeError(
                f"'{folder}' has two files for {question}: {found[question].name} and {path.name}; keep one"
            )
        found[question] = path
    return found


def _leading_id(path: Path) -> str:
    return path.stem.partition("_")[0].lower()


def read_submission(path: Path) -> Submission:
    """Read a student's file. Nothing of it is executed here.

    Raises:
        GradeTapeError: it cannot be read, is too large or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise GradeTapeError(f"'{path}' cannot be read: {error.strerror}; mend its permissions") from None
    return submission_of(path.name, data, str(path))


def submission_of(name: str, data: bytes, place: str | None = None) -> Submission:
    """Return the submission that is in the bytes of a file.

    Args:
        name: the file's name, as tracebacks show it.
        data: its content.
        place: what messages call it; ``name`` when left out.

    Raises:
        GradeTapeError: it is too large or is not UTF-8.
    """
    place = place or name
    if len(data) > MOST_BYTES:
        raise GradeTapeError(f"'{place}' is larger than 1 MB; hand in code only")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GradeTapeError(f"'{place}' is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    return Submission(name=name, source=text)

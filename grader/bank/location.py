"""Where a bank lies on disk: questions, reference implementations and templates."""

from dataclasses import dataclass
from pathlib import Path

from grader.problems import GradeTapeError


@dataclass(frozen=True)
class BankLocation:
    """The three folders of a bank. Another bank may leave out ``templates`` and use the default ones."""

    questions: Path
    reference: Path
    templates: Path

    @property
    def mistakes(self) -> Path:
        """The known wrong variants, mirroring ``questions``."""
        return self.reference / "mistakes"

    def reference_of(self, question_file: Path) -> Path:
        """Return the reference implementation of the question in a file."""
        return self.reference / question_file.parent.name / f"{question_file.stem}.py"

    @property
    def alternatives(self) -> Path:
        """Right answers of another kind than the reference, in a folder a question; they need not be there."""
        return self.reference.parent / "tests" / "alternatives"


def default_location() -> BankLocation:
    """Return the bank that comes with the program: of the checkout, or of the installed wheel."""
    package = Path(__file__).resolve().parent.parent
    root = package.parent
    carried = package / "_carried"  # where the wheel puts questions/ and templates/
    data = carried if carried.is_dir() else root
    return BankLocation(data / "questions", root / "reference_impl", data / "templates")


def location_at(folder: Path) -> BankLocation:
    """Return the bank in ``folder``, which has the layout of this repository.

    Raises:
        GradeTapeError: there is no ``questions`` folder in it.
    """
    if not (folder / "questions").is_dir():
        raise GradeTapeError(f"no bank in '{folder}': it has no folder 'questions'; name a folder that has one")
    templates = folder / "templates"
    if not templates.is_dir():
        templates = default_location().templates
    return BankLocation(folder / "questions", folder / "reference_impl", templates)


def location_of(question_file: Path) -> BankLocation | None:
    """Return the bank that ``question_file`` belongs to, or ``None`` when it lies in no bank."""
    questions = question_file.resolve().parent.parent
    if questions.name != "questions" or not (questions / "bank.yaml").is_file():
        return None
    default = default_location()
    if questions == default.questions.resolve():
        return default
    return location_at(questions.parent)

"""What a drawing call can get wrong."""

from grader.problems import GradeTapeError


class FigureError(GradeTapeError):
    """A drawing that cannot be made as asked: what is wrong and how to mend it, in one line."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; {mend}")
        self.what = what
        self.mend = mend

    def within(self, name: str) -> "FigureError":
        """Return the same error, naming the drawing it happened in."""
        return FigureError(f"{name}: {self.what}", self.mend)

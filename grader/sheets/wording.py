"""Numbers and dates as people write them."""

from fractions import Fraction

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def marks_number(marks: Fraction) -> str:
    """Return exact marks: "8", "1/2", "2 1/3"."""
    whole, rest = divmod(marks.numerator, marks.denominator)
    part = f"{rest}/{marks.denominator}" if rest else ""
    return f"{whole} {part}".strip() if whole or not part else part


def marks_words(marks: Fraction) -> str:
    """Return exact marks with the word after them."""
    return f"{marks_number(marks)} {'mark' if marks <= 1 else 'marks'}"


def sitting_words(sitting: str) -> str:
    """Return "July 2023" for "2023-07"."""
    year, month = sitting.split("-")
    return f"{_MONTHS[int(month) - 1]} {year}"


def listed(items: list[str], last: str = "and") -> str:
    """Return "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def duration_words(minutes: int) -> str:
    """Return "3 hours", "1 hour 30 minutes" or "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'s' if hours > 1 else ''}"] if hours else []
    parts += [f"{rest} minute{'s' if rest > 1 else ''}"] if rest else []
    return " ".join(parts)


_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count_words(count: int) -> str:
    """Return small numbers as words."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)

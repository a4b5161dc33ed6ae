"""An exception of the student's code -> plain text, cut down to the student's own lines."""

import traceback

from grader.observation import Tree
from grader.sandbox.loading import SOURCE_MARK

_MOST_MESSAGE = 2_000
_MOST_TRACEBACK = 6_000
_MOST_FRAMES = 12


def error_as_tree(error: BaseException) -> Tree:
    """Return the name, the bases, the message and the traceback of ``error``."""
    kind = type(error)
    return {
        "type": kind.__name__[:100],
        "bases": [base.__name__[:100] for base in kind.__mro__][:20],
        "message": _message(error)[:_MOST_MESSAGE],
        "traceback": _own_frames(error)[-_MOST_TRACEBACK:],
    }


def _message(error: BaseException) -> str:
    """Return what the exception says.

    AutoGraph replaces an exception by one whose message is a traceback through the code it made and through
    the grader's own; what was said at first it keeps.
    """
    try:
        kept = getattr(error, "ag_error_metadata", None)
        if kept is None:
            return str(error)
        return str(kept.cause_message).removeprefix(f"{type(error).__name__}: ")
    except Exception:
        return "(its text cannot be shown)"


def _own_frames(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(type(error), error))
    frames = [frame for frame in _frames(error) if frame.filename.startswith(SOURCE_MARK)]
    return "".join(traceback.format_list(frames[-_MOST_FRAMES:]))


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames, outermost first; those of code that AutoGraph converted as they were written."""
    try:
        kept = getattr(error, "ag_error_metadata", None)
        if kept is None:
            return list(traceback.extract_tb(error.__traceback__))
        return [
            traceback.FrameSummary(frame.filename, frame.lineno, frame.function_name, line=frame.code)
            for frame in reversed(kept.translated_stack)
        ]
    except Exception:
        return []

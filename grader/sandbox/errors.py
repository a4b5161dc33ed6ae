"""An exception of the student's code -> plain data, cut down to the student's own lines."""

import errno
import os
import traceback

import tensorflow as tf

from grader.observation import Tree
from grader.sandbox.loading import SOURCE_MARK

_MOST_MESSAGE = 2_000
_MOST_TRACEBACK = 6_000
_MOST_FRAMES = 12


def error_as_tree(error: BaseException) -> Tree:
    """Return the name, the bases, the message and the traceback of ``error``, and what the system refused."""
    kind = type(error)
    return {
        "type": kind.__name__[:100],
        "bases": [base.__name__[:100] for base in kind.__mro__][:20],
        "message": _message(error)[:_MOST_MESSAGE],
        "traceback": _own_frames(error)[-_MOST_TRACEBACK:],
        **_refusal(error),
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


def _refusal(error: BaseException) -> dict[str, Tree]:
    """Return what the system said, if an error of its is this one or behind it."""
    behind: BaseException | None = error
    for _ in range(5):
        if behind is None:
            break
        number, path = getattr(behind, "errno", None), getattr(behind, "filename", None)
        if isinstance(behind, tf.errors.PermissionDeniedError):
            number, path = errno.EACCES, behind.message.partition(";")[0].rpartition(" ")[2]
        if type(number) is int:
            frames = traceback.extract_tb(behind.__traceback__)
            origin = os.path.splitext(os.path.basename(frames[-1].filename))[0] if frames else ""  # noqa: PTH119, PTH122
            return {"number": number, "outside": _if_outside(path), "origin": origin[:100]}
        behind = behind.__cause__ or behind.__context__
    return {"number": None, "outside": "", "origin": ""}


def _if_outside(path: object) -> str:
    """Return a path if it lies outside of this child's folder, which HOME was set to."""
    if not isinstance(path, str | bytes):
        return ""
    text = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - a Path does not settle ".."
    home = os.environ.get("TMPDIR", "")
    return "" if text == home or text.startswith(home + os.sep) else text[:500]

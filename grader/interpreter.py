"""Python itself as another process, which finds the grader and all else where this one does."""

import sys
from pathlib import Path


def python_command(statement: str) -> list[str]:
    """Return the command that runs a statement with this process's import path and nothing before it.

    Neither the working directory (-P) nor the user's site (-s) can shadow a module; the path is handed on, so that it
    works wherever this process found the grader. The isolated mode (-I) would do too much: it ignores the variables of
    the environment that fix the hash seed and the encoding.
    """
    here = str(Path.cwd())
    path = [entry for entry in sys.path if entry and entry != here and Path(entry).is_dir()]
    home = str(Path(__file__).resolve().parent.parent)  # the folder that this very grader is in
    if home not in path:
        path.insert(0, home)
    return [sys.executable, "-s", "-P", "-B", "-c", f"import sys; sys.path[:] = {path!r}; {statement}"]

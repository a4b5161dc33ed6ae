"""Source text -> module, in the child. Nothing is read from disk."""

import importlib.abc
import linecache
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from grader.observation import Tree

#: Packages that a submission has no business importing: the answers and the grader.
_WITHHELD = ("reference_impl", "grader")


#: Starts the file names under which sources are compiled, so that tracebacks can be cut down to them.
SOURCE_MARK = "<submission "


class _Withhold(importlib.abc.MetaPathFinder):
    """Says plainly that the answers are not there to import.

    A courtesy, not a lock: it spares the honest student a puzzle. What keeps the files from being read is a lock.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in _WITHHELD:
            raise ImportError(f"'{fullname}' cannot be imported by a submission")
        return None


def withhold_answers() -> None:
    """Refuse the reference implementations and the grader to later imports."""
    for name in list(sys.modules):
        if name.partition(".")[0] in _WITHHELD:
            del sys.modules[name]
    sys.meta_path.insert(0, _Withhold())


def load_submission(submission: Tree) -> dict[str, Any]:
    """Execute a submission (`Submission.as_tree`) and return its namespace.

    Raises:
        BaseException: whatever the student's code raises.
    """
    for name, source in submission["support"].items():
        _execute(name, source, f"{SOURCE_MARK}{name}>")
    namespace = _execute("submission", submission["source"], f"{SOURCE_MARK}{submission['name']}>").__dict__
    if submission["base"]:
        namespace = {**sys.modules[submission["base"]].__dict__, **namespace}
    for function, alias in submission["aliases"].items():
        namespace[function] = namespace[alias]
    return namespace


def _execute(name: str, source: str, filename: str) -> ModuleType:
    parent = ""
    for part in name.split(".")[:-1]:
        parent = f"{parent}.{part}".lstrip(".")
        package = sys.modules.setdefault(parent, ModuleType(parent))
        package.__path__ = []
    module = ModuleType(name)
    sys.modules[name] = module
    # AutoGraph and tracebacks want the text of the source. No modification time: linecache then keeps it.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - this is the job
    return module

"""The bank's questions -> ``autograder.zip``, which Gradescope unpacks into a container to grade with.

It carries the program, the questions chosen and nothing else. Gradescope runs ``setup.sh`` once, when the image is
built, and ``run_autograder`` for every submission.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import grader
from grader.bank.location import default_location
from grader.bank.model import Bank
from grader.classroom.carrying import bank_files
from grader.problems import GradeTapeError

SETTINGS = "settings.json"
_EPOCH = (2020, 1, 1, 0, 0, 0)

_SETUP = """#!/usr/bin/env bash
# Run once, when Gradescope builds the image.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
for version in 3.13 3.12 3.11; do
  if apt-get install -y "python$version" "python$version-venv"; then
    "python$version" -m venv /autograder/venv
    break
  fi
done
/autograder/venv/bin/pip install --no-cache-dir -r /autograder/source/requirements.txt
# The answers are nobody's but root's; what the students' code may see is another matter still.
chmod -R go-rwx /autograder/source
# The references are run now, so that no submission has to wait for them.
/autograder/source/grade --warm
"""

_GRADE = """#!/usr/bin/env bash
set -euo pipefail
export PYTHONPATH=/autograder/source/program GRADETAPE_CACHE=/autograder/source/cache
exec /autograder/venv/bin/python -m grader.classroom.autograder /autograder "$@"
"""

_RUN = """#!/usr/bin/env bash
# Run for every submission.
exec /autograder/source/grade
"""


def autograder_zip(bank: Bank, settings: dict[str, Any]) -> bytes:
    """Return the archive; the same bytes for the same bank, settings and packages.

    Args:
        bank: with the questions to be graded and no others.
        settings: what `grader.classroom.autograder` reads.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("setup.sh", _SETUP), ("run_autograder", _RUN), ("grade", _GRADE)):
            _add(archive, name, content.encode(), 0o755)
        _add(archive, "requirements.txt", "".join(f"{one}\n" for one in requirements()).encode())
        _add(archive, SETTINGS, json.dumps(settings, indent=2, sort_keys=True).encode())
        for name, path in sorted([*_program(), *((f"bank/{name}", path) for name, path in bank_files(bank))]):
            _add(archive, name, path.read_bytes())
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = (0o100000 | mode) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def requirements() -> list[str]:
    """Return the packages that the program needs, at the versions that are installed here: marks depend on them.

    Raises:
        GradeTapeError: the program is not installed, so that they are not known.
    """
    try:
        wanted = [one for one in requires("gradetape") or [] if "extra ==" not in one]
        names = sorted({re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in wanted})
        return [f"{name}=={version(name)}" for name in names]
    except PackageNotFoundError as error:
        raise GradeTapeError(f"{error}; install GradeTape with pip to export an autograder") from None


def _program() -> Iterator[tuple[str, Path]]:
    package = Path(grader.__file__).parent
    for path in package.rglob("*"):
        parts = path.relative_to(package).parts
        if path.is_file() and "__pycache__" not in parts and parts[0] not in ("_carried", "demo"):
            yield "/".join(["program", "grader", *parts]), path
    templates = default_location().templates
    for path in templates.rglob("*"):
        if path.is_file():
            yield "/".join(["program", "templates", *path.relative_to(templates).parts]), path

"""What tests share: a cache of their own, one zygote, the command line as a process."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.bank.load import load_bank
from grader.bank.location import location_at
from grader.bank.model import Bank
from grader.grade import Setting
from grader.sandbox.children import Children
from grader.sandbox.forked import ForkedChildren, can_fork
from grader.sandbox.spawned import SpawnedChildren
from grader.vocabulary import known_words

#: Submissions and a bank to be graded; a conftest.py in one of them would be loaded like our own.
collect_ignore = ["alternatives", "bank", "scenarios"]

ROOT = Path(__file__).parent.parent
SMALL_BANK = Path(__file__).parent / "bank"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache that is empty when the tests begin; all workers of a run share it."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "gradetape-cache"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(shared_cache: Path) -> Iterator[None]:
    """Keep tests away from the user's cache, and the user's terminal away from what tests compare."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADETAPE_CACHE", str(shared_cache))
        patch.setenv("COLUMNS", "100")
        patch.setenv("NO_COLOR", "1")
        yield


@pytest.fixture(scope="session")
def children() -> Iterator[Children]:
    made: Children = ForkedChildren("standard") if can_fork() else SpawnedChildren("standard")
    yield made
    made.close()


@pytest.fixture
def setting(children: Children) -> Setting:
    return Setting(children, seed=0, device="cpu")


@pytest.fixture(scope="session")
def small_bank() -> Bank:
    return load_bank(location_at(SMALL_BANK), known_words())


@pytest.fixture
def gradetape(tmp_path: Path) -> Run:
    """Run the command line as a user does, in an empty folder."""

    def run(*arguments: object, cwd: Path = tmp_path, **options: object) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "grader.cli", *map(str, arguments)]
        kept = {"cwd": cwd, "capture_output": True, "text": True, "timeout": 300, "env": dict(os.environ)}
        return subprocess.run(command, **{**kept, **options})

    return run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-reports", action="store_true", help="write the golden reports anew")

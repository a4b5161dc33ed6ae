"""The wheel carries the bank and works when installed in an empty folder."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("hatchling")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


def test_it_carries_the_bank_and_nothing_of_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("grader/_carried/questions/m1_artificial_neurons/m1q03") for name in names)
    assert "grader/_carried/questions/bank.yaml" in names
    assert "grader/_carried/templates/stub.py.j2" in names
    assert any(name.startswith("reference_impl/mistakes/m1_artificial_neurons/m1q03") for name in names)
    assert any(name.startswith("grader/demo/students/ada/") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "questions/"))]


def test_it_works_installed_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """In a virtual environment of its own, which borrows TensorFlow and the rest from this one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True, timeout=120)
    python = tmp_path / "venv" / "bin" / "python"
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    work = tmp_path / "work"
    work.mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [str(python), "-m", "grader.cli", *arguments]
        return subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=300, env=environment)

    where = subprocess.run(
        [str(python), "-c", "import grader; print(grader.__file__)"],
        cwd=work,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(tmp_path) in where.stdout, "the wheel's own grader is tested, not the checkout's"
    assert "m1q03" in run("list").stdout
    assert run("start", "m1q03").returncode == 0
    for kind in ("html", "pdf", "md"):
        assert run("sheet", "m1q03", "-o", f"sheet.{kind}").returncode == 0
    graded = run("grade", ".", "m1q03")
    assert graded.returncode == 1, graded.stderr
    assert "0 of 8 marks" in graded.stdout
    answer = next(site.glob("grader/demo/students/ada/m1q03.py"))
    assert run("grade", str(answer)).returncode == 0

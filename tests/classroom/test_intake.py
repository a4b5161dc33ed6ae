"""Taking in: the layouts that are known, and everything that is refused."""

import os
import stat
import zipfile
from pathlib import Path

import pytest

from grader.classroom import intake
from grader.classroom.entries import list_entries
from grader.classroom.intake import Refused, read_entry
from grader.problems import GradeTapeError

IDS = {"m1q01": [], "m1q02": ["m1q05"]}
CODE = b"x = 1\n"


def tree(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def archive(path: Path, members: dict[str, bytes], mode: int = 0, flags: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # as it is, nothing made harmless
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, data)
    if flags:
        spoilt = bytearray(path.read_bytes())
        for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            spoilt[spoilt.index(mark) + offset] |= flags
        path.write_bytes(bytes(spoilt))
    return path


def taken(folder: Path, ids: dict[str, list[str]] = IDS) -> dict[str, object]:
    """What came of every entry: the names of the files, or the reason of the refusal."""
    found: dict[str, object] = {}
    for entry in list_entries(folder)[0]:
        try:
            found[entry.student] = {id_: file.name for id_, file in read_entry(entry, ids).items()}
        except Refused as refusal:
            found[entry.student] = str(refusal)
    return found


def test_a_folder_a_zip_and_a_file_a_student(tmp_path: Path) -> None:
    tree(tmp_path, {"alice/m1q01.py": CODE, "alice/deep/er/M1Q05_more.py": CODE, "alice/data.csv": b"1",
                    "m1q01.py": CODE, "notes.txt": b"", ".hidden/m1q01.py": CODE, "__MACOSX/m1q01.py": CODE})  # fmt: skip
    archive(tmp_path / "bob.zip", {"bob/m1q01_x.py": CODE, "__MACOSX/bob/._m1q01_x.py": CODE, "bob/": b""})
    entries, aside = list_entries(tmp_path)
    assert aside == ["notes.txt"]
    assert taken(tmp_path) == {
        "alice": {"m1q01": "m1q01.py", "m1q02": "M1Q05_more.py"},
        "bob": {"m1q01": "m1q01_x.py"},
        "m1q01": {"m1q01": "m1q01.py"},
    }
    assert {entry.layout for entry in entries} == {"plain"}


def test_a_single_question_takes_the_only_file_there_is(tmp_path: Path) -> None:
    tree(tmp_path, {"alice.py": CODE, "bob/answer.py": CODE, "carol/a.py": CODE, "carol/b.py": CODE,
                    "dan/m1q02.py": CODE, "eve/m1q02.py": CODE, "eve/main.py": CODE})  # fmt: skip
    assert taken(tmp_path, {"m1q01": []}) == {
        "alice": {"m1q01": "alice.py"},
        "bob": {"m1q01": "answer.py"},
        "carol": "no file is named after a question, such as m1q01.py; there are: a.py, b.py",
        "dan": "no file is named after a question, such as m1q01.py; there are: m1q02.py",
        "eve": {"m1q01": "main.py"},
    }


def test_moodle(tmp_path: Path) -> None:
    """Folders with and without the last underscore, files where folders are off, a text handed in online."""
    tree(tmp_path, {
        "Jane van Doe_101_assignsubmission_file_/m1q01.py": CODE,
        "José_Pérez_102_assignsubmission_file/m1q02.py": CODE,
        "Participant_103_assignsubmission_file_m1q01.py": CODE,
        "Participant_103_assignsubmission_file_m1q02.py": CODE,
        "Kim Lee_104_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
        "Ann Ode_105_assignsubmission_file_/m1q01.py": CODE,
        "Ann Ode_105_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
        "Grades-Exam-7.csv": b"Identifier\n",
    })  # fmt: skip
    archive(tmp_path / "Bo Yi_106_assignsubmission_file_" / "work.zip", {"m1q01.py": CODE})
    entries, aside = list_entries(tmp_path)
    assert aside == ["Grades-Exam-7.csv"]
    assert {entry.student: entry.name for entry in entries} == {
        "101": "Jane van Doe", "102": "José_Pérez", "103": "Participant", "104": "Kim Lee", "105": "Ann Ode",
        "106": "Bo Yi",
    }  # fmt: skip
    assert taken(tmp_path) == {
        "101": {"m1q01": "m1q01.py"}, "102": {"m1q02": "m1q02.py"}, "103": {"m1q01": "m1q01.py", "m1q02": "m1q02.py"},
        "104": "only text was handed in, no file", "105": {"m1q01": "m1q01.py"}, "106": {"m1q01": "m1q01.py"},
    }  # fmt: skip


def test_canvas(tmp_path: Path) -> None:
    tree(tmp_path, {
        "doejane_11_900_m1q01-2.py": CODE,
        "doejane_11_901_m1q02_final.py": CODE,
        "roejohn_LATE_12_902_m1q01 (1).py": CODE,
        "ngsam_13_903_essay.pdf": b"%PDF",
    })  # fmt: skip
    archive(tmp_path / "poeedgar_14_904_all.zip", {"m1q01.py": CODE})
    entries, _ = list_entries(tmp_path)
    assert {entry.student: entry.name for entry in entries} == {
        "11": "doejane", "12": "roejohn", "13": "ngsam", "14": "poeedgar",
    }  # fmt: skip
    assert taken(tmp_path) == {
        "11": {"m1q01": "m1q01-2.py", "m1q02": "m1q02_final.py"}, "12": {"m1q01": "m1q01 (1).py"},
        "13": "'essay.pdf' is not understood; a folder, a .zip or a .py is", "14": {"m1q01": "m1q01.py"},
    }  # fmt: skip


def test_links_and_pipes_are_refused_and_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("answers")
    class_ = tree(tmp_path / "class", {"alice/m1q01.py": CODE, "bob/x.txt": b"", "dora/x.txt": b""})
    (class_ / "bob" / "m1q01.py").symlink_to(secret)
    (class_ / "carol").symlink_to(class_ / "alice")
    (class_ / "dora" / "inner").symlink_to(class_ / "alice")
    (class_ / "erin.py").symlink_to(secret)
    (class_ / "fay").mkdir()
    os.mkfifo(class_ / "fay" / "m1q01.py")
    assert taken(class_) == {
        "alice": {"m1q01": "m1q01.py"},
        "bob": "it holds a symbolic link, 'm1q01.py'; plain files only",
        "carol": "'carol' is a symbolic link; plain files only",
        "dora": "it holds a symbolic link, 'inner'; plain files only",
        "erin": "'erin.py' is a symbolic link; plain files only",
        "fay": "'m1q01.py' is no plain file",
    }


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"../m1q01.py": CODE}, "leaves the archive's folder"),
        ({"a/../../m1q01.py": CODE}, "leaves the archive's folder"),
        ({"a\\..\\..\\m1q01.py": CODE}, "leaves the archive's folder"),
        ({"/etc/m1q01.py": CODE}, "leaves the archive's folder"),
        ({"C:\\m1q01.py": CODE}, "leaves the archive's folder"),
        ({"m1q01.py": CODE, "../readme": CODE}, "leaves the archive's folder"),
        ({"a/m1q01.py": CODE, "b/m1q01.py": CODE}, "two files for m1q01: a/m1q01.py and b/m1q01.py"),
        ({"m1q02.py": CODE, "m1q05.py": CODE}, "two files for m1q02"),
        ({"m1q01.py": CODE, "M1Q01.py": CODE}, "twice"),
        ({"readme": CODE}, "no Python file"),
        ({"main.py": CODE}, "no file is named after a question"),
    ],
)
def test_members_that_are_refused(tmp_path: Path, members: dict[str, bytes], said: str) -> None:
    archive(tmp_path / "alice.zip", members)
    assert said in str(taken(tmp_path)["alice"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alice.zip"], "nothing was unpacked"


def test_links_and_secrets_in_archives(tmp_path: Path) -> None:
    archive(tmp_path / "alice.zip", {"m1q01.py": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777)
    archive(tmp_path / "bob.zip", {"m1q01.py": CODE}, flags=1)
    assert taken(tmp_path) == {
        "alice": "its member 'm1q01.py' is a symbolic link; plain files only",
        "bob": "its member 'm1q01.py' is encrypted",
    }


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_MEMBERS", 20)
    monkeypatch.setattr(intake, "MOST_UNPACKED_BYTES", 1 << 20)
    monkeypatch.setattr(intake, "MOST_ARCHIVE_BYTES", 1 << 16)
    archive(tmp_path / "big.zip", {"m1q01.py": CODE, "zeros": bytes(2 << 20)})
    archive(tmp_path / "large.zip", {"m1q01.py": CODE, "noise": os.urandom(1 << 17)})
    archive(tmp_path / "many.zip", {f"{n}.py": b"" for n in range(21)})
    tree(tmp_path, {f"folder/{n}/x": b"" for n in range(15)})
    assert taken(tmp_path) == {
        "big": "'big.zip' unpacks to more than 1 MB; code only, please",
        "large": "'large.zip' is larger than 0 MB; code only, please",
        "many": "'many.zip' holds more than 20 files; code only, please",
        "folder": "it holds more than 20 files; code only, please",
    }


def test_a_member_that_lies_about_its_size_is_read_no_further_than_a_file_may_be(tmp_path: Path) -> None:
    path = archive(tmp_path / "liar.zip", {"m1q01.py": bytes(8 << 20)})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    assert "cannot be unpacked" in str(taken(tmp_path)["liar"])
    archive(tmp_path / "long.zip", {"m1q01.py": bytes(8 << 20)})
    (entry,) = (entry for entry in list_entries(tmp_path)[0] if entry.student == "long")
    assert len(read_entry(entry, IDS)["m1q01"].data) == (1 << 20) + 1


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + bytes(18), b"PK\5\6" + b"\xff" * 18, os.urandom(500)])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "alice.zip").write_bytes(data)
    assert isinstance(taken(tmp_path)["alice"], str)


def test_every_cut_and_spoilt_archive_is_read_or_refused(tmp_path: Path) -> None:
    whole = archive(tmp_path / "alice.zip", {"m1q01.py": CODE * 20, "more/m1q02.py": CODE}).read_bytes()
    for at in range(0, len(whole), 7):
        spoilt = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        for data in (whole[:at], spoilt):
            (tmp_path / "alice.zip").write_bytes(data)
            taken(tmp_path)  # raises nothing


def test_a_file_that_cannot_be_read_is_that_students_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, {"alice/m1q01.py": CODE, "bob/m1q01.py": CODE})
    opened = os.open

    def refuse(path: Path, *arguments: int) -> int:  # what root is never told by permissions
        if "alice" in str(path):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments)

    monkeypatch.setattr(intake.os, "open", refuse)
    assert taken(tmp_path) == {"alice": "it cannot be read: Permission denied", "bob": {"m1q01": "m1q01.py"}}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: None, "does not exist"),
        (lambda folder: folder.write_text("x"), "is no folder; unpack it"),
        (lambda folder: folder.mkdir(), "holds no submission"),
    ],
)
def test_a_folder_that_cannot_be_graded(tmp_path: Path, make: object, said: str) -> None:
    make(tmp_path / "class")  # type: ignore[operator]
    with pytest.raises(GradeTapeError, match=said):
        list_entries(tmp_path / "class")


def test_names_of_any_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    tree(tmp_path, {f"{name}/m1q01.py": CODE})
    assert taken(tmp_path) == {"caf\\xe9": {"m1q01": "m1q01.py"}}

"""The journal: what was written whole counts, whatever became of the rest."""

import errno
import multiprocessing
import random
from pathlib import Path

import pytest

from grader.classroom import journal as module
from grader.classroom.journal import NAME, open_journal
from grader.classroom.records import record_from_dict, record_to_dict
from grader.problems import GradeTapeError
from tests.classroom.samples import sample_records, small_bank

RECORDS = sample_records(small_bank())


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    with open_journal(tmp_path / "results") as journal:
        for record in RECORDS:
            journal.append(record)
    with open_journal(tmp_path / "results") as journal:
        for record in RECORDS:
            assert journal.key_of(record.student) == record.key
            assert record_to_dict(journal.read(record.student)) == record_to_dict(record)
            assert record_to_dict(record_from_dict(record_to_dict(record))) == record_to_dict(record)
        assert journal.key_of("nobody") is None


def test_the_last_record_of_a_student_counts(tmp_path: Path) -> None:
    from dataclasses import replace

    with open_journal(tmp_path) as journal:
        journal.append(RECORDS[0])
        journal.append(replace(RECORDS[1], student=RECORDS[0].student, key="newer"))
        assert journal.read("alice").key == "newer"
    with open_journal(tmp_path) as journal:
        assert journal.read("alice").key == "newer"


def test_a_journal_cut_anywhere_keeps_its_whole_lines_and_goes_on(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        for record in RECORDS[:3]:
            journal.append(record)
    whole = (tmp_path / NAME).read_bytes()
    ends = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    cuts = {0, 1, *ends, *(end - 1 for end in ends), *random.Random(5).sample(range(len(whole)), 60)}
    for cut in sorted(cuts):
        (tmp_path / NAME).write_bytes(whole[:cut])
        kept = sum(end - 1 <= cut for end in ends)  # all but the line's end is all of the line
        with open_journal(tmp_path) as journal:
            assert [journal.key_of(record.student) for record in RECORDS[:kept]] == [r.key for r in RECORDS[:kept]]
            assert all(journal.key_of(record.student) is None for record in RECORDS[kept:])
            journal.append(RECORDS[4])
        with open_journal(tmp_path) as journal:
            assert journal.key_of(RECORDS[4].student) == RECORDS[4].key, f"written after a cut at {cut}"
            assert sum(journal.key_of(record.student) is not None for record in RECORDS) == kept + 1


def test_a_changed_mark_is_no_record(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.append(RECORDS[1])
        journal.append(RECORDS[0])
    path = tmp_path / NAME
    text = path.read_text()
    assert text.count('"status":"failed"') == 2
    path.write_text(text.replace('"status":"failed"', '"status":"passed"'))
    with open_journal(tmp_path) as journal:
        assert journal.key_of("bob") is None
        assert journal.key_of("alice") is not None


def test_bytes_of_any_kind_are_no_journal(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(random.Random(1).randbytes(5000) + b"\n{}\nnull\n")
    with open_journal(tmp_path) as journal:
        journal.append(RECORDS[0])
        assert journal.read("alice").key == RECORDS[0].key


def _hold(folder: Path, ready: object, done: object) -> None:
    with open_journal(folder):
        ready.set()  # type: ignore[attr-defined]
        done.wait()  # type: ignore[attr-defined]


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, ready, done))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(GradeTapeError, match="in use by another run"), open_journal(tmp_path):
            pass
    finally:
        done.set()
        other.join()
    with open_journal(tmp_path):
        pass


def test_a_disk_that_fills_up_in_a_line_loses_that_line_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_journal(tmp_path) as journal:
        journal.append(RECORDS[0])
        real = journal._file

        class Full:
            """Takes a hundred bytes, then none."""

            room = 100

            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

            def write(self, data: memoryview) -> int:
                if self.room <= 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
                written = real.write(data[: self.room])
                self.room -= written
                return written

        monkeypatch.setattr(journal, "_file", Full())
        with pytest.raises(GradeTapeError, match="No space left on device; what was graded so far is kept"):
            journal.append(RECORDS[1])
        monkeypatch.setattr(journal, "_file", real)
        journal.append(RECORDS[2])
    with open_journal(tmp_path) as journal:
        keys = [journal.key_of(record.student) for record in RECORDS[:3]]
        assert keys == [RECORDS[0].key, None, RECORDS[2].key]


def test_every_line_is_on_disk_before_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(module.os, "fsync", synced.append)
    with open_journal(tmp_path) as journal:
        for record in RECORDS[:2]:
            journal.append(record)
    assert len(synced) == 2

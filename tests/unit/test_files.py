"""Files are written whole or not at all, and what a killed writer left can be told from them."""

from pathlib import Path

import pytest

from grader.files import remove_partial, write_pieces, write_whole


def test_what_fails_half_way_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    write_whole(path, "whole")

    def pieces():
        yield "half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_pieces(path, pieces())
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("gradebook.csv", "whole")]


def test_only_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    kept = {"gradebook.csv", ".hidden", "notes.partial"}
    for name in kept:
        (tmp_path / name).touch()

    def killed():
        left.update(path.name for path in tmp_path.iterdir() if path.name not in kept)
        yield "half"

    left: set[str] = set()
    write_pieces(tmp_path / "new.csv", killed())
    assert len(left) == 1
    (tmp_path / left.pop()).touch()  # as it would have stayed
    remove_partial(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*kept, "new.csv"}

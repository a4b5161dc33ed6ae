"""Rosters: the instructor's own CSV, Canvas's gradebook, and which entry is whose."""

from pathlib import Path

import pytest

from grader.classroom.entries import Entry, Source
from grader.classroom.roster import Person, expected_students, read_roster
from grader.problems import GradeTapeError


def roster(tmp_path: Path, text: str, encoding: str = "utf-8") -> list[Person]:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path)


def entry(student: str, layout: str = "plain") -> Entry:
    return Entry(student, "", (Source(Path(student), student),), layout)  # type: ignore[arg-type]


def test_a_roster_of_ones_own(tmp_path: Path) -> None:
    text = "\ufeffStudent;Name;E-mail;Section\r\nalice;Ångström, Alice;a@x.org;A\r\n\r\nbob;;;\r\n"
    assert roster(tmp_path, text) == [
        Person("alice", "Ångström, Alice", "a@x.org", section="A"),
        Person("bob"),
    ]


def test_canvas_gradebook(tmp_path: Path) -> None:
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Exam (7)\n"
        ",,,,,Manual Posting\n"
        "    Points Possible,,,,,10\n"
        '"Doe, Jane",11,S11,jane,A,\n'
    )
    assert roster(tmp_path, text) == [Person("11", "Doe, Jane", "", "11", "S11", "jane", "A")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("who,what\na,b\n", "no column 'student' (it has: who, what)"),
        ("student,name\n", "names no student"),
        ("student,name\nalice,\nAlice,\n", "roster.csv:3: 'Alice' stands in line 2 already"),
        ("student,name\n,Bob\n", "roster.csv:2: the student is not named"),
    ],
)
def test_bad_rosters_get_one_message(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GradeTapeError) as caught:
        roster(tmp_path, text)
    assert said in str(caught.value)


def test_a_roster_in_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(GradeTapeError, match="is not UTF-8"):
        roster(tmp_path, "student\nJosé\n", "latin-1")


def test_everybody_appears_and_entries_find_their_person() -> None:
    people = [Person("anna"), Person("ben", "Ben", "ben@x.org", "12", "S12", "b12"), Person("cleo", sis_login_id="b99")]
    entries = [entry("12", "canvas"), entry("CLEO"), entry("zoe"), entry("zoe")]
    found = expected_students(entries, people)
    assert [(one.person.student, len(one.entries), one.on_roster) for one in found] == [
        ("anna", 0, True), ("ben", 1, True), ("cleo", 1, True), ("zoe", 2, False),
    ]  # fmt: skip


def test_a_name_that_means_two_people_means_nobody() -> None:
    people = [Person("anna", email="shared@x.org"), Person("ben", email="shared@x.org")]
    found = expected_students([entry("shared@x.org")], people)
    assert [(one.person.student, one.on_roster) for one in found] == [
        ("anna", True), ("ben", True), ("shared@x.org", False),
    ]  # fmt: skip


def test_without_a_roster_everybody_who_handed_in_is_the_class() -> None:
    found = expected_students([entry("bob"), entry("Alice"), entry("alice")], None)
    assert [(one.person.student, len(one.entries), one.on_roster) for one in found] == [
        ("Alice", 2, True), ("bob", 1, True),
    ]  # fmt: skip

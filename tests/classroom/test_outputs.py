"""Every format against a golden file, and read back by the rules of the side that imports it.

``pytest tests/classroom --update-reports`` writes the golden files anew; read the difference before committing it.
"""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest

from grader.classroom.cells import marks_cell
from grader.classroom.exports.canvas import canvas_lines, fault_in_title
from grader.classroom.exports.files import Exports, check_exports, write_exports
from grader.classroom.exports.gradescope import MOST_OUTPUT, results_json
from grader.classroom.exports.junit import junit_lines
from grader.classroom.exports.moodle import NoWorksheet, fill_worksheet, short_comment
from grader.classroom.gradebook import check_lines, gradebook_lines, read_checks
from grader.classroom.pages import write_pages
from grader.classroom.records import record_from_dict, record_to_dict
from grader.classroom.roster import Person
from grader.classroom.run import Plan, write_results
from grader.problems import GradeTapeError
from tests.classroom.samples import GOLDEN, PEOPLE, failed, question_result, record, sample_records, small_bank

BANK = small_bank()
RECORDS = sample_records(BANK)
TITLE = "Exam (4711)"


def golden(name: str, found: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / name
    if request.config.getoption("--update-reports"):
        path.write_bytes(found.encode("utf-8"))
    assert found == path.read_bytes().decode("utf-8")


def test_gradebook(request: pytest.FixtureRequest) -> None:
    text = "".join(gradebook_lines(RECORDS, BANK.questions.values()))
    golden("gradebook.csv", text, request)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["total"] for row in rows] == ["4.00", "2.00", "2.00", "0.00", "0.00", ""]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_checks(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    text = "".join(check_lines(RECORDS))
    golden("checks.csv", text, request)
    (tmp_path / "checks.csv").write_bytes(text.encode())
    lines = list(read_checks(tmp_path))
    assert len(lines) == 4 * len(RECORDS)
    assert sum((line.marks for line in lines if line.student == "bob"), Fraction(0)) == RECORDS[1].marks


def test_junit(request: pytest.FixtureRequest) -> None:
    text = "".join(junit_lines(RECORDS))
    golden("junit.xml", text, request)
    root = ET.fromstring(text)
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [one.student for one in RECORDS]
    for suite, one in zip(suites, RECORDS, strict=True):
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases) == 4
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors", "")) == len(suite.findall("testcase/error"))
        earned = sum(
            Fraction(item.get("value", ""))
            for case in cases for item in case.iter("property") if item.get("name") == "marks"
        )  # fmt: skip
        assert earned == one.marks


def read_as_canvas(text: str) -> tuple[str, Fraction, dict[str, str]]:
    """Read a gradebook CSV by the rules of Canvas's importer: the assignment, its points, and student -> grade."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert header[2:4] == ["SIS User ID", "SIS Login ID"]
    assert "Section" in header[4]
    points, grades = Fraction(0), {}
    for row in rows:
        if "Points Possible" in row[0]:
            points = Fraction(row[5])
            continue
        if not row[0].strip() or "Muted" in row[0]:
            continue
        by = f"id {row[1]}" if row[1] else f"sis {row[2]}" if row[2] else f"login {row[3]}" if row[3] else row[0]
        assert re.fullmatch(r"\d*", row[1]), "an ID of Canvas's is a number"
        assert re.fullmatch(r"\d+\.\d\d|", row[5]), "a number or nothing"
        grades[by] = row[5]
    return header[5], points, grades


def test_canvas(request: pytest.FixtureRequest) -> None:
    text = "".join(canvas_lines(RECORDS, PEOPLE, TITLE, Fraction(4)))
    golden("canvas.csv", text, request)
    title, points, grades = read_as_canvas(text)
    assert (title, points) == (TITLE, 4)
    assert grades == {
        "id 101": "4.00", "id 102": "2.00", "login '=cmd|' /C calc'!A0": "2.00", "login carol": "0.00",
        "login dave": "0.00", "login erin": "",
    }  # fmt: skip


def test_canvas_students_without_a_roster_go_by_the_number_in_their_files_name() -> None:
    people = {"11": Person("11", "doejane", canvas_id="11")}
    text = "".join(
        canvas_lines([record("11", question_result(BANK.questions["m1q01"], {}))], people, TITLE, Fraction(4))
    )
    assert read_as_canvas(text)[2] == {"id 11": "4.00"}


@pytest.mark.parametrize("title", ["Current Score", "Unposted Final Points", "=1+1", " ", "Override Grade"])
def test_titles_that_canvas_would_drop_are_refused(title: str, tmp_path: Path) -> None:
    assert fault_in_title(title)
    with pytest.raises(GradeTapeError, match="--title"):
        check_exports(Exports(canvas=tmp_path / "x.csv", title=title))


WORKSHEETS = {
    "en": (
        "\ufeffIdentifier,\"Full name\",\"ID number\",\"Email address\",Status,Grade,\"Maximum Grade\","
        "\"Grade can be changed\",\"Last modified (submission)\",\"Last modified (grade)\",\"Feedback comments\"\n"
        "\"Participant 901\",\"Alice Ångström\",S1,alice@example.org,\"Submitted for grading\",,100.00,Yes,"
        "\"Monday, 1 July 2024, 9:00 AM\",-,\n"
        "\"Participant 902\",\"Bob Unknown\",,bob@example.org,\"Submitted for grading\",55.00,100.00,Yes,"
        "\"Monday, 1 July 2024, 9:01 AM\",\"Tuesday, 2 July 2024, 9:00 AM\",\"line one\nline \"\"two\"\"\"\n"
        "\"Participant 903\",\"Nobody Here\",S9,nobody@example.org,\"No submission\",,100.00,Yes,-,-,\n"
    ),
    "de": (
        "ID;\"Vollständiger Name\";E-Mail-Adresse;Status;Bewertung;Bestwertung;\"Bewertung kann geändert werden\";"
        "\"Zuletzt geändert (Abgabe)\";\"Zuletzt geändert (Bewertung)\";\"Feedback als Kommentar\"\r\n"
        "\"Teilnehmer/in901\";\"Alice Ångström\";alice@example.org;Abgegeben;;\"50,00\";Ja;\"Montag, 1. Juli\";-;\r\n"
        "\"Teilnehmer/in902\";Bob;bob@example.org;Abgegeben;;\"50,00\";Ja;\"Montag, 1. Juli\";-;\r\n"
    ),
    "no_feedback": (
        "Identifiant,\"Nom complet\",\"Adresse de courriel\",Statut,Note,\"Note maximale\",\"Note modifiable\","
        "\"Modifié (travail remis)\",\"Modifié (note)\"\n"
        "\"Participant 901\",\"Alice Ångström\",alice@example.org,Remis,-,20,Oui,lundi,-\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", WORKSHEETS)
def test_moodle(language: str, request: pytest.FixtureRequest) -> None:
    before = WORKSHEETS[language]
    filled = fill_worksheet(before.encode(), RECORDS, PEOPLE, short_comment)
    after = filled.data.decode()
    golden(f"moodle_{language}.csv", after, request)
    delimiter = ";" if language == "de" else ","
    old, new = (list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) for text in (before, after))
    header = old[0]
    maximum = header.index({"en": "Maximum Grade", "de": "Bestwertung", "no_feedback": "Note maximale"}[language])
    changed = {maximum - 1} | ({len(header) - 1} if language != "no_feedback" else set())
    for row_old, row_new in zip(old, new, strict=True):
        assert [c for i, c in enumerate(row_old) if i not in changed] == [
            c for i, c in enumerate(row_new) if i not in changed
        ]
    assert new[1][maximum - 1] == {"en": "100.00", "de": "50,00", "no_feedback": "20.00"}[language]
    if language != "no_feedback":
        assert new[2][maximum - 1] == {"en": "50.00", "de": "25,00"}[language]
        assert "The factor was added" in new[2][-1]
    if language == "en":
        assert filled.left == ["Participant 903"]
        assert after.splitlines()[-1] == before.splitlines()[-1]
        assert after.startswith("\ufeff")
    strangers = [one.student for one in RECORDS[2:]]
    assert filled.homeless == (["bob", *strangers] if language == "no_feedback" else strangers)


def test_moodle_finds_students_by_the_number_in_their_folders_name() -> None:
    one = record("902", question_result(BANK.questions["m1q01"], {}))
    filled = fill_worksheet(WORKSHEETS["en"].encode(), [one], {}, short_comment)
    assert (filled.filled, filled.left) == (1, ["Participant 901", "Participant 903"])
    assert "55.00" not in filled.data.decode()


def test_a_worksheet_without_anybody_of_the_class_is_left_byte_for_byte() -> None:
    for text in WORKSHEETS.values():
        assert fill_worksheet(text.encode(), RECORDS[2:], {}, short_comment).data == text.encode()


def test_a_comment_is_no_formula() -> None:
    one = record("901", question_result(BANK.questions["m1q01"], {}))
    data = fill_worksheet(WORKSHEETS["en"].encode(), [one], {}, lambda _: "=1+1").data
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1][-1] == "'=1+1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b'Identifier,"x\n', "never closed"),
        (b"Identifier,Grade\n", "no rows"),
        (b"Identifier,Grade\na\n", "as long as its header"),
        (b"Full name,Grade,Max\nAlice,,100\n", "not the identifier"),
        (b"Identifier,Name,Grade,Max\nParticipant 1,A,good,100\n", "is the grade a scale?"),
        (b"Identifier,Name,Grade,Max\nParticipant 1,A,,100\nParticipant 2,A,,90\n", "is the grade a scale?"),
    ],
)
def test_what_is_no_worksheet_is_refused_before_anything_is_graded(tmp_path: Path, text: bytes, said: str) -> None:
    with pytest.raises(NoWorksheet, match=re.escape(said)):
        fill_worksheet(text, RECORDS, PEOPLE, short_comment)
    (tmp_path / "w.csv").write_bytes(text)
    with pytest.raises(GradeTapeError, match="--moodle"):
        check_exports(Exports(moodle=tmp_path / "w.csv"))


def read_as_gradescope(told: dict[str, object]) -> float:
    """Check an object by Gradescope's documented rules and return the score that it would show."""
    assert set(told) <= {"score", "execution_time", "output", "output_format", "test_output_format", "test_name_format",
                         "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"}  # fmt: skip
    assert told["visibility"] in ("hidden", "after_due_date", "after_published", "visible")
    assert isinstance(told["score"], float)
    assert isinstance(told["tests"], list)
    for test in told["tests"]:
        assert set(test) <= {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format",
                             "tags", "visibility", "extra_data"}  # fmt: skip
        assert test["status"] in ("passed", "failed")
        assert isinstance(test["number"], str)
        assert len(test["output"]) <= MOST_OUTPUT
    return told["score"]


def test_gradescope(request: pytest.FixtureRequest) -> None:
    told = [results_json(one.report, one.reason) for one in RECORDS]
    golden("gradescope.json", json.dumps(told, indent=1, ensure_ascii=True, allow_nan=False) + "\n", request)
    assert [read_as_gradescope(one) for one in told] == [float(marks_cell(one.marks)) for one in RECORDS]


def test_gradescope_outputs_are_cut() -> None:
    long = question_result(BANK.questions["m1q01"], {"norm/by_hand": failed("x", stdout="é" * 300_000)})
    assert read_as_gradescope(results_json(record("alice", long).report)) == 3.0


def test_exports_are_written_where_asked(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(WORKSHEETS["en"])
    exports = Exports(tmp_path / "canvas.csv", TITLE, tmp_path / "sheet.csv", tmp_path / "gs")
    said = write_exports(exports, RECORDS, PEOPLE, Fraction(4), tmp_path / "results", "score")
    assert (tmp_path / "sheet.csv").read_text() == WORKSHEETS["en"], "the teacher's own file stays"
    assert "The factor" not in (tmp_path / "results" / "moodle.csv").read_text(), "the feedback level holds here too"
    assert len(list((tmp_path / "gs").glob("*/results.json"))) == len(RECORDS)
    assert any("Participant 903" in line for line in said)


def test_a_students_json(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    write_pages(RECORDS[1], BANK, tmp_path, "full")
    text = (tmp_path / "bob.json").read_text()
    golden("student.json", text, request)
    assert record_to_dict(record_from_dict(json.loads(text))) == record_to_dict(RECORDS[1])


def test_results_of_hostile_students_are_harmless_files(tmp_path: Path) -> None:
    write_results(Plan(tmp_path, tmp_path / "results"), BANK, RECORDS)
    names = sorted(path.name for path in (tmp_path / "results").iterdir())
    assert "%3dcmd%7c%27 %2fC calc%27%21A0.json" in names
    assert len(names) == 2 * len(RECORDS) + 4
    pages = [path.read_text() for path in (tmp_path / "results").glob("*.html")]
    assert all("\x1b" not in text and "<b>]]>" not in text for text in pages)
    assert any("&lt;b&gt;]]&gt;" in text for text in pages)
    assert "@SUM(1+1)" in (tmp_path / "results" / "summary.html").read_text()

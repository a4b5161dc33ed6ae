"""What the bank's own submissions do is run once a call, and what is stored is not run again."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import grader.known
from grader.bank.model import Bank
from grader.calls import calls_of
from grader.grade import Setting, grade_question
from grader.known import known_observations, reference_submission
from grader.observation import Observation
from grader.sandbox.children import Children
from grader.sandbox.submission import Call, Submission


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Record (submission's first alias or its name, call) of everything that is run, in place of running it."""
    done: list[tuple[str, str]] = []

    def observe(
        children: Children, submission: Submission, calls: Sequence[Call], seed: int, device: str, **_: object
    ) -> dict[str, Observation]:
        name = next(iter(submission.aliases.values()), submission.name)
        done.extend((name, call.id) for call in calls)
        return {call.id: Observation("returned", value=f"{name} {call.id}") for call in calls}

    monkeypatch.setattr(grader.known, "observe", observe)
    return done


def test_a_call_is_run_once_whichever_others_it_is_made_with(
    small_bank: Bank, ran: list[tuple[str, str]], tmp_path: Path, children: Children
) -> None:
    question = small_bank.questions["m1q01"]
    reference, calls = reference_submission(question), calls_of(question, seed=0)
    one = known_observations(children, reference, calls[1:2], 0, "cpu", tmp_path)
    every = known_observations(children, reference, calls, 0, "cpu", tmp_path)
    again = known_observations(children, reference, calls[::-1], 0, "cpu", tmp_path)
    assert sorted(call for _, call in ran) == sorted(call.id for call in calls)
    assert list(every) == [call.id for call in calls]
    assert every == again
    assert one.items() <= every.items()


def test_another_seed_or_other_needs_are_another_call(
    small_bank: Bank, ran: list[tuple[str, str]], tmp_path: Path, children: Children
) -> None:
    question = small_bank.questions["m1q01"]
    reference, calls = reference_submission(question), calls_of(question, seed=0)[:1]
    patient = [replace(call, needs=replace(call.needs, seconds=99.0)) for call in calls]
    for some, seed in ((calls, 0), (calls, 1), (patient, 0), (calls_of(question, seed=1)[1:2], 0)):
        known_observations(children, reference, some, seed, "cpu", tmp_path)
    assert len(ran) == 4


def test_mistakes_are_run_only_where_they_could_explain_something(
    small_bank: Bank, setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`scale` fails in `random` alone, as `adds_one_more` does there; `norm` is not written, which is no mistake."""
    run: list[tuple[str, str]] = []
    really = grader.known.observe

    def observe(children: Children, submission: Submission, calls: Sequence[Call], *rest: object, **more: object):  # type: ignore[no-untyped-def]
        run.extend((alias, call.id) for alias in submission.aliases.values() for call in calls)
        return really(children, submission, calls, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(grader.known, "observe", observe)
    source = (
        "def scale(x, factor=2.0):\n"
        "    if len(x.shape) != 1: raise ValueError('no vector')\n"
        "    return 2 * x if factor == 2 else x + factor + 1\n"
        "def norm(x): raise NotImplementedError('m1q01: norm is not written yet')\n"
    )
    question = small_bank.questions["m1q01"]
    result = grade_question(question, Submission("m1q01.py", source), replace(setting, cache=tmp_path))
    named = {check.id: [one.mistake for one in check.diagnoses] for check in result.functions[0].checks}
    assert named["random"] == ["adds_one_more"]
    assert not any(alias.startswith("norm__") for alias, _ in run)
    assert ("scale__adds", "scale/by_hand") not in run

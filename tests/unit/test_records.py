"""A child may send any records at all: each call is observed once, by the types of what came, and nothing is raised."""

import contextlib
import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.judge.verdict import UnfitReference, judge
from grader.observation import Observation, Tree
from grader.sandbox import wire
from grader.sandbox.children import ChildResult
from grader.sandbox.locks.levels import Isolation
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Submission
from tests.unit.test_judge import EXAMPLES, WAYS, Expect
from tests.unit.test_wire import TREES

CALLS = [Call(name, name, (), "call", {}, {}, {}) for name in ("a", "b")]
FIELDS = ["outcome", "value", "error", "detail", "seconds", "printed_from", "printed_to"]
_ERRORS = st.fixed_dictionaries(
    {name: TREES | st.text(max_size=5) for name in ("type", "message", "traceback", "outside", "origin")}
    | {"bases": TREES | st.lists(st.text(max_size=5)), "number": TREES | st.integers()}
)
RECORDS = st.fixed_dictionaries(
    {"outcome": TREES | st.sampled_from(["returned", "raised", "missing", "not_loaded", "malformed", "passed", "ready"])},
    optional={
        "value": TREES, "error": _ERRORS | TREES, "detail": TREES, "seconds": TREES | st.floats(),
        "printed_from": st.lists(st.integers(-5, 2**70), max_size=3) | TREES,
        "printed_to": st.lists(st.integers(-5, 2**70), max_size=3) | TREES, "id": TREES,
    },
)  # fmt: skip


class Liar:
    """Children that answer with records made up beforehand, under the ids that are awaited."""

    way = "fork"

    def __init__(self, records: list[Tree], exit_code: int) -> None:
        self.records, self.exit_code = records, exit_code

    def isolation(self) -> Isolation:
        return Isolation("strict")

    def run(self, job: bytes, *_: Any) -> ChildResult:
        told = wire.decode(job)
        ids = [told["id"], told["id"], *(call["id"] for call in told["calls"])]
        said = [{"id": one, **record} for one, record in zip(ids, self.records, strict=False)]
        return ChildResult(
            [wire.decode(wire.encode(record)) for record in said],
            None,
            True,
            self.exit_code,
            False,
            b"o" * 99,
            b"e",
            0.0,
        )


@given(st.lists(RECORDS, max_size=4), st.integers(-70, 255), st.sampled_from(WAYS))
@example([{"outcome": "ready"}, {"outcome": "returned"}, {"outcome": "returned", "value": 1}], 0, {})
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_records_are_observed(records: list[Tree], exit_code: int, expect: dict[str, Any]) -> None:
    seen = observe(Liar(records, exit_code), Submission("a.py", ""), CALLS, 0)  # type: ignore[arg-type]
    assert seen.keys() == {"a", "b"}
    for one in seen.values():
        json.dumps([one.outcome, one.detail, one.stdout, one.stderr, one.seconds, one.blocked, repr(one.error)])
        with contextlib.suppress(UnfitReference):
            verdict = judge(Expect.model_validate(expect), one, Observation("returned", value=1.5))
            assert not verdict.passed or one.outcome == "returned"

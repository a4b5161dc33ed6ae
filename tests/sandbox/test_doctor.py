"""The doctor finds what is wrong, not only what is right."""

import os
from pathlib import Path

import pytest

from grader.sandbox import doctor
from grader.sandbox.environment import clean_environment
from grader.sandbox.forked import can_fork


@pytest.mark.skipif(not can_fork(), reason="this system cannot fork after importing TensorFlow")
def test_an_environment_that_leaks_to_children_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("grader.sandbox.forked.clean_environment", lambda: {**os.environ, **clean_environment()})
    findings = {finding.name: finding for finding in doctor.examine(tmp_path)}
    assert not findings["environment of children"].good
    assert findings["fork self-test"].good

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.workdir import remove_tree


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have the children's folders made in one that nobody else uses."""
    made = Path(tempfile.mkdtemp(prefix="scratch-"))
    made.chmod(0o755)  # the user that children become must reach them
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    monkeypatch.setenv("TMPDIR", str(made))
    yield made
    remove_tree(made)

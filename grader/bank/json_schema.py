"""The JSON Schema of question files, for completion and red underlines in editors."""

import json
import sys
from pathlib import Path

from grader.bank.schema import BankFile, QuestionFile
from grader.files import write_whole


def question_schema() -> str:
    """Return the text of ``questions/schema.json``."""
    return _render(QuestionFile.model_json_schema(by_alias=True))


def bank_schema() -> str:
    """Return the text of ``questions/bank.schema.json``."""
    return _render(BankFile.model_json_schema(by_alias=True))


def _render(schema: dict[str, object]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write both schemas into the bank's ``questions`` folder."""
    write_whole(folder / "schema.json", question_schema())
    write_whole(folder / "bank.schema.json", bank_schema())


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))

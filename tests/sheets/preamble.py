"""The Typst functions that the writer calls, without a sheet around them."""

from functools import cache

from grader.bank.location import default_location
from grader.sheets.rendering import render_template


@cache
def preamble(columns: int = 1) -> str:
    values = {"title": "Test", "author": "Test", "columns": columns}
    return render_template(default_location(), "common.typ.j2", values) + "\n"

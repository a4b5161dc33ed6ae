"""Jinja templates -> text, with one clear message where a template is broken.

A bank may have templates of its own; what it has not comes from the program's.
"""

import base64
import hashlib
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from grader.bank.location import BankLocation, default_location
from grader.problems import GradeTapeError
from grader.sheets.wording import count_words, duration_words, listed, marks_number, marks_words, sitting_words

_WORDING = {
    "marks": marks_words,
    "number": marks_number,
    "sitting": sitting_words,
    "listed": listed,
    "duration": duration_words,
    "count_words": count_words,
}


def render_template(location: BankLocation, name: str, values: Mapping[str, Any]) -> str:
    """Render a template with the filters of what it makes, which its name says: HTML, Typst or plain text.

    Raises:
        GradeTapeError: the template is missing or broken; the message says where.
    """
    folders = _folders(location)
    try:
        return _environment(tuple(folders), name.split(".")[-2]).get_template(name).render(values)
    except jinja2.TemplateSyntaxError as error:
        place = f"{error.filename or error.name}:{error.lineno}"
        raise GradeTapeError(f"{place}: the template is broken: {error.message}") from None
    except jinja2.TemplateNotFound as error:
        raise GradeTapeError(f"there is no template '{error.name}' in {' or '.join(map(str, folders))}") from None
    except GradeTapeError:
        raise
    except Exception as error:  # whatever an expression in a template may raise
        place = _place_in_template(error, folders)
        raise GradeTapeError(f"{place or name}: the template is broken: {type(error).__name__}: {error}") from error


@cache  # a class has a page a student: the template is compiled for the first, and anew when its file changes
def _environment(folders: tuple[Path, ...], kind: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in folders]),
        undefined=jinja2.StrictUndefined,
        autoescape=kind == "html",  # noqa: S701  (the rest is no HTML)
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(_WORDING)
    environment.filters.update(_writer(kind))
    environment.globals["asset"] = lambda file: _read_asset(folders, file)
    environment.globals["style_sheet"] = lambda file: _style_sheet(folders, file)
    environment.globals["fingerprint"] = _fingerprint
    return environment


def _writer(kind: str) -> dict[str, Callable[..., str]]:
    """Return the filters that write blocks; a page needs the writer of one kind, and to import takes its time."""
    if kind == "html":
        from grader.sheets.html_writer import HtmlWriter

        html = HtmlWriter()
        return {
            "prose": html.prose,
            "line": html.line,
            "code": html.code,
            "picture": html.picture,
            "table": html.table,
        }
    if kind == "typ":
        from grader.sheets import typst_writer as typst

        return {
            "prose": typst.typst_prose,
            "line": typst.typst_line,
            "code": typst.typst_code,
            "name": typst.typst_name,
            "picture": typst.typst_picture,
            "table": typst.typst_table,
            "literal": typst.typst_string,
        }
    return {}


def _folders(location: BankLocation) -> list[Path]:
    return list(dict.fromkeys([location.templates, default_location().templates]))


def _place_in_template(error: Exception, folders: list[Path]) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    inside = [f for f in frames if any(Path(f.filename).is_relative_to(folder) for folder in folders)]
    return f"{inside[-1].filename}:{inside[-1].lineno}" if inside else ""


def _asset_path(folders: Sequence[Path], file: str) -> Path:
    for folder in folders:
        if (folder / file).is_file():
            return folder / file
    raise GradeTapeError(f"there is no '{file}' among the templates in {' or '.join(map(str, folders))}")


def _read_asset(folders: Sequence[Path], file: str) -> Markup:
    """Return a style sheet or script that is a file of its own, as it is."""
    return Markup(_asset_path(folders, file).read_text(encoding="utf-8"))  # noqa: S704  (ours, or the bank's own)


@cache  # a class has a page a student, and the font is most of each
def _style_sheet(folders: tuple[Path, ...], file: str) -> Markup:
    """Return a style sheet with the fonts that it refers to inside."""

    def inlined(address: re.Match[str]) -> str:
        data = base64.b64encode(_asset_path(folders, address[1]).read_bytes()).decode("ascii")
        return f'url("data:font/woff2;base64,{data}")'

    text = _asset_path(folders, file).read_text(encoding="utf-8")
    return Markup(re.sub(r'url\("([^":]+\.woff2)"\)', inlined, text))  # noqa: S704  (ours, or the bank's own)


def _fingerprint(script: str) -> str:
    """Return what a page's security policy calls the script that it lets run."""
    digest = hashlib.sha256(str(script).encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"

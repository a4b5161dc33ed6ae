"""The museum's table in docs/security.md: attack, what stops it, which layers hold it.

    python -m tests.attacks.table

writes it anew from the heads of the exhibits; a test compares. That the layers are true is measured by `test_layers`.
"""

import re
from collections.abc import Iterator

from grader.sandbox.locks.lockdown import LAYERS
from tests.attacks.museum import CLASSES, LIMITS, Exhibit, exhibits
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "security.md"
START, END = "<!-- museum: python -m tests.attacks.table -->\n", "<!-- end of museum -->\n"


def main() -> None:
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def renewed(page: str) -> str:
    """Return the page with the table between its marks written anew."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    assert start
    assert end, "the page has lost the marks of the table"
    return f"{before}{start}{''.join(_tables())}{end}{after}"


def _tables() -> Iterator[str]:
    attacks = exhibits(*CLASSES)
    yield f"\n{len(attacks)} attacks.\n"
    for kind, title in CLASSES.items():
        shown = [one for one in attacks if one.kind == kind]
        yield f"\n### {title} ({len(shown)})\n\n| attack | stopped by | held by |\n|---|---|---|\n"
        yield from map(_row, shown)
    yield "\n### Layer by layer\n\n"
    yield "| layer | holds | of which no other layer holds |\n|---|---|---|\n"
    yield from (_layer(layer, attacks) for layer in LAYERS)
    yield "\n### Not stopped\n\n| what | why it is no more than this |\n|---|---|\n"
    yield from (f"| {_link(one)} {_cell(one.strategy)} | {_cell(one.stopped_by)} |\n" for one in exhibits(LIMITS))
    yield "\n"


def _row(one: Exhibit) -> str:
    return f"| {_link(one)} {_cell(one.strategy)} | {_cell(one.stopped_by)} | {_held_by(one)} |\n"


def _held_by(one: Exhibit) -> str:
    if not one.layers:
        return "design"
    told = ", ".join(" with ".join(sorted(needed)) for needed in one.layers)
    return f"{told} (each alone)" if len(one.layers) > 1 else told


def _layer(layer: str, attacks: list[Exhibit]) -> str:
    held = [one for one in attacks if any(layer in needed for needed in one.layers)]
    only = [_link(one) for one in held if all(layer in needed for needed in one.layers)]
    return f"| {layer} | {len(held)} | {', '.join(only) or '–'} |\n"


def _link(one: Exhibit) -> str:
    return f"[{one.name}](../tests/attacks/{one.id}.py)"


def _cell(text: str) -> str:
    return re.sub(r"([|<>*_\[\]])", r"\\\1", text)


if __name__ == "__main__":
    main()

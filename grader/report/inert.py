"""Making text inert: whatever a student wrote, printed or named can be shown, and does nothing.

Two steps that every writer of reports needs: `visible` shows what would otherwise act or hide, `cut` bounds the size.
Escaping for a format (HTML, CSV, …) is the writer's own, and comes after them.
"""

#: What is left of one text, as people are shown it.
MOST_LINES = 8
MOST_WIDTH = 400


def visible(text: str) -> str:
    r"""Return the text with every character that is not plainly seen written as its number, such as ``\x1b``.

    Those are control characters (colours and commands of terminals among them), marks that turn the direction of text,
    characters without width or glyph, surrogates, and all spaces and ends of lines but the usual ones. What is left can
    be encoded in UTF-8 and stands in any XML document. Tabs become four spaces, which is what they are used for.
    """
    plain = text.replace("\r\n", "\n").replace("\t", "    ")
    if plain.isprintable():
        return plain
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in plain)


def cut(text: str, lines: int = MOST_LINES, width: int = MOST_WIDTH, last: bool = False) -> str:
    """Return at most so many lines of at most so many characters, with "…" where something is missing.

    Args:
        text: the text.
        lines: how many lines to keep.
        width: how much to keep of each.
        last: whether to keep the last lines in place of the first, as of a traceback.
    """
    kept = text.strip().split("\n")
    if len(kept) > lines:
        kept = ["…", *kept[-lines:]] if last else [*kept[:lines], "…"]
    return "\n".join(line if len(line) <= width else f"{line[:width]}…" for line in kept)


def inert(text: str, lines: int = MOST_LINES, width: int = MOST_WIDTH, last: bool = False) -> str:
    """Return a text that is `visible`, and `cut` to what people are shown."""
    # Cut before as well, so that a text of many megabytes is not looked at character by character.
    return cut(visible(cut(text, lines, width, last)), lines + 1, 2 * width, last)

"""Make ``sheet-math.woff2`` from STIX Two Math: ``python make_subset.py STIXTwoMath-Regular.ttf``.

Needs fonttools and brotli, and the font, which the wheel of ziamath carries (``pip download --no-deps ziamath``).
The ranges are fixed, not cut to what today's questions use: the parts of which roots, braces and brackets are built
are no characters of a formula, and a font cut to the characters loses them.
"""

import sys
from pathlib import Path

#: Unicode ranges, both ends included.
RANGES = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x00FF),  # Latin-1
    (0x02C6, 0x02DC),  # spacing accents
    (0x0300, 0x033F),  # combining accents
    (0x0391, 0x03F5),  # Greek
    (0x2010, 0x206F),  # general punctuation, invisible operators
    (0x20D0, 0x20EF),  # combining marks for symbols
    (0x2100, 0x214F),  # letter-like symbols
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x2300, 0x233F),  # ceilings, floors
    (0x23B0, 0x23E1),  # parts of braces and brackets
    (0x25A0, 0x25FF),  # geometric shapes
    (0x27C0, 0x27FF),  # brackets, long arrows
    (0x2980, 0x29FF),  # more brackets and operators
    (0x2A00, 0x2AFF),  # n-ary operators, relations
    (0x1D400, 0x1D7FF),  # mathematical alphabets
)


def main(font_path: str) -> None:
    """Write the subset beside this script."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(font_path, recalcTimestamp=False)  # the same bytes on every run
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["ssty", "dtls", "flac", "math", "kern", "ccmp", "mark", "mkmk"]
    options.notdef_outline = True
    options.drop_tables += ["DSIG"]
    options.hinting = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(Path(__file__).with_name("sheet-math.woff2"), reorderTables=True)


if __name__ == "__main__":
    main(sys.argv[1])

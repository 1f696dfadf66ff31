"""Makes the Inter files of `resources/fonts` from the variable font of the Inter project.

`python packaging/fonts.py InterVariable.ttf` writes four weights. It needs `fonttools`, which the
program does not; the variable font is in Debian's package `fonts-inter-variable` (4.1).

Kept are Latin, Greek, Cyrillic, punctuation, arrows, mathematics and shapes, kerning, marks and
figures of one width. The weights of text, Regular and Medium, get a line gap that makes a line 1.45
of its letters, wherever text is broken into lines; those of titles keep their own, which is 1.2.
Left out are the contextual letters: they would show `->` as an arrow and
`4x4` with a multiplication sign, also in names of files and classes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.varLib.instancer import instantiateVariableFont

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "fonts"
WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}
TEXT_WEIGHTS, LINE_HEIGHT = ("Regular", "Medium"), 1.45
TEXT_SIZE = 14  # the optical size that text is drawn for
RANGES = (
    (0x0020, 0x024F), (0x02B0, 0x03FF), (0x0400, 0x052F), (0x1E00, 0x1EFF),
    (0x2000, 0x22FF), (0x2300, 0x23FF), (0x25A0, 0x25FF), (0x2700, 0x27BF), (0x2B00, 0x2BFF),
)  # fmt: skip
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]
FAMILY, STYLE, FULL_NAME, POSTSCRIPT, GROUP, GROUP_STYLE, VARIATIONS = 1, 2, 4, 6, 16, 17, 25


def main() -> None:
    """Writes the four weights."""
    for style, weight in WEIGHTS.items():
        font = make_weight(Path(sys.argv[1]), style, weight)
        font.save(FOLDER / f"Inter-{style}.ttf")


def make_weight(source: Path, style: str, weight: int) -> TTFont:
    """One weight of the font with the letters that are kept."""
    font = instantiateVariableFont(TTFont(source), {"opsz": TEXT_SIZE, "wght": weight})
    rename_font(font, style)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x61 | (0x20 if weight == 700 else 0x40)
    font["head"].macStyle = int(weight == 700)
    if style in TEXT_WEIGHTS:
        set_line_height(font)
    options = Options(layout_features=FEATURES, name_IDs=["*"], hinting=False, notdef_outline=True)
    subset = Subsetter(options)
    subset.populate(unicodes=[code for low, high in RANGES for code in range(low, high + 1)])
    subset.subset(font)
    add_full_table(font)
    return font


def set_line_height(font: TTFont) -> None:
    """Makes two lines so far apart that a line is LINE_HEIGHT of its letters."""
    heights = font["hhea"]
    gap = round(LINE_HEIGHT * font["head"].unitsPerEm) - (heights.ascent - heights.descent)
    heights.lineGap = font["OS/2"].sTypoLineGap = gap


def add_full_table(font: TTFont) -> None:
    """Adds the table of all code points, which the report reads (`report/print_text.py`)."""
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.format, table.reserved = 3, 10, 12, 0
    table.length = table.language = table.nGroups = 0
    table.cmap = dict(font.getBestCmap())
    font["cmap"].tables.append(table)


def rename_font(font: TTFont, style: str) -> None:
    """Gives the weight the names by which programs sort it into the family."""
    plain = style in ("Regular", "Bold")
    names = {
        FAMILY: "Inter" if plain else f"Inter {style}",
        STYLE: style if plain else "Regular",
        FULL_NAME: f"Inter {style}",
        POSTSCRIPT: f"Inter-{style}",
        GROUP: "Inter",
        GROUP_STYLE: style,
    }
    table = font["name"]
    table.removeNames(nameID=VARIATIONS)
    for number, text in names.items():
        table.removeNames(nameID=number)
        table.setName(text, number, 3, 1, 0x409)
    if "STAT" in font:
        del font["STAT"]


if __name__ == "__main__":
    main()

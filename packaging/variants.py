"""Draws `docs/variants/`: three arrangements of Home, Explore and Label beside each other, of which
the middle one was chosen.

`.venv/bin/python packaging/variants.py` writes one small picture a screen. Sketches in the
proportions of 1366 × 690, in the colours of the light theme: what `docs/decisions.md` weighs, to be
seen at one glance.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from fieldcheck.ui.colours_and_high_contrast import LIGHT  # noqa: E402 (the checkout is found first)

WIDTH, HEIGHT, GAP, HEAD = 456, 230, 16, 26
ACROSS, DOWN, RAIL = 100, 56, 6
LETTERS = 11
FILLS = {
    "card": LIGHT.panel,
    "raised": LIGHT.panel,
    "picture": LIGHT.canvas,
    "class": LIGHT.panel,
    "none": "",
    "chart": LIGHT.panel,
}
Part = tuple[str, int, int, int, int, str]
"""Kind, left, top, width, height in hundredths of the width, and the words."""


def pictures(
    left: int, top: int, across: int, down: int, width: int, height: int
) -> tuple[Part, ...]:
    """A grid of pictures, one unit apart."""
    return tuple(
        ("picture", left + x * (width + 1), top + y * (height + 1), width, height, "")
        for y in range(down)
        for x in range(across)
    )


def line(left: int, top: int) -> tuple[Part, ...]:
    """A recent project: picture, name and progress, outcome and next step."""
    return (
        ("card", left, top, 91, 8, ""),
        ("picture", left + 1, top + 1, 11, 6, ""),
        ("none", left + 14, top, 40, 8, "Line 4 night   100 of 100"),
        ("none", left + 56, top, 34, 8, "gap 36 pp, next: report"),
    )


CLASSES: tuple[Part, ...] = tuple(
    ("class", 76, 5 + at * 5, 22, 5, f"{at + 1}  class") for at in range(7)
)
VARIANTS: dict[str, tuple[tuple[str, tuple[Part, ...]], ...]] = {
    "home": (
        (
            "three cards over an empty list",
            (
                *(
                    ("card", 8 + at * 31, 4, 29, 22, said)
                    for at, said in enumerate(("Demo project", "New project", "Open"))
                ),
                ("card", 8, 28, 91, 26, "Recent: none yet"),
            ),
        ),
        (
            "recent ones first; without any, one question",
            (
                *(part for at in range(3) for part in line(8, 4 + at * 9)),
                *(
                    ("card", 8 + at * 31, 33, 29, 12, said)
                    for at, said in enumerate(("Demo project", "New project", "Open"))
                ),
                ("none", 8, 47, 90, 6, "1 Capture   2 Pick   3 Label   4 Explore   5 Report"),
            ),
        ),
        ("a wall of pictures", pictures(8, 4, 5, 3, 17, 15)),
    ),
    "explore": (
        (
            "five pages behind buttons",
            (
                *(
                    ("raised", 8 + at * 18, 4, 17, 5, said)
                    for at, said in enumerate(("Gap", "Frames", "Map", "Review", "Doubt"))
                ),
                ("none", 8, 10, 90, 5, "Benchmark 97 %, field 61 %, gap 36 pp"),
                ("card", 8, 16, 91, 38, "tables"),
            ),
        ),
        (
            "verdict and chart, errors, frame over its nearest",
            (
                ("card", 8, 4, 91, 18, ""),
                ("none", 9, 4, 48, 18, "NOT READY   gap 36 pp (27–46)"),
                ("chart", 58, 6, 39, 14, "□────────●"),
                ("card", 8, 24, 33, 30, "classes"),
                *pictures(43, 24, 3, 3, 9, 9),
                ("picture", 75, 24, 24, 14, "frame"),
                ("picture", 75, 40, 24, 14, "nearest"),
            ),
        ),
        (
            "the chart alone",
            (
                ("card", 8, 4, 91, 40, "□──────────────────────────●"),
                ("raised", 8, 47, 20, 6, "More …"),
            ),
        ),
    ),
    "label": (
        (
            "panel below the picture",
            (
                ("picture", 8, 4, 91, 34, "frame"),
                *(("class", 8 + at * 13, 40, 12, 6, f"{at + 1} class") for at in range(7)),
                ("raised", 8, 48, 20, 6, "Unsure"),
                ("raised", 30, 48, 20, 6, "Skip"),
            ),
        ),
        (
            "picture, strip, panel at the right",
            (
                ("picture", 8, 4, 66, 42, "frame"),
                *pictures(8, 48, 9, 1, 6, 6),
                *CLASSES,
                ("raised", 76, 46, 11, 6, "Unsure"),
                ("raised", 88, 46, 10, 6, "Skip"),
            ),
        ),
        (
            "classes over the picture",
            (
                ("picture", 0, 0, 100, 56, "frame"),
                *(("class", 3, 4 + at * 7, 20, 6, f"{at + 1}  class") for at in range(7)),
            ),
        ),
    ),
}


def draw(variants: tuple[tuple[str, tuple[Part, ...]], ...]) -> Image.Image:
    """Variants of one screen beside each other, the second one marked as chosen."""
    sheet = Image.new(
        "RGB", (len(variants) * (WIDTH + GAP) + GAP, HEIGHT + HEAD + GAP), LIGHT.panel
    )
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(CHECKOUT / "resources" / "fonts" / "DejaVuSans.ttf"), LETTERS)
    for index, (title, parts) in enumerate(variants):
        left = GAP + index * (WIDTH + GAP)
        pen.text(
            (left, 7), f"{index + 1}  {title}" + ("  ✓" if index == 1 else ""), LIGHT.text, font
        )
        pen.rectangle(
            (left, HEAD, left + WIDTH, HEAD + HEIGHT),
            LIGHT.window,
            LIGHT.accent if index == 1 else LIGHT.border,
            3 if index == 1 else 1,
        )
        if title != "classes over the picture":
            pen.rectangle(
                (left + 3, HEAD + 3, left + WIDTH * RAIL // ACROSS, HEAD + HEIGHT - 3), LIGHT.rail
            )
        for part in parts:
            _draw_part(pen, font, part, left)
    return sheet


def _draw_part(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, part: Part, left: int
) -> None:
    kind, x, y, w, h, words = part
    scale = WIDTH / ACROSS
    box = (
        left + x * scale + 3,
        HEAD + y * HEIGHT / DOWN + 3,
        left + (x + w) * scale - 3,
        HEAD + (y + h) * HEIGHT / DOWN - 3,
    )
    if FILLS[kind]:
        pen.rectangle(
            box, FILLS[kind], LIGHT.border if kind in ("raised", "class") else LIGHT.hairline
        )
    pen.text(
        ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),
        words,
        LIGHT.panel if kind == "picture" else LIGHT.text,
        font,
        anchor="mm",
    )


def main() -> int:
    """Writes the pictures."""
    folder = CHECKOUT / "docs" / "variants"
    folder.mkdir(exist_ok=True)
    for name, variants in VARIANTS.items():
        draw(variants).quantize(16).save(folder / f"{name}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

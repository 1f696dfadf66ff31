"""Icon and version resource of the Windows program, made from the checkout.

python packaging/installer/windows_files.py VERSION FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

SIDE = 256
SIZES = [(16, 16), (24, 24), (32, 32), (48, 48), (64, 64), (128, 128), (256, 256)]
RESOURCE = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, OS=0x40004, fileType=0x1),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("FileDescription", "Fieldcheck"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("ProductName", "Fieldcheck"),
      StringStruct("ProductVersion", "{version}"),
      StringStruct("LegalCopyright", "The Fieldcheck authors, Apache-2.0"),
    ])]),
    VarFileInfo([VarStruct("Translation", [1033, 1200])]),
  ],
)
"""


def main(version: str, folder: Path) -> None:
    """Write `fieldcheck.ico` and `version.txt`."""
    folder.mkdir(parents=True, exist_ok=True)
    draw_icon().save(folder / "fieldcheck.ico", sizes=SIZES)
    (folder / "version.txt").write_text(make_version_resource(version), encoding="utf-8")


def make_version_resource(version: str) -> str:
    """The resource that PyInstaller puts into the program: four numbers and the texts."""
    parts = [int(part) for part in version.split(".") if part.isdigit()]
    numbers = tuple([*parts, 0, 0, 0, 0][:4])
    return RESOURCE.format(numbers=numbers, version=version)


def draw_icon() -> Image.Image:
    """The drawing of `fieldcheck.svg` in pixels."""
    scale = SIDE / 128
    image = Image.new("RGBA", (SIDE, SIDE))
    draw = ImageDraw.Draw(image)

    def scaled(*values: float) -> list[float]:
        return [value * scale for value in values]

    draw.rounded_rectangle(scaled(0, 0, 127, 127), 24 * scale, fill="#0b5cad")
    draw.line(scaled(24, 84, 104, 84), fill="white", width=round(8 * scale))
    for x in (24, 104):
        draw.line(scaled(x, 72, x, 96), fill="white", width=round(6 * scale))
    draw.ellipse(scaled(43, 71, 69, 97), fill="white")
    draw.rounded_rectangle(scaled(84, 26, 108, 50), 3 * scale, fill="white")
    return image


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

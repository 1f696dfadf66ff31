"""Makes docs/technician.md, and the same as a sheet of A4 in English and German: eight short clips,
what to say of the light, and the keys, which are read from the program.

    PYTHONPATH=. .venv/bin/python packaging/technician.py

Writes docs/technician.md, docs/technician-en.pdf and docs/technician-de.pdf. A test holds the page
to what this makes, and each sheet to one page.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import typst

from fieldcheck.i18n.language import use_language
from fieldcheck.ui.screens import list_actions

CHECKOUT = Path(__file__).parent.parent
DOCS = CHECKOUT / "docs"
FONTS = CHECKOUT / "resources" / "fonts"
RECORDING = ("record", "mark", "next", "darker", "brighter", "lock", "hatch")
LIGHT = (
    "dark", "glare", "backlight", "flicker", "dirty_lens", "vibration", "dust", "colour_cast",
    "normal",
)  # fmt: skip
LABELLING = ("class_1", "class_2", "same", "unsure", "skip", "back", "next", "loupe", "lift")
TICK = "- #box(rect(width: 9pt, height: 9pt, stroke: 0.8pt))"  # to be ticked with a pen
FILE_DATE = 1_764_547_200  # of the file's date: the same sheet has the same bytes


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of a sheet in one language."""

    title: str
    intro: str
    clips_title: str
    clips: tuple[str, ...]
    light_title: str
    light: str
    record_title: str
    label_title: str
    label: str
    after_title: str
    after: tuple[str, ...]
    key: str
    meaning: str


WORDS = {
    "en": Words(
        "Fieldcheck: at the line",
        "Record what the camera really sees, also when it looks bad. Bad images are what this "
        "visit is for.",
        "Eight short clips, one to two minutes each",
        (
            "Start of the shift",
            "Daylight falls on the parts, or at noon",
            "Lamps only, evening or blinds closed",
            "Just before the lens is cleaned",
            "Just after the lens is cleaned",
            "Belt at its fastest",
            "Just after a changeover, another product or tool",
            "Something is going wrong: jam, vibration, steam",
        ),
        "Say what the light does (key, while recording or after it)",
        "Several may be true at once. Press the key again to undo it.",
        "Recording",
        "Labelling: one key per frame",
        "Label what you see, not what the model should predict. If you cannot tell, press U.",
        "Before you leave",
        (
            "The screen says “All changes saved”.",
            "At least eight clips stand in the list.",
            "The report or the evidence pack is on the stick.",
        ),
        "key",
        "meaning",
    ),
    "de": Words(
        "Fieldcheck: an der Linie",
        "Nehmen Sie auf, was die Kamera wirklich sieht, auch wenn es schlecht aussieht. Um "
        "schlechte Bilder geht es bei diesem Besuch.",
        "Acht kurze Clips, je ein bis zwei Minuten",
        (
            "Beginn der Schicht",
            "Tageslicht fällt auf die Teile, oder mittags",
            "Nur Lampen, abends oder bei geschlossenen Jalousien",
            "Kurz bevor das Objektiv gereinigt wird",
            "Kurz nachdem das Objektiv gereinigt wurde",
            "Band auf höchster Geschwindigkeit",
            "Kurz nach einem Umrüsten, anderes Produkt oder Werkzeug",
            "Etwas läuft schief: Stau, Vibration, Dampf",
        ),
        "Angeben, was das Licht macht (Taste, während der Aufnahme oder danach)",
        "Mehrere Angaben können zugleich gelten. Dieselbe Taste hebt die Angabe wieder auf.",
        "Aufnahme",
        "Beschriften: eine Taste je Bild",
        "Beschriften Sie, was Sie sehen, nicht, was das Modell vorhersagen soll. Im Zweifel "
        "drücken Sie U.",
        "Bevor Sie gehen",
        (
            "Der Bildschirm zeigt „Alle Änderungen gespeichert“.",
            "Mindestens acht Clips stehen in der Liste.",
            "Bericht oder Nachweispaket liegt auf dem USB-Stick.",
        ),
        "Taste",
        "Bedeutung",
    ),
}


def main() -> None:
    """Write the page and both sheets."""
    (DOCS / "technician.md").write_text(make_page(), encoding="utf-8")
    for lang in WORDS:
        (DOCS / f"technician-{lang}.pdf").write_bytes(make_sheet(lang))


def list_keys(lang: str, screen: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Key and meaning of some actions of a screen, as the program shows them."""
    with use_language(lang):
        actions = {action.id: action for action in list_actions()}
        return [(a.shown_key, a.text) for name in names for a in [actions[f"{screen}.{name}"]]]


def make_page() -> str:
    """The sheet in English as Markdown."""
    words = WORDS["en"]

    def table(screen: str, names: tuple[str, ...]) -> list[str]:
        rows = [f"| `{key}` | {text} |" for key, text in list_keys("en", screen, names)]
        return [f"| {words.key} | {words.meaning} |", "|---|---|", *rows, ""]

    lines = [
        f"# {words.title}", "",
        "Made by `packaging/technician.py`. To print: [English](technician-en.pdf), "
        "[German](technician-de.pdf), one page of A4.", "",
        words.intro, "", f"## {words.clips_title}", "",
        *(f"{number}. {clip}" for number, clip in enumerate(words.clips, 1)), "",
        f"## {words.record_title}", "", *table("capture", RECORDING),
        f"## {words.light_title}", "", *table("capture", LIGHT), words.light, "",
        f"## {words.label_title}", "", *table("label", LABELLING), words.label, "",
        f"## {words.after_title}", "", *(f"- {step}" for step in words.after),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def make_sheet(lang: str) -> bytes:
    """The sheet as PDF."""
    words = WORDS[lang]

    def content(text: str) -> str:
        return "".join(f"\\u{{{ord(letter):x}}}" for letter in text)

    def keys(screen: str, names: tuple[str, ...]) -> str:
        cells = ", ".join(
            f"[*{content(key)}*], [{content(text)}]" for key, text in list_keys(lang, screen, names)
        )
        return f"#table(columns: (2.2cm, 1fr), {cells})"

    boxes = "\n".join(f"{TICK} {content(clip)}" for clip in words.clips)
    after = "\n".join(
        f"- #box(rect(width: 9pt, height: 9pt, stroke: 0.8pt)) {content(step)}"
        for step in words.after
    )
    source = f"""
#set document(title: [{content(words.title)}])
#set page(paper: "a4", margin: 14mm)
#set text(font: "DejaVu Sans", size: 10.5pt, lang: "{lang}")
#set par(leading: 0.55em)
#set list(marker: none, body-indent: 0pt)
#set table(stroke: (x: none, y: 0.3pt + luma(70%)), inset: 3.2pt, align: left + horizon)
= {content(words.title)}
{content(words.intro)}
== {content(words.clips_title)}
{boxes}
#grid(columns: (1fr, 1fr), column-gutter: 8mm,
  [== {content(words.record_title)}
  {keys("capture", RECORDING)}
  == {content(words.after_title)}
  {after}],
  [== {content(words.light_title)}
  {keys("capture", LIGHT)}
  {content(words.light)}],
)
== {content(words.label_title)}
{keys("label", LABELLING)}
{content(words.label)}
"""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sheet.typ"
        file.write_text(source, encoding="utf-8")
        pdf = typst.compile(file, root=folder, font_paths=fonts, format="pdf", timestamp=FILE_DATE)
    assert isinstance(pdf, bytes)
    return pdf


if __name__ == "__main__":
    main()

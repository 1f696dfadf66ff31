import importlib.util
import io
import sys
from pathlib import Path

import pypdf
import pytest

CHECKOUT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location(
    "technician", CHECKOUT / "packaging" / "technician.py"
)
technician = importlib.util.module_from_spec(spec)
sys.modules["technician"] = technician  # which its dataclass looks itself up in
spec.loader.exec_module(technician)


def test_the_page_is_what_the_program_says_today():
    """`PYTHONPATH=. .venv/bin/python packaging/technician.py` makes it anew."""
    assert (CHECKOUT / "docs" / "technician.md").read_text("utf-8") == technician.make_page()


@pytest.mark.parametrize("lang", sorted(technician.WORDS))
def test_a_sheet_is_one_page_with_eight_clips_and_every_key(lang):
    made = pypdf.PdfReader(io.BytesIO(technician.make_sheet(lang)))
    (page,) = made.pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    words = technician.WORDS[lang]
    assert len(words.clips) == 8
    text = " ".join(page.extract_text().split())
    kept = pypdf.PdfReader(CHECKOUT / "docs" / f"technician-{lang}.pdf").pages[0].extract_text()
    assert " ".join(kept.split()) == text
    for clip in words.clips:
        assert clip.split(",")[0].split(" ")[-1] in text
    for screen, names in (("capture", technician.LIGHT), ("label", technician.LABELLING)):
        assert all(
            meaning.split()[0] in text for _, meaning in technician.list_keys(lang, screen, names)
        )

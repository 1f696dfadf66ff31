"""Names that XML cannot hold, as an older project or a stranger's label file may have them: every
file and drawing is read all the same."""

from xml.etree import ElementTree

import pytest

from fieldcheck.analyses.score_charts import to_standalone_svg
from fieldcheck.cli.gate import format_gate_junit
from fieldcheck.domain.label import Box, is_class_name
from fieldcheck.labels.formats.cvat import write_cvat
from fieldcheck.labels.formats.label_set import LabelledImage
from fieldcheck.labels.formats.label_studio import write_label_studio
from fieldcheck.labels.formats.voc import write_voc
from fieldcheck.report.html_page import format_breakable_name, format_sentence
from fieldcheck.safe_text import clean_name, isolate_rtl_names
from tests.analyses.test_score_charts import drawn
from tests.cli.test_gate import result

LETTERS = ("\x00", "\x0b", "\x1f", "\ufffe", "\uffff")


@pytest.fixture(params=LETTERS, ids=lambda letter: f"U+{ord(letter):04X}")
def word(request):
    return f"crack{request.param}ed & <b>"


def test_no_class_is_called_so_and_other_names_have_a_mark(word):
    assert not is_class_name(word)
    assert clean_name(word) == isolate_rtl_names(word) == "crack�ed & <b>"


@pytest.mark.parametrize(
    "write", [write_cvat, write_label_studio, write_voc], ids=lambda write: write.__name__
)
def test_label_files_are_read_whatever_a_class_or_a_picture_is_called(tmp_path, word, write):
    box = Box(word, 1, 2, 3, 4)
    picture = LabelledImage(f"{word}.png", "1.png", (64, 48), "", (box,), lambda: b"")
    files = [file for file in write(tmp_path, (word,), [picture]) if file.suffix == ".xml"]
    assert files
    for file in files:
        said = [
            *ElementTree.parse(file).getroot().itertext(),
            *(one for tag in ElementTree.parse(file).iter() for one in tag.attrib.values()),
        ]
        assert "crack�ed & <b>" in said


def test_the_gate_of_a_build_server_is_read(word):
    suite = ElementTree.fromstring(format_gate_junit(result(("golden", word, 3, 0))))
    assert "crack�ed & <b>" in suite[0].get("name")


def test_drawings_and_pages_of_a_report_are_read(word):
    svg, alt = to_standalone_svg(drawn(field_label=word, alt=word), 704)
    assert "crack�ed & <b>" in [one.text for one in ElementTree.fromstring(svg).iter() if one.text]
    assert alt == "crack�ed & <b>"
    for page in (format_sentence(word), format_breakable_name(word)):
        assert "crack�ed" in "".join(ElementTree.fromstring(f"<p>{page}</p>").itertext())

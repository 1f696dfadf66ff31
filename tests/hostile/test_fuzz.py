"""Strangers' files of every other kind, broken anywhere, and words of any letters: read, or refused
in one sentence within seconds, with nothing written beside the place that was meant."""

import csv
import io
import json
import shutil
from dataclasses import asdict
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.cli.command import CONTROLS, replace_controls
from fieldcheck.csv_json_xml import format_csv
from fieldcheck.errors.projects import PackRefused
from fieldcheck.evidence.signed_seal import unpack_archive
from fieldcheck.imaging.codec import read_capture_time, read_image, read_image_size
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.monitoring.prediction_log import read_prediction_log
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, recordings
from fieldcheck.report.html_page import format_breakable_name, format_sentence
from fieldcheck.safe_json_yaml import parse_json
from fieldcheck.settings import NAME, Settings, load_settings
from fieldcheck.verify_pack import PackFault
from tests import makers
from tests.hostile.strokes import STROKES, struck
from tests.hostile.told import told

QUIETLY = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROW = {
    "time": "2026-11-02T06:00:00+01:00", "prediction": "Öl", "confidence": 0.9,
    "embedding": [1, 2.5], "picture": "a/1.png",
}  # fmt: skip


def pictures(folder, _made, _pack):
    bases = []
    makers.save_picture(folder / "a.png", "red")
    with Image.open(folder / "a.png") as shown:
        for kind in ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF"):
            out = io.BytesIO()
            shown.convert("RGB").save(out, kind)
            bases.append(out.getvalue())

    def read(data):
        (folder / "b.png").write_bytes(data)
        for reader in (read_image, read_image_size, read_capture_time):
            reader(folder / "b.png")

    return bases, read


def masks(folder, _made, _pack):
    place = folder / "set"
    for part, colour in (("images", (9, 9, 9)), ("masks", (0, 0, 0))):
        (place / part).mkdir(parents=True)
        Image.new(
            "RGB" if part == "images" else "L", (40, 30), colour if part == "images" else 0
        ).save(place / part / "a.png")
    with Image.open(place / "masks" / "a.png") as ground:
        ground.paste(1, (4, 4, 12, 12))
        ground.save(place / "masks" / "a.bmp")
    whole = (place / "masks" / "a.bmp").read_bytes()
    (place / "masks" / "a.bmp").unlink()
    said = b"_background_\nRi\xc3\x9f\n"

    def read(data):
        of_mask = data[:2] == b"BM"
        (place / "masks" / "a.png").write_bytes(data if of_mask else whole)
        (place / "classes.txt").write_bytes(said if of_mask else data)
        read_labels(place, "masks")

    return [whole, said], read


def logs(folder, _made, _pack):
    head = "time,prediction,confidence,entropy,embedding,picture\n"
    lines = head + (
        '2026-11-02T06:00:00+01:00,ok,0.9,0.3,"[1, '
        '2.5]",a/1.png\n2026-11-02T06:00:01+01:00,Öl,0.4,,,\n'
    )

    def read(data):
        (folder / "device.log").write_bytes(data)
        for block in read_prediction_log(folder / "device.log"):
            assert all(0 <= block[at].confidence <= 1 for at in range(len(block)))

    return [lines.encode(), (json.dumps(ROW) + "\n").encode() * 3], read


def packs(folder, _made, pack):
    def read(data):
        (folder / "site.fcpack").write_bytes(data)
        shutil.rmtree(folder / "target", ignore_errors=True)
        (folder / "target").mkdir()
        try:
            unpack_archive(folder / "site.fcpack", folder / "target", NullProgress())
        except PackFault as fault:
            assert not list((folder / "target").iterdir())
            raise PackRefused(folder / "site.fcpack", fault.what, fault.record) from fault

    return [pack.read_bytes()], read


def kept_settings(folder, _made, _pack):
    def read(data):
        (folder / NAME).write_bytes(data)
        assert isinstance(load_settings(folder), Settings)

    return [json.dumps(asdict(Settings())).encode()], read


def databases(folder, made, _pack):
    project = shutil.copytree(made["drawn"], folder / "p.fieldcheck")

    def read(data):
        (project / "project.db").write_bytes(data)
        for left in project.glob("project.db-*"):
            left.unlink()
        with open_project(project, write=False) as opened:
            for rows in (labels.list_labels, labels.list_picks, recordings.list_recordings):
                opened.read(rows)

    return [(project / "project.db").read_bytes()], read


TARGETS = {
    "pictures": (pictures, 60, 4000),
    "masks": (masks, 40, 2000),
    "logs": (logs, 60, 4000),
    "packs": (packs, 20, 1000),
    "settings": (kept_settings, 60, 2000),
    "databases": (databases, 12, 600),
}


@pytest.mark.long
@pytest.mark.parametrize(
    "target", [pytest.param(one, marks=pytest.mark.full(f"fuzz_{one}")) for one in TARGETS]
)
def test_whatever_a_file_was_broken_into(made, made_pack, tmp_path, target, counts, evidence):
    begin, in_ci, in_full = TARGETS[target]
    place = tmp_path / "place"
    place.mkdir()
    bases, read = begin(place, made, made_pack)
    assert not any(told(lambda whole=whole: read(whole)) for whole in bases)
    beside, refused = sorted(tmp_path.iterdir()), []

    @given(which=st.integers(0, 99), strokes=STROKES)
    @settings(max_examples=counts(ci=in_ci, full=in_full), **QUIETLY)
    def strike(which, strokes):
        data = struck(bases[which % len(bases)], strokes)
        refused.append(bool(told(lambda: read(data))))

    strike()
    assert sorted(tmp_path.iterdir()) == beside
    assert target == "settings" or any(refused)
    evidence(cases=len(refused), refused=sum(refused), crashes=0, hangs=0, written_outside=0)


class Seen(HTMLParser):
    """Tags and text of a piece of HTML."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *attrs))

    def handle_data(self, data):
        self.text += data


ACTS = [
    *("=cmd|' /C calc'!A1", "{{ 7*7 }}", "{% raw %}", "<img src=x onerror=alert(1)>",
      '#read("/etc/passwd")'),
    *("\x1b]0;owned\x07", "'\"><svg>", "`<b>`", "\u202e="),
]  # fmt: skip
WORDS = st.one_of(
    st.text(max_size=60), st.builds("{}{}".format, st.sampled_from(ACTS), st.text(max_size=20))
)


@pytest.mark.full("fuzz_words")
def test_no_word_acts_in_a_page_a_table_a_document_or_a_terminal(counts, evidence):
    n = []

    @given(word=WORDS)
    @settings(max_examples=counts(ci=150, full=5000), **QUIETLY)
    def says(word):
        n.append(word)
        for markup in (str(format_sentence(word)), str(format_breakable_name(word))):
            seen = Seen(markup)
            assert {one[0] for one in seen.tags} <= {"wbr", "span", "code", "bdi"}
            assert "49" not in seen.text or "49" in word
        told_back = list(csv.reader(io.StringIO(format_csv(("class",), [(word,)]))))
        cell = told_back[1][0] if len(told_back) > 1 and told_back[1] else ""
        assert not cell.startswith(FORMULA)
        assert not CONTROLS.search(replace_controls(word))
        assert parse_json(json.dumps({"class": word})) == {"class": word}

    says()
    evidence(cases=len(n), acted=0)

"""Settings that a crash, another program or a stranger left: the window starts with the usual ones,
and can store its own again. Label files and logs with the wrong value at any place: read, or
refused in one sentence. What is handed to other programs: nothing that a stranger's file names. A
project on a disk without one free byte is read all the same: shown, checked, reported to another
place; and names of any length."""

import ast
import json
import os
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import fieldcheck
from fieldcheck import settings
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.monitoring.prediction_log import read_prediction_log
from fieldcheck.project import recent_projects
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from tests import disks, makers
from tests.hostile.misplaced import misplaced, misplaced_xml
from tests.hostile.told import MOST_S, Unhindered, told
from tests.programs import run_program

TEXTS = {
    "nothing": b"", "null": b"null", "a list": b"[]", "deep": b"[" * 100_000,
    "deep objects": b'{"recent":' * 5_000, "not finite": b'{"size": 1e400}',
    "long number": b'{"size": ' + b"9" * 5_000 + b"}", "a zero byte": b"\0",
    "half a character": b'{"name": "\xc3"}', "UTF-16": '{"size": 125}'.encode("utf-16"),
    "cp1252": '{"name": "Jürgen"}'.encode("cp1252"),
    "two megabytes": b'{"name": "' + b"x" * (2 << 20) + b'"}',
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
}  # fmt: skip
WRONG = (
    None, True, -1, 10**18, 1.5, "", "nobody's", "../../etc", "\0", "x" * 100_000, "\ud800", [],
    ["\0", 7, "x" * 100_000, "//host/share"], {}, [[]],
)  # fmt: skip
FIELDS = tuple(settings.Settings.__dataclass_fields__)


def started(home):
    """Whether every screen is built around these settings, as the program starts."""
    words = [sys.executable, "-m", "fieldcheck", "--self-check"]
    environment = {**os.environ, "FIELDCHECK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    done = run_program(words, env=environment, timeout=300)
    assert "Traceback" not in done.stderr + done.stdout
    return done.returncode == 0


@pytest.mark.parametrize("kind", TEXTS)
def test_no_text_stops_anybody_and_settings_can_be_stored_again(tmp_path, kind):
    (tmp_path / settings.NAME).write_bytes(TEXTS[kind])
    with Unhindered() as took:
        assert settings.load_settings(tmp_path) == settings.Settings()
    assert took.seconds < MOST_S
    # what somebody typed is not lost
    assert (tmp_path / settings.BROKEN).read_bytes() == TEXTS[kind]
    settings.save_settings(tmp_path, settings.Settings(size=125))
    assert settings.load_settings(tmp_path).size == 125


def folder(path):
    (path / "inside").mkdir(parents=True)


def sparse(path):
    """Ten gigabytes that take up no room."""
    with path.open("wb") as file:
        file.truncate(10 << 30)


THINGS = {
    "a folder": folder,
    "ten gigabytes": sparse,
    "a pipe": os.mkfifo if hasattr(os, "mkfifo") else folder,
    "a device": lambda path: (
        path.symlink_to("/dev/zero") if os.path.exists("/dev/zero") else folder(path)
    ),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("name", [settings.NAME, recent_projects.NAME])
def test_what_is_no_file_is_neither_opened_nor_waited_for(tmp_path, kind, name):
    THINGS[kind](tmp_path / name)
    with Unhindered() as took:
        if name == settings.NAME:
            assert settings.load_settings(tmp_path) == settings.Settings()
            settings.save_settings(tmp_path, settings.Settings(size=125))
            assert settings.load_settings(tmp_path).size == 125
        else:
            assert recent_projects._load_cache(tmp_path) == {}
    assert took.seconds < MOST_S


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("field", FIELDS)
def test_a_value_of_another_kind_or_beyond_all_measure_falls_back_alone(tmp_path, field):
    usual = settings.Settings()
    for wrong in WRONG:
        (tmp_path / settings.NAME).write_text(json.dumps({field: wrong, "gloves": True}))
        found = settings.load_settings(tmp_path)
        assert found.gloves is True or field == "gloves"
        value = getattr(found, field)
        assert type(value) is type(getattr(usual, field))
        settings.save_settings(tmp_path, found)  # what was taken can be written
        assert settings.load_settings(tmp_path) == found


@pytest.mark.long
@pytest.mark.full("hostile_settings")
def test_the_window_starts_around_any_settings(tmp_path, counts, evidence):
    """Every field with every wrong value at once, in any order; and a home that is a file."""
    n = counts(ci=1, full=12)
    for at in range(n):
        home, rng = tmp_path / str(at), np.random.default_rng(at)
        (home / "settings").mkdir(parents=True)
        said = {field: WRONG[int(rng.integers(len(WRONG)))] for field in FIELDS}
        (home / "settings" / settings.NAME).write_text(json.dumps(said))
        document = json.dumps({"format": 1, "projects": {"/x": said, "\0": 7}})
        (home / "settings" / recent_projects.NAME).write_text(document)
        assert started(home), said
    (tmp_path / "file").write_text("no folder")
    assert n == 1 or started(tmp_path / "file")
    evidence(started=n)


MASK = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGP4/5/h/38ACQMD/cZyXQsAAAAASUVORK5CYII="

COCO = {
    "info": {"images_without_annotation": "empty"},
    "images": [
        {"id": 1, "file_name": "a.png", "width": 40, "height": 30},
        {"id": 2, "file_name": "b.png", "width": 40, "height": 30},
    ],
    "annotations": [
        {
            "id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12,
            "iscrowd": 0, "num_keypoints": 2, "attributes": {"occluded": True},
            "segmentation": [[1, 1, 5, 1, 5, 5]], "keypoints": [1, 2, 2],
        },
        {
            "id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4],
            "segmentation": {"counts": [0, 1200], "size": [30, 40]},
        },
        {
            "id": 3, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4],
            "segmentation": {"counts": "0`U1", "size": [30, 40]},
        },
    ],
    "categories": [{"id": 1, "name": "cup", "supercategory": "x"}],
}  # fmt: skip
LABELME = {
    "version": "5.5.0", "flags": {"ok": True}, "imagePath": "a.png", "imageData": None,
    "imageHeight": 30, "imageWidth": 40,
    "shapes": [
        {
            "label": "a", "points": [[1, 1], [5, 5]], "group_id": 3, "shape_type": "rectangle",
            "flags": {"crowd": True},
        },
        {
            "label": "a", "points": [[1, 1], [5, 5], [2, 9]], "group_id": 3,
            "shape_type": "polygon", "flags": {},
        },
        {"label": "a", "points": [[1, 1]], "shape_type": "point"},
        {"label": "a", "points": [[1, 1], [5, 5]], "shape_type": "mask", "mask": MASK},
    ],
}  # fmt: skip


def said(kind, **value):
    """One region of an answer in Label Studio's form."""
    return {
        "type": kind, "value": value, "original_width": 40, "original_height": 30,
        "meta": {"text": ["crowd"]},
    }  # fmt: skip


LABEL_STUDIO = [
    {
        "id": 1, "data": {"image": "/data/upload/1/0123abcd-a.png"},
        "annotations": [
            {
                "was_cancelled": False,
                "result": [
                    said(
                        "rectanglelabels", x=1, y=1, width=5, height=5, rotation=3,
                        rectanglelabels=["a"],
                    ),
                    said("polygonlabels", points=[[1, 1], [5, 1], [5, 5]], polygonlabels=["a"]),
                    said("keypointlabels", x=1, y=2, width=0.5, keypointlabels=["a"]),
                    said("choices", choices=["a"]),
                ],
            },
        ],
    },
    {"id": 2, "data": {"file": "b.png"}, "annotations": [{"result": []}]},
]  # fmt: skip
CVAT = """<annotations><meta><task><labels><label><name>a</name></label></labels></task></meta><image id="0" name="a.png">
<box label="a" occluded="1" xtl="1" ytl="2" xbr="5" ybr="6" rotation="3"><attribute name="crowd">true</attribute></box>
<polygon label="a" points="1,1;5,5;2,9"/><points label="a" points="1,2;3,4"/>
<mask label="a" rle="1,2,1" left="1" top="2" width="2" height="2"/>
<polyline label="a" points="1,1;2,2"/><tag label="a"/></image><image name="b.png"><tag label="nothing to find"/></image></annotations>"""
VOC = """<annotation><filename>a.png</filename><object><name>a</name><difficult>1</difficult><occluded>0</occluded>
<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></object></annotation>"""
LOGGED = {
    "time": "2026-11-02T06:00:00+01:00", "prediction": "Öl", "confidence": 0.9, "entropy": 0.3,
    "embedding": [1, 2.5], "picture": "a/1.png",
}  # fmt: skip

KINDS = {
    "coco": ("annotations.json", lambda: misplaced(COCO)),
    "labelme": ("a.json", lambda: misplaced(LABELME)),
    "label-studio": ("tasks.json", lambda: misplaced(LABEL_STUDIO)),
    "cvat": ("annotations.xml", lambda: misplaced_xml(CVAT)),
    "voc": ("a.xml", lambda: misplaced_xml(VOC)),
}


@pytest.mark.long
@pytest.mark.full("misplaced_values")
def test_a_label_file_is_read_or_refused_whatever_value_stands_where(tmp_path, counts, evidence):
    place = tmp_path / "set"
    place.mkdir()
    makers.save_picture(place / "a.png", "red")
    cases = refused = 0
    for kind, (file, wrong) in KINDS.items():
        every = list(wrong())
        for one in random.Random(kind).sample(
            every, min(counts(ci=60, full=len(every)), len(every))
        ):
            (place / file).write_text(one, encoding="utf-8", errors="surrogatepass")
            refused += bool(told(lambda kind=kind: read_labels(place, kind)))
            cases += 1
        (place / file).unlink()
    assert sorted(tmp_path.iterdir()) == [place]
    assert sorted(one.name for one in place.iterdir()) == ["a.png"]
    assert 0 < refused < cases
    evidence(cases=cases, refused=refused, crashes=0)


def test_a_line_of_a_log_is_read_or_refused_whatever_value_stands_where(tmp_path, counts):
    log, lines = tmp_path / "device.jsonl", list(misplaced(LOGGED))
    for one in random.Random(0).sample(lines, counts(ci=60, full=len(lines))):
        log.write_text(one + "\n", encoding="utf-8", errors="surrogatepass")
        told(lambda: list(read_prediction_log(log)))
    log.write_text(json.dumps({**LOGGED, "embedding": [10**400]}) + "\n")
    assert told(lambda: list(read_prediction_log(log)))


PRODUCT = Path(fieldcheck.__file__).parent
OPENERS = {
    "openUrl", "startfile", "setOpenExternalLinks", "open_new", "open_new_tab", "webbrowser",
    "xdg-open",
}  # fmt: skip
# the folder that the program has just written a report into
OWN = {
    ("ui/screens/report/presenter.py", "open_folder"),
    ("ui/screens/evidence/fleet.py", "_on_report_written"),
}


def calls(path):
    """Function and name of each place where a file asks the system to open something."""
    tree = ast.parse(path.read_text("utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            for node in (
                ast.walk(function) if not isinstance(function, ast.Module) else function.body
            ):
                word = (
                    node.attr
                    if isinstance(node, ast.Attribute)
                    else node.value
                    if isinstance(node, ast.Constant)
                    else ""
                )
                if word in OPENERS:
                    yield function.name


@pytest.mark.long
def test_only_a_folder_that_the_program_wrote_is_opened_by_the_system():
    found = {
        (path.relative_to(PRODUCT).as_posix(), name)
        for path in PRODUCT.rglob("*.py")
        for name in calls(path)
    }
    assert found == OWN


@pytest.fixture
def full(made, tmp_path):
    """A project on a disk that has no room left, not closed in good order by whoever had it
    last."""
    stick = disks.plug_in(tmp_path, 24)
    path = shutil.copytree(made["labelled"], stick / "p.fieldcheck")
    (path / "lock").write_text("{}")
    disks.fill(stick)
    yield path
    disks.put_away(stick)


def test_it_is_read_shown_checked_and_reported_elsewhere(terminal, full, tmp_path):
    assert len(terminal.document("label", "show", full)["labels"]) == 20
    assert terminal.document("check", full)["ok"]
    report = terminal.document("report", full, "--out", tmp_path / "report")
    assert (Path(report["report"]) / "report.html").is_file()
    assert "Disk full: cannot write " in terminal.refusal("report", full)
    with open_project(full, write=False) as project:
        assert project.count_history()[0] >= 1


@pytest.mark.long
@pytest.mark.full("hostile_kilobytes")
@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("kb", [4, 12, 24, 40, 128])
def test_a_disk_with_a_few_kilobytes_left_ends_no_process(
    counts, program, made, tmp_path, kb, killed
):
    """SQLite maps a file there; a system that finds no room for it would end the program."""
    counts(ci=int((kb, killed) in [(4, False), (24, True), (128, False)]), full=1)
    stick = disks.plug_in(tmp_path, 24)
    path = shutil.copytree(made["labelled"], stick / "p.fieldcheck")
    (path / "lock").write_text("{}")
    for name in ("project.db-shm", "cache.db-shm") if killed else ():
        (path / name).write_bytes(bytes(32 << 10))
    disks.leave(stick, kb << 10)
    try:
        with open_project(path, write=False) as project:
            frame = project.read(labels_table.list_picks)[0].frame_id
        report = program("report", path, "--out", tmp_path / "report")
        label = program("label", "set", path, frame, "red")
    finally:
        disks.put_away(stick)
    assert report.code == 0, report.err
    assert label.code == 0 or "Disk full: cannot write " in label.err


def test_what_cannot_be_stored_there_is_one_sentence(terminal, full):
    frame = terminal.document("label", "show", full)["labels"][0]["frame_id"]
    refused = terminal.refusal("label", "set", full, frame, "red")
    assert "Disk full: cannot write " in refused


@pytest.mark.parametrize("words", [("check",), ("label", "show"), ("report",)])
def test_a_name_of_ten_thousand_letters_is_shortened_in_what_is_said(terminal, tmp_path, words):
    refused = terminal.refusal(*words, tmp_path / ("x" * 10_000))
    assert len(refused) < 1_000

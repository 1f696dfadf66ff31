"""Everything that leaves a project, in all its forms at once: nothing of what a camera wrote beside
a picture, and no picture on which a person is marked, unless somebody asked for it."""

import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fieldcheck.domain.label import Box
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.imaging.codec import compute_pixels_sha256, read_image
from fieldcheck.labels.formats.registry import list_writable_formats
from fieldcheck.labels.store import LabelDecision, mark_person, set_label
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.evaluate import add_golden_set
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import project_state as reports_table
from fieldcheck.report.export import make_frame_name
from tests import makers

WROTE, LABELLED_BY = "Hall 3, gate B", "Anna Muster"
DESCRIPTION, MAKER, GPS = 0x010E, 0x010F, 0x8825
PICTURES = (".png", ".jpg", ".jpeg")
EXPORT = {
    **{kind: ("export", "--format", kind) for kind in ("imagefolder", "csv", "fiftyone", "mlflow",
                                                       "suspects")},
    **{
        f"tasks for {tool}": ("label", "export", "--as", tool, "--all")
        for tool in ("cvat", "label-studio")
    },
}  # fmt: skip
PACKED = re.compile(r"[A-Za-z0-9+/=]{300,}")  # a picture as text
WITH_FIT = ("poison", "augmented", "recipe", "ablation")


def photograph(path, colour, number):
    """A JPEG as a phone makes it, with a place in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[DESCRIPTION], exif[MAKER] = WROTE, WROTE
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    image = Image.fromarray(makers.picture(colour, number))
    image.save(path, quality=95, exif=exif, comment=WROTE.encode())


@pytest.fixture(scope="module")
def photographed(material, tmp_path_factory):
    """Two projects of photographs, classes and boxes, each with a person on two picks."""
    folder = tmp_path_factory.mktemp("photographed")
    for at, colour in enumerate(makers.cycle(12)):
        photograph(folder / "day" / f"{at:02d}.jpg", colour, at)
        photograph(folder / "classes" / colour / f"{at}.jpg", colour, at + 50)
    photograph(folder / "boxes" / "images" / "1.jpg", "red", 99)
    (folder / "boxes" / "labels").mkdir()
    (folder / "boxes" / "labels" / "1.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (folder / "boxes" / "data.yaml").write_text("names: [part]\n")
    made = {}
    for kind, model in (("classes", "net.onnx"), ("boxes", "box.onnx")):
        with makers.empty_project(folder / f"{kind}.fieldcheck", material / model) as project:
            set_benchmark(project, read_benchmark(folder / kind, None, None))
            makers.add_footage(project, folder / "day")
            makers.draw(project, 6)
            picked = [one.frame_id for one in project.read(labels_table.list_picks)]
            for name in picked:
                label = (
                    LabelDecision("red")
                    if kind == "classes"
                    else LabelDecision(boxes=(Box("part", 4, 4, 20, 20),))
                )
                set_label(project, name, label, annotator=LABELLED_BY, now=makers.NOW)
            run_and_score(project, None, "field", NullProgress(), makers.NOW)
            mark_person(project, picked[:2], marked=True, annotator=LABELLED_BY)
            people = {
                compute_pixels_sha256(read_image(project.path / "frames" / f"{name}.png"))
                for name in picked[:2]
            }
            names = {
                name: make_frame_name(line)
                for line in project.read(list_sampling_lines)
                if (name := line.frame.frame_id) in picked[:2]
            }
            made[kind] = (project.path, [*names, *names.values()], people)
    return made


def files_in(place):
    """Name and bytes of every file below a folder or in a pack."""
    if place.is_file():
        with zipfile.ZipFile(place) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())
        return
    for path in place.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()


def looked_through(place, names=()):
    """Hashes of the pixels of every picture; none has a word or a place beside them, and no file
    has one of the names, or a folder of this computer; MLflow's store alone says where it lies
    itself, since MLflow opens what is in it by whole addresses."""
    hashes, n = set(), 0
    words = [WROTE, *map(str, (tempfile.gettempdir(), Path.cwd(), Path.home())), *names]
    for name, data in files_in(place):
        n += 1
        data = data.replace(place.as_uri().encode(), b"") if name == "mlflow.db" else data
        assert not [word for word in words if word.encode() in data or word in name], name
        if name.endswith(PICTURES):
            with Image.open(io.BytesIO(data)) as picture:
                facts = (dict(picture.getexif()), {"exif", "xmp", "comment"} & set(picture.info))
                assert facts == ({}, set()), name
                hashes.add(compute_pixels_sha256(np.asarray(picture.convert("RGB"))))
    assert n > 0, place
    return hashes


def sent(terminal, project, out, words, asked=(), names=()):
    """What a command brought out of the project, in which no file has one of the names."""
    at = 2 if words[0] == "label" else 1
    told = terminal.document(
        *words[:at], project, *words[at:], *([] if words[0] == "pack" else ["--out", out]), *asked
    )
    assert not PACKED.search(json.dumps(told))
    return looked_through(out, names), told


@pytest.mark.long
@pytest.mark.parametrize("kind", ["classes", "boxes"])
def test_no_form_of_export_takes_along_a_place_or_a_person(terminal, photographed, tmp_path, kind):
    project, names, people = photographed[kind]
    forms = (
        EXPORT
        if kind == "classes"
        else {
            one: ("export", "--format", one)
            for one in sorted({*list_writable_formats("boxes")} - {"parquet"})
        }
    )
    for form, words in forms.items():
        out = tmp_path / form.replace(" ", "-")
        hashes, told = sent(terminal, project, out, words, names=(LABELLED_BY, *names))
        assert told["people_left_out"] == 2, form
        assert not hashes & people, form
    everyone, told = sent(
        terminal, project, tmp_path / "everyone", ("export", "--format", "fiftyone"),
        ("--with-people",),
    )  # fmt: skip
    assert (told["people_left_out"], people <= everyone) == (0, True), "the test would see them"
    assert len([path for path in tmp_path.rglob("*") if path.suffix in PICTURES]) > 20


@pytest.mark.long
def test_neither_does_a_runner_nor_a_pack(terminal, photographed, tmp_path):
    project, _, people = photographed["classes"]
    told = terminal.document("latency", project, "--export-runner", tmp_path / "runner")
    assert told["people_left_out"] == 2
    looked_through(tmp_path / "runner")
    with open_project(project) as opened:
        folder = str(tmp_path / "out" / "report")
        stored = reports_table.StoredReport(folder, makers.NOW, "en", "{}")
        opened.write(lambda db: reports_table.put_report(db, stored)).result()
        add_golden_set(opened, "day", project.parent / "classes")
    words = ("pack", tmp_path / "site.fcpack")
    hashes, told = sent(terminal, project, tmp_path / "site.fcpack", words)
    for name, data in files_in(tmp_path / "site.fcpack"):
        places = (project.parent, tmp_path, Path.cwd(), Path.home())
        assert not [place for place in places if str(place).encode() in data], name
    assert (told["people_left_out"], len(hashes), hashes & people) == (2, 4, set())
    assert terminal.document("verify", tmp_path / "site.fcpack")["ok"]
    whole = terminal.document("pack", project, tmp_path / "whole.fcpack", "--recordings")
    names = zipfile.ZipFile(tmp_path / "whole.fcpack").namelist()
    assert whole["people_left_out"] == 2
    recordings = [name for name in names if name.startswith("recordings/")]
    assert not recordings, "a person is marked in the only one"
    hashes, told = sent(
        terminal, project, tmp_path / "all.fcpack", ("pack", tmp_path / "all.fcpack"),
        ("--with-people",),
    )  # fmt: skip
    assert (told["people_left_out"], people <= hashes) == (0, True)


def test_what_the_log_keeps_of_a_bug_and_of_refusals_is_no_picture_and_nobody_s_name(
    terminal, photographed, tmp_path, monkeypatch
):
    project = shutil.copytree(photographed["classes"][0], tmp_path / "p.fieldcheck")
    frame = terminal.document("label", "show", project)["labels"][0]["frame_id"]
    terminal.document("label", "set", project, frame, "green", "--by", "Anna Muster")
    assert terminal("label", "set", project, "none", "green", "--by", "Anna Muster").code == 1
    monkeypatch.setattr(labels_table, "make_label_row", lambda label: [][label.by])
    bug = terminal("label", "set", project, frame, "red", "--by", "Anna Muster")
    assert bug.code == 70
    content = (Path(os.environ["FIELDCHECK_HOME"]) / "logs" / "fieldcheck.log").read_text("utf-8")
    said = content + bug.err
    assert "Traceback" in said
    assert "Muster" not in said
    assert not PACKED.search(said)


@pytest.mark.full("privacy_fitted")
def test_nor_what_is_made_for_training(terminal, photographed, tmp_path, counts, evidence):
    project, _, people = photographed["classes"]
    forms, n = WITH_FIT[: counts(ci=0, full=len(WITH_FIT))], 0
    with open_project(project) as opened:
        frames = "\n".join(one.frame_id for one in opened.read(labels_table.list_picks))
        (tmp_path / "frames.txt").write_text(frames)
    for form in forms:
        asked = ("--from", tmp_path / "frames.txt") if form == "augmented" else ()
        hashes, _ = sent(terminal, project, tmp_path / form, ("export", "--format", form, *asked))
        assert not hashes & people
        n += len(hashes)
    evidence(exports=len(forms), pictures=n, with_a_place=0, with_a_person=0)

import json
import os

import pytest

from fieldcheck.errors.projects import KeyRefused, ProjectExists
from fieldcheck.evidence.archive import check_pack
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.near_duplicates import set_training_and_search
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.tables import labels
from fieldcheck.report.evidence_pack import PackOptions, pack_project
from tests import makers
from tests.packs import held


def test_a_pack_holds_database_frames_models_figures_and_the_verifier(made_pack, labelled):
    files = held(made_pack)
    frames = {one.file for one in labelled.read(labels.list_picks)}
    assert frames < set(files)
    assert {
        "project.db",
        "cache.db",
        "summary.json",
        "log.jsonl",
        "seal.jsonl",
        "verify_pack.py",
        "manifest.json",
    } < set(files)
    assert not any(name.startswith("recordings/") for name in files)
    assert any(name.startswith("models/") for name in files)
    assert json.loads(files["manifest.json"])["project"] == "labelled"


def numbers(value) -> int:
    """How many numbers stand in a JSON value, counted by hand."""
    if isinstance(value, dict):
        return sum(map(numbers, value.values()))
    if isinstance(value, list):
        return sum(map(numbers, value))
    return int(type(value) in (int, float))


def test_as_many_figures_are_recorded_as_numbers_stand_in_the_summary_outside_provenance(made_pack):
    told = json.loads(held(made_pack)["summary.json"])
    found = check_pack(made_pack)
    counted = sum(one["kind"] == "figure" for one in found.log)
    assert (
        counted
        == found.manifest["n_figures"]
        == numbers({key: one for key, one in told.items() if key != "provenance"})
        > 300
    )


def test_the_footage_comes_along_where_it_is_asked_for_and_no_folder_of_training_pictures(
    drawn, material, tmp_path
):
    set_training_and_search(drawn, material / "clean", NullProgress(), makers.NOW)
    made = pack_project(
        drawn, tmp_path / "a.fcpack", PackOptions(recordings=True), NullProgress(), makers.NOW
    )
    files = held(made.pack)
    assert any(name.startswith("recordings/") and name.endswith("belt.avi") for name in files)
    assert not [name for name, content in files.items() if str(material).encode() in content]


@pytest.mark.skipif(os.name == "nt", reason="a link takes a right there")
def test_a_link_among_the_pictures_of_a_recording_takes_no_other_file_along(empty, tmp_path):
    """Whoever hands a project on could have the next pack of it carry any file of this computer
    away."""
    makers.picture_folder(tmp_path / "day", ["red", "green"])
    import_footage(empty, [tmp_path / "day"], FootageInfo("line"), NullProgress(), makers.NOW)
    (tmp_path / "key").write_bytes(b"a private key")
    next((empty.path / "recordings").rglob("*.png")).with_name("z.png").symlink_to(tmp_path / "key")
    files = held(
        pack_project(
            empty, tmp_path / "a.fcpack", PackOptions(recordings=True), NullProgress(), makers.NOW
        ).pack
    )
    assert len([name for name in files if name.startswith("recordings/")]) == 2
    assert b"a private key" not in files.values()


def test_what_stands_there_is_not_touched_and_no_key_means_no_pack(empty, tmp_path):
    (tmp_path / "a.fcpack").write_text("mine")
    with pytest.raises(ProjectExists):
        pack_project(empty, tmp_path / "a.fcpack", PackOptions(), NullProgress(), makers.NOW)
    (tmp_path / "key").write_text("none")
    with pytest.raises(KeyRefused):
        pack_project(
            empty,
            tmp_path / "b.fcpack",
            PackOptions(key=tmp_path / "key"),
            NullProgress(),
            makers.NOW,
        )
    assert sorted(path.name for path in tmp_path.glob("*.fcpack*")) == ["a.fcpack"]


def test_a_pack_that_is_cancelled_leaves_nothing(labelled, tmp_path):
    class Stopped(NullProgress):
        def check(self):
            raise Cancelled

    with pytest.raises(Cancelled):
        pack_project(labelled, tmp_path / "a.fcpack", PackOptions(), Stopped(), makers.NOW)
    assert list(tmp_path.glob("*.fcpack*")) == []

"""Models with weights in files of their own, which belong to the project, its packs and its hashes
like the model itself."""

import shutil

import pytest

from fieldcheck.evidence.open_pack import unpack_project
from fieldcheck.evidence.project_check import check_project
from fieldcheck.progress import NullProgress
from fieldcheck.report.evidence_pack import verify_pack
from tests import makers, packs
from tests.hostile import models

WEIGHTS = "models/net/parts/w.bin"


@pytest.fixture
def project(terminal, tmp_path):
    """A project whose model keeps its weights in `parts/w.bin`."""
    (tmp_path / "theirs").mkdir()
    model = models.with_weights_in(tmp_path / "theirs" / "net.onnx", "parts/w.bin")
    terminal.document("new", tmp_path / "p.fieldcheck", "--model", model)
    makers.picture_folder(tmp_path / "day", makers.cycle(12))
    terminal.document("import", tmp_path / "p.fieldcheck", tmp_path / "day")
    return tmp_path / "p.fieldcheck"


def problems(project, repair=False):
    check = check_project(project, repair, NullProgress())
    return [(one.kind, one.where) for one in check.problems]


def change(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF
    path.write_bytes(data)


def test_check_finds_nothing_wrong_and_names_weights_that_changed_or_are_gone(project):
    assert problems(project) == []
    whole = (project / WEIGHTS).read_bytes()
    change(project / WEIGHTS)
    assert problems(project) == [("changed_file", "models/net/net.onnx")]
    (project / WEIGHTS).unlink()
    assert problems(project) == [("missing_file", WEIGHTS)]
    (project / WEIGHTS).write_bytes(whole)
    assert problems(project) == []


def test_a_model_that_lies_elsewhere_in_the_project_is_put_back_whole(project):
    (project / "models" / "net").rename(project / "models" / "moved")
    assert check_project(project, True, NullProgress()).is_resolved
    assert problems(project) == []
    shutil.copytree(project / "models" / "net", project / "models" / "copy")
    (project / WEIGHTS).unlink()
    assert check_project(project, True, NullProgress()).is_resolved
    assert problems(project) == []


def test_a_pack_holds_the_weights_and_unpacks_to_a_model_that_runs(terminal, project, tmp_path):
    pack = tmp_path / "line.fcpack"
    terminal.document("pack", project, pack)
    assert verify_pack(pack, NullProgress()).ok
    unpacked = unpack_project(pack, tmp_path / "q.fieldcheck", NullProgress())
    assert (unpacked / WEIGHTS).read_bytes() == (project / WEIGHTS).read_bytes()
    assert problems(unpacked) == [] or {kind for kind, _ in problems(unpacked)} == {"missing_file"}
    assert all(not where.startswith("models/") for _, where in problems(unpacked))
    makers.picture_folder(tmp_path / "more", makers.cycle(8, 4))
    terminal.document("import", unpacked, tmp_path / "more")


def test_a_pack_with_other_weights_does_not_fit(terminal, project, tmp_path):
    change(project / WEIGHTS)
    terminal.document("pack", project, tmp_path / "line.fcpack")
    expected = ("models/net/net.onnx", "content")
    assert verify_pack(tmp_path / "line.fcpack", NullProgress()).first_bad == expected


def test_an_older_pack_without_weights_unpacks_and_says_so(terminal, project, tmp_path):
    terminal.document("pack", project, tmp_path / "new.fcpack")
    packs.made_again(tmp_path / "new.fcpack", tmp_path / "old.fcpack", {WEIGHTS: None})
    expected = f"Model weights are missing from the pack: {WEIGHTS}."
    assert expected in terminal.said("unpack", tmp_path / "old.fcpack", tmp_path / "q.fieldcheck")
    document = terminal.document("unpack", tmp_path / "old.fcpack", tmp_path / "r.fieldcheck")
    assert document["missing"] == [WEIGHTS]
    assert not verify_pack(tmp_path / "old.fcpack", NullProgress()).ok


@pytest.mark.parametrize("name", ["no\u202eno.onnx", "con.onnx", "a:b.onnx", "nul..onnx"])
def test_a_model_whose_name_no_pack_can_hold_is_stored_under_another(terminal, tmp_path, name):
    model = models.with_weights_in(tmp_path / name, "w.bin")
    terminal.document("new", tmp_path / "p.fieldcheck", "--model", model)
    terminal.document("pack", tmp_path / "p.fieldcheck", tmp_path / "line.fcpack")
    assert verify_pack(tmp_path / "line.fcpack", NullProgress()).ok


@pytest.mark.parametrize("name", ["con", "no\u202eno"])
def test_weights_whose_name_no_pack_can_hold_are_refused(terminal, tmp_path, name):
    path = models.with_weights_in(tmp_path / "net.onnx", name)
    said = terminal.refusal("new", tmp_path / "p.fieldcheck", "--model", path)
    assert f"whose name is not allowed in a pack ({name[:2]}" in said


def test_a_run_is_not_repeated_with_other_weights(terminal, project):
    terminal.document("run", project, "--on", "footage")
    run = terminal.document("runs", project)["runs"][0]["run_id"]
    assert terminal.document("replay", project, run)["same"]
    change(project / WEIGHTS)
    document = terminal.document("replay", project, run, code=1)
    assert [one["kind"] for one in document["differences"]] == ["model"]

from fieldcheck.files import sha256_file
from fieldcheck.progress import NullProgress
from fieldcheck.report.evidence_pack import PackOptions, pack_project
from tests import makers


def test_a_pack_that_is_dropped_becomes_a_project_and_a_spoiled_one_is_refused_in_a_sentence(
    window, settle, labelled, tmp_path, qtbot
):
    pack = tmp_path / "stick" / "hall.fcpack"
    pack.parent.mkdir()
    pack_project(labelled, pack, PackOptions(), NullProgress(), makers.NOW)
    labelled.close()
    before = sha256_file(pack)
    window.preferences.update(recent=(str(labelled.path),))
    window.get_shown_screen().view.dropped.emit([pack])
    assert window.runner.list_running()[0].name == "Unpack hall.fcpack"
    assert window.get_shown_screen().view.start.strip.row is not None
    qtbot.waitUntil(lambda: window.current.project is not None)
    settle()
    assert window.current.project.path == tmp_path / "hall.fieldcheck"
    assert window.current.status.n_labelled == 20
    assert "hall.fcpack verified" in " ".join(one.text for one in window.messages.history)
    assert sha256_file(pack) == before
    spoiled = tmp_path / "stick" / "other.fcpack"
    spoiled.write_bytes(pack.read_bytes()[:-1] + b"x")
    window.open_project(spoiled)
    settle()
    assert "Nothing was unpacked" in window.messages.banners[-1].text
    assert not list(tmp_path.glob("*other*"))

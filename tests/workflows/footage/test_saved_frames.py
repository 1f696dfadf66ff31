import numpy as np
import pytest

from fieldcheck.errors import FrameChanged
from fieldcheck.files import inside
from fieldcheck.imaging.codec import encode_lossless, read_picture
from fieldcheck.progress import Cancelled, Silent, StopFlag
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.saved_frames import changed_picks, saved_pixels, sound_picks
from fieldcheck.workflows.footage.thumbnails import pixels_of, whole_picture
from fieldcheck.workflows.label.export_labels import export_labels
from fieldcheck.workflows.label.suggest import suggestion
from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.models.run_model import run_on
from fieldcheck.workflows.report.report_gap import write_report
from fieldcheck.workflows.report.two_sides import field_side
from fieldcheck.workflows.stress._sweep_plan import labelled_picks
from fieldcheck.workflows.stress.live_sources import open_source
from tests import makers


def change(project, at=0, data=None):
    """Puts another picture, of the same size, in the place of a saved frame. Returns the pick."""
    pick = project.read(picks_table.all)[at]
    path = inside(project.path, pick.file)
    path.write_bytes(data or encode_lossless(np.ascontiguousarray(read_picture(path)[::-1])))
    return pick


def test_frames_that_are_as_they_were_stored_are_sound(drawn):
    assert len(sound_picks(drawn)) == 20
    assert changed_picks(drawn) == ()


def test_a_file_that_changes_is_found_though_it_was_looked_at_before(drawn):
    assert changed_picks(drawn) == ()
    pick = change(drawn)
    assert changed_picks(drawn) == (pick.frame_id,)
    assert pick.frame_id not in {one.frame_id for one in sound_picks(drawn)}
    with pytest.raises(FrameChanged):
        saved_pixels(drawn, pick)


def test_a_file_that_holds_no_picture_any_more_is_a_changed_one(drawn):
    pick = change(drawn, data=b"\x89PNG")
    assert changed_picks(drawn) == (pick.frame_id,)


def test_another_packing_of_the_same_pixels_is_no_change(drawn):
    pick = drawn.read(picks_table.all)[0]
    path = inside(drawn.path, pick.file)
    path.write_bytes(encode_lossless(read_picture(path)) + b"\0")
    assert changed_picks(drawn) == ()
    assert saved_pixels(drawn, pick) is not None


def test_looking_can_be_stopped(drawn):
    flag = StopFlag()
    flag.stop()
    with pytest.raises(Cancelled):
        sound_picks(drawn, Silent(flag))


def test_a_changed_frame_is_not_run_and_named(drawn):
    pick = change(drawn)
    ran = run_on(drawn, find_model(drawn), "field", Silent(), makers.NOW)
    assert ran.left_out == (pick.frame_id,)
    assert (ran.n, ran.n_done) == (19, 19)


def test_a_changed_frame_counts_nowhere_and_the_report_says_so(labelled, tmp_path):
    before = field_side(labelled, find_model(labelled)).scores
    pick = change(labelled)
    side = field_side(labelled, find_model(labelled))
    assert side.changed == (pick.frame_id,)
    assert side.scores.n_labelled == before.n_labelled - 1
    assert pick.frame_id not in {one.frame_id for one in labelled_picks(labelled)}
    written = write_report(labelled, tmp_path / "out", "en", Silent(), makers.NOW)
    assert pick.frame_id in written.page.read_text("utf-8").partition('id="evidence"')[0], "on the first page"
    assert written.report.changed == (pick.frame_id,)
    assert f'"{pick.frame_id}"' in (written.folder / "summary.json").read_text("utf-8").partition("changed_frames")[2][:60]


def test_a_changed_frame_is_never_shown_suggested_on_or_exported(labelled, tmp_path):
    pick = change(labelled)
    for look in (pixels_of, whole_picture):
        with pytest.raises(FrameChanged):
            look(labelled, pick.frame_id)
    with pytest.raises(FrameChanged):
        suggestion(labelled, pick.frame_id, find_model(labelled).name)
    exported = export_labels(labelled, "imagefolder", tmp_path / "out", Silent())
    assert exported.left_out == (pick.frame_id,)
    assert exported.n == 19
    assert not any(pick.frame_id in name for name in exported.files)


def test_a_changed_frame_is_not_played(drawn):
    camera = open_source(drawn, "picks")
    change(drawn)
    assert len(open_source(drawn, "picks")._paths) == len(camera._paths) - 1

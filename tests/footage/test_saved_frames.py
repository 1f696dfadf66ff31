import numpy as np
import pytest

from fieldcheck.corruptions.live_view import open_source
from fieldcheck.corruptions.sweep_scores import list_labelled_picks
from fieldcheck.errors.labels import FrameChanged
from fieldcheck.files import join_inside
from fieldcheck.footage.frame_pixels import find_changed_picks, list_intact_picks, read_saved_pixels
from fieldcheck.footage.thumbnails import load_full_image, load_pixels
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.labels.label_session import suggest_label
from fieldcheck.models.run import run_on_set
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.report.assemble import write_report
from fieldcheck.report.label_export import export_labels
from tests import makers


def change(project, at=0, data=None):
    """Puts another picture, of the same size, in the place of a saved frame. Returns the pick."""
    pick = project.read(picks_table.list_picks)[at]
    path = join_inside(project.path, pick.file)
    path.write_bytes(data or encode_png(np.ascontiguousarray(read_image(path)[::-1])))
    return pick


def test_frames_that_are_as_they_were_stored_are_sound(drawn):
    assert len(list_intact_picks(drawn)) == 20
    assert find_changed_picks(drawn) == ()


def test_a_file_that_changes_is_found_though_it_was_looked_at_before(drawn):
    assert find_changed_picks(drawn) == ()
    pick = change(drawn)
    assert find_changed_picks(drawn) == (pick.frame_id,)
    assert pick.frame_id not in {one.frame_id for one in list_intact_picks(drawn)}
    with pytest.raises(FrameChanged):
        read_saved_pixels(drawn, pick)


def test_a_file_that_holds_no_picture_any_more_is_a_changed_one(drawn):
    pick = change(drawn, data=b"\x89PNG")
    assert find_changed_picks(drawn) == (pick.frame_id,)


def test_another_packing_of_the_same_pixels_is_no_change(drawn):
    pick = drawn.read(picks_table.list_picks)[0]
    path = join_inside(drawn.path, pick.file)
    path.write_bytes(encode_png(read_image(path)) + b"\0")
    assert find_changed_picks(drawn) == ()
    assert read_saved_pixels(drawn, pick) is not None


def test_looking_can_be_stopped(drawn):
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        list_intact_picks(drawn, NullProgress(flag))


def test_a_changed_frame_is_not_run_and_named(drawn):
    pick = change(drawn)
    ran = run_on_set(drawn, find_model(drawn), "field", NullProgress(), makers.NOW)
    assert ran.left_out == (pick.frame_id,)
    assert (ran.n, ran.n_done) == (19, 19)


def test_a_changed_frame_counts_nowhere_and_the_report_says_so(labelled, tmp_path):
    before = load_field_side(labelled, find_model(labelled)).scores
    pick = change(labelled)
    side = load_field_side(labelled, find_model(labelled))
    assert side.changed == (pick.frame_id,)
    assert side.scores.n_labelled == before.n_labelled - 1
    assert pick.frame_id not in {one.frame_id for one in list_labelled_picks(labelled)}
    written = write_report(labelled, tmp_path / "out", "en", NullProgress(), makers.NOW)
    assert pick.frame_id in written.page.read_text("utf-8").partition('id="evidence"')[0], (
        "on the first page"
    )
    assert written.report.changed == (pick.frame_id,)
    assert (
        f'"{pick.frame_id}"'
        in (written.folder / "summary.json").read_text("utf-8").partition("changed_frames")[2][:60]
    )


def test_a_changed_frame_is_never_shown_suggested_on_or_exported(labelled, tmp_path):
    pick = change(labelled)
    for look in (load_pixels, load_full_image):
        with pytest.raises(FrameChanged):
            look(labelled, pick.frame_id)
    with pytest.raises(FrameChanged):
        suggest_label(labelled, pick.frame_id, find_model(labelled).name)
    exported = export_labels(labelled, "imagefolder", tmp_path / "out", NullProgress())
    assert exported.left_out == (pick.frame_id,)
    assert exported.n == 19
    assert not any(pick.frame_id in name for name in exported.files)


def test_a_changed_frame_is_not_played(drawn):
    camera = open_source(drawn, "picks")
    change(drawn)
    assert len(open_source(drawn, "picks")._paths) == len(camera._paths) - 1

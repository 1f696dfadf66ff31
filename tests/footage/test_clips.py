import pytest

from fieldcheck.analyses.gap import build_recording_summaries
from fieldcheck.domain.recording import Clip, LightingChange, RecordingGap, RecordingStorage
from fieldcheck.errors.labels import BorderMissing, FrameUnknown
from fieldcheck.footage.clips_and_scene_cuts import (
    compute_clip_plan,
    find_clip,
    join_previous_clip,
    list_footage,
    list_sampling_lines,
    move_clip_start,
    plan_for_clips,
    split_clip,
)
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.progress import Cancelled
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as captures_table
from fieldcheck.project.tables.project_state import read_project_status
from fieldcheck.stats.camera_interval import plan_half_width
from tests import makers


def clip_ids(project):
    return [line.clip.clip_id for line in project.read(list_sampling_lines)]


def test_a_clip_is_cut_at_a_frame_and_joined_again(footed):
    before = footed.read(captures_table.list_clips)
    line = footed.read(list_sampling_lines)[40]
    split_clip(footed, line.frame.frame_id)
    found = clip_ids(footed)
    assert (found[39], found[40] == found[-1]) == (before[0].clip_id, True)
    new = footed.read(list_sampling_lines)[40].clip
    actual = (new.camera, new.conditions, footed.read(list_sampling_lines)[40].t_s)
    assert actual == (before[0].camera, before[0].conditions, 0.0)
    join_previous_clip(footed, new.clip_id)
    assert footed.read(captures_table.list_clips) == before
    footed.undo()
    footed.undo()
    assert footed.read(captures_table.list_clips) == before


def test_borders_that_are_not_there_are_refused(footed):
    first = footed.read(list_sampling_lines)[0]
    with pytest.raises(BorderMissing, match="begins_here"):
        split_clip(footed, first.frame.frame_id)
    with pytest.raises(BorderMissing, match="first"):
        join_previous_clip(footed, first.clip.clip_id)
    with pytest.raises(BorderMissing):
        join_previous_clip(footed, "nobody")
    with pytest.raises(FrameUnknown):
        split_clip(footed, "nobody")


def test_a_border_is_moved_both_ways_as_one_act_that_can_be_undone(footed):
    split_clip(footed, footed.read(list_sampling_lines)[40].frame.frame_id)
    before = footed.read(captures_table.list_clips)
    first, second = before
    rows = footed.read(list_sampling_lines)
    move_clip_start(footed, second.clip_id, first.clip_id, rows[30].t_s + 0.1)
    found = clip_ids(footed)
    assert (found.index(found[-1]), found[29]) == (30, first.clip_id)
    later = footed.read(captures_table.list_clips)[1]
    wanted = (second.camera, second.conditions, footed.read(list_sampling_lines)[30].frame.t_s)
    assert (later.camera, later.conditions, later.start_s) == wanted
    move_clip_start(footed, later.clip_id, later.clip_id, 10.0)
    assert clip_ids(footed).index(clip_ids(footed)[-1]) == 50
    footed.undo()
    footed.undo()
    assert footed.read(captures_table.list_clips) == before


def test_a_border_stays_between_its_clips_and_leaves_a_frame_to_each(footed):
    every = footed.read(list_sampling_lines)
    split_clip(footed, every[40].frame.frame_id)
    split_clip(footed, every[80].frame.frame_id)
    second = footed.read(captures_table.list_clips)[1]
    move_clip_start(footed, second.clip_id, second.clip_id, 1e6)
    found = clip_ids(footed)
    assert (found.count(found[0]), found[79] != found[80]) == (79, True)
    moved = footed.read(captures_table.list_clips)[1]
    move_clip_start(footed, moved.clip_id, moved.clip_id, -1e6)
    assert clip_ids(footed).count(found[0]) == 1


def test_a_border_that_is_not_there_or_not_moved_is_refused(footed):
    split_clip(footed, footed.read(list_sampling_lines)[40].frame.frame_id)
    first, second = footed.read(captures_table.list_clips)
    cases = ((first.clip_id, "first"), ("nobody", "first"), (second.clip_id, "begins_here"))
    for name, why in cases:
        with pytest.raises(BorderMissing, match=why):
            move_clip_start(footed, name, name, 0.01)


def test_ten_clips_share_a_hundred_labels_and_have_the_golden_width():
    found = plan_for_clips(10, 100)
    assert (found.clips, found.wanted, found.labels) == (10, 20, 10)
    assert found.half_width == pytest.approx(0.141341899833, abs=1e-9)


@pytest.mark.parametrize("clips", [0, 1, 2])
def test_two_clips_have_no_camera_interval_to_plan(clips):
    assert plan_for_clips(clips, 100).half_width is None


def test_a_project_is_planned_over_the_clips_of_its_list(footed):
    found = compute_clip_plan(footed)
    assert found.clips >= 1
    if found.clips >= 3:
        assert found.half_width == plan_half_width(found.clips, found.labels, 0.9)


def test_an_empty_project_has_no_clips(empty):
    assert compute_clip_plan(empty).clips == 0


class StopsAfter:
    """Progress that asks to stop once the first piece is finished."""

    def __init__(self):
        self.stopping = False

    def report(self, done, total, unit=""):
        self.stopping = self.stopping or (done >= 1 and unit not in ("bytes", "hash", "copy"))

    def check(self):
        if self.stopping:
            raise Cancelled


def test_a_line_says_what_came_in(footed):
    (line,) = footed.read(list_footage)
    assert (line.source, line.n_listed) == ("belt.avi", 120)
    assert (line.n_unreadable, line.closed) == (0, True)
    assert (line.camera, line.location, line.conditions) == ("left", "line 1", ("dark", "glare"))
    assert line.seconds == pytest.approx(60)
    assert line.n_clips >= 1
    assert line.shown.startswith(line.recording_id)


def test_an_import_that_was_broken_off_is_a_line_that_is_not_closed(empty, material):
    with pytest.raises(Cancelled), makers.workers(1):
        import_footage(empty, [material / "belt.avi"], FootageInfo(), StopsAfter(), makers.NOW)
    (line,) = empty.read(list_footage)
    assert not line.closed
    assert 0 < line.n_listed < 120


def test_an_empty_project_has_no_line(empty):
    assert empty.read(list_footage) == ()


def test_gaps_are_no_part_of_what_was_recorded_wherever_its_length_stands(footed):
    (line,) = footed.read(list_footage)
    silence = RecordingGap(line.seconds - 2.0, 60.0, "silence")
    gaps = [RecordingGap(10.0, 12.0, "silence"), RecordingGap(30.0, 5.0, "read_error"), silence]
    told = RecordingStorage(line.recording_id, 5, 0, 0, "jpeg", "", False, "asked")
    before = (footed.read(read_project_status).seconds, _visit(footed).seconds)
    footed.write(lambda db: captures_table.put_capture(db, told, gaps)).result()
    (line,) = footed.read(list_footage)
    assert (line.n_gaps, line.recorded_s) == (3, line.seconds - 19.0)
    assert footed.read(read_project_status).seconds == pytest.approx(before[0] - 19.0)
    assert _visit(footed).seconds == pytest.approx(before[1] - 19.0)


def _visit(project):
    (visit,) = build_recording_summaries(project, load_field_side(project, None))
    return visit


def test_everything_that_was_told_of_the_light_is_in_the_line(footed):
    (line,) = footed.read(list_footage)
    lights = (LightingChange(0.0, ("dark",)), LightingChange(12.0, ("dark", "glare")))
    for light in lights:
        footed.write(
            lambda db, light=light: captures_table.add_light(db, line.recording_id, light)
        ).result()
    (line,) = footed.read(list_footage)
    assert line.lights == lights


def test_the_list_is_in_order_of_import_and_time(footed, material):
    makers.add_footage(footed, material / "night.avi")
    listing = footed.read(list_sampling_lines)
    assert [line.frame.source for line in listing] == ["belt.avi"] * 120 + ["night.avi"] * 30
    times = [line.frame.t_s for line in listing[:120]]
    assert times == sorted(times)


def test_times_count_from_the_clip_and_say_the_hour_where_it_is_known(footed, material):
    makers.add_footage(footed, material / "night.avi")
    first = footed.read(list_sampling_lines)[0]
    cut = Clip(
        f"{first.recording.recording_id}.80", first.recording.recording_id, 80, 20.0, "left",
        "line 1", (),
    )  # fmt: skip
    footed.write(lambda db: captures_table.put_clips(db, [cut])).result()
    by_index = {line.frame.source_index: line for line in footed.read(list_sampling_lines)[:120]}
    assert (by_index[78].clip.first_index, by_index[78].t_s) == (0, 19.5)
    assert (by_index[82].clip.first_index, by_index[82].t_s) == (80, 0.5)
    assert by_index[82].taken_at == "2026-03-01T08:00:20.500000+00:00"
    assert footed.read(list_sampling_lines)[-1].taken_at == ""


def test_frozen_frames_are_left_out_unless_asked_for(footed):
    names = [line.frame.frame_id for line in footed.read(list_sampling_lines)]
    footed.write(lambda db: frames_table.mark_frozen(db, names[:7])).result()
    assert [line.frame.frame_id for line in footed.read(list_sampling_lines)] == names[7:]
    assert len(footed.read(lambda db: list_sampling_lines(db, with_frozen=True))) == 120


def test_the_clip_of_a_frame_is_the_last_that_began_before_it():
    cuts = [Clip(f"r.{first}", "r", first, first / 4, "", "", ()) for first in (0, 40, 90)]
    expected = [0, 0, 40, 40, 90, 90]
    assert [find_clip(cuts, index).first_index for index in (0, 39, 40, 89, 90, 500)] == expected

from fieldcheck.domain.recording import Clip
from fieldcheck.footage.clips import find_clip, list_sampling_lines
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as clips_table
from tests import makers


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
    footed.write(lambda db: clips_table.put_clips(db, [cut])).result()
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

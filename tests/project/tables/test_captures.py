from fieldcheck.domain.recording import (
    LightingChange,
    RecordedMoment,
    RecordingGap,
    RecordingStorage,
)
from fieldcheck.project.tables import recordings
from fieldcheck.project.tables import recordings as captures
from tests.project.made import recording

KEPT = RecordingStorage("rec", 10**10, None, 3, "bayer_rg12", "", True, "killed")
GAPS = (RecordingGap(10.0, 2.5, "silence"), RecordingGap(10.0, 0.1, "format"))


def test_how_a_recording_was_kept_comes_back_as_it_was_stored(db):
    recordings.put_recording(db, recording())
    assert captures.get_capture(db, "rec") is None
    captures.put_capture(db, KEPT, GAPS)
    assert captures.get_capture(db, "rec") == KEPT
    assert captures.list_gaps(db, "rec") == GAPS


def test_it_is_stored_again_in_place_of_what_was_known(db):
    captures.put_capture(db, KEPT, GAPS)
    better = RecordingStorage("rec", 5, 0, 0, "jpeg", "", False, "asked")
    captures.put_capture(db, better, GAPS[:1])
    assert captures.get_capture(db, "rec") == better
    assert captures.list_gaps(db, "rec") == GAPS[:1]


def test_moments_and_light_are_listed_by_time_and_recording(db):
    for at_s in (5.5, 2.0):
        captures.add_moment(db, "rec", RecordedMoment(at_s))
        captures.add_light(db, "rec", LightingChange(at_s, ("dark", "glare")))
    captures.add_moment(db, "rec", RecordedMoment(2.0))
    captures.add_moment(db, "other", RecordedMoment(1.0, "single"))
    captures.add_light(db, "rec", LightingChange(2.0, ()))
    assert captures.list_moments(db, "rec") == (RecordedMoment(2.0), RecordedMoment(5.5))
    assert captures.list_moments(db, "other") == (RecordedMoment(1.0, "single"),)
    actual = captures.list_lights(db, "rec")
    assert actual == (LightingChange(2.0, ()), LightingChange(5.5, ("dark", "glare")))
    assert captures.list_lights(db, "other") == ()

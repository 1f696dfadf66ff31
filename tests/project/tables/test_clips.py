from dataclasses import replace

from fieldcheck.project import undo
from fieldcheck.project.tables import recordings
from fieldcheck.project.tables import recordings as clips
from tests.project.made import clip, recording


def test_clips_are_listed_in_order_of_import_and_time(db):
    for name in ("z", "a"):
        recordings.put_recording(db, recording(name))
    clips.put_clips(db, [clip("a"), clip("z", 300), clip("z")])
    assert clips.list_clips(db) == (clip("z"), clip("z", 300), clip("a"))
    assert clips.list_clips_of_recording(db, "z") == (clip("z"), clip("z", 300))


def test_finding_a_clip_again_keeps_what_a_person_said_of_it(db):
    recordings.put_recording(db, recording())
    clips.put_clips(db, [clip()])
    said = replace(clip(), location="gate", conditions=())
    undo.apply_edit(db, "clip.set", [clips.make_clip_row(said)])
    clips.put_clips(db, [clip()])
    assert clips.list_clips(db) == (said,)
    undo.undo_edit(db)
    assert clips.list_clips(db) == (clip(),)


def test_a_clip_can_be_joined_to_the_one_before_it(db):
    recordings.put_recording(db, recording())
    clips.put_clips(db, [clip(), clip(first=300)])
    undo.apply_edit(db, "clip.join", deletes=[clips.make_clip_key(clip(first=300).clip_id)])
    assert clips.list_clips(db) == (clip(),)

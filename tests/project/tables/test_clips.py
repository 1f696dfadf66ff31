from dataclasses import replace

from fieldcheck.project import edits
from fieldcheck.project.tables import clips, recordings
from tests.project.made import clip, recording


def test_clips_are_listed_in_order_of_import_and_time(db):
    for name in ("z", "a"):
        recordings.put(db, recording(name))
    clips.put(db, [clip("a"), clip("z", 300), clip("z")])
    assert clips.all(db) == (clip("z"), clip("z", 300), clip("a"))
    assert clips.of_recording(db, "z") == (clip("z"), clip("z", 300))


def test_finding_a_clip_again_keeps_what_a_person_said_of_it(db):
    recordings.put(db, recording())
    clips.put(db, [clip()])
    said = replace(clip(), location="gate", conditions=())
    edits.apply(db, "clip.set", [clips.row(said)])
    clips.put(db, [clip()])
    assert clips.all(db) == (said,)
    edits.undo(db)
    assert clips.all(db) == (clip(),)


def test_a_clip_can_be_joined_to_the_one_before_it(db):
    recordings.put(db, recording())
    clips.put(db, [clip(), clip(first=300)])
    edits.apply(db, "clip.join", deletes=[clips.key(clip(first=300).clip_id)])
    assert clips.all(db) == (clip(),)

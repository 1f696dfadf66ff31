import pytest

from fieldcheck.analyses.gap import build_recording_summaries
from fieldcheck.domain.recording import LightingChange, RecordingGap, RecordingStorage
from fieldcheck.footage.clips import list_footage
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.progress import Cancelled
from fieldcheck.project.tables import recordings as captures_table
from fieldcheck.project.tables.project_state import read_project_status
from tests import makers


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
    gaps = [
        RecordingGap(10.0, 12.0, "silence"),
        RecordingGap(30.0, 5.0, "read_error"),
        RecordingGap(line.seconds - 2.0, 60.0, "silence"),
    ]
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

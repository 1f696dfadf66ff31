import pytest

from fieldcheck.progress import Cancelled
from fieldcheck.workflows.footage.footage import footage
from fieldcheck.workflows.footage.import_footage import FootageInfo, import_footage
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
    (line,) = footed.read(footage)
    assert (line.source, line.n_listed, line.n_unreadable, line.closed) == ("belt.avi", 120, 0, True)
    assert (line.camera, line.location, line.conditions) == ("left", "line 1", ("dark", "glare"))
    assert line.seconds == pytest.approx(60)
    assert line.n_clips >= 1
    assert line.shown.startswith(line.recording_id)


def test_an_import_that_was_broken_off_is_a_line_that_is_not_closed(empty, material):
    with pytest.raises(Cancelled), makers.workers(1):
        import_footage(empty, [material / "belt.avi"], FootageInfo(), StopsAfter(), makers.NOW)
    (line,) = empty.read(footage)
    assert not line.closed
    assert 0 < line.n_listed < 120


def test_an_empty_project_has_no_line(empty):
    assert empty.read(footage) == ()

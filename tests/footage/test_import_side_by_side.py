import shutil
from threading import Barrier

import pytest

from fieldcheck.errors.files import VideoUnreadable
from fieldcheck.footage.import_footage import (
    FootageInfo,
    ImportOrder,
    import_footage,
    import_in_parallel,
)
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table
from tests import makers

NAMES = ("night.avi", "belt.avi", "still.avi")


class Part(NullProgress):
    """Once frames of it are stored it waits until as many are stored of the others that share its
    barrier."""

    def __init__(self, meets=None):
        super().__init__()
        self.meets, self.ended = meets, 0

    def report(self, done, total, unit=""):
        if self.meets is not None and unit in NAMES:
            meets, self.meets = self.meets, None
            meets.wait(600)

    def finish(self):
        self.ended += 1


def orders(paths, meets=None):
    return [ImportOrder(path, FootageInfo(camera="left"), Part(meets)) for path in paths]


def as_stored(project):
    recordings = [
        (one.source, one.n_frames, one.seconds, one.closed)
        for one in project.read(recordings_table.list_recordings)
    ]
    return (
        recordings,
        project.read(frames_table.list_frames),
        str(project.read(frames_table.list_frame_facts)),
    )


def test_two_short_videos_are_listed_at_the_same_time(empty, material):
    wanted = orders([material / "night.avi", material / "belt.avi"], meets=Barrier(2))
    with makers.workers(2):
        found = import_in_parallel(empty, wanted, (), makers.NOW)
    expected = [("night.avi", True), ("belt.avi", True)]
    assert [(one.recording.source, one.recording.closed) for one in found] == expected
    assert [order.progress.ended for order in wanted] == [1, 1]


def test_what_comes_in_side_by_side_is_what_comes_in_one_by_one(tmp_path, material):
    stored = []
    for name, each in (("beside", True), ("after", False)):
        with makers.empty_project(tmp_path / f"{name}.fieldcheck") as project, makers.workers(2):
            paths = [material / "night.avi", material / "belt.avi", material / "clean"]
            if each:
                import_in_parallel(project, orders(paths), (), makers.NOW)
            else:
                import_footage(
                    project, paths, FootageInfo(camera="left"), NullProgress(), makers.NOW
                )
            stored.append(as_stored(project))
    assert stored[0] == stored[1]


def test_the_same_footage_under_another_name_is_known(empty, material, tmp_path):
    copy = shutil.copy(material / "night.avi", tmp_path / "again.avi")
    with makers.workers(2):
        found = import_in_parallel(
            empty, orders([material / "night.avi", copy, material / "belt.avi"]), (), makers.NOW
        )
    expected = [("night.avi", False), ("night.avi", True), ("belt.avi", False)]
    assert [(one.recording.source, one.known) for one in found] == expected


def test_an_expected_error_is_an_outcome_and_any_other_ends_it_after_what_runs_beside(
    empty, material, tmp_path
):
    torn = tmp_path / "torn.avi"
    torn.write_bytes(b"no video at all")
    paths = [material / "night.avi", torn, material / "belt.avi"]
    with makers.workers(2), pytest.raises(VideoUnreadable):
        import_in_parallel(empty, orders(paths), (), makers.NOW)
    actual = [(one.source, one.closed) for one in empty.read(recordings_table.list_recordings)]
    assert actual == [("night.avi", True)]
    with makers.workers(2):
        found = import_in_parallel(empty, orders(paths), (VideoUnreadable,), makers.NOW)
    assert isinstance(found[1], VideoUnreadable)
    assert [one.known for one in (found[0], found[2])] == [True, False]

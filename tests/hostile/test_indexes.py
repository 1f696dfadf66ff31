"""A stranger's `recordings/ID/NNN.idx`, whatever stands in it: the project opens within seconds,
and it is taken in or put aside."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldcheck.corruptions.live_view import open_source
from fieldcheck.errors.files import FieldcheckError, VideoUnreadable
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.finish_recording import (
    insert_recording,
    make_recording,
    open_with_recovery,
    recover_recordings,
)
from fieldcheck.footage.recording_container import find_index_fault
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import recordings as recordings_table
from tests import makers
from tests.hostile import indexes
from tests.hostile.indexes import FIELDS, ID, KEYS
from tests.hostile.told import MOST_S, Unhindered

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=30)
    | st.sampled_from(["jpeg", "zstd-rows", "h264", "bgr8", "mono12", "bayer_rg8", "../x", "\u202e",
    2**63, 2**31, 10**15, 0, -1, 1e308])
)  # fmt: skip
VALUES = (
    SCALARS
    | st.lists(SCALARS, max_size=3)
    | st.dictionaries(st.text(max_size=9), SCALARS, max_size=3)
)
HEADERS = st.tuples(st.just("header"), st.integers(0, 1), st.sampled_from(KEYS), VALUES)
NUMBERS = st.sampled_from(
    [0, 1, -1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**64 - 1, -(2**63)]
) | st.integers(-(2**63), 2**64 - 1)
RECORDS = st.tuples(st.just("record"), st.integers(0, 29), st.sampled_from(FIELDS), NUMBERS)


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    """A project in which a process died while it recorded, and one whose recording was closed."""
    folder = tmp_path_factory.mktemp("bases")
    made = indexes.made(folder / ID)
    for name in ("open", "closed", "rowless"):
        with makers.empty_project(folder / f"{name}.fieldcheck") as project:
            shutil.copytree(made, project.path / "recordings" / ID)
            if name != "rowless":
                project.write(
                    lambda db: insert_recording(db, make_recording(ID, indexes.ABOUT))
                ).result()
            if name == "closed":
                recover_recordings(project, NullProgress(), makers.NOW)
    return folder


def changed(project, changes):
    for kind, place, name, value in changes:
        idx = project / "recordings" / ID / f"{place if kind == 'header' else place % 2:03d}.idx"
        if kind == "header":
            indexes.with_header(idx, name, value)
        else:
            indexes.with_record(idx, place // 2, name, value)


def look(path):
    """Opens the project as every command does, lists, and plays what there is. How long it took."""
    with Unhindered() as took, open_with_recovery(path, NullProgress(), makers.NOW) as project:
        listed = project.read(list_sampling_lines)
        for recording in project.read(recordings_table.list_recordings):
            try:
                camera = open_source(project, recording.recording_id)
                camera.open()
                camera.read(0.05)
                camera.close()
            except FieldcheckError:
                continue
    assert len(listed) >= 0
    return took.seconds


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=pytest.mark.full(f"hostile_indexes_{one}"))
        for one in ("open", "closed", "rowless")
    ],
)
def test_a_project_opens_in_time_with_any_index(bases, tmp_path_factory, name, counts, evidence):
    n, took = counts(ci=12, full=300), []

    @settings(max_examples=n, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(HEADERS | RECORDS, min_size=1, max_size=3))
    def every(changes):
        path = tmp_path_factory.mktemp("index") / "p.fieldcheck"
        shutil.copytree(bases / f"{name}.fieldcheck", path)
        changed(path, changes)
        took.extend((look(path), look(path)))
        assert max(took) < MOST_S
        shutil.rmtree(path)

    every()
    evidence(indexes=len(took) // 2, longest_s=round(max(took), 2))


@pytest.mark.parametrize(("changes", "problem"), [
    ([("header", 0, "first", 10**15), ("header", 1, "first", 10**15)], "header"),
    (
        [("header", 0, "delivery.width", 2**31), ("header", 1, "delivery.width", 2**31)],
        "header",
    ),
    ([("header", 0, "recording_id", "other")], "name"),
    ([("record", 8, "offset", 0)], "order"),
    ([("record", 8, "utc", -5)], "time"),
    ([("record", 8, "monotonic", 2**62)], "time"),
    ([("record", 8, "monotonic", -5)], "time"),
    ([("record", 8, "number", 2**64 - 1)], "number"),
])  # fmt: skip
def test_an_index_of_no_recorder_is_put_aside_and_said_once(bases, tmp_path, changes, problem):
    path = tmp_path / "p.fieldcheck"
    shutil.copytree(bases / "open.fieldcheck", path)
    changed(path, changes)
    with open_project(path) as project:
        assert find_index_fault(path / "recordings" / ID) == problem
        with pytest.raises(VideoUnreadable) as refused:
            recover_recordings(project, NullProgress(), makers.NOW)
        assert refused.value.problem == "index"
        assert (Path(refused.value.detail) / "000.frames").is_file()
        assert recover_recordings(project, NullProgress(), makers.NOW) == ()
        assert project.read(recordings_table.list_recordings) == ()


def test_the_command_says_it_in_one_sentence_and_does_its_work(bases, tmp_path, terminal):
    path = tmp_path / "p.fieldcheck"
    shutil.copytree(bases / "open.fieldcheck", path)
    changed(path, [("record", 8, "utc", -5)])
    benchmark = makers.benchmark_folder(tmp_path / "clean")
    outcome = terminal("benchmark", "set", path, benchmark, "--json")
    assert outcome.code == 0, outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert ID in outcome.err


def test_a_pipe_or_a_link_in_a_recording_is_not_opened(bases, tmp_path):
    path = tmp_path / "p.fieldcheck"
    shutil.copytree(bases / "open.fieldcheck", path)
    folder = path / "recordings" / ID
    (folder / "000.frames").rename(tmp_path / "elsewhere")
    (folder / "000.frames").symlink_to(tmp_path / "elsewhere")

    os.mkfifo(folder / "002.idx")
    os.mkfifo(folder / "002.frames")
    assert look(path) < MOST_S

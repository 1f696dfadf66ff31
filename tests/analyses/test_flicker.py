"""Flicker on films whose answers are known frame by frame: the model names the colour it sees."""

import dataclasses
import shutil

import pytest

from fieldcheck.analyses.flicker import (
    compute_flicker,
    describe_flicker,
    describe_voting,
    list_flicker_lines,
    make_flicker_row,
    run_flicker,
    vote_over_frames,
)
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import NoFootage
from fieldcheck.i18n import language
from fieldcheck.models.replay import replay_run
from fieldcheck.models.run import OWN_RATE
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.report.assemble import build_report
from fieldcheck.report.folder import build_folder_contents, build_summary
from fieldcheck.report.html_page import build_page
from tests import makers

FPS, N = 10.0, 200
# frames that show another colour for one frame: every fifth is in the list, and may be labelled
BLIPS = ((), (51, 62, 100), (31, 33, 35, 37, 150))


def film(folder, number):
    colours = ["red"] * N
    for place in BLIPS[number]:
        colours[place] = "blue"
    return makers.video(folder / f"clip{number}.avi", colours, seed=number, fps=FPS)


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("filmed"), makers.colour_model, labelled=True)


def make_project(folder, make_model, labelled=False, films=(0, 1, 2)):
    model = make_model(folder / "net.onnx")
    with makers.empty_project(folder / "line.fieldcheck", model) as project:
        for number in films:
            conditions = (("dark",), ("dark",), ("glare",))[number]
            path = film(folder, number)
            makers.add_footage(project, path, conditions=conditions)
            path.unlink()
        makers.draw(project, 120, "even")
        if labelled:
            makers.label_all(project, lambda _line: "red")
    return folder / "line.fieldcheck"


@pytest.fixture
def project(filmed, tmp_path):
    with open_project(shutil.copytree(filmed, tmp_path / "line.fieldcheck")) as opened:
        yield opened


def measured(project, seconds=0.0, progress=None):
    return run_flicker(project, None, seconds, progress or NullProgress(), makers.LATER)


@pytest.mark.long
def test_changes_are_those_that_are_counted_by_hand(project):
    found = measured(project)
    # a frame apart changes twice: 0 + 6 + 10 changes in 3 films of 199 neighbours at 10 a second
    assert [one.changes for one in found.by_clip] == [0, 6, 10]
    assert [one.minutes for one in found.by_clip] == [pytest.approx(19.9 / 60)] * 3
    assert (found.overall.clips, found.overall.changes) == (3, 16)
    assert found.overall.rate.value == pytest.approx(16 / (3 * 19.9 / 60))
    assert found.overall.rate.lo < found.overall.rate.value < found.overall.rate.hi
    assert [(row.condition, row.clips, row.changes) for row in found.conditions] == [
        ("glare", 1, 10),
        ("dark", 2, 6),
    ]
    assert found.conditions[0].rate.note == "too_few_clips"
    assert compute_flicker(project) == found  # from what is stored


@pytest.mark.long
def test_the_worst_ten_seconds_hold_most_changes_and_name_their_sampled_frames(project):
    worst = measured(project).worst
    recording = project.read(recordings_table.list_recordings)[2]
    assert worst.clip_id == f"{recording.recording_id}.0"
    assert (worst.changes, round(worst.end_s - worst.start_s, 6)) == (8, 10.0)
    assert worst.start_s <= 3.0
    assert worst.end_s >= 3.8
    numbers = [int(name.rsplit("-", 1)[1]) for name in worst.frames]
    assert numbers == [k for k in range(0, 200, 5) if worst.start_s * 10 <= k <= worst.end_s * 10]


@pytest.mark.long
def test_voting_takes_single_frames_away_and_gains_on_the_labelled_one_among_them(project):
    votes = measured(project).votes
    assert [one.frames for one in votes] == [3, 5, 9]
    # over three frames only 31, 33, 35, 37 stand: two of three are blue at 33, 35 and 37
    assert votes[0].rate == pytest.approx(6 / (3 * 19.9 / 60))
    assert [one.delay_ms for one in votes] == [100, 200, 400]
    assert [one.n for one in votes] == [120] * 3
    # frames 100 and 150 are labelled red: alone they are wrong; 35 is right only by nine frames
    assert votes[0].verdict.change.value == pytest.approx(2 / 120)
    assert votes[0].verdict.direction == ""
    with language.use_language("en"):
        assert describe_voting(votes[0]).startswith(
            "Majority vote over 3 frames: 6.0 changes per minute"
        )
        assert describe_voting(votes[0]).endswith("not demonstrated.")


def test_below_three_clips_it_holds_for_this_footage_only(tmp_path):
    path = make_project(tmp_path, makers.colour_model, labelled=True, films=(2,))
    with open_project(path) as project:
        found = measured(project)
    assert found.overall.rate.value == pytest.approx(10 / (19.9 / 60))
    assert (found.votes[0].n, found.votes[0].gain) == (40, 1 / 40)
    with language.use_language("en"):
        lines = list_flicker_lines(found, {})
    assert lines[0].startswith("Flicker on this footage only: 30.2 changes per minute in 1 clip.")
    assert lines[2].endswith("accuracy 2.5 pp on this footage, n = 40.")


def test_clips_of_very_unequal_length_hold_for_this_footage_only():
    with language.use_language("en"):
        text = describe_flicker(make_flicker_row("", [55.0, 1.0, 5.0], [60.0, 0.5, 0.5]))
    expected = "Flicker on this footage only: 1.0 changes per minute in 3 clips."
    assert text == expected


@pytest.mark.long
def test_a_frame_changes_where_the_class_that_the_card_names_does(tmp_path):
    """A card that calls everything red, however little of it there is: blue frames are no change,
    neither for the rate nor for the votes."""

    def make_model(path):
        output = {"kind": "logits", "thresholds": {"red": 1e-9}}
        return makers.colour_model(path, {**makers.COLOUR_CARD, "output": output})

    with open_project(make_project(tmp_path, make_model)) as project:
        found = measured(project)
    assert [one.changes for one in found.by_clip] == [0, 0, 0]
    assert [one.rate for one in found.votes] == [0, 0, 0]


@pytest.mark.parametrize(
    ("called", "frames", "voted"),
    [("aabaa", 3, "aaaaa"), ("abab", 3, "abab"[:2] + "ab"), ("aabb", 2, "aabb"), ("ab", 9, "ab")],
)
def test_the_newest_of_equal_ones_wins(called, frames, voted):
    assert "".join(vote_over_frames(list(called), frames)) == voted


@pytest.mark.long
def test_without_labels_it_says_what_voting_needs_and_a_middle_is_measured(tmp_path):
    with open_project(make_project(tmp_path, makers.colour_model)) as project:
        check_the_middle(project)


def check_the_middle(project):
    found = measured(project, 4.0)
    assert [round(one.minutes * 60, 3) for one in found.by_clip] == [3.9] * 3  # frames 80 to 119
    assert [one.changes for one in found.by_clip] == [0, 2, 0]
    assert [one.n for one in found.votes] == [0, 0, 0]
    with language.use_language("en"):
        lines = list_flicker_lines(found, {})
    assert lines[-2] == (
        "Measuring the gain of majority voting requires labels: label picked frames, then measure again."
    )
    longer = measured(project)  # keeps what is answered
    assert [one.changes for one in longer.by_clip] == [0, 6, 10]


@pytest.mark.long
def test_it_goes_on_where_it_was_stopped_and_is_replayed(project):
    class Once(NullProgress):
        def report(self, done, total, unit=""):
            raise Cancelled

    with pytest.raises(Cancelled):
        measured(project, progress=Once())
    runs = [one for one in project.read(lambda db: runs_table.list_run_page(db, 50, 0))
            if one.recipe == OWN_RATE]  # fmt: skip
    kept = project.read(lambda db: runs_table.get_predicted_subjects(db, runs[0].run_id))
    assert 0 < len(kept) < 3 * N
    found = measured(project)
    assert found.overall.changes == 16
    again = replay_run(project, runs[0].run_id, NullProgress(), makers.LATER)
    assert (again.n, again.n_different, again.is_identical) == (3 * N, 0, True)


def test_footage_that_is_gone_is_named_and_folders_have_no_rate(project, tmp_path):
    recording = project.read(recordings_table.list_recordings)[1]
    (project.path / recording.path).unlink()
    with pytest.raises(PathMissing, match="clip1"):
        measured(project)
    folder = makers.picture_folder(tmp_path / "pictures", makers.cycle(8))
    model = makers.colour_model(tmp_path / "net.onnx")
    with makers.empty_project(tmp_path / "folder.fieldcheck", model) as pictures:
        makers.add_footage(pictures, folder)
        with pytest.raises(NoFootage, match="no_rate"):
            measured(pictures)


@pytest.mark.long
def test_a_clip_whose_rate_is_damaged_is_left_out(project):
    measured(project)
    damaged = project.read(recordings_table.list_recordings)[0]
    project.write(
        lambda db: recordings_table.put_recording(db, dataclasses.replace(damaged, fps=0.0))
    ).result()
    assert len(compute_flicker(project).by_clip) == 2


@pytest.mark.long
def test_the_report_has_it_only_where_it_was_measured(project):
    def look():
        report = build_report(project, "en", NullProgress(), makers.LATER)
        with language.use_language("en"):
            anchors = {one.anchor: one for one in build_page(report).sections}
        return report, anchors

    report, anchors = look()
    assert "flicker" not in anchors
    assert build_summary(report)["flicker"] is None
    assert "flicker.csv" not in build_folder_contents(report)
    measured(project)
    report, anchors = look()
    text = anchors["flicker"].blocks[0].text
    assert text.startswith("Flicker for other clips of these cameras: 16.1 changes per minute")
    assert build_summary(report)["flicker"]["overall"]["changes"] == 16
    sheet = build_folder_contents(report)["flicker.csv"].decode().splitlines()
    assert sheet[0] == "clip_id,minutes,changes"
    assert len(sheet) == 4


@pytest.mark.long
def test_boxes_change_by_what_does_not_match(tmp_path):
    """The part is seen on red frames: a blue one between them loses its box and gets it back."""
    with open_project(make_project(tmp_path, makers.box_model)) as project:
        found = measured(project)
    assert found.votes == ()
    assert [one.changes for one in found.by_clip] == [0, 6, 10]
    with language.use_language("en"):
        assert list_flicker_lines(found, {})[-2] == (
            "Majority voting is measured only for models that predict one class per frame."
        )

import pytest

from fieldcheck.errors.labels import NothingLabelled, OneGroup
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.labels.store import get_training_frames, mark_person
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.progress import NullProgress
from fieldcheck.report.label_export import GROUPS, choose_validation_groups, split_labels
from tests import makers


def split(project, out, by="clip", share=0.25, seed=0, kind="imagefolder"):
    return split_labels(project, kind, out, by, share, seed, NullProgress())


@pytest.fixture
def two_clips(empty, material):
    makers.add_footage(empty, material / "belt.avi", camera="left", location="line 1")
    makers.add_footage(empty, material / "night.avi", camera="right", location="line 1")
    makers.draw(empty, 40)
    makers.label_all(empty)
    return empty


def test_no_clip_stands_on_both_sides_and_every_labelled_frame_on_one(two_clips, tmp_path):
    found = split(two_clips, tmp_path / "out")
    assert not set(found.train) & set(found.validation)
    side = load_field_side(two_clips, None)
    clip = {line.frame.frame_id: line.clip.clip_id for line in side.lines}
    frames = {
        name: {
            item.path.rpartition("/")[2].removesuffix(".png")
            for item in read_labels(tmp_path / "out" / name).items
        }
        for name in ("train", "validation")
    }
    assert {clip[frame] for frame in frames["train"]} == set(found.train)
    assert {clip[frame] for frame in frames["validation"]} == set(found.validation)
    assert (len(frames["train"]), len(frames["validation"])) == (found.n_train, found.n_validation)
    assert frames["train"] | frames["validation"] == get_training_frames(two_clips) == set(clip)


def test_frames_that_belong_together_cannot_be_split(two_clips, footed, tmp_path):
    expected = {"left", "right"}
    assert {line.clip.camera for line in load_field_side(two_clips, None).lines} == expected
    assert set(split(two_clips, tmp_path / "by_camera", by="camera").validation) < {"left", "right"}
    with pytest.raises(OneGroup):
        split(two_clips, tmp_path / "one", by="location")
    with pytest.raises(NothingLabelled):
        split(footed, tmp_path / "none")
    assert not (tmp_path / "one").exists()


def test_frames_with_a_person_stand_on_neither_side_unless_asked_for(two_clips, tmp_path):
    by_clip = {
        line.frame.frame_id: line.clip.clip_id for line in load_field_side(two_clips, None).lines
    }
    one = min(by_clip.values())
    mark_person(
        two_clips,
        [frame for frame, clip in by_clip.items() if clip == one][:3],
        marked=True,
        annotator="tester",
    )
    found = split(two_clips, tmp_path / "out")
    assert (found.n_train + found.n_validation, found.n_people) == (len(by_clip) - 3, 3)
    every = split_labels(
        two_clips, "csv", tmp_path / "every", "clip", 0.25, 0, NullProgress(), with_people=True
    )
    assert (every.n_train + every.n_validation, every.n_people) == (len(by_clip), 0)
    mark_person(
        two_clips,
        [frame for frame, clip in by_clip.items() if clip == one],
        marked=True,
        annotator="tester",
    )
    with pytest.raises(OneGroup):
        split(two_clips, tmp_path / "one")


def test_a_place_that_is_taken_is_left_alone(two_clips, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(PathOccupied):
        split(two_clips, tmp_path / "out")


def test_validation_comes_as_near_to_its_share_as_whole_groups_allow():
    sizes = {f"c{k}": 10 for k in range(10)}
    chosen = choose_validation_groups(sizes, 0.2, seed=1)
    assert len(chosen) == 2
    assert chosen == choose_validation_groups(sizes, 0.2, seed=1)
    assert len({choose_validation_groups(sizes, 0.2, seed) for seed in range(20)}) > 5
    assert choose_validation_groups({"a": 90, "b": 10}, 0.01, 0) == {"b"}
    assert len(choose_validation_groups({"a": 1, "b": 1}, 0.99, 0)) == 1


def test_what_can_be_kept_together():
    assert set(GROUPS) == {"clip", "recording", "camera", "location"}

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.errors import labels
from fieldcheck.errors.files import PathMissing
from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.imaging.codec import compute_pixels_sha256, read_image
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.sampling.hardness import HardnessPasses
from fieldcheck.sampling.pick_frames import cluster_scenes
from tests import makers


def frames(picked):
    return [one.pick.frame_id for one in picked.picks]


def strata(draw):
    return {one.name: (one.listed, one.picked) for one in draw.strata}


def test_a_balanced_draw_is_two_fifths_of_the_hardest_fifth(footed):
    picked = makers.draw(footed, 20)
    assert strata(picked.draw) == {"hard": (24, 8), "rest": (96, 12)}
    actual = {(one.pick.stratum, one.pick.probability, one.pick.weight) for one in picked.picks}
    assert actual == {("hard", 8 / 24, 3.0), ("rest", 12 / 96, 8.0)}
    order = {line.frame.frame_id: at for at, line in enumerate(footed.read(list_sampling_lines))}
    actual = [order[name] for name in frames(picked)]
    assert actual == sorted(order[name] for name in frames(picked))
    assert sorted(one.pick.place for one in picked.picks) == list(range(20))


def test_picked_frames_are_saved_without_loss(footed):
    hashes = {line.frame.frame_id: line.frame.sha256 for line in footed.read(list_sampling_lines)}
    for one in makers.draw(footed, 10).picks:
        actual = compute_pixels_sha256(read_image(footed.path / one.pick.file))
        assert actual == hashes[one.pick.frame_id]
        assert one.pick.file == f"frames/{one.pick.frame_id}.png"


def test_the_same_seed_gives_the_same_picks_in_any_project(footed, material, tmp_path):
    first = makers.draw(footed, 20, seed=7)
    again = makers.draw(footed, 20, seed=7)
    with makers.empty_project(tmp_path / "other.fieldcheck", material / "net.onnx") as other:
        makers.add_footage(other, material / "belt.avi")
        elsewhere = makers.draw(other, 20, seed=7)
    assert first.picks == elsewhere.picks
    assert frames(first) == frames(again)
    assert frames(first) != frames(makers.draw(footed, 20, seed=8))
    assert first.draw.seed_typed
    assert not makers.draw(footed, 20).draw.seed_typed


def test_before_the_first_label_a_draw_replaces_the_one_before_in_one_act(footed):
    first = makers.draw(footed, 20, seed=1)
    second = makers.draw(footed, 10, seed=2)
    assert {one.frame_id for one in footed.read(labels_table.list_picks)} == set(frames(second))
    assert [draw.draw_id for draw in footed.read(labels_table.list_draws)] == [1, 2]
    assert [draw.draw_id for draw in footed.read(labels_table.list_current_draws)] == [2]
    footed.undo()
    assert {one.frame_id for one in footed.read(labels_table.list_picks)} == set(frames(first))
    assert [draw.draw_id for draw in footed.read(labels_table.list_current_draws)] == [1]
    footed.redo()
    assert {one.frame_id for one in footed.read(labels_table.list_picks)} == set(frames(second))


def test_after_a_label_only_clips_without_a_draw_are_drawn_from(drawn, material):
    frame = drawn.read(labels_table.list_picks)[0].frame_id
    set_label(drawn, frame, LabelDecision("red"), annotator="", now=makers.NOW)
    with pytest.raises(labels.NothingLeftToPick) as caught:
        makers.draw(drawn, 5)
    assert caught.value.n_clips == 1
    makers.add_footage(drawn, material / "night.avi")
    before = {one.frame_id for one in drawn.read(labels_table.list_picks)}
    second = makers.draw(drawn, 10)
    assert strata(second.draw) == {"hard@2": (6, 4), "rest@2": (24, 6)}
    assert second.draw.labels_existed
    actual = {one.frame_id for one in drawn.read(labels_table.list_picks)}
    assert actual == before | set(frames(second))
    assert sorted(one.place for one in drawn.read(labels_table.list_picks)) == list(range(30))
    assert [draw.draw_id for draw in drawn.read(labels_table.list_current_draws)] == [1, 2]
    drawn.undo()
    assert {one.frame_id for one in drawn.read(labels_table.list_picks)} == before
    assert drawn.read(labels_table.count_labels) == 1


def test_taking_a_label_back_opens_the_draw_again(drawn):
    set_label(
        drawn, drawn.read(labels_table.list_picks)[0].frame_id, LabelDecision("red"), annotator="",
        now=makers.NOW,
    )  # fmt: skip
    drawn.undo()
    assert strata(makers.draw(drawn, 10).draw) == {"hard": (24, 4), "rest": (96, 6)}


def test_frames_that_must_be_labelled_come_on_top(footed):
    required = [line.frame.frame_id for line in footed.read(list_sampling_lines)[3:6]]
    picked = makers.draw(footed, 20, required=required)
    assert len(picked.picks) == 23
    assert [one.pick.frame_id for one in picked.picks if one.pick.stratum == "must"] == required
    assert {one.pick.probability for one in picked.picks if one.pick.stratum == "must"} == {1.0}
    assert strata(picked.draw)["must"] == (3, 3)
    with pytest.raises(labels.FrameUnknown):
        makers.draw(footed, 20, required=["nowhere-000000"])


def test_little_footage_is_a_census_that_says_so(footed):
    picked = makers.draw(footed, 500, design="balanced")
    assert picked.draw.census
    assert picked.draw.design == "balanced"
    assert strata(picked.draw) == {"even": (120, 120)}
    assert {one.pick.weight for one in picked.picks} == {1.0}


def test_the_hardest_alone_are_chosen_and_not_drawn(footed):
    picked = makers.draw(footed, 10, design="hard")
    assert {(one.pick.stratum, one.pick.weight) for one in picked.picks} == {("chosen", 0.0)}
    members = footed.read(lambda db: labels_table.list_members(db, picked.draw.draw_id))
    hardness = {one.frame_id: one.hardness for one in members}
    least = min(hardness[name] for name in frames(picked))
    assert sum(value > least for value in hardness.values()) < 10


@pytest.mark.parametrize(
    ("design", "expected"),
    [("even", {"even": (120, 12)}), ("light", {"hard": (24, 5), "rest": (96, 7)})],
)
def test_other_designs_draw_by_the_same_rules(footed, design, expected):
    assert strata(makers.draw(footed, 12, design=design).draw) == expected


def test_one_frame_may_be_picked(footed):
    picked = makers.draw(footed, 1)
    assert len(picked.picks) == 1
    assert picked.picks[0].pick.stratum == "rest"


def test_every_listed_frame_has_its_place_in_the_draw(footed):
    picked = makers.draw(footed, 20)
    members = footed.read(lambda db: labels_table.list_members(db, picked.draw.draw_id))
    assert len(members) == 120
    assert {one.stratum for one in members} == {"hard", "rest"}
    assert all(0 <= one.hardness <= 1 for one in members)
    assert picked.draw.model_sha256 == footed.read(models_table.get_newest_model).sha256
    assert [name for name, _ in picked.draw.components] == ["U", "F", "Q"]
    assert sum(weight for _, weight in picked.draw.components) == pytest.approx(1)


def test_without_a_model_quality_alone_decides(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        makers.add_footage(project, material / "night.avi")
        picked = makers.draw(project, 10)
        assert picked.draw.components == (("Q", 1.0),)
        assert picked.draw.model_sha256 == ""


def test_the_sensitivity_pass_is_stored_with_the_draw(footed):
    picked = makers.draw(footed, 20, asked=HardnessPasses(sensitivity=True))
    assert [name for name, _ in picked.draw.components] == ["U", "F", "S", "Q"]
    later = makers.draw(footed, 20)
    assert [name for name, _ in later.draw.components] == ["U", "F", "Q"]
    assert footed.read(labels_table.list_draws)[0].components == picked.draw.components


def test_novelty_is_asked_for_and_stored_with_the_draw(footed):
    picked = makers.draw(footed, 20, asked=HardnessPasses(novelty=True))
    assert [name for name, _ in picked.draw.components] == ["U", "F", "Q", "V"]
    assert sum(weight for _, weight in picked.draw.components) == pytest.approx(1)


def test_novelty_needs_a_benchmark_to_be_unlike(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "net.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        with pytest.raises(labels.NoBenchmark):
            makers.draw(project, 10, asked=HardnessPasses(novelty=True))


def test_a_project_without_footage_has_nothing_to_pick(empty):
    with pytest.raises(labels.NoFootage):
        makers.draw(empty, 10)


def test_answers_that_are_not_finite_do_no_harm(material, tmp_path):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", makers.half_nan_model(tmp_path / "nan.onnx")
    ) as project:
        makers.add_footage(project, material / "belt.avi")
        picked = makers.draw(project, 20)
        assert strata(picked.draw) == {"hard": (24, 8), "rest": (96, 12)}
        members = project.read(lambda db: labels_table.list_members(db, 1))
        assert all(0 <= one.hardness <= 1 for one in members)


def test_a_detectors_footage_is_picked_too(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        actual = strata(makers.draw(project, 10, asked=HardnessPasses(sensitivity=True)).draw)
        assert actual == {"hard": (6, 4), "rest": (24, 6)}


def test_footage_that_was_exchanged_is_not_saved_as_a_frame(footed, tmp_path):
    recording = footed.read(list_sampling_lines)[0].recording
    other = makers.video(tmp_path / "other.avi", makers.cycle(240, start=1), seed=3)
    (footed.path / recording.path).write_bytes(other.read_bytes())
    with pytest.raises(labels.FrameChanged):
        makers.draw(footed, 10)
    assert footed.read(labels_table.list_picks) == ()
    assert footed.count_history() == (0, 0)


def test_a_recording_that_changed_is_left_out_and_the_draw_made_from_the_others(footed, tmp_path):
    bad = footed.read(list_sampling_lines)[0].recording
    makers.add_footage(footed, makers.video(tmp_path / "second.avi", makers.cycle(240), seed=5))
    other = makers.video(tmp_path / "other.avi", makers.cycle(240, start=1), seed=3)
    (footed.path / bad.path).write_bytes(other.read_bytes())
    required = footed.read(list_sampling_lines)[0].frame.frame_id
    picked = makers.draw(footed, 10, required=(required,))
    assert [source for source, _ in picked.left_out] == [bad.source]
    assert isinstance(picked.left_out[0][1], labels.FrameChanged)
    assert len(picked.picks) == 10
    of_bad = {
        line.frame.frame_id
        for line in footed.read(list_sampling_lines)
        if line.recording.recording_id == bad.recording_id
    }
    assert of_bad.isdisjoint(frames(picked))
    assert picked.draw.n_listed == len(footed.read(list_sampling_lines)) - len(of_bad)


def test_a_recording_that_is_gone_is_left_out_too(footed, tmp_path):
    bad = footed.read(list_sampling_lines)[0].recording
    makers.add_footage(footed, makers.video(tmp_path / "second.avi", makers.cycle(240), seed=5))
    (footed.path / bad.path).unlink()
    picked = makers.draw(footed, 10)
    actual = [(source, type(error)) for source, error in picked.left_out]
    assert actual == [(bad.source, PathMissing)]
    assert len(picked.picks) == 10


def test_pictures_in_folders_with_odd_names_are_saved_from_their_own_file(empty, tmp_path):
    folder = makers.picture_folder(tmp_path / "Über all", makers.cycle(9), "a b/ß{}.png".format)
    makers.add_footage(empty, folder)
    picked = makers.draw(empty, 20)
    for one in picked.picks:
        saved = cv2.imread(str(empty.path / one.pick.file))
        number = int(one.pick.frame_id.rsplit("-", 1)[1])
        assert (saved == cv2.imread(str(tmp_path / "Über all" / "a b" / f"ß{number}.png"))).all()


FAR = (1 << 64) - 1


def numbers(rows):
    return cluster_scenes(*([row[k] for row in rows] for k in range(4))).tolist()


def test_frames_that_follow_each_other_and_look_alike_are_one_scene():
    assert numbers(
        [
            ("a", 0.0, 0, 0),
            ("a", 0.5, 0b111111, FAR),
            ("a", 1.0, FAR, 0b11111111),
            ("a", 1.5, FAR, FAR),
        ]
    ) == [0, 0, 0, 1]


@pytest.mark.parametrize(
    "second", [("b", 0.5, 0, 0), ("a", 10.0, 0, 0), ("a", 0.5, 0b1111111, 0b111111111)]
)
def test_another_clip_ten_seconds_or_a_bit_too_many_begin_another(second):
    assert numbers([("a", 0.0, 0, 0), second]) == [0, 1]


def test_a_slow_change_does_not_chain_a_clip_together():
    """Each frame differs from the one before by three bits, from the first by more and more."""
    far_apart = [((1 << 9) - 1) << (7 * at) for at in range(8)]
    drift = [("a", at * 0.5, (1 << 3 * at) - 1, far_apart[at]) for at in range(8)]
    assert numbers(drift) == [0, 0, 0, 1, 1, 1, 2, 2]


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="fingerprints"):
        cluster_scenes(["a"], [0.0], [1, 2], [1])
    assert cluster_scenes([], [], [], []).tolist() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)),
        max_size=40,
    )
)
def test_scenes_are_runs_numbered_in_order(rows):
    rows = sorted(rows)
    found = cluster_scenes(
        ["a"] * len(rows),
        [row[0] / 2 for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
    )
    assert set(np.diff(found).tolist()) <= {0, 1}

import shutil

import numpy as np
import pytest

from fieldcheck.analyses.release_gate import decide_gate_verdict, list_undecided
from fieldcheck.domain.label import Box
from fieldcheck.errors.labels import NotComparable, NothingLabelled, NothingPicked
from fieldcheck.errors.models import ModelUnknown
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.benchmark import set_claim
from fieldcheck.models.compare import PairedCorrectness, check_gate_sets, compare_models
from fieldcheck.models.scored_sides import compute_field_score, load_field_side
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.stats.wilson_interval import estimate_bonett_price
from tests import makers


def add(project, tmp_path, name, **made):
    add_model(project, makers.colour_model(tmp_path / f"{name}.onnx", **made), None, makers.LATER)


def held_together(project, a="net", b="other", metric=""):
    return compare_models(project, a, b, NullProgress(), makers.LATER, metric)


def test_a_model_that_takes_red_for_blue_loses_the_frames_that_show_them(labelled, tmp_path):
    add(labelled, tmp_path, "other", order=(2, 1, 0))
    found = held_together(labelled)
    by_id = {line.frame.frame_id: line for line in labelled.read(list_sampling_lines)}
    picked = [one.frame_id for one in labelled.read(picks_table.list_picks)]
    shown = {name: makers.COLOURS[by_id[name].frame.source_index // 4 % 3] for name in picked}
    swapped = {"red": "blue", "green": "green", "blue": "red"}
    truth = {name: makers.truth_of(by_id[name]) for name in picked}
    only_a = [name for name in picked if truth[name] == shown[name] != swapped[shown[name]]]
    only_b = [name for name in picked if truth[name] == swapped[shown[name]] != shown[name]]
    table = found.table
    assert (table.n, table.only_a, table.only_b) == (20, len(only_a), len(only_b))
    assert table.both_right + table.only_a + table.only_b + table.both_wrong == 20
    assert {flip.frame_id for flip in found.flips} == set(only_a) | set(only_b)
    for flip in found.flips:
        actual = (flip.truth, flip.a, flip.b)
        assert actual == (truth[flip.frame_id], shown[flip.frame_id], swapped[shown[flip.frame_id]])
        assert flip.right == ("a" if flip.frame_id in only_a else "b")
    assert table.change.value < 0
    assert table.change.method == "stratified_bonett_price"
    assert found.cameras.change.status == "na"  # one clip speaks for no other


@pytest.mark.long
def test_a_census_has_the_plain_interval(footed, tmp_path):
    makers.draw(footed, 200)
    makers.label_all(footed)
    add(footed, tmp_path, "other", order=(2, 1, 0))
    table = held_together(footed).table
    assert table.n == 120
    assert table.change == estimate_bonett_price(table.only_b, table.only_a, 120)


def test_a_model_against_itself_never_flips(labelled):
    found = held_together(labelled, "net", "net")
    assert (found.table.change.value, found.cameras.direction, found.flips) == (0.0, "", ())


@pytest.mark.long
def test_the_other_way_round_is_the_same_with_the_sign_turned(labelled, tmp_path):
    add(labelled, tmp_path, "other", order=(1, 0, 2))
    there, back = held_together(labelled), held_together(labelled, "other", "net")
    assert there.table.change.value == pytest.approx(-back.table.change.value)
    assert [flip.frame_id for flip in there.flips] == [flip.frame_id for flip in back.flips]


def test_frames_that_were_chosen_by_hand_are_compared_and_said_to_be(footed, tmp_path):
    makers.draw(footed, 20, design="hard")
    makers.label_all(footed)
    add(footed, tmp_path, "other", order=(2, 1, 0))
    change = held_together(footed).table.change
    assert (change.method, change.status) == ("bonett_price", "weak")
    assert "chosen" in change.note


@pytest.fixture
def boxed(made_boxed, tmp_path):
    """A detector's project with a hole on every picked frame, and a second model that finds
    holes."""
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        for one in project.read(picks_table.list_picks):
            set_label(
                project, one.frame_id, LabelDecision(boxes=(Box("hole", 0, 0, 32, 24),)),
                annotator="tester", now=makers.NOW,
            )  # fmt: skip
        path = makers.box_model(tmp_path / "other.onnx", of_class=1)
        add_model(project, path, None, makers.LATER)
        yield project


def test_a_detector_tells_its_boxes(boxed):
    found = held_together(boxed, "box")
    assert found.metric == "frame_score"
    assert found.table.only_b > 0
    flip = found.flips[0]
    assert (flip.truth, flip.right) == ({"boxes": 1}, "b")
    assert flip.a == {"found": 0, "missed": 1, "false_alarms": 1}
    assert flip.b == {"found": 1, "missed": 0, "false_alarms": 0}


@pytest.mark.long
def test_detectors_are_compared_by_average_precision_and_recall_with_resampled_limits(boxed):
    for metric in ("map", "map50", "recall"):
        found = held_together(boxed, "box", metric=metric)
        side = load_field_side(boxed, find_model(boxed, "other"))
        alone, _ = compute_field_score(side, get_card(find_model(boxed, "other")), metric)
        assert found.metric == metric
        assert found.scores[1] == alone  # as the report has it
        assert (found.scores[0].value, found.table.change.value) == (0, found.scores[1].value)
        assert found.table.change.method == "bootstrap_frames"
        assert 0 < found.table.change.lo <= found.table.change.value <= found.table.change.hi <= 1
        assert found.cameras.change.note == "too_few_clips"
        back = held_together(boxed, "other", "box", metric=metric)
        assert back.table.change.lo == -found.table.change.hi
        assert back.table.change.hi == -found.table.change.lo
    with pytest.raises(NotComparable, match="balanced_accuracy"):
        held_together(boxed, "box", metric="balanced_accuracy")


def test_two_detectors_are_compared_by_size_of_object(boxed):
    """Every picked frame holds a hole of 32 × 24 pixels; on the first one a larger one is labelled
    beside it, which nobody finds."""
    alone = held_together(boxed, "box", metric="recall")
    assert [(one.size, one.n, one.b) for one in alone.sizes] == [("small", 12, alone.scores[1])]
    first = boxed.read(picks_table.list_picks)[0].frame_id
    boxes = (Box("hole", 0, 0, 32, 24), Box("hole", 10, 0, 54, 40))
    set_label(boxed, first, LabelDecision(boxes=boxes), annotator="tester", now=makers.LATER)
    small, medium = held_together(boxed, "box").sizes
    assert small == alone.sizes[0]
    assert (small.a.value, small.change.value) == (0, small.b.value)
    assert small.a.hi > small.change.lo > 0  # of 12 frames, though all agree
    # one object on one of twelve frames
    assert (medium.size, medium.n, medium.change.note) == ("medium", 1, "often_undefined")
    assert (small.camera.note, medium.camera.note) == ("too_few_clips", "too_few_clips")


def test_without_a_metric_models_are_compared_by_the_one_that_is_claimed(labelled, tmp_path):
    set_claim(labelled, 0.9, "balanced_accuracy")
    add(labelled, tmp_path, "other", order=(2, 1, 0))
    by_claim, own = held_together(labelled), held_together(labelled, metric="accuracy")
    assert (own.metric, by_claim.metric) == ("accuracy", "balanced_accuracy")
    assert own.scores[0] == load_field_side(labelled, find_model(labelled, "net")).scores.footage
    assert by_claim.scores[0].method == "bootstrap_frames"
    assert by_claim.flips == own.flips


def test_frames_chosen_by_hand_are_compared_by_every_metric_and_said_to_be(footed, tmp_path):
    makers.draw(footed, 20, design="hard")
    makers.label_all(footed)
    add(footed, tmp_path, "other", order=(2, 1, 0))
    found = held_together(footed, metric="balanced_accuracy")
    for one in (*found.scores, found.table.change):
        assert (one.status, "chosen" in one.note) == ("weak", True)
    assert not found.cameras.change.measured


def test_what_cannot_be_compared_is_refused(footed, drawn, tmp_path):
    with pytest.raises(ModelUnknown):
        held_together(footed)
    with pytest.raises(NothingPicked):
        held_together(footed, "net", "net")
    with pytest.raises(NothingLabelled):
        held_together(drawn, "net", "net")


def answered(kind, n, lost=0, won=0, wrong=0, name="", **more):
    """`n` pictures: first `lost` right before only, then `won` after only, then `wrong` never."""
    before, after = np.ones(n, bool), np.ones(n, bool)
    after[:lost] = False
    before[lost : lost + won] = False
    before[lost + won : lost + won + wrong] = after[lost + won : lost + won + wrong] = False
    names = tuple(f"{k:03d}.png" for k in range(n))
    return PairedCorrectness(kind, name, names, before, after, **more)


def states(*sets, **told):
    return [line.state for line in check_gate_sets(sets, **told)]


@pytest.mark.parametrize(("n", "lost", "won", "state"), [
    (200, 0, 0, "pass"),  # nothing changed, and enough pictures to show it
    (91, 0, 0, "pass"),
    (90, 0, 0, "not_enough"),  # 2.77 / 92 is just above three points
    (20, 0, 0, "not_enough"),
    (200, 40, 0, "fail"),
    (200, 8, 0, "not_enough"),  # a drop of four points that may be two or seven
    (200, 0, 20, "pass"),
    (1000, 10, 10, "pass"),
])  # fmt: skip
def test_a_set_is_judged_by_the_interval_of_its_drop(n, lost, won, state):
    assert states(answered("clean", n, lost, won)) == [state]
    assert states(answered("corrupted", n, lost, won)) == [state]


def test_a_wider_tolerance_lets_more_pass():
    assert states(answered("clean", 200, 8), tolerance=0.10) == ["pass"]


def test_a_golden_set_fails_with_one_picture_and_names_it():
    (line,) = check_gate_sets([answered("golden", 40, lost=1, won=5)])
    assert (line.state, line.lost) == ("fail", ("000.png",))
    # what was wrong before is no loss
    assert states(answered("golden", 3, won=1, wrong=2)) == ["pass"]
    assert states(answered("golden", 0)) == ["too_few"]


def test_strata_weigh_in_the_field():
    names = np.array(["hard"] * 50 + ["rest"] * 150)
    field = answered("field", 200, lost=50, stratum=names, counted={"hard": 200, "rest": 3800})
    line = check_gate_sets([field])[0]
    assert line.change.value == pytest.approx(-0.05)
    assert line.before.value == 1.0


def test_the_scores_of_the_field_are_those_of_the_footage_as_their_change_is():
    names = np.array(["hard"] * 40 + ["rest"] * 60)
    (line,) = check_gate_sets([
        answered(
            "field", 100, lost=20, stratum=names, counted={"hard": 240, "rest": 960, "hard@2": 0},
        ),
    ])  # fmt: skip
    assert (line.before.value, line.after.value) == (1.0, pytest.approx(0.9))
    assert line.after.value - line.before.value == pytest.approx(line.change.value)
    assert (line.after.method, line.after.n) == ("stratified_wilson", 100)


def test_another_metric_is_compared_on_the_same_resamples():
    """All right before, all wrong after: the change is −1, at the end of what a change can be."""
    before, after = (lambda w: w.sum(axis=1) / w.sum(axis=1)), (lambda w: 0 * w.sum(axis=1))
    (line,) = check_gate_sets([answered("clean", 30, lost=30, scores=(before, after))])
    assert (line.before.value, line.after.value, line.change.value) == (1.0, 0.0, -1.0)
    names, right = np.array(["hard"] * 10 + ["rest"] * 20), np.arange(30) >= 10
    weighed = (before, lambda w: w @ right / w.sum(axis=1))
    (line,) = check_gate_sets([
        answered(
            "field", 30, lost=10, stratum=names, counted={"hard": 40, "rest": 160}, scores=weighed,
        ),
    ])  # fmt: skip
    assert (line.after.value, line.change.value) == (pytest.approx(0.8), pytest.approx(-0.2))
    (none,) = check_gate_sets([answered("clean", 0, scores=(before, after))])
    assert none.state == "too_few"


def test_the_verdict_over_all():
    good = answered("clean", 200)
    thin = answered("corrupted", 20)
    bad = answered("golden", 9, lost=1)
    assert decide_gate_verdict(check_gate_sets([good])) == "pass"
    assert decide_gate_verdict(check_gate_sets([good, thin])) == "not_enough"
    assert decide_gate_verdict(check_gate_sets([good, thin, bad])) == "fail"
    checked = check_gate_sets([good, answered("field", 20), answered("slice", 4)])
    assert decide_gate_verdict(checked) == "pass"
    assert decide_gate_verdict(check_gate_sets([good, answered("field", 100, lost=40)])) == "fail"
    assert decide_gate_verdict(()) == "not_enough"


def test_a_set_that_is_required_has_to_be_decided():
    good, thin = answered("clean", 200), answered("field", 20)
    assert decide_gate_verdict(check_gate_sets([good, thin]), ("clean",)) == "pass"
    assert decide_gate_verdict(check_gate_sets([good, thin]), ("field",)) == "not_enough"
    # not a frame of it is labelled
    assert decide_gate_verdict(check_gate_sets([good]), ("field",)) == "not_enough"
    checked = check_gate_sets([good, answered("field", 200)])
    assert decide_gate_verdict(checked, ("field", "clean")) == "pass"
    assert [line.kind for line in list_undecided(check_gate_sets([good, thin]))] == ["field"]


def test_a_slice_fails_only_where_its_clips_show_it_among_all_slices():
    """Losses in eight clips of ten are seen, alone and beside nine quiet slices of the same frames;
    the same number in one clip is not."""
    clip = np.repeat([f"c{k}" for k in range(10)], 10)
    spread, one_clip = np.ones((2, 100), bool)
    spread[np.arange(100) % 10 < np.where(np.arange(100) < 80, 5, 0)] = False
    one_clip[:10] = False

    def of(name, after, members):
        names = tuple(f"{k:03d}.png" for k in np.flatnonzero(members))
        count = int(members.sum())
        before = np.ones(count, bool)
        return PairedCorrectness("slice", name, names, before, after[members], clip=clip[members])

    every = np.ones(100, bool)
    (alone,) = check_gate_sets([of("glare", spread, every)])
    assert (alone.name, alone.state, alone.change.value) == ("glare", "fail", -0.4)
    assert alone.p == pytest.approx(4 / 1024)  # two clips have nothing to flip
    assert alone.change.method == "clip_change_of_several"
    quiet = [of(f"s{k}", np.ones(100, bool), np.arange(100) % 10 != k) for k in range(9)]
    many = check_gate_sets([of("glare", spread, every), *quiet])
    assert [line.state for line in many] == ["fail", *["not_enough"] * 9]
    assert many[0].p >= alone.p
    (clumped,) = check_gate_sets([of("glare", one_clip, every)])
    assert (clumped.state, clumped.change.value) == ("not_enough", -0.1)
    two = np.isin(clip, ("c0", "c1"))
    assert [line.state for line in check_gate_sets([of("two", spread, two)])] == ["too_few"]
    assert states(answered("slice", 9, lost=9)) == ["too_few"]
    assert states(answered("slice", 40, lost=9)) == ["too_few"]  # of no clips


def test_the_field_fails_by_other_clips_and_never_by_two_of_them():
    clips = np.arange(100) % 10
    found = [answered("field", 100, lost=60, clip=of) for of in (clips, clips % 2)]
    assert states(*found) == ["fail", "not_enough"]
    assert check_gate_sets(found)[0].change.method == "clip_change"

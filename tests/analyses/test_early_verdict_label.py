import pytest

from fieldcheck.analyses.early_verdict import get_interim_verdict
from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import GapLimits, set_limits
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.sampling.proposal import exclude_picks
from tests import makers


def wrong(line):
    """Never what the frame shows, so that a model that answers rightly is counted wrong."""
    colours = ("red", "green", "blue")
    return colours[(colours.index(makers.truth_of(line)) + 1) % 3]


@pytest.fixture
def answered(drawn):
    """A project whose picks and benchmark the model has answered, and none of whose frames is
    labelled."""
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    return drawn


def label_in_turn(project, truth, count):
    """The first `count` picks of the showing order."""
    where = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    for pick in sorted(project.read(labels_table.list_picks), key=lambda one: one.place)[:count]:
        set_label(
            project,
            pick.frame_id,
            LabelDecision(truth(where[pick.frame_id])),
            annotator="a",
            now=makers.NOW,
        )


def test_nothing_labelled_decides_nothing(answered):
    found = get_interim_verdict(answered)
    assert (found.decided, found.n, found.why) == (None, 0, "")


def test_a_model_that_is_wrong_throughout_fails_after_a_handful(answered):
    for count in range(1, 21):
        label_in_turn(answered, wrong, count)
        if get_interim_verdict(answered).decided:
            break
    found = get_interim_verdict(answered)
    assert (found.decided, found.n) == ("fail", count)
    assert 3 <= count <= 12


def test_labels_out_of_turn_wait_for_those_before_them(answered):
    order = sorted(answered.read(labels_table.list_picks), key=lambda one: one.place)
    for pick in order[1:6]:
        set_label(answered, pick.frame_id, LabelDecision("red"), annotator="a", now=makers.NOW)
    assert get_interim_verdict(answered).n == 0
    set_label(answered, order[0].frame_id, LabelDecision("red"), annotator="a", now=makers.NOW)
    assert get_interim_verdict(answered).n == 6


def test_a_frame_that_nobody_could_tell_counts_against_what_would_be_decided(answered):
    """Twenty frames without a label are no evidence that the model is wrong."""
    for pick in answered.read(labels_table.list_picks):
        set_label(
            answered, pick.frame_id, LabelDecision(unsure=True), annotator="a", now=makers.NOW
        )
    found = get_interim_verdict(answered)
    assert (found.decided, found.n) == (None, 0)


def test_a_wide_limit_passes(answered):
    set_limits(answered, GapLimits(0.9, "somebody"))
    label_in_turn(answered, makers.truth_of, 20)
    found = get_interim_verdict(answered)
    assert (found.decided, found.tolerance) == ("pass", 0.9)


def test_without_a_run_there_is_nothing_to_ask(drawn):
    assert get_interim_verdict(drawn).why == "no_benchmark"


def test_without_a_model_a_benchmark_that_was_run_or_a_random_draw_there_is_nothing_to_ask(
    footed, empty, tmp_path
):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as bare:
        assert get_interim_verdict(bare).why == "no_model"
    assert get_interim_verdict(empty).why == "no_benchmark"
    run_and_score(footed, None, "benchmark", NullProgress(), makers.NOW)
    assert get_interim_verdict(footed).why == "no_draw"
    makers.draw(footed, 4, design="hard")
    assert get_interim_verdict(footed).why == "no_draw"


def test_picks_that_were_exchanged_are_no_random_sample(answered):
    pick = answered.read(labels_table.list_picks)[0]
    exclude_picks(answered, [pick.frame_id], "camera_fault", NullProgress())
    assert get_interim_verdict(answered).why == "picks_changed"


def test_it_is_over_the_classes_that_both_sides_have_as_the_gap_is(answered, tmp_path):
    """The model is wrong on every frame of a class that the benchmark has no picture of: nobody
    claimed anything of those."""
    for number in range(40):
        makers.save_picture(
            tmp_path / "other" / ("red", "green")[number % 2] / f"{number}.png",
            ("red", "green")[number % 2],
            number,
        )
    set_benchmark(answered, read_benchmark(tmp_path / "other", None, None))
    run_and_score(answered, None, "benchmark", NullProgress(), makers.NOW)
    label_in_turn(
        answered,
        lambda line: "blue" if makers.truth_of(line) == "red" else makers.truth_of(line),
        20,
    )
    blue = sum(label.class_name == "blue" for label in answered.read(labels_table.list_labels))
    found = get_interim_verdict(answered)
    assert 0 < blue < 20
    assert (found.decided, found.n, found.why) == (None, 20 - blue, "")


def test_where_no_class_is_shared_nothing_is_decided(answered, tmp_path):
    makers.save_picture(tmp_path / "other" / "red" / "0.png", "red")
    set_benchmark(answered, read_benchmark(tmp_path / "other", None, None))
    run_and_score(answered, None, "benchmark", NullProgress(), makers.NOW)
    label_in_turn(answered, lambda line: "blue", 5)
    assert get_interim_verdict(answered).why == "nothing_shared"

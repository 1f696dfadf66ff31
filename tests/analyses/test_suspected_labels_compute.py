from fieldcheck.analyses.label_noise import MOST, compute_suspected_labels
from fieldcheck.labels.label_error_review import find_label_errors, review_label
from fieldcheck.progress import NullProgress
from tests import makers


def test_both_sides_name_what_the_screen_names_the_most_doubtful_first(labelled):
    field, benchmark = compute_suspected_labels(labelled)
    assert (field.on, benchmark.on, benchmark.n) == ("field", "benchmark", 18)
    ranked = find_label_errors(labelled, "benchmark", NullProgress())
    there = {row.subject for row in ranked.rows}
    actual = [f"benchmark:{one.item}" for one in benchmark.labels]
    assert actual == [one for one in ranked.ranking if one in there][:MOST]
    assert benchmark.labels[0].confidence == min(one.confidence for one in benchmark.labels)
    assert all(one.label != one.instead and one.answer == "" for one in benchmark.labels)


def test_a_second_look_stands_beside_its_suspect(labelled):
    first = compute_suspected_labels(labelled)[1].labels[0]
    review_label(
        labelled, f"benchmark:{first.item}", "model_wrong", annotator="tester", now=makers.NOW
    )
    assert compute_suspected_labels(labelled)[1].labels[0].answer == "model_wrong"


def test_points_cannot_be_doubted(pointed):
    assert compute_suspected_labels(pointed) == ()

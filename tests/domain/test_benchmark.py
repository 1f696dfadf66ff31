import dataclasses

import pytest

from fieldcheck.analyses.robustness import describe_missing_score, get_evaluation_set_name
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Benchmark, BenchmarkItem, Box, EvaluationSet
from fieldcheck.i18n import language


def test_an_item_without_class_and_boxes_says_that_there_is_nothing_to_find():
    item = BenchmarkItem("OK/0001.png")
    assert (item.class_name, item.boxes, item.names) == ("", (), ())
    assert BenchmarkItem("a.png", boxes=(Box("part", 0, 0, 1, 1),)).names == ("part",)


def test_a_benchmark_cannot_be_changed_after_it_was_read():
    benchmark = Benchmark("/set", "csv", 0.97, ("a",), (BenchmarkItem("1.png", "a"),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        benchmark.claimed = 1.0


@pytest.mark.parametrize("kind", ["clean", "damaged", "collected"])
def test_every_kind_has_a_name_and_every_reason_words(kind):
    with language.use_language("en"):
        assert get_evaluation_set_name(EvaluationSet(kind, "", 0, Estimate.not_measured("no_set")))
        said = {
            describe_missing_score(EvaluationSet(kind, "", 0, Estimate.not_measured(note)))
            for note in ("no_set", "gone", "not_run", "other")
        }
    assert len(said) == 4

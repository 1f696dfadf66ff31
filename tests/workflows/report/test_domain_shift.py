import pytest

from fieldcheck.progress import Cancelled, Silent
from fieldcheck.workflows.models.embed import embed
from fieldcheck.workflows.models.near_duplicates import known_near_duplicates
from fieldcheck.workflows.models.run_and_score import run_and_score
from fieldcheck.workflows.report import domain_shift
from fieldcheck.workflows.report.compare_sets import compare_sets
from fieldcheck.workflows.report.domain_shift import facts_of, validate_domain
from tests import makers


def test_a_project_whose_sets_were_compared_knows_whether_its_field_looks_like_its_benchmark(labelled):
    found = facts_of(labelled)
    assert (found.source, found.n_frames, found.n_clips, found.n_pictures) == ("statistics", 120, 1, 18)
    assert (found.auc.status, found.named, found.content) == ("na", (), False)  # one clip tells nothing of a camera
    assert 0 <= found.auc.value <= 1


def test_what_was_found_is_kept_until_one_side_changes(labelled, material):
    assert validate_domain(labelled, Silent(), makers.LATER).to_json() == facts_of(labelled).to_json()
    makers.add_footage(labelled, material / "night.avi", camera="right", location="line 1", taken_at=makers.NOW)
    assert facts_of(labelled) is None
    assert validate_domain(labelled, Silent(), makers.LATER).n_clips == 2


def test_embeddings_are_used_where_they_are_kept_for_both_sides(labelled):
    for on in ("footage", "benchmark"):
        embed(labelled, on, Silent())
    assert validate_domain(labelled, Silent(), makers.LATER).source == "embedding"
    assert facts_of(labelled).source == "embedding"


def test_without_a_benchmark_or_footage_there_is_nothing_to_compare(empty, pointed):
    assert validate_domain(empty, Silent(), makers.NOW) is None
    assert validate_domain(pointed, Silent(), makers.NOW) is None


def test_pictures_that_are_gone_are_left_out(footed, tmp_path, monkeypatch):
    monkeypatch.setattr(domain_shift, "benchmark_root", lambda *_: tmp_path / "gone")
    assert validate_domain(footed, Silent(), makers.NOW) is None


class StoppedAtOnce(Silent):
    def check(self):
        raise Cancelled


def test_it_can_be_cancelled(footed):
    with pytest.raises(Cancelled):
        validate_domain(footed, StoppedAtOnce(), makers.NOW)


def test_running_the_model_asks_nothing_else_and_comparing_the_sets_does(drawn):
    run_and_score(drawn, None, "all", Silent(), makers.NOW)
    assert (facts_of(drawn), known_near_duplicates(drawn)) == (None, None)
    compare_sets(drawn, Silent(), makers.NOW)
    assert facts_of(drawn) is not None
    assert known_near_duplicates(drawn) is not None

import pytest

from fieldcheck.analyses import domain_shift as compute
from fieldcheck.analyses.domain_shift import compare_sets, compute_domain_shift, load_domain_shift
from fieldcheck.models.embeddings import compute_embeddings
from fieldcheck.models.near_duplicates import get_known_near_duplicates
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import Cancelled, NullProgress
from tests import makers


def test_a_project_whose_sets_were_compared_knows_whether_its_field_looks_like_its_benchmark(
    labelled,
):
    found = load_domain_shift(labelled)
    assert (found.source, found.n_frames) == ("statistics", 120)
    assert (found.n_clips, found.n_pictures) == (1, 18)
    # one clip tells nothing of a camera
    assert (found.auc.status, found.named_causes, found.content) == ("na", (), False)
    assert 0 <= found.auc.value <= 1


def test_what_was_found_is_kept_until_one_side_changes(labelled, material):
    actual = compute_domain_shift(labelled, NullProgress(), makers.LATER).to_json()
    assert actual == load_domain_shift(labelled).to_json()
    makers.add_footage(
        labelled, material / "night.avi", camera="right", location="line 1", taken_at=makers.NOW
    )
    assert load_domain_shift(labelled) is None
    assert compute_domain_shift(labelled, NullProgress(), makers.LATER).n_clips == 2


def test_embeddings_are_used_where_they_are_kept_for_both_sides(labelled):
    for on in ("footage", "benchmark"):
        compute_embeddings(labelled, on, NullProgress())
    assert compute_domain_shift(labelled, NullProgress(), makers.LATER).source == "embedding"
    assert load_domain_shift(labelled).source == "embedding"


def test_without_a_benchmark_or_footage_there_is_nothing_to_compare(empty, pointed):
    assert compute_domain_shift(empty, NullProgress(), makers.NOW) is None
    assert compute_domain_shift(pointed, NullProgress(), makers.NOW) is None


def test_pictures_that_are_gone_are_left_out(footed, tmp_path, monkeypatch):
    monkeypatch.setattr(compute, "get_benchmark_root", lambda *_: tmp_path / "gone")
    assert compute_domain_shift(footed, NullProgress(), makers.NOW) is None


class StoppedAtOnce(NullProgress):
    def check(self):
        raise Cancelled


def test_it_can_be_cancelled(footed):
    with pytest.raises(Cancelled):
        compute_domain_shift(footed, StoppedAtOnce(), makers.NOW)


def test_running_the_model_asks_nothing_else_and_comparing_the_sets_does(drawn):
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    assert (load_domain_shift(drawn), get_known_near_duplicates(drawn)) == (None, None)
    compare_sets(drawn, NullProgress(), makers.NOW)
    assert load_domain_shift(drawn) is not None
    assert get_known_near_duplicates(drawn) is not None

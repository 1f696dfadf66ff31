from fieldcheck.analyses import discovered_slices
from fieldcheck.models.scored_sides import load_scored_sides


def test_twenty_frames_are_too_few_and_none_are_none(labelled, drawn):
    found = discovered_slices.compute_discovered_slices(labelled)
    assert (found.off, found.n, found.slices) == ("frames", 20, ())
    assert found.errors == int((~load_scored_sides(labelled).field.judgement.right).sum())
    assert discovered_slices.compute_discovered_slices(drawn) is None


def test_statistics_and_what_differs_of_the_metadata_are_handed_over(labelled, monkeypatch):
    given = {}
    monkeypatch.setattr(
        discovered_slices,
        "discover_slices",
        lambda rows, names, *rest: given.update(rows=rows, names=names),
    )
    discovered_slices.compute_discovered_slices(labelled)
    assert given["rows"].shape == (20, len(given["names"]))
    # one clip: its place and conditions tell nothing apart
    assert not any("=" in name for name in given["names"])

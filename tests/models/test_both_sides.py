from fieldcheck.models.scored_sides import load_scored_sides


def test_both_sides_are_there_or_what_there_is(labelled, drawn):
    found = load_scored_sides(labelled)
    assert (found.field.scores.n_labelled, found.benchmark.score.n) == (20, 18)
    assert load_scored_sides(drawn).benchmark is None

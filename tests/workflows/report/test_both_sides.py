from fieldcheck.workflows.report.both_sides import both_sides


def test_both_sides_are_there_or_what_there_is(labelled, drawn):
    found = both_sides(labelled)
    assert (found.field.scores.n_labelled, found.benchmark.score.n) == (20, 18)
    assert both_sides(drawn).benchmark is None

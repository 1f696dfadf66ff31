from fieldcheck.analyses.abstention_thresholds import compute_abstention


def test_one_clip_makes_no_halves(labelled):
    assert compute_abstention(labelled) is None


def test_without_labels_or_classes_there_is_nothing(drawn, pointed, empty):
    expected = [None, None, None]
    assert [compute_abstention(project) for project in (drawn, pointed, empty)] == expected

from fieldcheck.workflows.report.abstention import facts_of


def test_one_clip_makes_no_halves(labelled):
    assert facts_of(labelled) is None


def test_without_labels_or_classes_there_is_nothing(drawn, pointed, empty):
    assert [facts_of(project) for project in (drawn, pointed, empty)] == [None, None, None]

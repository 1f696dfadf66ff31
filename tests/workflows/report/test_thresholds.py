from fieldcheck.workflows.report.thresholds import facts_of


def test_one_clip_and_few_pictures_have_no_threshold_and_say_so(labelled):
    found = facts_of(labelled)
    assert (found.classes, found.precision) == ((), 0.5)
    assert set(found.too_few) == {"red", "green", "blue"}
    assert facts_of(labelled, 0.8).precision == 0.8


def test_without_labels_or_classes_there_is_nothing(drawn, pointed, empty):
    assert [facts_of(project) for project in (drawn, pointed, empty)] == [None, None, None]

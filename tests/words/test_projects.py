from fieldcheck.words import projects


def test_a_new_project_says_what_it_still_needs():
    said = projects.made("line4.fieldcheck", "", 0)
    assert said[0] == "Project made: line4.fieldcheck"
    assert "`fieldcheck model set`" in said[1]
    assert "`fieldcheck benchmark set`" in said[2]
    assert projects.made("p", "m", 1)[1:] == ("Model: m", "Benchmark: 1 picture")


def test_classes_that_the_model_does_not_know_are_named():
    assert projects.benchmark_set(2, ()) == "Benchmark of 2 pictures."
    assert projects.benchmark_set(2, ("dent",)).endswith("Not among the model's classes: dent.")


def test_a_check_says_what_was_found_and_what_was_done():
    assert projects.checked(True, 0, ()) == ("Everything is in order.",)
    assert projects.checked(False, 2, ("frames",))[1] == "Mended: frames"
    assert "`fieldcheck check --repair`" in projects.checked(False, 1, ())[1]


def test_a_report_is_its_sentence_and_its_place():
    assert projects.reported("Gap 36 points.", "/r/report.html") == ("Gap 36 points.", "Report: /r/report.html")


def test_a_model_and_a_self_check_are_told():
    assert "m2" in projects.model_set("m2")
    assert "120 modules" in projects.self_checked(120)

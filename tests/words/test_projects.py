from fieldcheck.domain.decision import RateLimit
from fieldcheck.words import projects, remedies


def test_a_new_project_says_what_it_has_and_what_it_lacks():
    assert projects.made("p.fieldcheck", "net", 400) == ("Project created: p.fieldcheck", "Model: net", "Benchmark: 400 images")
    with remedies.told_by("terminal"):
        _, model, benchmark = projects.made("p.fieldcheck", "", 0)
    assert "`fieldcheck model set`" in model
    assert "`fieldcheck benchmark set`" in benchmark


def test_a_model_and_a_benchmark_are_told():
    assert projects.model_set("net-2") == "net-2 is now the newest model of this project."
    assert projects.benchmark_set(1, ()) == "Benchmark of 1 image."
    assert projects.benchmark_set(40, ("cat", "dog")) == "Benchmark of 40 images. Unknown to the model: cat, dog."


def test_a_check_says_what_was_found_and_mended():
    assert projects.checked(True, 0, ()) == ("No problems found.",)
    assert projects.checked(False, 2, ("frames/a.png",)) == ("2 problems found.", "Repaired: frames/a.png")
    with remedies.told_by("terminal"):
        assert "--repair" in projects.checked(False, 1, ())[1]


def test_a_report_is_told_by_its_sentence_and_place():
    assert projects.reported("Gap 36 pp.", "/r/report.html") == ("Gap 36 pp.", "Report: /r/report.html")
    with remedies.told_by("terminal"):
        assert projects.reported("No gap yet.", "/r/report.html", "run")[2:] == (
            "The report is incomplete. Do the next step (`fieldcheck run`).",
        )


def test_the_self_check_counts_what_it_entered():
    assert "180 modules, 9 screens" in projects.self_checked(180, 9)


def test_rows_that_came_from_a_backup_are_counted_by_their_tables():
    said = projects.checked(False, 1, ("labels",), (("labels", 3), ("picks", 1)), "b1")
    assert said[2].startswith("Unreadable rows restored from backup b1")
    assert said[2].endswith("labels 3, picks 1.")


def test_limits_are_said_with_who_set_them():
    assert projects.rate_limit_said(RateLimit("escape_rate", 0.01, "Q. Manager")) == "Escape rate: at most 1.0% (set by Q. Manager)."
    assert projects.rate_limit_said(RateLimit("confident_errors", 0.2, "")) == "Confident errors: at most 20.0%."
    assert projects.limits_said(0.03, "Q. Manager", (), False)[0] == "Maximum gap: 3 pp (approved by Q. Manager)."
    assert projects.limits_said(0.03, "", (), False)[0] == "Maximum gap: 3 pp (program default)."
    assert projects.limits_said(0.05, "", (), False)[0] == "Maximum gap: 5 pp (no name given)."
    assert projects.limits_said(0.03, "", ("ok", "fine"), True)[1] == "OK classes: ok, fine."
    assert projects.limits_said(0.03, "", ("ok",), False)[1] == "OK classes, proposed from their names: ok."
    assert projects.golden_added("worst", 1) == "Golden set worst: 1 image that must stay correct."

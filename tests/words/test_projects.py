from fieldcheck.domain.decision import RateLimit
from fieldcheck.words import projects, remedies


def test_a_new_project_says_what_it_has_and_what_it_lacks():
    assert projects.list_new_project_lines("p.fieldcheck", "net", 400) == (
        "Project created: p.fieldcheck",
        "Model: net",
        "Benchmark: 400 images",
    )
    with remedies.use_audience("terminal"):
        _, model, benchmark = projects.list_new_project_lines("p.fieldcheck", "", 0)
    assert "`fieldcheck model set`" in model
    assert "`fieldcheck benchmark set`" in benchmark


def test_a_model_and_a_benchmark_are_told():
    assert projects.describe_added_model("net-2") == "net-2 is now the newest model of this project."
    assert projects.describe_added_benchmark(1, ()) == "Benchmark of 1 image."
    assert projects.describe_added_benchmark(40, ("cat", "dog")) == "Benchmark of 40 images. Unknown to the model: cat, dog."


def test_a_check_says_what_was_found_and_mended():
    assert projects.list_check_lines(True, 0, ()) == ("No problems found.",)
    assert projects.list_check_lines(False, 2, ("frames/a.png",)) == ("2 problems found.", "Repaired: frames/a.png")
    with remedies.use_audience("terminal"):
        assert "--repair" in projects.list_check_lines(False, 1, ())[1]


def test_a_report_is_told_by_its_sentence_and_place():
    assert projects.list_report_lines("Gap 36 pp.", "/r/report.html") == ("Gap 36 pp.", "Report: /r/report.html")
    with remedies.use_audience("terminal"):
        assert projects.list_report_lines("No gap yet.", "/r/report.html", "run")[2:] == (
            "The report is incomplete. Do the next step (`fieldcheck run`).",
        )


def test_the_self_check_counts_what_it_entered():
    assert "180 modules, 9 screens" in projects.describe_self_check(180, 9)


def test_rows_that_came_from_a_backup_are_counted_by_their_tables():
    said = projects.list_check_lines(False, 1, ("labels",), (("labels", 3), ("picks", 1)), "b1")
    assert said[2].startswith("Unreadable rows restored from backup b1")
    assert said[2].endswith("labels 3, picks 1.")


def test_limits_are_said_with_who_set_them():
    assert projects.describe_rate_limit(RateLimit("escape_rate", 0.01, "Q. Manager")) == "Escape rate: at most 1.0% (set by Q. Manager)."
    assert projects.describe_rate_limit(RateLimit("confident_errors", 0.2, "")) == "Confident errors: at most 20.0%."
    assert projects.list_limit_lines(0.03, "Q. Manager", (), False)[0] == "Maximum gap: 3 pp (approved by Q. Manager)."
    assert projects.list_limit_lines(0.03, "", (), False)[0] == "Maximum gap: 3 pp (program default)."
    assert projects.list_limit_lines(0.05, "", (), False)[0] == "Maximum gap: 5 pp (no name given)."
    assert projects.list_limit_lines(0.03, "", ("ok", "fine"), True)[1] == "OK classes: ok, fine."
    assert projects.list_limit_lines(0.03, "", ("ok",), False)[1] == "OK classes, proposed from their names: ok."
    assert projects.describe_added_golden_set("worst", 1) == "Golden set worst: 1 image that must stay correct."

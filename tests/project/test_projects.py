from fieldcheck.domain.report import RateLimit
from fieldcheck.errors import message_format
from fieldcheck.project import messages


def test_a_new_project_says_what_it_has_and_what_it_lacks():
    expected = ("Project created: p.fieldcheck", "Model: net", "Benchmark: 400 images")
    assert messages.list_new_project_lines("p.fieldcheck", "net", 400) == expected
    with message_format.use_audience("terminal"):
        _, model, benchmark = messages.list_new_project_lines("p.fieldcheck", "", 0)
    assert "`fieldcheck model set`" in model
    assert "`fieldcheck benchmark set`" in benchmark


def test_a_model_and_a_benchmark_are_told():
    expected = "net-2 is now the newest model of this project."
    assert messages.describe_added_model("net-2") == expected
    assert messages.describe_added_benchmark(1, ()) == "Benchmark of 1 image."
    expected = "Benchmark of 40 images. Unknown to the model: cat, dog."
    assert messages.describe_added_benchmark(40, ("cat", "dog")) == expected


def test_a_check_says_what_was_found_and_mended():
    assert messages.list_check_lines(True, 0, ()) == ("No problems found.",)
    expected = ("2 problems found.", "Repaired: frames/a.png")
    assert messages.list_check_lines(False, 2, ("frames/a.png",)) == expected
    with message_format.use_audience("terminal"):
        assert "--repair" in messages.list_check_lines(False, 1, ())[1]


def test_a_report_is_told_by_its_sentence_and_place():
    expected = ("Gap 36 pp.", "Report: /r/report.html")
    assert messages.list_report_lines("Gap 36 pp.", "/r/report.html") == expected
    with message_format.use_audience("terminal"):
        expected = ("The report is incomplete. Do the next step (`fieldcheck run`).",)
        assert messages.list_report_lines("No gap yet.", "/r/report.html", "run")[2:] == expected


def test_the_self_check_counts_what_it_entered():
    assert "180 modules, 9 screens" in messages.describe_self_check(180, 9)


def test_rows_that_came_from_a_backup_are_counted_by_their_tables():
    said = messages.list_check_lines(False, 1, ("labels",), (("labels", 3), ("picks", 1)), "b1")
    assert said[2].startswith("Unreadable rows restored from backup b1")
    assert said[2].endswith("labels 3, picks 1.")


def test_limits_are_said_with_who_set_them():
    expected = "Escape rate: at most 1.0% (set by Q. Manager)."
    assert messages.describe_rate_limit(RateLimit("escape_rate", 0.01, "Q. Manager")) == expected
    expected = "Confident errors: at most 20.0%."
    assert messages.describe_rate_limit(RateLimit("confident_errors", 0.2, "")) == expected
    expected = "Maximum gap: 3 pp (approved by Q. Manager)."
    assert messages.list_limit_lines(0.03, "Q. Manager", (), False)[0] == expected
    expected = "Maximum gap: 3 pp (program default)."
    assert messages.list_limit_lines(0.03, "", (), False)[0] == expected
    assert messages.list_limit_lines(0.05, "", (), False)[0] == "Maximum gap: 5 pp (no name given)."
    assert messages.list_limit_lines(0.03, "", ("ok", "fine"), True)[1] == "OK classes: ok, fine."
    expected = "OK classes, proposed from their names: ok."
    assert messages.list_limit_lines(0.03, "", ("ok",), False)[1] == expected
    expected = "Golden set worst: 1 image that must stay correct."
    assert messages.describe_added_golden_set("worst", 1) == expected

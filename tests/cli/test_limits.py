def test_the_limits_are_shown_set_and_taken_back(terminal, place):
    path = place("labelled")
    before = terminal.document("limits", path)
    assert (before["tolerance"], before["by"], before["ok_classes"], before["ok_told"]) == (0.03, "", [], False)
    after = terminal.document("limits", path, "--tolerance", "0.05", "--by", "Q. Manager", "--ok", "green")
    assert (after["tolerance"], after["by"], after["ok_classes"], after["ok_told"]) == (0.05, "Q. Manager", ["green"], True)
    assert terminal.document("undo", path)["act"] == "limits.set"
    assert terminal.document("limits", path)["ok_classes"] == []


def test_a_class_that_there_is_not_is_refused(terminal, place):
    assert "brown" in terminal.refusal("limits", place("labelled"), "--ok", "brown")


def test_the_report_tells_escapes_once_a_class_is_ok(terminal, place, tmp_path):
    path = place("labelled")
    terminal.document("limits", path, "--ok", "green")
    folder = terminal.document("report", path, "--out", tmp_path)["report"]
    page = (tmp_path / folder / "report.html").read_text("utf-8")
    assert "Escape rate (defects passed as OK)" in page

import json

import pytest

from tests import makers


def test_the_limits_are_shown_set_and_taken_back(terminal, place):
    path = place("labelled")
    before = terminal.document("limits", path)
    assert (before["tolerance"], before["by"]) == (0.03, "")
    assert (before["ok_classes"], before["ok_told"]) == ([], False)
    after = terminal.document(
        "limits", path, "--tolerance", "0.05", "--by", "Q. Manager", "--ok", "green"
    )
    assert (after["tolerance"], after["by"]) == (0.05, "Q. Manager")
    assert (after["ok_classes"], after["ok_told"]) == (["green"], True)
    assert terminal.document("undo", path)["act"] == "limits.set"
    assert terminal.document("limits", path)["ok_classes"] == []


def test_a_class_that_there_is_not_is_refused(terminal, place):
    assert "brown" in terminal.refusal("limits", place("labelled"), "--ok", "brown")


@pytest.mark.long
def test_the_report_tells_escapes_once_a_class_is_ok(terminal, place, tmp_path):
    path = place("labelled")
    terminal.document("limits", path, "--ok", "green")
    folder = terminal.document("report", path, "--out", tmp_path)["report"]
    page = (tmp_path / folder / "report.html").read_text("utf-8")
    assert "Escape rate (frames with a defect passed as OK)" in page


@pytest.mark.long
def test_ppm_and_cost_are_printed_once_the_plant_entered_its_figures(terminal, place, tmp_path):
    path = place("labelled")
    before = terminal.document("limits", path, "--ok", "green")
    assert (before["defect_ppm"], before["cost_escape"]) == (None, None)
    assert (before["currency"], before["plant_by"]) == (None, [])
    figures = (
        "--defect-ppm", "2000", "--parts-per-day", "8000", "--cost-escape", "50", "--currency",
        "eur",
    )  # fmt: skip
    after = terminal.document("limits", path, *figures, "--by", "Q. Manager")
    assert (after["defect_ppm"], after["parts_per_day"]) == (2000, 8000)
    assert (after["cost_escape"], after["cost_reject"]) == (50, None)
    assert (after["currency"], after["plant_by"]) == ("EUR", ["Q. Manager"])
    folder = terminal.document("report", path, "--out", tmp_path)["report"]
    plant = json.loads((tmp_path / folder / "summary.json").read_text("utf-8"))["inspection"][
        "plant"
    ]
    assert plant["figures"]["currency"] == "EUR"
    assert "about 89 EUR per day" in (tmp_path / folder / "report.html").read_text("utf-8")


@pytest.mark.parametrize("figures", [
    ("--cost-escape", "nan"),
    ("--currency", "€"),
    ("--defect-ppm", "2000000"),
    ("--tolerance", "nan"),
    ("--escape-rate", "nan"),
])  # fmt: skip
def test_a_figure_that_is_none_is_refused(terminal, place, figures):
    outcome = terminal("limits", place("labelled"), *figures)
    assert (outcome.code, outcome.out) == (2, "")
    assert figures[0] in outcome.err


@pytest.mark.long
def test_limits_and_parts_are_changed_with_the_pin_only(terminal, place, monkeypatch, tmp_path):
    path = place("labelled")
    monkeypatch.setenv("FIELDCHECK_NEW_ADMIN_PIN", "4711")
    assert terminal.document("admin", "set", path)["admin"]
    assert "protected by an admin PIN" in terminal.refusal("limits", path, "--tolerance", "0.2")
    clips = makers.picture_folder(tmp_path / "clips", ["red"] * 3)
    for asked in (
        ("import", path, clips, "--part-pattern", "{part}.png"),
        ("parts", path, "--pause", "2"),
        ("parts", path, "--none"),
    ):
        assert "protected by an admin PIN" in terminal.refusal(*asked)
    assert terminal.document("parts", path)["n_frames"] == 0
    assert terminal.document("import", path, clips)["clips"], "footage needs no PIN"
    assert terminal.document("limits", path)["tolerance"] == 0.03
    monkeypatch.setenv("FIELDCHECK_ADMIN_PIN", "0000")
    assert "Wrong admin PIN for " in terminal.refusal("limits", path, "--tolerance", "0.2")
    monkeypatch.setenv("FIELDCHECK_ADMIN_PIN", "4711")
    actual = terminal.document("limits", path, "--tolerance", "0.2", "--by", "A. B.")["tolerance"]
    assert actual == 0.2
    assert terminal.document("undo", path)["act"] == "limits.set"
    assert ", by A. B.: 3 → 20 pp.\n" in terminal.said("seal", path)
    actual = terminal.document("admin", "clear", path)
    assert actual == {"schema": "fieldcheck.admin_clear/1", "project": str(path), "admin": False}
    assert "No admin PIN set for " in terminal.refusal("admin", "clear", path)


def test_a_pin_that_is_too_short_is_wrong_usage(terminal, place, monkeypatch):
    monkeypatch.setenv("FIELDCHECK_NEW_ADMIN_PIN", "1")
    assert terminal("admin", "set", place("empty")).code == 2


def test_limits_are_set_with_a_date_and_taken_back_by_later(terminal, place):
    path = place("labelled")
    after = terminal.document(
        "limits", path, "--tolerance", "3%", "--escape-rate", "2%", "--latency", "40", "--by", "QM"
    )
    assert (after["confirmed"], after["escape_rate"], after["latency_ms"]) == (True, 0.02, 40.0)
    assert after["date"]
    later = terminal.document(
        "limits", path, "--tolerance", "later", "--escape-rate", "later", "--latency", "later"
    )
    assert (later["confirmed"], later["escape_rate"], later["latency_ms"]) == (False, None, None)
    assert later["date"] is None


@pytest.mark.long
def test_a_checklist_item_that_does_not_apply_has_a_name_and_is_undone(terminal, place):
    path = place("labelled")
    unnamed = terminal("checklist", path, "--does-not-apply", "latency")
    assert (unnamed.code, "--by" in unnamed.err) == (2, True)
    after = terminal.document("checklist", path, "--does-not-apply", "latency", "--by", "QM")
    row = next(row for row in after["checklist"] if row["rule"] == "latency")
    assert (row["state"], row["by"], row["phase"]) == ("not_applicable", "QM", "trial")
    assert terminal.document("undo", path)["act"] == "checklist.set"
    again = terminal.document("checklist", path)["checklist"]
    assert next(row for row in again if row["rule"] == "latency")["state"] == "not_measured"
    assert "Before a supervised trial" in terminal("checklist", path).out


def test_limits_beside_a_class_that_there_is_not_stay_as_they_were(terminal, place):
    path = place("labelled")
    before = terminal.document("limits", path)
    assert "brown" in terminal.refusal(
        "limits", path, "--tolerance", "0.2", "--defect-ppm", "5", "--ok", "brown"
    )
    assert terminal.document("limits", path) == before
    assert not before["confirmed"]


def test_parts_are_kept_where_dropping_and_calling_them_are_asked_for_at_once(terminal, place):
    path = place("labelled")
    before = terminal.document("parts", path, "--pause", "2")
    assert before["source"] == "pause"
    outcome = terminal("parts", path, "--none", "--call", "any")
    assert outcome.code == 2
    assert "--call requires parts." in outcome.err
    assert terminal.document("parts", path) == before
    assert terminal.document("parts", path, "--pause", "3", "--call", "all")["call"] == "all"
    assert terminal.document("parts", path, "--call", "any")["call"] == "any"
    terminal.document("parts", path, "--none")
    assert terminal("parts", path, "--call", "any").code == 2

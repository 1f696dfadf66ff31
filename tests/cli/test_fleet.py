import json

import pytest

from fieldcheck import parquet
from tests.fleet.projects import make_site_project


@pytest.fixture
def two_sites(made, tmp_path):
    return [make_site_project(made["labelled"], tmp_path, number) for number in range(2)]


@pytest.mark.long
def test_fleet_add_says_what_is_new_and_fleet_report_writes_its_folder(
    terminal, two_sites, tmp_path
):
    fleet = tmp_path / "fleet"
    document = terminal.document("fleet", "add", fleet, *two_sites)
    assert document["schema"] == "fieldcheck.fleet_add/1"
    assert [one["n_added"] for one in document["added"]] == [120, 120]
    said = terminal.said("fleet", "add", fleet, two_sites[0])
    assert said == "site00 (Hall 00): nothing new.\n"
    document = terminal.document("fleet", "report", fleet, "--out", tmp_path / "out")
    assert (document["n_sites"], document["behind"]) == (2, [])
    (folder,) = (tmp_path / "out").iterdir()
    assert document["report"] == str(folder)
    figures = json.loads((folder / "fleet.json").read_text("utf-8"))
    assert figures["schema"] == "fieldcheck.fleet_report/1"
    assert figures["sentence"] == document["sentence"]
    assert figures["class_lists"][0]["total"]["gap"] == document["gap"]
    page = (folder / "report.html").read_text("utf-8")
    assert "Hall 00" in page
    assert "<script" not in page
    said = terminal.said("fleet", "report", fleet, "--lang", "de")
    assert str(fleet / "reports") in said


def test_a_project_that_is_refused_leaves_the_others(terminal, two_sites, tmp_path):
    document, said = terminal.partly(
        "fleet", "add", tmp_path / "fleet", two_sites[0], tmp_path / "gone", two_sites[1]
    )
    assert "gone" in said
    assert [one["project"] for one in document["added"]] == ["site00", "site01"]
    assert [one["path"] for one in document["refused"]] == [str(tmp_path / "gone")]


def test_without_the_extra_one_sentence_says_what_to_install(
    terminal, two_sites, tmp_path, monkeypatch
):
    monkeypatch.setattr(parquet, "import_duckdb", lambda: None)
    for command in (("add", tmp_path / "fleet", two_sites[0]), ("report", tmp_path / "fleet")):
        assert "Install the extra “fleet”" in terminal.refusal("fleet", *command)

"""The fleet part of the Evidence screen: a real folder, real jobs."""

import shutil

import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.fleet.report import read_fleet_overview
from fieldcheck.ui.colours_and_high_contrast import DARK
from fieldcheck.ui.screens.evidence.fleet import FleetPage, FleetPresenter
from fieldcheck.ui.screens.home.overview_page import SiteCard
from fieldcheck.ui.theme import Theme, apply_theme
from tests.fleet.projects import make_site_project
from tests.fleet.test_store import add
from tests.ui.screens.evidence.conftest import Told


@pytest.fixture
def fleet(made, tmp_path):
    folder = tmp_path / "fleet"
    add(folder, *(make_site_project(made["labelled"], tmp_path, number) for number in range(2)))
    return folder


@pytest.mark.long
def test_a_fleet_is_read_the_open_project_added_and_the_report_written(
    desk, labelled, fleet, monkeypatch
):
    opened = []
    monkeypatch.setattr(
        "fieldcheck.ui.screens.evidence.fleet.QDesktopServices.openUrl",
        lambda url: opened.append(url.toLocalFile()),
    )
    path = labelled.path
    labelled.close()
    desk.open(path)
    view = Told()
    presenter = FleetPresenter(view, desk)
    presenter.load_data()
    desk.settle()
    assert view.told["show_fleet"][2:] == (None, ())
    assert presenter.main_action[1] == "fleet_open"
    presenter.read_fleet(fleet)
    desk.settle()
    name, sentence, table, bars = view.told["show_fleet"]
    assert (name, len(table.rows), len(bars)) == ("fleet", 2, 2)
    assert sentence
    presenter.prompt_to_add()
    desk.settle()
    assert len(view.told["show_fleet"][2].rows) == 3
    assert any("rows added" in said for said in desk.said)
    presenter.show_report()
    desk.settle()
    (written,) = (fleet / "reports").iterdir()
    assert opened == [str(written)]
    assert (written / "report.html").is_file()


def test_a_folder_that_is_no_fleet_is_told_and_changes_nothing(desk, labelled, tmp_path):
    path = labelled.path
    labelled.close()
    desk.open(path)
    view = Told()
    presenter = FleetPresenter(view, desk)
    presenter.read_fleet(tmp_path)
    desk.settle()
    assert "is not a fleet folder" in desk.said[-1]
    assert not presenter.enabled_actions["fleet_report"]


@pytest.mark.long
@pytest.mark.parametrize("theme", [Theme(), Theme(DARK)], ids=["light", "dark"])
def test_every_column_has_its_room_and_the_bar_is_drawn(qtbot, qapp, desk, fleet, theme):
    apply_theme(qapp, theme)
    page = FleetPage(theme, desk.actions)
    qtbot.addWidget(page)
    overview = read_fleet_overview(fleet)
    page.show_fleet("fleet", overview.sentence, overview.table, overview.rows)
    page.resize(800, 400)
    page.show()
    heads = page.table.horizontalHeader()
    assert heads.length() <= page.table.viewport().width()
    assert heads.sectionSize(0) > heads.sectionSize(2)
    picture = page.table.grab().toImage()
    last = heads.sectionViewportPosition(4)
    row = page.table.rowViewportPosition(0) + heads.height() + page.table.rowHeight(0) // 2
    ground = picture.pixelColor(last + 2, row)
    drawn = [picture.pixelColor(x, row) for x in range(last, last + heads.sectionSize(4) - 1)]
    assert any(colour != ground for colour in drawn)
    assert isinstance(page.front, QWidget)


def test_the_card_of_the_site_leads_to_the_fleet(window, open_in_window, made, tmp_path, settle):
    open_in_window(shutil.copytree(made["drawn"], tmp_path / "p.fieldcheck"))
    window.show_screen("project")
    settle()
    window.get_shown_screen().view.findChild(SiteCard).fleet.click()
    settle()
    shown = window.get_shown_screen()
    assert window.current_screen == "evidence"
    assert isinstance(shown.view.pages.current_page, FleetPage)

from PySide6.QtWidgets import QFileDialog

from fieldcheck.ui.screens.home.overview import OverviewPage


def test_a_card_that_is_edited_has_its_column_for_itself(look, window, qtbot):
    page = OverviewPage(look, window.context.actions)
    qtbot.addWidget(page)
    page.show()
    page.limits.begin("3", "")
    page.make_room()
    assert [one.isVisible() for one in (page.site, page.benchmark, page.limits, page.model)] == [False, False, True, True]
    page.limits.end()
    page.make_room()
    assert all(one.isVisible() for one in (page.site, page.benchmark, page.limits))


def test_files_are_asked_for_without_holding_up_the_window(look, window, qtbot, tmp_path):
    page = OverviewPage(look, window.context.actions)
    qtbot.addWidget(page)
    told = []
    page.ask_for_model(told.append)
    page.ask_for_benchmark(told.append)
    for dialog in page.findChildren(QFileDialog):
        dialog.fileSelected.emit(str(tmp_path))
        dialog.close()
    page.set_compact(True)
    assert told == [tmp_path, tmp_path]

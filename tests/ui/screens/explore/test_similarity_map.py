import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from fieldcheck.models.embeddings import compute_scatter_layout, load_similarity_index
from fieldcheck.ui.screens.explore.similarity_map import (
    ScatterPlot,
    SimilarityMapView,
    format_legend,
)
from fieldcheck.ui.widgets.buttons import Chip


@pytest.mark.long
def test_the_map_is_made_once_and_what_is_drawn_round_opens_as_frames(explore, folder, do, window):
    screen = explore(folder("labelled"))
    do("map")
    found = load_similarity_index(window.current.project)
    assert screen.view.map.key.text() == format_legend(compute_scatter_layout(found))
    assert "120 field frames" in screen.view.map.cloud.accessibleDescription()
    jobs = len(window.runner.jobs)
    do("gap")
    do("map")
    assert len(window.runner.jobs) == jobs
    screen.presenter.parts["map"].open_points(np.array([0, 1, 130]))
    assert screen.presenter.session.mode == "frames"
    actual = list(screen.view.frames.grid.tiles.frame_ids)
    assert actual == [found.subjects[at] for at in (0, 1, 130)]
    assert [chip.get_label() for chip in screen.view.frames.bar._shown] == ["3 selected frames ✕"]


POINTS = np.array([[0, 0], [10, 0], [0, 10], [10, 10]], np.float32)


@pytest.fixture
def cloud(look, qtbot):
    made = ScatterPlot(look, "map")
    qtbot.addWidget(made)
    made.resize(500, 500)
    made.show()
    made.show_points(POINTS, 2, np.array([True, False, False, False]))
    qtbot.wait(30)
    return made


def test_the_ring_is_moved_sized_and_taken_by_keys(cloud, qtbot):
    assert cloud.find_points_in_ring().tolist() == []
    for _ in range(40):
        QTest.keyClick(cloud, Qt.Key.Key_Left)
        QTest.keyClick(cloud, Qt.Key.Key_Down)
    QTest.keyClick(cloud, Qt.Key.Key_Plus)
    for _ in range(60):
        if cloud.find_points_in_ring().size:
            break
        QTest.keyClick(cloud, Qt.Key.Key_Plus)
    with qtbot.waitSignal(cloud.points_selected) as took:
        QTest.keyClick(cloud, Qt.Key.Key_Return)
    assert 0 in took.args[0].tolist()


def test_a_ring_round_nothing_takes_nothing(cloud, qtbot):
    with qtbot.assertNotEmitted(cloud.points_selected):
        QTest.keyClick(cloud, Qt.Key.Key_Return)


def test_a_lasso_takes_what_it_was_drawn_round(cloud, qtbot):
    corners = [_at(cloud, *corner) for corner in ((-0.5, -0.5), (-0.5, 3), (3, 3), (3, -0.5))]
    with qtbot.waitSignal(cloud.points_selected) as took:
        QTest.mousePress(cloud.viewport(), Qt.MouseButton.LeftButton, pos=corners[0])
        for corner in corners[1:]:
            cloud.mouseMoveEvent(_moved(corner))
        QTest.mouseRelease(cloud.viewport(), Qt.MouseButton.LeftButton, pos=corners[-1])
    assert took.args[0].tolist() == [0]


def _at(cloud, x, y):
    return cloud.mapFromScene(cloud.box.mapViewToScene(QPointF(x, y)))


def _moved(corner):
    place, left = QPointF(corner), Qt.MouseButton.LeftButton
    return QMouseEvent(
        QEvent.Type.MouseMove, place, place, left, left, Qt.KeyboardModifier.NoModifier
    )


def test_layers_are_switched_and_the_point_under_the_pointer_is_found(cloud, qtbot):
    told = []
    cloud.point_hovered.connect(told.append)
    for place, corner in enumerate(((0, 0), (10, 0), (0, 10))):
        assert cloud.find_point(_at(cloud, *corner)) == place
    assert cloud.find_point(_at(cloud, 5, 5)) == -1
    cloud.show_layers({"frames": False, "benchmark": True, "wrong": False})
    assert cloud.find_point(_at(cloud, 0, 0)) == -1
    assert cloud.find_point(_at(cloud, 0, 10)) == 2
    assert not cloud._frames.isVisible()
    for corner in ((0, 10), (0, 10), (5, 5)):
        place = QPointF(_at(cloud, *corner))
        none = Qt.MouseButton.NoButton
        cloud.mouseMoveEvent(
            QMouseEvent(
                QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier
            )
        )
    assert told == [2, -1], "once for each point"


@pytest.mark.long
def test_points_wear_the_colours_of_a_facet_and_a_legend_names_them(explore, folder, do, settle):
    view = explore(folder("labelled")).view.map
    do("map")
    settle()
    assert view.layers["frames"].get_label() == "Field 120"
    assert view.legend.isHidden()
    view.colourings["class"].click()
    names = [chip._name for chip in view.legend.findChildren(Chip) if not chip.isHidden()]
    assert names == ["blue", "green", "red"]
    brushes = {brush.color().name() for brush in view.cloud._benchmark.data["brush"]}
    assert len(brushes) == 3
    view.colourings[""].click()
    assert view.legend.isHidden()
    assert view.get_colouring() == ""


@pytest.mark.long
def test_the_frame_under_the_pointer_has_its_thumbnail(explore, folder, do, settle):
    screen = explore(folder("labelled"))
    do("map")
    settle()
    screen.view.map.cloud.point_hovered.emit(0)
    settle()
    thumbnail = screen.view.map.thumbnail
    assert thumbnail.isVisible()
    assert not thumbnail.still.image.isNull()
    screen.view.map.cloud.point_hovered.emit(-1)
    assert not thumbnail.isVisible()


def test_it_says_how_the_map_is_used_by_mouse_and_by_keys(window, qtbot):
    view = SimilarityMapView(window.context.theme, window.context.actions)
    qtbot.addWidget(view)
    assert "mouse" in view.how.text()
    assert "arrow keys" in view.how.text()
    assert view.cloud.accessibleName()

"""One key labels a part, whose frames the strip shows, in the real window."""

from PySide6.QtCore import Qt

from fieldcheck.domain.frame import PartRule
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_listing import store_parts
from fieldcheck.project.tables import labels as labels_table
from tests import makers
from tests.ui.screens.label.conftest import seen


def test_one_key_labels_the_part_and_the_strip_shows_its_frames(
    window, labelling, footed, press, settle, qtbot
):
    makers.draw(footed, 20)
    names = [line.frame.frame_id for line in footed.read(list_sampling_lines)]
    parts = {name: f"P{index // 12:02d}" for index, name in enumerate(names)}
    store_parts(footed, PartRule("csv", "parts.csv", True), parts)
    picked = [pick.frame_id for pick in footed.read(labels_table.list_picks)]
    footed.close()
    screen = labelling(footed.path)
    presenter, pressed = screen.presenter, []
    while presenter.state.round.n_left:
        seen(qtbot, window)
        pressed.append(presenter.state.frame.part)
        press(Qt.Key.Key_1)
        settle()
    assert sorted(pressed) == sorted({parts[name] for name in picked})
    assert len(pressed) < len(picked)
    labels = window.current.project.read(labels_table.list_labels)
    assert {one.frame_id for one in labels} == set(picked)
    presenter.open_frame(0)
    settle()
    shown = presenter.state.frame
    assert "part P" in screen.view.canvas.accessibleName()
    cells = screen.view.strip._cells
    assert 0 < len(cells) <= len(shown.part_frames) == 12
    assert all(cell.picture is not None and not cell.picture.isNull() for cell in cells)
    assert {cell.index for cell in cells} >= {-1}
    window.current.undo(window.context.messages)
    settle()
    left = [one.frame_id for one in window.current.project.read(labels_table.list_labels)]
    assert len(picked) - len(left) == sum(parts[name] == pressed[-1] for name in picked)

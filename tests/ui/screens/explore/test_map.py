import numpy as np

from fieldcheck.analyses.similar_items import compute_scatter_layout, load_similarity_index
from fieldcheck.ui.screens.explore.similarity_map import format_legend


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

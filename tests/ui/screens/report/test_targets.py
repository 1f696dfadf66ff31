from pathlib import Path

import pytest

from fieldcheck.ui.screens.report.panel import Drive, list_targets, shorten_name

PROJECT = Path("/data/line4.fieldcheck")
STICK = Drive("KINGSTON", Path("/media/a/KINGSTON"), 14 * 10**9)
MB, GB = 10**6, 10**9


def test_the_projects_own_folder_comes_first_then_sticks_then_the_chosen_folder():
    found = list_targets(PROJECT, 38 * GB, (Path("/out/night"), 5 * GB), (STICK,), 6 * MB)
    assert [(one.kind, one.name, one.folder) for one in found] == [
        ("project", "Project folder", PROJECT / "reports"),
        ("drive", "KINGSTON", STICK.root),
        ("folder", "night", Path("/out/night")),
    ]
    assert len({one.key for one in found}) == 3


@pytest.mark.parametrize(
    ("free", "needed", "said", "enough"),
    [
        (38 * GB, 6 * MB, "38 GB free, needs 6 MB", True),
        (38 * GB, None, "38 GB free", True),
        (2 * MB, 6 * MB, "2 MB free, too little for 6 MB", False),
        (None, 6 * MB, "", True),
    ],
)
def test_each_says_how_much_room_there_is_and_how_much_is_needed(free, needed, said, enough):
    (target,) = list_targets(PROJECT, free, None, (), needed)
    assert (target.space_text, target.has_space) == (said, enough)


def test_a_long_name_is_shortened_for_the_button():
    assert shorten_name("KINGSTON") == "KINGSTON"
    assert shorten_name("A stick with a very long name") == "A stick with a ve…"

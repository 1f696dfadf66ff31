"""A screen is added by following docs/extending.md in a copy of the product; everything that lists
screens then knows it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fieldcheck
from fieldcheck.ui.screen import (
    MARKS,
    Badge,
    ScreenSpec,
    list_specs,
    make_pending_badge,
    make_ready_badge,
)

CHECKOUT = Path(fieldcheck.__file__).parent.parent
AT_MOST = 4
USE = """
import json, sys
from fieldcheck.ui import app
from fieldcheck.ui.screens.help.presenter import build_pages
from fieldcheck.ui.screen import SCREENS, list_actions
application = app.create_application()
window = app.build_window()
loaded_before = "fieldcheck.ui.screens.days.presenter" in sys.modules
window.context.actions.get_action("go.days").trigger()
screen = window.get_shown_screen()
screen.presenter.state.set_days(("Monday", "Tuesday"))
window.context.actions.get_action("days.previous").trigger()
entries = {entry.id: entry for entry in list_actions()}
page = next(page for page in build_pages(list_actions()) if page.name == "days")
told = {
    "loaded before it was shown": loaded_before,
    "rail": list(window.sidebar.items),
    "badge": window.sidebar.items["days"].accessibleName(),
    "key": entries["go.days"].shown_key,
    "finder": [entry.text for entry, _ in window.context.actions.list_available()][:2],
    "help": page.blocks[0].text,
    "keys": [key for block in page.blocks for key, _ in getattr(block, "pairs", ())],
    "day": screen.view.said.text(),
    "built": app.check_all_screens() == len(SCREENS),
}
print(json.dumps(told))
"""


def walk() -> dict[str, str]:
    """The files that the walk tells to write, each with its text."""
    page = (CHECKOUT / "docs" / "extending.md").read_text("utf-8")
    part = re.split(r"^## ", page, flags=re.MULTILINE)
    own = next(text for text in part if text.startswith("A screen\n"))
    flags = re.MULTILINE | re.DOTALL
    return dict(re.findall(r"^`(fieldcheck/\S+)`\n\n```python\n(.*?)^```$", own, flags=flags))


@pytest.fixture
def copy(tmp_path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "fieldcheck", tmp_path / "fieldcheck", ignore=ignore)
    (tmp_path / "resources").symlink_to(CHECKOUT / "resources")
    return tmp_path


def test_a_screen_is_added_by_four_files_and_everything_that_lists_screens_knows_it(copy):
    files = walk()
    assert len(files) == AT_MOST
    for path, source in files.items():
        assert not (copy / path).exists()
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(source)
    (copy / "fieldcheck/ui/screens/days/__init__.py").write_text('"""The screen of days."""\n')
    environment = {
        **os.environ, "FIELDCHECK_HOME": str(copy / "home"), "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(copy),
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", USE], cwd=copy, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["loaded before it was shown"] is False
    assert told["rail"] == [
        "project", "capture", "pick", "label", "explore", "stress", "bench", "monitor", "report",
        "evidence", "settings", "help", "days",
    ]  # fmt: skip
    assert told["badge"] == "Step Days, optional"
    assert told["key"] == "F2"
    assert told["finder"] == ["Next day", "Day before"]
    assert told["help"] == "One day of footage after the other."
    assert told["keys"] == ["→", "←"]
    assert told["day"] == "Monday"
    assert told["built"] is True


@pytest.mark.parametrize("spec", list_specs(), ids=lambda spec: spec.id)
def test_the_actions_of_a_screen_bear_its_name_and_belong_to_it(spec):
    assert [
        entry.id
        for entry in spec.actions()
        if entry.screen != spec.id or not entry.id.startswith(f"{spec.id}.")
    ] == []


@pytest.mark.parametrize(
    "spec", [spec for spec in list_specs() if spec.requires], ids=lambda spec: spec.id
)
def test_a_required_step_comes_after_those_that_it_requires_and_has_a_badge(spec):
    places = {one.id: one.order for one in list_specs()}
    assert all(places[before] < spec.order for before in spec.requires)
    assert spec.badge is not None


def test_a_screen_is_gone_to_by_the_key_of_its_place_unless_it_has_another():
    spec = ScreenSpec("days", "calendar", 7, lambda: "Days", make=lambda _context, _header: None)
    assert (spec.make_open_action().id, spec.make_open_action().text) == ("go.days", "Go to Days")
    assert spec.make_open_action().keys == ("Ctrl+7",)
    assert spec.is_step
    foot = ScreenSpec(
        "log", "cog", 12, lambda: "Log", make=lambda _context, _header: None,
        open_action=lambda: ("Open the log", "F2"),
    )  # fmt: skip
    assert foot.make_open_action().text == "Open the log"
    assert (foot.make_open_action().keys, foot.is_step) == (("F2",), False)


def test_a_badge_is_read_with_its_mark():
    assert Badge("done", "100 of 100").caption == "✓ 100 of 100"
    assert Badge("going", "37 of 100", 0.37).caption == "37 of 100"


def test_a_step_that_waits_and_one_that_can_begin_have_marks_of_their_own():
    assert (make_pending_badge().caption, make_ready_badge().caption) == ("– not yet", "→ ready")
    assert MARKS[make_pending_badge().state] != MARKS[make_ready_badge().state]

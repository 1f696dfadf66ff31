"""Other users of the computer: what is kept in a user's folders is closed to all others."""

import os
import stat

import pytest

from tests import makers
from tests.hostile import models
from tests.journeys.program import Program

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")


@pytest.fixture
def home(tmp_path):
    """The user's folders as an older version left them: open to everybody."""
    for name in ("settings", "logs", "cache"):
        (tmp_path / "home" / name).mkdir(parents=True)
        (tmp_path / "home" / name).chmod(0o755)
    (tmp_path / "home" / "logs" / "fieldcheck.log").write_text("")
    return tmp_path / "home"


@pytest.mark.long
def test_logs_settings_caches_and_images_of_trials_are_this_users_alone(home, tmp_path):
    program, model = Program(home), makers.colour_model(tmp_path / "net.onnx")
    assert program("new", tmp_path / "p.fieldcheck", "--model", model).code == 0
    assert program("try", model, models.bright_picture(tmp_path / "red.png")).code == 0
    places = ("settings", "logs", "cache")
    kept = [one for name in places for one in (home / name).rglob("*") if (home / name).exists()]
    assert {"fieldcheck.log", "try", "red.seen.png", "tried"} <= {one.name for one in kept}
    tops = [home / "logs", home / "cache"]
    assert [one.name for one in (*tops, *kept) if stat.S_IMODE(one.stat().st_mode) & 0o077] == []


def test_what_is_exported_stays_as_the_user_has_it(home, tmp_path):
    """A report or a card is made to be handed on."""
    project = tmp_path / "p.fieldcheck"
    made = Program(home)("new", project, "--model", makers.colour_model(tmp_path / "net.onnx"))
    assert made.code == 0
    assert stat.S_IMODE((project / "models" / "net" / "net.onnx").stat().st_mode) & 0o044

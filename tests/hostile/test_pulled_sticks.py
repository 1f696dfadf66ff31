"""A stick that is pulled out, or a folder that is moved, in the middle of every long command: one
sentence that says so, and exit 1."""

import shutil

import pytest

from fieldcheck.cli import command as door
from fieldcheck.corruptions import export as export_recipe
from tests import disks, fits, makers

# a camera is not recorded where less than a gigabyte is free; the file behind it stays small
STICK_MB = 1500
BEGIN_WITH = {"pick": "footed"}
# Each with the looks at its progress after which it happens; the first one is CI's.
COMMANDS = {
    "import": (lambda at, out: ("import", at, out / "day"), (1, 4, 30)),
    "pick": (lambda at, out: ("pick", at, "--count", "10"), (1, 4)),
    "embed": (lambda at, out: ("embed", at), (4, 1, 30)),
    "capture": (lambda at,
                out: ("capture", at, "--source", "synthetic:320x240@30", "--seconds", "1"), (4, 1)),
    "report": (lambda at, out: ("report", at), (1,)),
    "export": (lambda at, out: ("export", at, "--format", "imagefolder", "--out", out / "home"),
               (4, 1, 10)),
    "export there": (lambda at, out: ("export", at, "--format", "poison", "--out", at / "home"),
                     (4, 1, 10)),
    "recipe": (lambda at, out: ("export", at, "--format", "recipe", "--out", out / "home"),
               (4, 1, 10)),
    "quantise": (lambda at, out: ("model", "quantise", at, "net"), (1, 4, 30)),
    "stress": (lambda at, out: ("stress", at), (4, 1, 30)),
    "probe": (lambda at, out: ("probe", at), (30, 1, 4)),
    "check": (lambda at, out: ("check", at), (4, 1, 30)),
    "repair": (lambda at, out: ("check", at, "--repair"), (4, 1, 30)),
}  # fmt: skip
HOW = {
    "pulled": disks.pull_out,
    "moved": lambda stick: (stick / "p.fieldcheck").rename(stick / "q.fieldcheck"),
}


@pytest.fixture
def stick(tmp_path):
    place = disks.plug_in(tmp_path, STICK_MB)
    yield place
    disks.put_away(place)


def looks_until(monkeypatch, number, then):
    """From now on the terminal's progress is looked at `number` times before `then()`."""
    seen = []

    def look(_self, *_told):
        seen.append(1)
        if len(seen) == number:
            then()

    for name in ("check", "report"):
        monkeypatch.setattr(door.TerminalProgress, name, look)


@pytest.mark.short_cases(2)
@pytest.mark.full("hostile_pulled_sticks")
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_whose_project_goes_is_one_sentence(
    terminal, tmp_path, made, stick, monkeypatch, counts, name, how
):
    words, looks = COMMANDS[name]
    makers.picture_folder(tmp_path / "day", ["red", "green"] * 8)
    for number in looks[
        : counts(ci=how == "pulled" or name in ("embed", "check"), full=len(looks))
    ]:
        if (stick / "p.fieldcheck").exists():
            shutil.rmtree(stick / "p.fieldcheck")
        at = shutil.copytree(made[BEGIN_WITH.get(name, "labelled")], stick / "p.fieldcheck")
        with monkeypatch.context() as while_it_runs:
            # A fit that is known from another test never looks at the progress.
            while_it_runs.setattr(export_recipe, "fit_field", fits.ALWAYS_MEASURED)
            looks_until(while_it_runs, number, lambda: HOW[how](stick))
            refused = terminal.refusal(*words(at, tmp_path))
        assert "p.fieldcheck is no longer accessible (disk removed or folder moved)." in refused, (
            number
        )
        assert "Data saved before is safe there." in refused
        if how == "pulled":
            disks.put_away(stick)
            (tmp_path / "stick.img").unlink()
            stick.rmdir()
            disks.plug_in(tmp_path, STICK_MB)
        elif (stick / "q.fieldcheck").exists():
            assert terminal.document("check", (stick / "q.fieldcheck").rename(at))["ok"]

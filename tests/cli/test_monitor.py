import json
import os
import shlex
import sys
from contextlib import contextmanager

import pytest

from tests import makers
from tests.monitoring.test_log_monitor import log


def test_where_no_shift_was_taken_in_nothing_is_called_quiet(terminal, place):
    project = place("empty")
    assert terminal.said("monitor", project) == "No shift imported yet.\n"
    document = terminal.document("monitor", project, "--until-alert", code=4)
    assert (document["n_shifts"], document["shift"]) == (0, None)


@pytest.mark.long
def test_monitor_takes_a_log_in_and_says_how_each_shift_stands(terminal, place, tmp_path):
    project = place("empty")
    said = terminal.said("monitor", project, log(tmp_path / "a.csv", shifts=24))
    assert said.startswith("2,880 results imported, 24 shifts.")
    assert "n = 120 · baseline\n" in said
    assert "Correlation of neighbouring shifts φ = " in said
    assert "mean confidence" in said
    document = terminal.document("monitor", project)
    assert document["schema"] == "fieldcheck.monitor/1"
    assert (document["n_shifts"], document["log"], document["advice"]) == (24, None, "none")
    assert (document["accuracy"], document["no_accuracy"]) == (None, "unlabelled")
    assert document["labels"]["n"] == 20
    assert {one["name"] for one in document["charts"]} == {"confidence", "class_mix"}


@contextmanager
def descriptor_to(number, path):
    """What this process and its children write there goes into a file."""
    kept = os.dup(number)
    try:
        with path.open("wb") as out:
            os.dup2(out.fileno(), number)
            yield
    finally:
        os.dup2(kept, number)
        os.close(kept)


@pytest.mark.long
@pytest.mark.skipif(
    sys.platform == "win32", reason="the program of this test is a script with a first line"
)
def test_an_alarm_reaches_a_program_and_sets_the_exit_code(terminal, place, tmp_path, monkeypatch):
    project, program, kept = place("empty"), tmp_path / "call.py", tmp_path / "alert.json"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(kept)!r}, "
        "'w').write(sys.stdin.read())\nprint('called')\n"
    )
    program.chmod(0o755)
    path = log(tmp_path / "a.csv", shifts=24, fallen_from=23)
    with (
        descriptor_to(1, tmp_path / "out"),
        (tmp_path / "err").open("w") as err,
        monkeypatch.context() as here,
    ):
        here.setattr(sys, "stderr", err)
        document = terminal.document(
            "monitor", project, path, "--until-alert", "--on-alert", program, code=3
        )
    assert ((tmp_path / "out").read_text(), (tmp_path / "err").read_text()) == ("", "called\n")
    called = json.loads(kept.read_text())
    assert called["shift"] == document["shift"]
    assert called["new_alarms"] == [document["shift"]]
    kept.unlink()
    terminal.document("monitor", project, "--until-alert", "--on-alert", program, code=3)
    assert not kept.exists()  # an alarm is told once
    (alarm,) = document["alarms"]
    assert (alarm["shift"], alarm["cause"]) == (document["shift"], "all_classes")
    assert "Do not retrain the model for this alarm." in alarm["sentence"]
    seen = terminal.document(
        "monitor", project, "--acknowledge", document["shift"], "--note", "lamp"
    )
    assert seen["n_shifts"] == 24


def test_what_is_no_log_and_no_shift_is_one_sentence(terminal, place, tmp_path):
    project, path = place("empty"), tmp_path / "a.csv"
    path.write_text("time,prediction,confidence\n2026-11-02T06:00:00,red,1.4\n")
    assert "outside 0 to 1 (1.4 (1))" in terminal.refusal("monitor", project, path)
    assert "No shift imported yet" in terminal.refusal("monitor", project, "--acknowledge", "x")
    assert "nowhere" in terminal.refusal("monitor", project, tmp_path / "nowhere.csv")


@pytest.mark.long
@pytest.mark.skipif(
    sys.platform == "win32", reason="the program of this test is a script with a first line"
)
def test_no_program_is_one_sentence_and_one_that_hangs_ends(terminal, place, tmp_path, monkeypatch):
    monkeypatch.setattr("fieldcheck.cli.monitor.ALERT_SECONDS", 0.2)
    project = place("empty")
    program = tmp_path / "call"
    path = log(tmp_path / "a.csv", shifts=24, fallen_from=23)
    program.write_bytes(b"\x00no program")
    program.chmod(0o755)
    assert "call" in terminal.refusal("monitor", project, path, "--on-alert", program)
    program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    assert terminal.document("monitor", project, "--on-alert", program)["state"] == "alarm"


def test_a_camera_is_watched_until_it_alarms_and_old_shifts_are_dropped(terminal, place, tmp_path):
    project, still = place("empty"), tmp_path / "still.png"
    makers.save_picture(still, "red")
    document = terminal.document(
        "monitor", project, "--source", still, "--seconds", "60", "--camera", "left",
        "--until-alert", code=3,
    )  # fmt: skip
    assert (document["state"], document["advice"]) == ("alarm", "check_camera")
    assert document["health"][0]["check"] in ("frozen", "black")
    assert document["health"][0]["camera"] == "left"
    assert "no fault in the shift" in terminal.refusal(
        "monitor", project, "--acknowledge", document["shift"], "--camera", "right"
    )
    terminal.document("monitor", project, "--acknowledge", document["shift"], "--camera", "left")
    assert terminal.document("monitor", project, "--keep-days", "7")["n_shifts"] == 1


def test_an_alarm_of_a_camera_that_no_program_told_is_told_at_the_next_start(
    terminal, place, tmp_path, monkeypatch
):
    project, still = place("empty"), tmp_path / "still.png"
    makers.save_picture(still, "red")
    watch = ("monitor", project, "--source", still, "--seconds", "60", "--camera", "left")
    assert "nowhere" in terminal.refusal(*watch, "--on-alert", tmp_path / "nowhere")
    told = []
    monkeypatch.setattr(
        "fieldcheck.cli.monitor._run_program", lambda _, message: told.append(json.loads(message))
    )
    document = terminal.document("monitor", project, "--on-alert", "call")
    assert [one["new_alarms"] for one in told] == [[document["shift"]]]


@pytest.mark.loopback
@pytest.mark.parametrize("until", [(), ("--until-alert",)])
def test_a_silent_address_ends_as_an_error_and_the_shift_is_stored(terminal, place, until):
    project = place("empty")
    said = terminal.refusal(
        "monitor", project, "--source", "http://127.0.0.1:1/v", "--seconds", "1", *until
    )
    assert "http://127.0.0.1:1/v sent no image while it was monitored." in said
    document = terminal.document("monitor", project)
    assert [(one["n"], one["cause"]) for one in document["shifts"]] == [(0, "no_frames")]


def test_a_row_of_2099_drops_nothing_and_what_is_dropped_can_be_restored(terminal, place, tmp_path):
    project, path = place("empty"), log(tmp_path / "a.csv", shifts=4, per_shift=10)
    with path.open("a") as out:
        out.write("2099-01-01T06:00:00Z,red,0.9,a.png\n")
    said = terminal.said("monitor", project, path, "--keep-weeks", "520")
    assert "1 row lies more than a day in the future and was set aside" in said
    document = terminal.document("monitor", project)
    assert (document["n_shifts"], document["dropped"]["n"]) == (4, 0)
    outcome = terminal("monitor", project, "--keep-mb", "1", "--keep-days", "7")
    if "old shifts deleted" in outcome.out:  # the clock of this machine is a week after them
        assert "A copy is in backups/shifts-0001.jsonl of the project." in outcome.out
        command = next(line for line in outcome.out.splitlines() if line.startswith("To restore: "))
        actual = terminal.document(*shlex.split(command.removeprefix("To restore: fieldcheck ")))[
            "restored"
        ]
        assert actual == 3
    assert terminal.document("monitor", project)["n_shifts"] == 4
    expected = "is not a copy of deleted shifts"
    assert expected in terminal.refusal("monitor", project, "--restore", path)


def test_a_folder_of_pictures_is_taken_in_as_footage(terminal, place, tmp_path):
    project, folder = place("empty"), makers.picture_folder(tmp_path / "p", makers.cycle(12))
    (folder / "cut.png").write_bytes((folder / "0000.png").read_bytes()[:60])
    (folder / "IMG_1.HEIC").write_bytes(b"no matter")
    outcome = terminal("monitor", project, folder, "--began", "2026-11-02 07:00:00", "--json")
    document = json.loads(outcome.out)
    assert document["log"]["n"] == 12
    assert document["shift"].startswith("2026-11-02T06:00:00")
    assert [name in outcome.err for name in ("cut.png", "IMG_1.HEIC")] == [True, True], (
        "what is left out is told as it is met"
    )
    kept = terminal.document(
        "monitor", project, "--keep-frames", document["shift"], "--keep-weeks", "6", "--keep-mb",
        "1",
    )  # fmt: skip
    assert (kept["kept"]["n"], kept["dropped"]["n"], kept["at_risk"]) == (12, 0, None)
    assert len(list((project / kept["kept"]["folder"]).iterdir())) == 12


@pytest.mark.long
def test_shifts_of_the_model_before_are_told_and_are_not_compared(terminal, place, tmp_path):
    project, path = place("empty"), log(tmp_path / "a.csv", shifts=2)
    terminal.said("monitor", project, path)
    terminal.document(
        "model", "set", project, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0))
    )
    expected = "2 shifts (2 Nov 06:00 – 2 Nov 14:00) use another model, net: charts restarted."
    assert expected in terminal.said("monitor", project)
    (told,) = terminal.document("monitor", project)["other_epochs"]
    assert (told["model"], told["n_shifts"], told["card_changed"]) == ("net", 2, False)

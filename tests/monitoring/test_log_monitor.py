from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from fieldcheck.domain.shift import OpenAlarm, list_waiting_alarms
from fieldcheck.errors.imported_files import PredictionLogRefused
from fieldcheck.errors.labels import ShiftUnknown
from fieldcheck.models.store import add_model
from fieldcheck.monitoring.log_monitor import (
    MOST_CLASSES,
    MOST_SHIFTS,
    close_alarms,
    compute_followed_shifts,
    find_shift_start,
    import_log,
    list_alarms_elsewhere,
    list_outliers,
    load_model_shifts,
    load_notes,
)
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.tables.project_state import read_project_status
from tests import makers
from tests.makers import SHIFTS_OVER as NOW

FIRST = datetime.fromisoformat("2026-11-02T06:00:00").astimezone()


def log(path, shifts=12, per_shift=120, fallen_from=99, skip=(), seed=0):
    """A log of red and green parts, a result every four minutes; confidence falls to 0.7 of itself
    from a shift on."""
    rng, rows = np.random.default_rng(seed), ["time,prediction,confidence,picture"]
    for shift in (one for one in range(shifts) if one not in skip):
        for at in range(per_shift):
            moment = FIRST + timedelta(hours=8 * shift, minutes=8 * at * 60 / per_shift)
            sure = np.clip(rng.normal(0.9, 0.03), 0, 1) * (0.7 if shift >= fallen_from else 1)
            rows.append(
                f"{moment.isoformat()},{'red' if at % 2 else 'green'},{sure:.4f},p/{shift}-{at}.png"
            )
    path.write_text("\n".join(rows) + "\n")
    return path


def taken(project, path, hours=8):
    return import_log(project, path, hours, None, 0, NullProgress(), NOW)


def test_a_log_of_days_is_taken_in_in_one_go_and_followed(empty, tmp_path):
    found = taken(empty, log(tmp_path / "a.csv", shifts=26))
    assert (found.n, len(found.shifts), found.empty, found.backwards) == (3120, 26, 0, 0)
    states = compute_followed_shifts(empty)
    assert [one.state for one in states[:20]] == ["learning"] * 20
    assert all(one.state in ("healthy", "watch") for one in states[20:])
    assert datetime.fromisoformat(states[0].began) == FIRST


@pytest.mark.long
def test_a_shift_that_comes_again_is_replaced_and_a_later_log_goes_on(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv"))
    before = compute_followed_shifts(empty)
    taken(empty, log(tmp_path / "b.csv"))
    assert compute_followed_shifts(empty) == before
    taken(empty, log(tmp_path / "c.csv", shifts=14))
    assert len(compute_followed_shifts(empty)) == 14


def night(path, began, n, seed=1):
    """A log with a result a minute from so many hours after the first shift on."""
    rng, rows = np.random.default_rng(seed), ["time,prediction,confidence,picture"]
    for at in range(n):
        moment = FIRST + timedelta(hours=began, minutes=at)
        rows.append(f"{moment.isoformat()},red,{rng.uniform(0.5, 0.9):.4f},p/{began}-{at}.png")
    path.write_text("\n".join(rows) + "\n")
    return path


def count_results(project):
    return [shift.n for shift in load_model_shifts(project).values()]


def test_two_logs_of_a_night_shift_are_one_shift_with_the_results_of_both(empty, tmp_path):
    first, second = night(tmp_path / "1.csv", 16, 120), night(tmp_path / "2.csv", 18, 360)
    assert taken(empty, first).n == 120
    assert taken(empty, second).n == 360
    (both,) = load_model_shifts(empty).values()
    assert (both.n, both.counts) == (480, {"red": 480})
    rows = [line for path in (first, second) for line in path.read_text().splitlines()[1:]]
    sure = np.array([float(row.split(",")[2]) for row in rows])
    assert both.mean_confidence == pytest.approx(sure.mean())
    assert both.histogram["red"] == tuple(np.histogram(sure, 10, (0, 1))[0])
    taken(empty, first)
    taken(empty, second)
    assert count_results(empty) == [480]


def test_a_log_that_begins_anew_under_its_name_joins_what_stood_there_before(empty, tmp_path):
    taken(empty, night(tmp_path / "a.csv", 16, 120))
    taken(empty, night(tmp_path / "a.csv", 18, 100))
    assert count_results(empty) == [220]
    taken(empty, night(tmp_path / "a.csv", 18, 360))  # grown
    assert count_results(empty) == [480]


def test_results_that_a_log_holds_again_count_once(empty, tmp_path):
    whole = night(tmp_path / "a.csv", 16, 480)
    taken(empty, whole)
    head, *rows = whole.read_text().splitlines()
    (tmp_path / "last.csv").write_text("\n".join([head, *rows[60:]]))  # the older rows were cut off
    taken(empty, tmp_path / "last.csv")
    assert count_results(empty) == [480]
    whole.rename(tmp_path / "b.csv")
    taken(empty, tmp_path / "b.csv")
    assert count_results(empty) == [480]


def test_a_log_that_an_earlier_version_took_in_is_one_log(empty, tmp_path):
    """They had no source of their own."""
    first, second = night(tmp_path / "1.csv", 16, 120), night(tmp_path / "2.csv", 18, 360)
    taken(empty, first)
    empty.write(
        lambda db: db.execute(
            "UPDATE model_fact SET about = substr(about, 1, 25) WHERE kind = 'shift'"
        )
    ).result()
    taken(empty, second)
    assert count_results(empty) == [480]
    taken(empty, first)
    assert count_results(empty) == [480]


@pytest.mark.long
def test_falling_confidence_alarms_until_acknowledged_and_no_retrain_is_advised(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=25, fallen_from=22))
    found = compute_followed_shifts(empty)
    assert [one.state for one in found[22:]] == ["alarm", "diagnose", "diagnose"]
    assert found[22].advice == "check_camera"
    close_alarms(empty, found[24].began, "lamp replaced", None, NOW)
    taken(empty, log(tmp_path / "b.csv", shifts=27, skip=range(25)))
    assert {one.state for one in compute_followed_shifts(empty)[25:]} <= {"healthy", "watch"}


def test_gaps_strange_classes_and_two_clocks_are_told(empty, tmp_path):
    path = log(tmp_path / "a.csv", skip=(3, 4))
    rows = path.read_text().splitlines()
    content = "\n".join([*rows, rows[5].replace("red", "zebra").replace("green", "zebra")]) + "\n"
    path.write_text(content)
    found = taken(empty, path)
    assert (found.empty, found.backwards, found.unknown) == (2, 1, ("zebra",))


def test_another_model_is_another_chart(empty, material, tmp_path):
    taken(empty, log(tmp_path / "a.csv"))
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    assert compute_followed_shifts(empty) == ()
    assert len(compute_followed_shifts(empty, "net")) == 12


@pytest.mark.long
def test_an_open_alarm_is_of_the_line_whatever_model_is_set_until_somebody_looks(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=24, fallen_from=23))
    (alarm,) = list_waiting_alarms(compute_followed_shifts(empty), ())
    assert list_alarms_elsewhere(empty) == ()
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    assert list_alarms_elsewhere(empty) == (OpenAlarm("net", alarm),)
    assert empty.read(read_project_status).n_alarms == 1
    close_alarms(empty, alarm.began, "lamp", None, NOW)  # of the earlier model
    assert list_alarms_elsewhere(empty) == ()
    assert empty.read(read_project_status).n_alarms == 0


@pytest.mark.long
def test_who_acknowledges_a_later_shift_of_another_model_closes_the_alarm_too(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=24, fallen_from=22))
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    taken(empty, log(tmp_path / "b.csv", shifts=26, skip=range(24)))
    assert len(list_alarms_elsewhere(empty)) == 1
    first, last = (one.began for one in compute_followed_shifts(empty))
    close_alarms(empty, last, "", None, NOW)
    assert list_alarms_elsewhere(empty) == ()
    with pytest.raises(ShiftUnknown):
        close_alarms(empty, first, "", "net", NOW)


def test_identical_results_in_a_row_are_counted_over_the_whole_shift(empty, tmp_path):
    path = log(tmp_path / "a.csv", shifts=2, per_shift=100)
    rows = path.read_text().splitlines()
    at = 130  # in the second shift
    for row in range(at, at + 35):
        time, *_, picture = rows[row].split(",")
        rows[row] = f"{time},red,0.87653,{picture}"
    path.write_text("\n".join(rows) + "\n")
    taken(empty, path)
    first, second = compute_followed_shifts(empty)
    assert (first.state, second.state, second.cause) == ("learning", "alarm", "repeated")
    assert second.repeated == 35


def test_a_hundred_of_a_shift_are_sampled_and_the_least_confident_are_listed(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", per_shift=300))
    began = compute_followed_shifts(empty)[0].began
    found = list_outliers(empty, began)
    assert len(found) == 5
    assert [one.confidence for one in found] == sorted(one.confidence for one in found)
    assert all(one.picture.startswith("p/0-") for one in found)


def test_what_is_not_there_is_named(empty, tmp_path):
    with pytest.raises(ShiftUnknown):
        close_alarms(empty, "2026-01-01T06:00:00+01:00", "", None, NOW)
    with pytest.raises(ShiftUnknown):
        list_outliers(empty, "x")


def test_embeddings_of_another_length_are_refused_and_nothing_is_kept(empty, tmp_path):
    lines = [
        (
            f'{{"time": {1.79e9 + at}, "prediction": "red", "confidence": 0.9, "embedding": '
            f"{[0.1] * (3 + at)}}}"
        )
        for at in range(2)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    with pytest.raises(PredictionLogRefused):
        taken(empty, tmp_path / "a.jsonl")
    assert compute_followed_shifts(empty) == ()


def test_a_stop_keeps_nothing(empty, tmp_path):
    with pytest.raises(Cancelled):
        import_log(empty, log(tmp_path / "a.csv"), 8, None, 0, makers.stopped(), NOW)
    assert compute_followed_shifts(empty) == ()


@pytest.mark.parametrize(("at", "hours", "start"), [
    ("06:00", 8, "06:00"),
    ("13:59", 8, "06:00"),
    ("14:00", 8, "14:00"),
    ("05:59", 8, "22:00"),
    ("05:59", 24, "06:00"),
])  # fmt: skip
def test_shifts_of_a_day_begin_at_six(at, hours, start):
    moment = datetime.fromisoformat(f"2026-11-02T{at}").replace(tzinfo=timezone(timedelta(hours=1)))
    found = find_shift_start(moment, hours)
    assert found.strftime("%H:%M") == start
    assert found <= moment < found + timedelta(hours=hours)


def test_rows_of_the_future_are_set_aside_and_a_log_of_nothing_else_is_refused(empty, tmp_path):
    path = log(tmp_path / "a.csv", shifts=3, per_shift=10)
    head, *rows = path.read_text().splitlines()
    late = "2099-01-01T06:00:00Z,red,0.9,a.png"
    path.write_text("\n".join([head, late, *rows[:15], late, *rows[15:], late]))
    found = taken(empty, path)
    assert (found.n, len(found.shifts)) == (30, 3)
    assert (found.future, found.backwards, found.empty) == (3, 0, 0)
    assert [one.began[:4] for one in compute_followed_shifts(empty)] == ["2026"] * 3
    path.write_text(f"{head}\n{late}\n")
    with pytest.raises(PredictionLogRefused) as refused:
        taken(empty, path)
    assert (refused.value.problem, refused.value.detail[:10]) in (
        ("future", "2099-01-01"),
        ("future", "2098-12-31"),
    )
    assert len(compute_followed_shifts(empty)) == 3


def test_notes_are_kept_with_their_shift(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=2))
    began = compute_followed_shifts(empty)[1].began
    close_alarms(empty, began, "lamp replaced", None, NOW)
    assert load_notes(empty) == {began: "lamp replaced"}


@pytest.mark.long
def test_a_log_of_very_many_classes_or_shifts_is_refused_with_a_sentence(empty, tmp_path):
    head, path = "time,prediction,confidence", tmp_path / "a.csv"
    content = "\n".join([head, *(f"2026-11-02T06:00:00Z,part {at},0.9" for at in range(200_000))])
    path.write_text(content)
    with pytest.raises(PredictionLogRefused) as refused:
        taken(empty, path)
    assert (refused.value.problem, refused.value.detail) == ("classes", f"> {MOST_CLASSES}")
    path.write_text(
        "\n".join(
            [
                head,
                *(
                    f"{(FIRST - timedelta(days=at)).isoformat()},ok,0.9"
                    for at in range(MOST_SHIFTS + 1)
                ),
            ]
        )
    )
    with pytest.raises(PredictionLogRefused) as refused:
        taken(empty, path)
    assert (refused.value.problem, refused.value.detail) == ("shifts", f"> {MOST_SHIFTS}")
    path.write_text(
        "\n".join([head, *(f"2026-11-02T06:00:00Z,part {at},0.9" for at in range(MOST_CLASSES))])
    )
    assert taken(empty, path).n == MOST_CLASSES

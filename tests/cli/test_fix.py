from dataclasses import replace

import pytest

from fieldcheck.corruptions.fix_candidates import FixCandidate, FixResult, FixTrial, store_fix
from fieldcheck.corruptions.fix_messages import get_fix_name, list_fix_lines
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.i18n import language
from fieldcheck.models.store import find_model
from fieldcheck.project.folder import open_project
from fieldcheck.stats.weighted_field_score import CHOSEN
from tests import makers


@pytest.mark.long
def test_fix_prints_what_is_not_enough_as_an_answer(terminal, place):
    project = place("labelled")
    found = terminal.document("fix", project)
    assert found["schema"] == "fieldcheck.fix/1"
    assert (found["model"], found["state"]) == ("net", "too_few_clips")
    assert (found["seed"], found["tried"], found["proofs"]) == (0, [], [])
    assert (found["n"], found["n_clips"], found["halves_reason"]) == (None, None, "no_halves")
    assert (found["frames"], found["clips"]) == (20, 1)
    assert terminal.said("fix", project).startswith("Not enough clips: the search requires 5, ")


@pytest.mark.long
def test_a_stored_search_is_shown_without_searching(terminal, place):
    project = place("labelled")
    assert terminal.document("fix", project, "--show")["state"] is None
    none = "No search is stored for net. Search first: fieldcheck fix."
    assert terminal.said("fix", project, "--show").strip() == none
    searched = terminal.document("fix", project)
    assert terminal.document("fix", project, "--show") == searched


def test_where_nothing_helps_what_would_is_said():
    larger = replace(found(CLAHE_TRIED), size_ratio=11.0)
    smaller = replace(found(CLAHE_TRIED), size_ratio=0.1)
    assert (
        "Field frames have 11 times the pixels of a benchmark image" in list_fix_lines(larger)[-2]
    )
    assert "Benchmark images have 10 times the pixels of a field" in list_fix_lines(smaller)[-2]
    last = "Training with corruptions that match the field may help: export the training"
    assert list_fix_lines(found(CLAHE_TRIED))[-1].startswith(last)


BOTH = FixCandidate(("gamma_0.67",), (("resize", "letterbox"),))
CLAHE = FixCandidate(("clahe",))


def measured(value, lo, hi):
    return Estimate(value, lo, hi, 50, 5.0, "clip_change_of_several")


def tried(candidate, change, direction="", benchmark=None):
    return FixTrial(candidate, ChangeVerdict(change, 0.01, direction), benchmark)


CLAHE_TRIED = tried(CLAHE, measured(0.1, -0.1, 0.3))


def found(*trials, clips=12):
    return FixResult("net", 0, 96, clips, trials)


def test_too_few_clips_are_said_to_be_so():
    assert list_fix_lines(found(clips=2)) == (
        "Not enough clips: the search requires 5, and the labelled frames come from 2 clips. "
        "Record more clips, or label frames from other clips.",
    )


def test_frames_chosen_by_hand_speak_for_themselves_alone():
    by_hand = tried(CLAHE, measured(0.1, -0.1, 0.3).with_weak_status(CHOSEN))
    expected = "These frames were selected by hand; the result is valid for them only."
    assert expected in list_fix_lines(found(by_hand))


def test_names_are_german_in_german():
    with language.use_language("de"):
        assert get_fix_name(BOTH) == 'heller (Gamma 0,67) + Modellkarte: "resize": "letterbox"'


def test_a_demonstrated_change_is_told_with_its_interval_its_cost_and_what_to_write_where():
    best = tried(BOTH, measured(0.3, 0.1, 0.5), "better", measured(-0.01, -0.04, 0.02))
    assert list_fix_lines(found(best, CLAHE_TRIED)) == (
        "With 12 clips of equal length and about 100 labels, a gain of 20 pp is found in about "
        "4 to 8 of 10 searches, one of 10 pp in 1 or fewer. More clips find more.",
        "net: preprocessing changes on 96 labelled frames from 12 clips, change in accuracy for "
        "these cameras:",
        '  brighter (gamma 0.67) + model card: "resize": "letterbox": 30.0 pp (10.0–50.0, n = 50)',
        "  CLAHE on luma: 10.0 pp (−10.0 to 30.0, n = 50)",
        'Demonstrated for these cameras: brighter (gamma 0.67) + model card: "resize": '
        '"letterbox": 30.0 pp (10.0–50.0, n = 50). Selected as the best of 2: expect a smaller gain.',
        "  Neither change is demonstrated alone: make both.",
        "  Benchmark score changes by −1.0 pp (−4.0 to 2.0, n = 50).",
        '  Add to the model card, under input: "resize": "letterbox"',
        "  Adjust camera or light, or preprocess every frame: brighter (gamma 0.67)",
        "  Camera gamma 0.67, or exposure time or gain times 1.5 to 2.",
        "This change was selected on these frames: pick a new sample to score it.",
    )


def test_what_is_not_demonstrated_is_no_help():
    said = list_fix_lines(found(CLAHE_TRIED))
    assert said[-2] == "No change demonstrated to help among 1 tried together."


def test_the_power_grows_with_the_clips():
    few, many = (list_fix_lines(found(CLAHE_TRIED, clips=n))[0] for n in (8, 40))
    assert "2 to 5 of 10 searches, one of 10 pp in 1 or fewer." in few
    assert "6 to 9 of 10 searches, one of 10 pp in 3 or fewer." in many


def store(project, *trials):
    with open_project(project) as opened:
        model = find_model(opened)
        store_fix(opened, model, replace(found(*trials), created=makers.LATER))


@pytest.mark.long
def test_a_stored_search_is_written_out_and_applied_without_searching(terminal, place, tmp_path):
    project = place("labelled")
    change = measured(0.3, 0.1, 0.5)
    store(project, tried(FixCandidate(("gamma_0.67",)), change, "better"), CLAHE_TRIED)
    out = tmp_path / "fix"
    document = terminal.document("fix", project, "--show", "--out", out, "--apply")
    assert document["written"]["model"] == "net-fixed.onnx"
    assert (out / "net-fixed.card.json").is_file()
    assert (document["applied"]["model"], document["applied"]["n"]) == ("net-fixed", 20)
    shown = terminal.said("fix", project, "--show", "--model", "net")
    assert "Demonstrated for these cameras: brighter (gamma 0.67)" in shown
    applied = terminal.said("fix", project, "--show", "--model", "net", "--apply").splitlines()
    assert applied[-1] == "Selected on these frames as the best of 2: expect a smaller gain."


def test_nothing_demonstrated_is_nothing_written(terminal, place, tmp_path):
    project = place("labelled")
    store(project, CLAHE_TRIED)
    document = terminal.document("fix", project, "--show", "--out", tmp_path / "fix")
    assert (document["state"], document["written"], document["applied"]) == ("nothing", None, None)
    assert not (tmp_path / "fix").exists()
    last = terminal.said("fix", project, "--show", "--apply").splitlines()[-1]
    assert (
        last == "No demonstrated change: nothing was written. Label more clips, then search again."
    )

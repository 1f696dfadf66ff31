import pytest

from fieldcheck.analyses.robustness import STRESS_COLUMNS
from tests import makers


def test_stress_prints_the_rows_of_its_sheet_the_tips_and_the_mean_error(terminal, place):
    project = place("labelled")
    found = terminal.document(
        "stress", project, "--corruption", "dark", "--corruption", "jpeg", "--severity", "severe"
    )
    assert found["schema"] == "fieldcheck.stress/1"
    assert (found["seed"], found["resumed"], found["partial"]) == (0, False, [])
    assert [(row["corruption"], row["severity"], row["on"]) for row in found["rows"]] == [
        (name, severity, on)
        for on in ("benchmark", "field")
        for name, severity in (("none", 0.0), ("dark", 5.0), ("jpeg", 5.0))
    ]
    assert set(found["rows"][0]) == set(STRESS_COLUMNS)
    assert found["rows"][0]["drop"] is None
    expected = [False, True, True, False, False, False]
    assert [row["ssim"] is not None for row in found["rows"]] == expected
    assert found["rows"][1]["psnr"] < 30
    expected = {"named", "reason", "second", "top", "wins", "n_pictures", "n_frames", "n_clips"}
    assert set(found["matched"]) == expected
    assert found["rows"][1]["drop_lo"] <= found["rows"][1]["drop"] <= found["rows"][1]["drop_hi"]
    actual = {(one["corruption"], one["on"]) for one in found["tipping"]}
    assert actual == {(n, on) for n in ("dark", "jpeg") for on in ("benchmark", "field")}
    assert set(found["mce"]) == {"benchmark", "field"}
    assert (
        terminal.document("stress", project, "--corruption", "dark", "--severity", "severe")[
            "resumed"
        ]
        is True
    )


@pytest.mark.long
def test_what_was_asked_is_answered_without_rows_of_earlier_sweeps(terminal, place):
    project = place("labelled")
    asked = (
        "stress", project, "--on", "benchmark", "--corruption", "dark", "--severity", "severe",
        "--no-match",
    )  # fmt: skip
    first = terminal.document(*asked)
    terminal.document(
        "stress", project, "--corruption", "dark", "--corruption", "jpeg", "--severity", "moderate",
        "--no-match",
    )  # fmt: skip
    again = terminal.document(*asked)
    expected = [("benchmark", "none", 0), ("benchmark", "dark", 5)]
    assert [(row["on"], row["corruption"], row["severity"]) for row in again["rows"]] == expected
    assert {**again, "resumed": False} == first
    said = terminal.said(*asked)
    assert ("Field" in said, "JPEG" in said, "moderate" in said) == (False, False, False)


@pytest.mark.long
def test_on_footage_there_are_flips_and_no_scores(terminal, place):
    found = terminal.document(
        "stress", place("footed"), "--on", "footage", "--corruption", "dark", "--severity", "severe"
    )
    clean, dark = found["rows"]
    assert clean["value"] is dark["value"] is dark["drop"] is None
    assert 0 <= dark["flip_lo"] <= dark["flip_rate"] <= dark["flip_hi"] <= 1
    assert found["mce"] == {}


def test_a_person_reads_one_line_a_corruption(terminal, place):
    said = terminal.said(
        "stress", place("labelled"), "--corruption", "dark", "--on", "benchmark"
    ).splitlines()
    assert said[0] == "net, random seed 0"
    assert said[1].startswith("Benchmark, n = ")
    assert said[2].startswith("  Low light: mild ")
    assert " dB, " in said[2]


def test_what_is_missing_or_unknown_is_said(terminal, place):
    assert "label" in terminal.refusal("stress", place("footed"), "--on", "field")
    assert terminal("stress", place("footed"), "--corruption", "fire").code == 2


@pytest.mark.long
def test_probe_prints_families_shortcuts_and_what_the_model_leans_on(terminal, place, tmp_path):
    project, strange = place("labelled"), tmp_path / "strange"
    makers.save_picture(strange / "0.png", "red")
    found = terminal.document(
        "probe", project, "--wrong-domain", strange, "--allow", "blank=red", "--allow", "blank=blue"
    )
    assert found["schema"] == "fieldcheck.probe/1"
    expected = ["blank", "noise", "gauss", "permuted", "defocus", "wrong_domain"]
    assert [row["family"] for row in found["families"]] == expected
    expected = {"family", "n", "n_confident", "allowed", "rate", "auroc", "fpr95", "most", "n_most"}
    assert set(found["families"][0]) == expected
    assert found["families"][0]["allowed"] == ["red", "blue"]
    assert found["threshold"] == 0.9
    assert set(found["named"]) <= {"background", "texture"}
    said = terminal.said("probe", project, "--wrong-domain", strange).splitlines()
    assert said[1].startswith("  Blank images: ")


def test_what_may_be_answered_is_a_class_of_a_family(terminal, place):
    project = place("labelled")
    assert terminal("probe", project, "--allow", "fire=red").code == 2
    assert "fire" in terminal.refusal("probe", project, "--allow", "blank=fire")


@pytest.mark.long
def test_flicker_prints_counts_votes_and_the_way_to_label_the_worst_ten_seconds(terminal, place):
    project = place("labelled")
    found = terminal.document("flicker", project, "--seconds", "20")
    assert found["schema"] == "fieldcheck.flicker/1"
    # 80 frames of a belt that shows another colour every fourth
    assert (found["n_clips"], found["changes"], len(found["clips"])) == (1, 19, 1)
    assert found["per_minute"]["note"] == "too_few_clips"
    assert [one["frames"] for one in found["votes"]] == [3, 5, 9]
    assert all(one["n"] == 20 and one["gain"] is not None for one in found["votes"])
    said = terminal.said("flicker", project, "--seconds", "20").splitlines()
    assert said[0].startswith("Flicker on this footage only:")
    assert said[-1].startswith("fieldcheck pick ")
    assert said[-1].count("--must") == len(found["worst"]["frames"]) > 0
    assert terminal("flicker", project, "--seconds", "-1").code == 2

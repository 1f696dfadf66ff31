import pytest

from fieldcheck.analyses import robustness
from fieldcheck.corruptions.ood import OodRequest as WantedProbes
from fieldcheck.corruptions.ood import run_ood
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.i18n import language
from fieldcheck.progress import NullProgress
from fieldcheck.report.stress_findings import StressFindings, make_stress_findings
from tests import makers


@pytest.fixture
def swept(labelled):
    request = SweepRequest(corruptions=("dark", "colour_cast"))
    return labelled, run_sweep(labelled, request, NullProgress(), makers.NOW).sweep


def test_before_the_first_sweep_there_are_the_three_sets_and_nothing_else(labelled):
    found = make_stress_findings(labelled, "en")
    expected = ["Clean", "Corrupted", "Collected failures"]
    assert [name.split(":")[0] for name, _ in found.sets] == expected
    assert [said for _, said in found.sets][1:] == ["not run yet", "none yet"]
    assert (found.seed, found.heats) == (None, ())
    assert (found.curves, found.families, found.leaning) == ((), None, "")
    assert found.get_short_lines("dark", 3.0) == found.get_line("benchmark", "dark", 3.0) == ""


def test_without_a_model_nothing_is_known(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as project:
        assert make_stress_findings(project, "en") == StressFindings()


@pytest.mark.long
def test_the_heat_tables_are_those_of_the_report_with_what_lies_where(swept):
    project, sweep = swept
    found = make_stress_findings(project, "en")
    assert [heat.on for heat in found.heats] == ["benchmark", "field"]
    for heat in found.heats:
        with language.use_language("en"):
            assert heat == robustness.build_sweep_heatmap(sweep, heat.on, "accuracy")
        actual = [cell.text for cell in heat.table.heads][heat.first :][: len(heat.severities)]
        assert actual == ["mild", "moderate", "severe"]
        assert sorted(heat.names) == ["colour_cast", "dark"]
        assert len(heat.names) == len(heat.table.rows)
    assert found.seed == sweep.seed


@pytest.mark.long
def test_a_curve_goes_from_clean_to_severe_and_a_line_says_a_cell(swept):
    project, sweep = swept
    found = make_stress_findings(project, "en")
    rows = {(row.on, row.corruption, row.severity): row for row in sweep.rows}
    for curve in found.curves:
        clean = rows[curve.on, "none", 0.0]
        assert curve.right[0] == (0.0, clean.value.value)
        assert [severity for severity, _ in curve.right] == [0.0, 1.0, 3.0, 5.0]
        assert curve.right[2][1] == rows[curve.on, curve.corruption, 3.0].value.value
        assert curve.sure[2][1] == rows[curve.on, curve.corruption, 3.0].median_confidence
        assert curve.caption.startswith("Median confidence ")
        assert curve.metric == "Accuracy"
    line = found.get_line("benchmark", "colour_cast", 3.0)
    parts = line.split("; ")
    assert parts[0].endswith(" correct")
    assert parts[1].startswith("predictions changed: ")
    assert "wrong at confidence 0.90 or more" in line
    actual = [one.split(":")[0] for one in found.get_short_lines("colour_cast", 3.0).split("\n")]
    assert actual == ["Benchmark", "Field"]
    assert found.get_short_lines("colour_cast", 2.0) == ""


def test_what_the_field_looks_like_is_told_once_somebody_asked(labelled):
    assert make_stress_findings(labelled, "en").matched == ""
    makers.keep_match(labelled)
    expected = "Best match for the field: sensor noise, mean severity "
    assert make_stress_findings(labelled, "en").matched.startswith(expected)


def test_footage_has_changed_answers_only(footed):
    request = SweepRequest(corruptions=("dark",), severities=(3.0,), on=("footage",))
    run_sweep(footed, request, NullProgress(), makers.NOW)
    found = make_stress_findings(footed, "en")
    (heat,) = found.heats
    assert (heat.on, heat.first, heat.table.caption) == ("footage", 1, "Changed predictions")
    assert "changed" in found.get_short_lines("dark", 3.0)
    assert "correct" not in found.get_line("footage", "dark", 3.0)
    assert [curve.metric for curve in found.curves] == ["Unchanged predictions"]


@pytest.mark.long
def test_probes_bring_the_reports_tables_and_their_sentence(labelled, tmp_path):
    strange = makers.picture_folder(tmp_path / "strange", ["red"] * 3)
    probes = run_ood(
        labelled, WantedProbes(wrong_domain=strange), NullProgress(), makers.NOW
    ).probes
    found = make_stress_findings(labelled, "en")
    with language.use_language("en"):
        assert (found.families, found.shortcuts) == (
            robustness.build_ood_family_table(probes),
            robustness.build_shortcut_table(probes),
        )
    expected = ("Background shortcut: ", "Texture shortcut: ", "No shortcut found in the tests")
    assert found.leaning.startswith(expected)
    assert found.sure_from.endswith("at 0.90 or above.")


def test_it_speaks_the_language_asked_for(swept):
    found = make_stress_findings(swept[0], "de")
    assert found.heats[0].heading.startswith("Benchmark")
    assert found.lines[0][3].split("; ")[0].endswith(" korrekt")

import io
import json
from dataclasses import replace

import pypdf
import pytest
from click.testing import CliRunner

from fieldcheck.analyses import acceptance, escape_rate
from fieldcheck.cli.limits import show_acceptance_command
from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.report import TEXTS, AcceptanceTerms, CostInterval, JudgedLimit
from fieldcheck.errors.imported_files import PartsRefused
from fieldcheck.errors.labels import ClassUnknown
from fieldcheck.evidence.messages import list_seal_changes
from fieldcheck.evidence.signed_seal import create_seal, get_seal_state
from fieldcheck.footage.frame_listing import load_parts, set_part_rule, store_parts
from fieldcheck.i18n.language import tr, use_language
from fieldcheck.labels.store import LabelDecision, import_reference_parts, set_label
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model, set_ok_classes
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import (
    ACCEPTANCE_ACT,
    ACCEPTANCE_KEY,
    get_acceptance_terms,
    get_reference_parts,
    set_acceptance_terms,
    set_plant_figures,
)
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import values
from fieldcheck.report.assemble import build_report
from fieldcheck.report.folder import build_section_schemas, build_summary
from fieldcheck.report.html_page import build_page
from fieldcheck.report.pdf import build_paper, render_pdf
from fieldcheck.stats.cluster import compute_planned_limit, judge_limit, plan_clips_for_limit
from tests.analyses.test_escape_rate import by_part
from tests.makers import NOW
from tests.report.example_report import change_report, example_report

GIVEN = {"camera": "GigE 5 MP, no. 7", "retest": "new lens", "customer": "A. Muster"}


def texts(section):
    """Every text of a section's blocks, cells and pairs."""
    for block in section.blocks:
        if hasattr(block, "rows"):
            for row in block.rows:
                yield from (getattr(cell, "text", cell) for cell in row)
        else:
            yield block.text


def build(result, limits=(), rates=None):
    found = {"acceptance": result, "limits": limits, "inspection": rates}
    with use_language("en"):
        return acceptance.build_acceptance_section(change_report(example_report(), results=found))


def nothing_given():
    plan = acceptance.SamplePlan(None, None, None, "", None)
    return acceptance.Acceptance(AcceptanceTerms(), plan, None, None, "", None, 0, ())


def test_what_was_not_given_says_so():
    said = list(texts(build(nothing_given())))
    assert said.count("not given") == 8
    for sentence in (
        "Two annotators: not measured.",
        "Reference parts: not given.",
        "False rejects per shift: not given. Requires parts per shift and ten good labels.",
        "Planned sample: not given.",
    ):
        assert sentence in said
    at = said.index("Customer")
    assert [said[at + 4 * k] for k in range(5)] == [
        "Customer", "Production", "Prepared", "Reviewed", "Released"
    ]  # fmt: skip


@pytest.mark.parametrize(("limit", "word"), [(0.5, "✓ met"), (0.05, "◔ inconclusive")])
def test_the_rate_stands_one_sided_beside_its_limit(limit, word):
    rates = escape_rate.compute_part_rates(by_part(3), ("ok",), is_stated=True)
    state = judge_limit(rates.escape_cameras, limit)
    cameras, day = rates.escape_cameras, "2026-11-28"
    limits = (JudgedLimit("escape_rate", limit, "QM", day, True, cameras, state, "interval"),)
    said = list(texts(build(nothing_given(), limits, rates)))
    at = said.index("Escape rate, by part")
    assert said[at + 1 : at + 3] == ["3 of 60", f"{100 * rates.escape_cameras.hi:.1f}%"]
    assert said[at + 3 : at + 5] == [f"{100 * limit:g}% (QM, 2026-11-28)", word]
    assert not any("rates of frames" in one for one in said)
    frames = list(texts(build(nothing_given(), limits, replace(rates, parts=None))))
    assert "Escape rate, by frame" in frames
    assert any("these are rates of frames" in one for one in frames)


def test_the_plan_shows_what_the_clips_can_show():
    assert plan_clips_for_limit(0.1) == next(
        clips for clips in range(3, 40) if compute_planned_limit(clips) <= 0.1
    )
    assert (compute_planned_limit(2), compute_planned_limit(40) < 0.055) == (1.0, True)
    plan = acceptance.SamplePlan(60, 20, compute_planned_limit(20), "", None)
    with use_language("en"):
        lines = acceptance.list_plan_lines(plan)
    assert lines[0] == (
        "Planned sample: parts with a defect 60, shifts 20. Not sealed yet: the first label seals "
        "this plan."
    )
    assert f"at most {100 * compute_planned_limit(20):.1f}%" in lines[1]
    for limit in (0.1, 0.05, 0.025):
        assert f"{plan_clips_for_limit(limit)} clips for {100 * limit:.1f}%" in lines[2]


def test_a_plan_made_before_the_first_label_is_sealed_and_a_change_is_told(drawn):
    set_acceptance_terms(drawn, {"planned_parts": 60, "planned_shifts": 20}, "QM")
    assert acceptance.load_acceptance(drawn).plan.before_labels is None
    first = drawn.read(labels_table.list_picks)[0].frame_id
    set_label(drawn, first, LabelDecision("red"), "me", NOW)
    plan = acceptance.load_acceptance(drawn).plan
    assert (plan.before_labels, plan.limit) == (True, compute_planned_limit(20))
    set_acceptance_terms(drawn, {"planned_shifts": 3}, "QM")
    assert acceptance.load_acceptance(drawn).plan.before_labels is False
    with use_language("en"):
        (said,) = list_seal_changes(get_seal_state(drawn))
    assert said.startswith("Planned sample changed after labelling began, ")
    assert said.endswith(": 60 parts in 20 shifts → 60 parts in 3 shifts.")
    set_acceptance_terms(drawn, {"planned_parts": None, "planned_shifts": None}, "QM")
    assert [one.part for one in get_seal_state(drawn).changes] == ["planned_sample"] * 2


def test_parts_that_change_after_the_seal_are_told(drawn):
    create_seal(drawn, None, NOW)
    set_part_rule(drawn, PartRule("pause", "1.2"))
    with use_language("en"):
        (said,) = list_seal_changes(get_seal_state(drawn))
    assert said.startswith("Parts or their rule changed after labelling began, ")


def test_false_rejects_a_shift_follow_from_the_plants_figures(labelled):
    set_ok_classes(labelled, ["red"])
    rates = escape_rate.load_escape_rates(labelled)
    if rates.good < 10:
        set_ok_classes(labelled, ["red", "green"])
        rates = escape_rate.load_escape_rates(labelled)
    assert rates.rejected
    assert rates.good >= 10
    assert acceptance.compute_acceptance(labelled).rejects is None
    set_acceptance_terms(labelled, {"parts_per_shift": 8000}, "QM")
    found = acceptance.compute_acceptance(labelled)
    shown = (
        rates.false_reject_cameras if rates.false_reject_cameras.measured else rates.false_reject
    )
    assert found.rejects.value == pytest.approx(8000 * shown.value)
    assert found.reject_cost is None
    figures = {"cost_reject": 2.5, "currency": "EUR", "defect_ppm": 100_000.0}
    set_plant_figures(labelled, figures, "QM")
    found = acceptance.compute_acceptance(labelled)
    assert found.rejects.hi == pytest.approx(8000 * 0.9 * shown.hi)
    assert found.reject_cost.hi == pytest.approx(8000 * 0.9 * 2.5 * shown.hi)


def test_each_persons_labels_are_held_against_reference_parts(labelled, tmp_path):
    side = load_field_side(labelled, find_model(labelled))
    names = [side.picks[k].frame_id for k in side.labelled[:6].tolist()]
    store_parts(labelled, PartRule("csv", "a.csv", True), {n: f"r/{n[-3:]}" for n in names})
    truth = {n[-3:]: side.labels[n].class_name for n in names}
    wrong = next(iter(truth))
    truth[wrong] = next(one for one in ("red", "green", "blue") if one != truth[wrong])
    table = tmp_path / "reference.csv"
    table.write_text("part,class\n" + "".join(f"{p},{c}\n" for p, c in truth.items()))
    import_reference_parts(labelled, table)
    found = acceptance.load_acceptance(labelled)
    assert set(get_reference_parts(labelled)) == set(truth)
    assert len(load_parts(labelled)) == 6
    (one,) = found.reference
    assert (one.n, round(one.agreement.value * one.n), found.n_reference) == (6, 5, 6)
    assert one.kappa.value < 1
    labelled.undo()
    assert acceptance.load_acceptance(labelled).n_reference == 0
    for text, error in (
        ("part,kind\n1,red\n", PartsRefused),
        ("part,class\n1,red\n1,blue\n", PartsRefused),
        ("part,class\n1,purple\n", ClassUnknown),
        ("part,class\n", PartsRefused),
    ):
        table.write_text(text)
        with pytest.raises(error):
            import_reference_parts(labelled, table)


@pytest.mark.parametrize(("labelled_as", "of_part"), [
    ({"ok"}, "ok"), ({"ok", "scratch"}, "scratch"), ({"crack", "ok", "scratch"}, "crack + scratch"),
])  # fmt: skip
def test_a_part_has_the_defect_that_any_of_its_frames_shows(labelled_as, of_part):
    assert acceptance.find_part_class(labelled_as, ("ok",)) == of_part


def test_rejects_from_fewer_than_three_clips_say_that_they_are_of_this_footage():
    terms = AcceptanceTerms(parts_per_shift=800)
    rejects = CostInterval(200.0, 100.0, 330.0, 40, "footage")
    found = replace(nothing_given(), terms=terms, rejects=rejects)
    sentence = "These values are for this footage only, from fewer than three clips."
    assert sentence in texts(build(found))
    cameras = replace(found, rejects=replace(rejects, basis="cameras"))
    assert sentence not in texts(build(cameras))


def test_terms_are_undone_and_damaged_ones_are_left_out(footed):
    set_acceptance_terms(footed, GIVEN, "QM")
    set_acceptance_terms(footed, {"camera": ""}, "QM")
    assert get_acceptance_terms(footed) == AcceptanceTerms(
        retest="new lens", customer="A. Muster", by="QM"
    )
    footed.undo()
    assert get_acceptance_terms(footed).camera == GIVEN["camera"]
    for value in (3, {"camera": 7, "planned_parts": "x", "other": 1, "planned_shifts": True}):
        footed.edit(ACCEPTANCE_ACT, puts=[values.make_setting_row(ACCEPTANCE_KEY, value)])
        assert get_acceptance_terms(footed) == AcceptanceTerms()
    with pytest.raises(ValueError, match="no number of parts"):
        set_acceptance_terms(footed, {"planned_parts": 0}, "QM")


def test_page_and_summary_carry_it_where_there_is_something_to_accept(labelled):
    report = build_report(labelled, "en", NullProgress(), NOW)
    assert build_summary(report)["acceptance"] is None
    assert "acceptance" not in [one.anchor for one in build_page(report).sections]
    set_acceptance_terms(labelled, GIVEN, "QM")
    report = build_report(labelled, "en", NullProgress(), NOW)
    summary = build_summary(report)["acceptance"]
    assert {name: summary["terms"][name] for name in GIVEN} == GIVEN
    with use_language("en"):
        (section,) = [one for one in build_page(report).sections if one.anchor == "acceptance"]
    assert set(GIVEN.values()) <= set(texts(section))
    kind, null = build_section_schemas()["acceptance"]["anyOf"]
    assert (set(kind["required"]) == set(summary), null) == (True, {"type": "null"})


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "de"])
def test_with_every_term_of_an_acceptance_the_report_has_five_pages(labelled, lang):
    terms = {field.code: f"entry for {field.code}, 25 mm, f/8, 2026-11" for field in TEXTS}
    planned = {"planned_parts": 60, "planned_shifts": 20}
    set_acceptance_terms(labelled, {**terms, **planned}, "QM")
    report = build_report(labelled, lang, NullProgress(), NOW)
    with use_language(lang):
        paper = build_paper(report)
        title = tr("All classes")
        pages = [
            page.extract_text()
            for page in pypdf.PdfReader(io.BytesIO(render_pdf(report).data)).pages
        ]
    assert [one.anchor for one in paper.sheets] == ["acceptance", "where", "checklist"]
    assert len(pages) == 5
    shown = " ".join(pages[2].split())
    assert "entry for camera" in shown
    assert title in shown
    assert "red" in shown, "the table of classes has room below three signatures and the terms"


def test_the_terminal_sets_and_shows_every_field(footed, tmp_path):
    path = footed.path
    footed.close()
    given = {field.code: f"my {field.code}" for field in TEXTS}
    options = [word for code, text in given.items() for word in (f"--{code}", text)]
    with use_language("en"):
        shown = CliRunner().invoke(
            show_acceptance_command,
            [str(path), *options, "--planned-parts", "60", "--planned-shifts", "20", "--by", "QM"],
        )
    assert all(f": {text}" in shown.output for text in given.values())
    assert "Planned sample: parts with a defect 60, shifts 20." in shown.output
    document = json.loads(CliRunner().invoke(show_acceptance_command, [str(path), "--json"]).stdout)
    assert {name: document[name] for name in given} == given
    assert (document["planned_parts"], document["plan"]["shifts"], document["by"]) == (60, 20, "QM")
    assert document["n_reference_parts"] == 0

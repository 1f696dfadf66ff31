import json
import shutil
from dataclasses import replace
from math import nan

import pytest

from fieldcheck.analyses import domain_shift as comparing
from fieldcheck.analyses import domain_shift as compute
from fieldcheck.analyses.adversarial_validation import KINDS
from fieldcheck.analyses.domain_shift import (
    build_domain_section,
    compare_sets,
    compute_domain_shift,
    compute_shift_aspects,
    list_gap_explanations,
    load_domain_shift,
)
from fieldcheck.analyses.domain_shift_result import Aspect, Cause, DomainShift, ShiftAspects
from fieldcheck.domain.estimate import Estimate
from fieldcheck.errors.files import DiskFull
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.i18n import language
from fieldcheck.models.embeddings import compute_embeddings
from fieldcheck.models.near_duplicates import get_known_near_duplicates, set_training_and_search
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.report.assemble import build_draft, write_built_report, write_report
from fieldcheck.report.verdict_and_checklist import with_checklist
from tests import makers
from tests.report.example_report import change_report, example_report


def test_compared_sets_tell_whether_the_field_looks_like_the_benchmark(labelled):
    found = load_domain_shift(labelled)
    assert (found.source, found.n_frames) == ("statistics", 120)
    assert (found.n_clips, found.n_pictures) == (1, 18)
    # one clip tells nothing of a camera
    assert (found.auc.status, found.named_causes, found.content) == ("na", (), False)
    assert 0 <= found.auc.value <= 1


@pytest.mark.long
def test_what_was_found_is_kept_until_one_side_changes(labelled, material):
    actual = compute_domain_shift(labelled, NullProgress(), makers.LATER).to_json()
    assert actual == load_domain_shift(labelled).to_json()
    makers.add_footage(
        labelled, material / "night.avi", camera="right", location="line 1", taken_at=makers.NOW
    )
    assert load_domain_shift(labelled) is None
    assert compute_domain_shift(labelled, NullProgress(), makers.LATER).n_clips == 2


@pytest.mark.long
def test_embeddings_are_used_where_they_are_kept_for_both_sides(labelled):
    for on in ("footage", "benchmark"):
        compute_embeddings(labelled, on, NullProgress())
    assert compute_domain_shift(labelled, NullProgress(), makers.LATER).source == "embedding"
    assert load_domain_shift(labelled).source == "embedding"


def test_without_a_benchmark_or_footage_there_is_nothing_to_compare(empty, pointed):
    assert compute_domain_shift(empty, NullProgress(), makers.NOW) is None
    assert compute_domain_shift(pointed, NullProgress(), makers.NOW) is None


def test_pictures_that_are_gone_are_left_out(footed, tmp_path, monkeypatch):
    monkeypatch.setattr(compute, "get_benchmark_root", lambda *_: tmp_path / "gone")
    assert compute_domain_shift(footed, NullProgress(), makers.NOW) is None


def test_it_can_be_cancelled(footed):
    with pytest.raises(Cancelled):
        compute_domain_shift(footed, makers.stopped(), makers.NOW)


@pytest.mark.long
def test_running_the_model_asks_nothing_else_and_comparing_the_sets_does(drawn):
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    assert (load_domain_shift(drawn), get_known_near_duplicates(drawn)) == (None, None)
    compare_sets(drawn, NullProgress(), makers.NOW)
    assert load_domain_shift(drawn) is not None
    assert get_known_near_duplicates(drawn) is not None


def changed(project, material):
    makers.add_footage(
        project, material / "night.avi", camera="right", location="line 1", taken_at=makers.NOW
    )
    assert load_domain_shift(project) is None
    return get_known_near_duplicates(project)


@pytest.mark.long
def test_the_report_of_the_window_compares_sets_as_the_command_does(labelled, material, tmp_path):
    before = changed(labelled, material)
    from_window = write_built_report(
        labelled,
        build_draft(labelled, "en", NullProgress(), makers.NOW).preview.report,
        tmp_path / "window",
    )
    assert get_known_near_duplicates(labelled).listed > before.listed
    compare_sets(labelled, NullProgress(), makers.LATER)
    by_command = write_report(labelled, tmp_path / "command", "en", NullProgress(), makers.NOW)
    ours, theirs = (
        json.loads((one.folder / "summary.json").read_text("utf-8"))
        for one in (from_window, by_command)
    )
    assert (ours["domain"], ours["independence"]) == (theirs["domain"], theirs["independence"])
    assert ours["domain"]["n_clips"] == 2
    assert not ours["independence"]["outdated"]


@pytest.mark.long
def test_what_is_known_is_not_asked_again(labelled, material, monkeypatch):
    changed(labelled, material)
    compare_sets(labelled, NullProgress(), makers.NOW)
    monkeypatch.setattr(comparing, "find_near_duplicates", None)
    compare_sets(labelled, NullProgress(), makers.NOW)


def test_pictures_that_come_into_the_training_folder_are_looked_at_and_a_folder_that_is_gone_takes_nothing_along(
    labelled, tmp_path
):
    folder = makers.benchmark_folder(tmp_path / "training")
    n = set_training_and_search(labelled, folder, NullProgress(), makers.NOW).n_training
    compare_sets(labelled, NullProgress(), makers.NOW)
    assert get_known_near_duplicates(labelled).n_training == n
    inside = next(folder.rglob("*.png"))
    shutil.copyfile(inside, inside.with_name("later.png"))
    compare_sets(labelled, NullProgress(), makers.NOW)
    assert get_known_near_duplicates(labelled).n_training == n + 1
    shutil.rmtree(folder)
    compare_sets(labelled, NullProgress(), makers.NOW)
    assert get_known_near_duplicates(labelled).n_training == n + 1


@pytest.mark.long
def test_comparing_can_be_cancelled(labelled, material):
    changed(labelled, material)
    with pytest.raises(Cancelled):
        build_draft(labelled, "en", makers.stopped(), makers.NOW)


@pytest.mark.long
def test_without_room_or_read_only_the_report_does_without(labelled, material, monkeypatch, caplog):
    changed(labelled, material)

    def full(*_):
        raise DiskFull(labelled.path)

    monkeypatch.setattr(comparing, "find_near_duplicates", full)
    progress = NullProgress()
    assert (
        build_draft(labelled, "en", progress, makers.NOW).preview.report.results["domain"] is None
    )
    assert "not compared" in caplog.text
    labelled.close()
    with open_project(labelled.path, write=False) as reading:
        compare_sets(reading, NullProgress(), makers.NOW)
        assert load_domain_shift(reading) is None


def test_without_footage_the_benchmark_is_only_searched_for_its_own_doubles(empty):
    compare_sets(empty, NullProgress(), makers.NOW)
    assert (get_known_near_duplicates(empty).listed, load_domain_shift(empty)) == (0, None)


def area(value, lo, hi):
    return Estimate.from_limits(value, lo, hi, n=120, n_eff=12.0, method="bootstrap_clips")


def cause(name="brightness", value=0.03, named=True):
    return Cause(name, area(value, max(0, value - 0.05), min(1, value + 0.05)), 41.2, 118.4, named)


def shift(auc=None, causes=(), **changes):
    figures = {
        "balanced_accuracy": 0.9, "statistics_auc": 0.97, "control": 0.52, "control_most": 0.66,
        "p": 0.01,
    }  # fmt: skip
    counts = {
        "n_frames": 120, "n_clips": 12, "n_pictures": 600, "field_like": ("a",),
        "benchmark_like": ("f",),
    }  # fmt: skip
    told = {
        "source": "statistics", "separation": "alarm", "content": False, "causes": tuple(causes),
    }  # fmt: skip
    found = DomainShift(auc=auc or area(0.97, 0.93, 0.99), **figures, **counts, **told)
    return replace(found, **changes)


def report(found):
    return change_report(example_report(), results={"domain": found})


def said(found):
    return [
        block.text
        for block in build_domain_section(found.results.get("domain")).blocks
        if hasattr(block, "text")
    ]


def judged(found):
    return {row.rule: (row.state, row.figure) for row in with_checklist(found).checklist}["domain"]


def test_the_verdict_stands_beside_its_controls():
    first, second, *_ = said(report(shift()))
    assert "AUC 0.97 (0.93–0.99), balanced accuracy 90%." in first
    assert "Control: halves of the field's own clips reach AUC 0.52 (maximum 0.66)." in second
    few = replace(shift(), control=nan, control_most=nan, p=nan)
    assert "No control with so few clips" in said(report(few))[1]


@pytest.mark.parametrize(
    ("separation", "auc", "begins"),
    [
        (
            "quiet",
            area(0.55, 0.48, 0.70),
            "A classifier hardly distinguishes field and benchmark: AUC 0.55 (0.48–0.70)",
        ),
        (
            "quiet",
            area(0.62, 0.45, 0.80),
            (
                "Not demonstrated that a classifier distinguishes field and benchmark: AUC 0.62 "
                "(0.45–0.80)"
            ),
        ),
        (
            "amber",
            area(0.80, 0.44, 0.97),
            (
                "A classifier distinguishes field and benchmark, but with so few clips this may "
                "be chance: AUC 0.80 (0.44–0.97)"
            ),
        ),
        (
            "alarm",
            Estimate(0.97, nan, nan, 120, nan, "", "na", "few_clips"),
            (
                "A classifier distinguishes field and benchmark, but with so few clips this may "
                "be chance: AUC 0.97"
            ),
        ),
    ],
)
def test_the_verdict_is_no_stronger_than_the_range_of_its_area(separation, auc, begins):
    assert said(report(shift(auc, separation=separation)))[0].startswith(begins)


def test_a_cause_is_told_in_words_with_both_medians():
    found = said(report(shift(causes=[cause(), cause("noise", named=False)])))
    assert found[2] == "Darker: median luma 41 vs 118 on the benchmark."
    assert said(report(shift(causes=[cause(value=0.98)])))[2].startswith("Brighter")


def test_without_a_cause_content_is_told_only_where_embeddings_differ():
    expected = "No cause reported: no image statistic differs beyond what so few clips can show."
    assert said(report(shift()))[2] == expected
    expected = "No image statistic differs clearly; the content may differ."
    assert said(report(shift(content=True, source="embedding")))[2] == expected


def test_every_image_statistic_has_words_in_both_languages():
    found = report(shift(causes=[cause(name) for name in KINDS]))
    for spoken in ("en", "de"):
        with language.use_language(spoken):
            (table,) = [
                block
                for block in build_domain_section(found.results.get("domain")).blocks
                if hasattr(block, "rows")
            ]
            assert len({row[0].text for row in table.rows}) == len(KINDS)


def test_what_was_not_compared_is_said():
    assert said(example_report())[0].startswith("Field and benchmark not compared yet")


@pytest.mark.parametrize(("auc", "state"), [
    (area(0.6, 0.5, 0.8), "pass"),
    (area(0.97, 0.93, 0.99), "fail"),
    (area(0.92, 0.8, 0.97), "too_few"),
    (Estimate.not_measured("too_few_clips", 9, 0.97), "too_few"),
])  # fmt: skip
def test_the_checklist_goes_by_the_limits_of_the_auc(auc, state):
    assert judged(report(shift(auc))) == (state, auc.value)


def test_nobody_looked_is_not_measured():
    assert judged(example_report()) == ("not_measured", None)


def aspects(told="told", leading=("time",), shown=("time",), **changes):
    rows = {
        "time": area(0.96, 0.9, 0.99),
        "spectrum": area(0.9, 0.8, 0.95),
        "place": area(0.55, 0.4, 0.7),
    }
    found = ShiftAspects(
        told=told,
        leading=leading,
        aspects=tuple(
            Aspect(name, auc, auc.value + 0.01, 0.5, 0.68, name in shown)
            for name, auc in rows.items()
        ),
        unmasked=area(0.97, 0.93, 0.99),
        masked=area(0.96, 0.91, 0.99),
        fell=area(0.01, -0.02, 0.03),
        marked=0.016,
        order=0.6,
        order_p=0.4,
        n_frames=120,
        n_clips=12,
        n_pictures=400,
    )
    return replace(found, **changes)


OVERLAY = {
    "told": "overlay",
    "leading": (),
    "shown": (),
    "masked": area(0.58, 0.4, 0.7),
    "fell": area(0.39, 0.25, 0.5),
}


def test_the_kind_of_shift_is_named_with_its_range():
    found = said(report(shift(aspects=aspects())))
    assert (
        "Thumbnail AUC: 0.96 (0.91–0.99) with borders, time stamps and logos masked, 0.97 "
        "(0.93–0.99) unmasked."
    ) in found
    assert any(
        one.startswith("Demonstrated shift of time: AUC 0.96 (0.90–0.99) exceeds chance")
        for one in found
    )
    leading = ("time", "spectrum")
    second = said(report(shift(aspects=aspects(leading=leading, shown=("time", "spectrum")))))
    assert any(one.endswith("Also demonstrated, with less effect: spectrum.") for one in second)


def test_kinds_that_tell_as_much_cannot_be_told_apart():
    found = said(report(shift(aspects=aspects("confounded", (), ("time", "spectrum")))))
    assert any(
        (
            "cannot be separated: none of time, spectrum distinguishes field and benchmark "
            "significantly"
        )
        in one
        for one in found
    )
    assert any(
        one.startswith("No type of shift reported")
        for one in said(report(shift(aspects=aspects("none", (), ()))))
    )
    few = aspects("too_few_clips", (), (), order=nan, order_p=nan)
    assert any(
        "cannot be separated: fewer than four clips" in one
        for one in said(report(shift(aspects=few)))
    )


def test_a_time_stamp_is_no_domain_shift():
    found = report(shift(causes=[cause()], aspects=aspects(**OVERLAY)))
    text = said(found)
    assert any(
        one.startswith("No domain shift demonstrated beyond borders, time stamps or logos")
        for one in text
    )
    assert any("falls from 0.97 (0.93–0.99) to 0.58 (0.40–0.70)" in one for one in text)
    assert not any(one.startswith("Darker") for one in text)
    assert judged(found) == ("pass", 0.58)
    masked = area(0.85, 0.8, 0.9)
    part = said(report(shift(aspects=aspects(masked=masked, fell=area(0.12, 0.02, 0.2)))))
    assert any(
        one.startswith("Borders, time stamps or logos explain part of the difference")
        for one in part
    )


@pytest.mark.parametrize(("order", "p", "first"), [
    (0.9, 0.01, "Brightness increased over the clips"),
    (0.1, 0.01, "Brightness decreased over the clips"),
    (0.6, 0.4, "No trend in brightness demonstrated over the clips"),
])  # fmt: skip
def test_the_order_of_the_light_is_told(order, p, first):
    assert any(
        one.startswith(first)
        for one in said(report(shift(aspects=aspects(order=order, order_p=p))))
    )


def test_a_project_that_was_run_knows_them(labelled):
    found = load_domain_shift(labelled).aspects
    assert (found.n_frames, found.n_clips) == (120, 1)
    assert (found.n_pictures, found.told) == (18, "too_few_clips")
    assert {one.name for one in found.aspects} == {"place", "spectrum", "time"}


def paths(project):
    return [item.path for item in project.read(benchmarks_table.get_benchmark).items]


def test_too_few_pictures_tell_nothing(labelled):
    listed = labelled.read(list_sampling_lines)
    assert compute_shift_aspects(labelled, listed[:9], paths(labelled), 0, NullProgress()) is None
    assert compute_shift_aspects(labelled, listed, paths(labelled)[:9], 0, NullProgress()) is None
    assert compute_shift_aspects(labelled, listed, [], 0, NullProgress()) is None


def test_measuring_the_aspects_can_be_cancelled(labelled):
    with pytest.raises(Cancelled):
        compute_shift_aspects(
            labelled, labelled.read(list_sampling_lines), paths(labelled), 0, makers.stopped()
        )


def test_named_causes_keep_their_order_and_survive_storing():
    auc = Estimate.from_limits(0.9, 0.8, 0.95, n=40, n_eff=8.0, method="bootstrap_clips")
    causes = (Cause("brightness", auc, 41.0, 118.0, True), Cause("noise", auc, 3.0, 2.0, False))
    nan = float("nan")
    found = DomainShift(
        "statistics", auc, 0.8, 0.9, nan, nan, nan, "alarm", False, causes, 40, 8, 100, ("a.png",),
        ("f1",),
    )  # fmt: skip
    assert [one.name for one in found.named_causes] == ["brightness"]
    again = DomainShift.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.named_causes == found.named_causes


def test_the_shift_is_judged_by_what_is_left_where_only_an_overlay_told():
    auc, less = (
        Estimate.from_limits(value, value - 0.1, value, n=40, n_eff=8.0, method="bootstrap_clips")
        for value in (0.95, 0.6)
    )
    rows = (Aspect("time", less, 0.9, 0.5, 0.7, False),)
    aspects = ShiftAspects("overlay", (), rows, auc, less, auc, 0.01, 0.5, float("nan"), 40, 8, 100)
    found = DomainShift(
        "statistics", auc, 0.8, 0.9, 0.5, 0.6, 0.01, "alarm", False, (), 40, 8, 100, ("a.png",),
        ("f1",), aspects,
    )  # fmt: skip
    assert found.judged_auc == less
    assert (
        replace(found, aspects=replace(aspects, told="told")).judged_auc
        == replace(found, aspects=None).judged_auc
        == auc
    )
    assert DomainShift.from_json(found.to_json()).to_json() == found.to_json()


def test_what_was_stored_before_there_were_aspects_is_read():
    auc = Estimate.from_limits(0.9, 0.8, 0.95, n=40, n_eff=8.0, method="bootstrap_clips")
    found = DomainShift(
        "statistics", auc, 0.8, 0.9, 0.5, 0.6, 0.01, "alarm", False, (), 40, 8, 100, ("a.png",),
        ("f1",),
    )  # fmt: skip
    stored = {name: value for name, value in found.to_json().items() if name != "aspects"}
    assert DomainShift.from_json(stored) == found


def explained(*causes, results=None, **told):
    made = example_report(results={"domain": shift(causes=causes, **told), **(results or {})})
    return list_gap_explanations(made)


def test_the_size_of_the_images_is_named_first_with_how_the_card_fits_them():
    size = replace(cause("resolution", 1.0), field_median=0.9216, benchmark_median=0.082944)
    model = replace(example_report().model, card={"input": {"resize": "centre_crop"}})
    made = example_report(results={"domain": shift(causes=(cause("brightness", 0.02), size))})
    (line,) = list_gap_explanations(replace(made, model=model))
    assert line == (
        "May explain the gap: higher resolution: median megapixels 0.92 vs 0.08 on the benchmark, "
        "the model card fits with centre_crop; not tested (Fix search)."
    )
    (other,) = explained(cause("brightness", 0.02))
    assert other.startswith("May explain the gap: darker: median luma 41 vs 118")
    assert explained(cause("brightness", 0.02, named=False)) == explained() == []


def test_what_an_earlier_version_named_is_not_told_where_nobody_would_act_on_it():
    noise = replace(cause("noise", 0.02), field_median=10.9, benchmark_median=11.8)
    assert noise.named
    assert explained(noise) == []
    assert explained(replace(noise, field_median=3.0)) != []


def test_without_a_gap_nothing_explains_it():
    made = example_report(results={"domain": shift(causes=(cause("brightness", 0.02),))})
    gone = replace(made.gap, estimate=Estimate.not_measured("no_labels"))
    assert list_gap_explanations(replace(made, gap=gone)) == []
    better = replace(made.gap, estimate=replace(made.gap.estimate, value=-0.1, lo=-0.2, hi=0.0))
    assert list_gap_explanations(replace(made, gap=better)) == []

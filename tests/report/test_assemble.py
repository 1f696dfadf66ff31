import csv
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from fieldcheck import __version__, paths
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.confident_errors import get_worst_frames
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.limits import build_limits_section, get_judged_limits
from fieldcheck.domain.report import ReportForm
from fieldcheck.errors import message_format
from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.i18n import language
from fieldcheck.labels.store import LabelDecision, mark_person, set_label
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import project_state as reports_table
from fieldcheck.project.tables.project_state import StoredReport
from fieldcheck.report import assemble
from fieldcheck.report.assemble import (
    build_draft,
    build_preview,
    build_report,
    get_free_bytes,
    get_stored_report,
    write_built_report,
    write_report,
)
from fieldcheck.report.folder import build_summary as summary_of
from fieldcheck.report.html_page import build_page as page_of
from fieldcheck.report.section import SECTIONS, list_unmeasured_names, set_report_form
from fieldcheck.sampling.proposal import add_extra
from tests import makers
from tests.counts import rows

SCHEMA = json.loads(
    paths.get_resource_path("report/summary.schema.json").read_text(encoding="utf-8")
)


def written(project, tmp_path, now=makers.LATER, lang="en"):
    return write_report(project, tmp_path / "out", lang, NullProgress(), now)


def summary(found):
    document = json.loads((found.folder / "summary.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def run(project):
    run_and_score(project, None, "all", NullProgress(), makers.NOW)


@pytest.mark.long
def test_a_report_folder_has_every_file_with_its_sum_and_names_no_local_path(labelled, tmp_path):
    found = written(labelled, tmp_path)
    assert found.folder == tmp_path / "out" / "Fieldcheck_Hall-3_2026-03-02"
    assert found.page == found.folder / "report.html"
    names = {path.name for path in found.files}
    assert {
        "report.html",
        "summary.json",
        "frames.csv",
        "predictions.csv",
        "SHA256SUMS.txt",
    } < names
    for line in (found.folder / "SHA256SUMS.txt").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((found.folder / name).read_bytes()).hexdigest() == digest
    (stored,) = labelled.read(reports_table.list_reports)
    assert json.loads(stored.summary)["gap"] == summary(found)["gap"]
    assert summary(found)["benchmark"]["path"] == "clean"
    folders = [
        str(path).encode()
        for path in (tmp_path, labelled.read(benchmarks_table.get_benchmark).root)
    ]
    assert not [
        path.name for path in found.files if any(folder in path.read_bytes() for folder in folders)
    ]


def test_the_gap_is_benchmark_minus_field(labelled, tmp_path):
    document = summary(written(labelled, tmp_path))
    gap, field, benchmark = document["gap"], document["field"], document["benchmark"]
    assert gap["value"] == pytest.approx(benchmark["score"]["value"] - field["footage"]["value"])
    assert gap["lo"] <= gap["value"] <= gap["hi"]
    assert gap["basis"] == "footage"
    assert field["camera"] is None
    assert benchmark["claimed"] == 0.95
    assert benchmark["reproduced"] is True
    assert document["readiness"] == "not_enough"
    assert (field["n_picked"], field["n_labelled"]) == (20, 20)
    assert (field["blind"], field["n_draws"]) == (True, 1)


@pytest.mark.long
def test_two_reports_differ_in_created_provenance_and_what_changed_only(labelled, tmp_path):
    first = written(labelled, tmp_path)
    second = written(labelled, tmp_path, now="2026-03-03T10:00:00+00:00")
    documents = [summary(found) for found in (first, second)]
    for document in documents:
        document.pop("created")
        document.pop("provenance")
    assert [document.pop("change") is None for document in documents] == [True, False]
    assert documents[0] == documents[1]
    for name in ("frames.csv", "predictions.csv"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


@pytest.mark.long
def test_a_second_report_of_a_day_stands_beside_the_first(labelled, tmp_path):
    names = [written(labelled, tmp_path).folder.name for _ in range(2)]
    assert names == ["Fieldcheck_Hall-3_2026-03-02", "Fieldcheck_Hall-3_2026-03-02_2"]


@pytest.mark.long
def test_the_same_job_in_two_projects_gives_the_same_digits(material, tmp_path):
    documents = []
    for name in ("a", "b"):
        wanted = {"benchmark": material / "clean", "claimed": 0.95, "site": "Hall 3"}
        with makers.empty_project(
            tmp_path / name / "p.fieldcheck", material / "net.onnx", **wanted
        ) as project:
            makers.add_footage(project, material / "belt.avi")
            makers.draw(project, 20, seed=5)
            makers.label_all(project)
            run(project)
            found = written(project, tmp_path / name)
        document = summary(found)
        document.pop("created")
        document.pop("provenance")
        documents.append((
            document, (found.folder / "frames.csv").read_text(),
            (found.folder / "predictions.csv").read_text(),
        ))  # fmt: skip
    assert documents[0] == documents[1]


def bare(folder, material):
    return makers.empty_project(folder / "bare.fieldcheck")


def with_model(folder, material):
    return makers.empty_project(folder / "model.fieldcheck", material / "net.onnx")


def with_benchmark(folder, material):
    path = folder / "benchmark.fieldcheck"
    return makers.empty_project(path, material / "net.onnx", benchmark=material / "clean")


def with_benchmark_run(folder, material):
    project = with_benchmark(folder, material)
    run(project)
    return project


def with_footage(folder, material):
    project = with_benchmark_run(folder, material)
    makers.add_footage(project, material / "night.avi")
    return project


def without_model(folder, material):
    project = makers.empty_project(folder / "blind.fieldcheck", benchmark=material / "clean")
    makers.add_footage(project, material / "night.avi")
    makers.draw(project, 10)
    makers.label_all(project)
    return project


def with_picks(folder, material):
    project = with_footage(folder, material)
    makers.draw(project, 10)
    return project


def unsure_only(folder, material):
    project = with_picks(folder, material)
    first, *rest = project.read(picks_table.list_picks)
    set_label(project, first.frame_id, LabelDecision(skip="hand"), annotator="", now=makers.NOW)
    for one in rest:
        set_label(project, one.frame_id, LabelDecision(unsure=True), annotator="", now=makers.NOW)
    return project


def not_run(folder, material):
    project = makers.empty_project(folder / "late.fieldcheck")
    makers.add_footage(project, material / "night.avi")
    makers.draw(project, 10)
    add_model(project, material / "net.onnx", None, makers.NOW)
    makers.label_all(project)
    return project


def one_frame(folder, material):
    project = with_footage(folder, material)
    makers.draw(project, 1)
    makers.label_all(project)
    return project


def constant(folder, material):
    model = makers.scaled_model(folder / "constant.onnx", 0.0)
    makers.write_card(folder / "constant.card.json", makers.COLOUR_CARD)
    path = folder / "constant.fieldcheck"
    project = makers.empty_project(path, model, benchmark=material / "clean")
    makers.add_footage(project, material / "night.avi")
    makers.draw(project, 10)
    makers.label_all(project)
    run(project)
    return project


def all_nan(folder, material):
    model = makers.scaled_model(folder / "nan.onnx", float("nan"))
    makers.write_card(folder / "nan.card.json", makers.COLOUR_CARD)
    project = makers.empty_project(folder / "nan.fieldcheck", model, benchmark=material / "clean")
    makers.add_footage(project, material / "night.avi")
    makers.draw(project, 10)
    makers.label_all(project)
    run(project)
    return project


def twice_named(folder, material):
    path = folder / "twice.json"
    card = makers.write_card(path, {**makers.COLOUR_CARD, "classes": ["red", "red", "blue"]})
    project = makers.empty_project(folder / "twice.fieldcheck", material / "net.onnx", card=card)
    makers.add_footage(project, material / "night.avi")
    makers.draw(project, 10)
    makers.label_all(project, lambda line: "blue")
    run(project)
    return project


def boxes(folder, material):
    project = makers.empty_project(folder / "boxes.fieldcheck", material / "box.onnx")
    makers.add_footage(project, material / "night.avi")
    makers.draw(project, 10)
    makers.label_all_nothing(project)
    run(project)
    return project


STATES = (
    bare, with_model, with_benchmark, with_benchmark_run, with_footage, without_model, with_picks,
    unsure_only, not_run, one_frame, constant, all_nan, twice_named, boxes,
)  # fmt: skip


RARE = (with_benchmark, with_benchmark_run, without_model, one_frame, constant, twice_named)


@pytest.mark.long
@pytest.mark.parametrize(
    "state",
    rows([state for state in STATES if state not in RARE], full=RARE),
    ids=lambda state: state.__name__,
)
def test_a_report_is_written_whatever_is_missing(material, tmp_path, state):
    with state(tmp_path, material) as project:
        found = written(project, tmp_path)
    document = summary(found)
    assert document["gap"]["sentence"]
    if document["gap"]["value"] is None:
        assert document["gap"]["verdict"] == ("not_enough" if document["field"]["design"] else None)
    assert found.page.stat().st_size > 1000


def test_without_labels_the_verdict_is_not_enough_and_the_figures_are_null(drawn, tmp_path):
    run(drawn)
    document = summary(written(drawn, tmp_path))
    assert document["gap"]["verdict"] == "not_enough"
    assert (document["gap"]["value"], document["field"]["footage"]["value"]) == (None, None)


@pytest.mark.long
def test_the_hardest_alone_are_scored_as_chosen_and_give_no_gap(footed, tmp_path):
    makers.draw(footed, 10, design="hard")
    makers.label_all(footed)
    run(footed)
    document = summary(written(footed, tmp_path))
    assert document["gap"]["verdict"] == "chosen_only"
    assert (document["gap"]["value"], document["field"]["footage"]["value"]) == (None, None)
    assert document["field"]["chosen"]["n"] == 10


@pytest.mark.long
def test_a_census_has_no_width_and_no_hardest_fifth(footed, tmp_path):
    makers.draw(footed, 200)
    makers.label_all(footed)
    run(footed)
    field = summary(written(footed, tmp_path))["field"]
    assert (field["census"], field["design"], field["hard"]) == (True, "balanced", None)
    assert (
        field["footage"]["lo"]
        == field["footage"]["value"]
        == field["footage"]["hi"]
        == pytest.approx(0.8)
    )


@pytest.mark.long
def test_classes_and_slices_of_a_census_have_no_width_either(footed, tmp_path):
    makers.draw(footed, 200)
    makers.label_all(footed)
    run(footed)
    document = summary(written(footed, tmp_path))
    found = [row["recall"] for row in document["per_class"]]
    found += [row["estimate"] for row in document["slices"]]
    found += [row["error"] for row in document["imbalance"]["groups"]]
    assert len(found) > 6
    assert {(one["method"], one["hi"] - one["lo"]) for one in found} == {("census", 0.0)}
    by_class = {
        row["value"]: row["estimate"] for row in document["slices"] if row["key"] == "class"
    }
    assert by_class == {row["class"]: row["recall"] for row in document["per_class"]}


@pytest.mark.long
def test_three_clips_give_the_camera_interval(material, tmp_path):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", benchmark=material / "clean"
    ) as project:
        for number in range(3):
            path = makers.video(tmp_path / f"{number}.avi", makers.cycle(60), seed=number + 5)
            makers.add_footage(project, path, camera=f"cam {number}")
        makers.draw(project, 30)
        makers.label_all(project)
        run(project)
        document = summary(written(project, tmp_path))
    assert document["gap"]["basis"] == "camera"
    assert document["field"]["camera"]["n"] == 30
    assert (document["field"]["n_clips"], document["field"]["n_cameras"]) == (3, 3)
    assert len(document["visits"]) == 1


@pytest.mark.long
def test_fewer_labels_than_planned_are_interim(drawn, tmp_path):
    run(drawn)
    for one in drawn.read(picks_table.list_picks)[:15]:
        set_label(drawn, one.frame_id, LabelDecision("red"), annotator="", now=makers.NOW)
    document = summary(written(drawn, tmp_path))
    assert document["field"]["footage"]["status"] == "weak"
    assert "interim" in document["gap"]["sentence"].lower()


@pytest.mark.long
def test_a_claim_not_reproduced_makes_the_scores_not_comparable(labelled, material, tmp_path):
    set_benchmark(labelled, read_benchmark(material / "clean", None, 0.2))
    document = summary(written(labelled, tmp_path))
    assert document["benchmark"]["reproduced"] is False
    assert document["gap"]["verdict"] == "not_comparable"


@pytest.mark.long
def test_labels_of_a_further_draw_are_another_look_at_every_limit(labelled):
    def read():
        report = build_report(labelled, "en", NullProgress(), makers.NOW)
        looks = {report.field.n_looks, *(limit.looks for limit in get_judged_limits(report))}
        return looks, "Labels were added" in str(build_limits_section(report))

    assert makers.draw(labelled, 10, seed=5).draw.labels_existed
    assert read() == ({1}, False), "a draw without a label is no look"
    makers.label_all(labelled)
    run(labelled)
    assert read() == ({2}, True)


@pytest.mark.long
def test_two_draws_are_joined_and_told(labelled, material, tmp_path):
    makers.add_footage(labelled, material / "night.avi")
    makers.draw(labelled, 10)
    makers.label_all(labelled)
    run(labelled)
    found = written(labelled, tmp_path)
    field = summary(found)["field"]
    assert [row["name"] for row in field["strata"]] == ["hard", "rest", "hard@2", "rest@2"]
    assert (field["n_draws"], field["labels_existed"], field["hard"]["n"]) == (2, True, 12)
    with (found.folder / "frames.csv").open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    actual = sum(float(row["weight"]) for row in rows if row["label_state"] == "done")
    assert actual == pytest.approx(150)
    assert {row["draw"] for row in rows} == {"1", "2"}


@pytest.mark.long
def test_a_german_report_speaks_german_and_has_the_same_figures(labelled, tmp_path):
    english, german = (summary(written(labelled, tmp_path, lang=lang)) for lang in ("en", "de"))
    assert german["lang"] == "de"
    assert german["gap"]["sentence"] != english["gap"]["sentence"]
    actual = {**german["gap"], "sentence": "", "counts": ""}
    assert actual == {**english["gap"], "sentence": "", "counts": ""}


def test_assembling_can_be_stopped(labelled):
    with pytest.raises(Cancelled):
        build_report(labelled, "en", makers.stopped(), makers.NOW)
    assert labelled.read(reports_table.list_reports) == ()


@pytest.mark.long
def test_frames_added_after_labels_enter_no_headline_and_a_person_no_gallery(labelled):
    """A17."""
    before = build_report(labelled, "en", NullProgress(), makers.NOW)
    picked = {one.frame_id for one in labelled.read(picks_table.list_picks)}
    added = [
        line.frame.frame_id
        for line in labelled.read(list_sampling_lines)
        if line.frame.frame_id not in picked
    ][:3]
    add_extra(labelled, added, NullProgress())
    for name in added:
        shown = makers.COLOURS[int(name.rsplit("-", 1)[1]) // 4 % 3]
        wrong = next(colour for colour in makers.COLOURS if colour != shown)
        set_label(labelled, name, LabelDecision(wrong), annotator="tester", now=makers.NOW)
    run_and_score(labelled, None, "all", NullProgress(), makers.NOW)
    after = build_report(labelled, "en", NullProgress(), makers.NOW)
    assert after.field.footage == before.field.footage
    assert (after.field.camera, after.gap) == (before.field.camera, before.gap)
    assert after.field.n_labelled == before.field.n_labelled
    assert after.field.n_picked == before.field.n_picked
    assert get_failures(after).per_class == get_failures(before).per_class
    assert get_failures(after).confusion == get_failures(before).confusion
    assert after.field.metrics == before.field.metrics
    person = get_worst_frames(after)[0].frame_id
    mark_person(labelled, [person], True, "tester")
    marked = build_report(labelled, "en", NullProgress(), makers.NOW)
    assert person not in {one.frame_id for one in get_worst_frames(marked)}
    assert marked.field.footage == after.field.footage


def test_a_folder_that_the_project_cannot_name_takes_no_report(drawn, tmp_path):
    out = tmp_path / b"\xfcber".decode("utf-8", "surrogateescape")
    with pytest.raises(PathRefused):
        write_report(drawn, out, "en", NullProgress(), makers.NOW)
    assert not out.exists()


def test_every_analysis_is_computed_from_the_project(monkeypatch, drawn):
    names = Analysis(key="names", result=str, compute=lambda project: project.path.name)
    monkeypatch.setattr(assemble, "SECTIONS", (*SECTIONS, names))
    progress, counted = NullProgress(), []
    monkeypatch.setattr(
        NullProgress, "report", lambda _self, done, total, unit: counted.append((done, total, unit))
    )
    results = assemble.compute_results(drawn, progress)
    n = len(results)
    assert [one for one in counted if one[2] == "analyses"] == [
        (done, n, "analyses") for done in range(1, n + 1)
    ]
    assert results["names"] == drawn.path.name
    assert set(results) == {one.key for one in SECTIONS if one.is_computed} | {"names"}


def edge_project(kind, folder):
    """A project at an edge: clips of one frame, one label a class, all right, all wrong."""
    # frames of a clip; every second one is listed
    shown = {"one_frame": 2, "one_label": 8, "all_right": 20, "all_wrong": 20}[kind]
    project = makers.empty_project(
        folder / "edge.fieldcheck",
        makers.colour_model(folder / "net.onnx"),
        benchmark=makers.benchmark_folder(folder / "clean"),
    )
    for number in range(5):
        makers.add_footage(
            project,
            makers.video(
                folder / f"{number}.avi", [makers.COLOURS[number % 3]] * shown, seed=number
            ),
        )
    makers.draw(project, 3 if kind == "one_label" else 40, "even")
    off = 1 if kind == "all_wrong" else 0
    makers.label_all(
        project, lambda line: makers.COLOURS[(int(line.recording.source[0]) + off) % 3]
    )
    run_and_score(project, None, "all", NullProgress(), makers.NOW)
    compare_sets(project, NullProgress(), makers.NOW)
    return project


@pytest.mark.long
@pytest.mark.parametrize("kind", rows(["one_frame", "all_wrong"], full=["one_label", "all_right"]))
def test_at_an_edge_each_section_has_its_figure_or_says_that_there_is_not_enough(kind, tmp_path):
    with edge_project(kind, tmp_path) as project:
        report = build_report(project, "en", NullProgress(), makers.NOW)
    document = summary_of(report)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(document)))
    for language_ in ("en", "de"):
        with language.use_language(language_):
            built = [analysis.build_section(report) for analysis in SECTIONS]
            due = {section.short for section in built if section is not None and section.blocks}
            shown = {section.short for section in page_of(report).sections}
            assert due <= shown | set(list_unmeasured_names(report, SECTIONS))
    results = report.results
    all_wrong = kind == "all_wrong"
    assert results["imbalance"].state in ("quiet", "too_few")
    assert results["retrain"].advice == "none"
    assert not any(one.has_gain for one in results["thresholds"].classes)
    assert results["abstention"] is None or results["abstention"].at.fall.value == 0
    assert results["releases"] is None
    actual = [mode.n for mode in results["failure_modes"]]
    assert actual == ([report.field.n_labelled] if all_wrong else [])
    assert results["prior_shift"].before.value == float(not all_wrong)
    assert not results["coverage"].holes
    assert results["calibration"].get_side("field").right.value == float(not all_wrong)
    assert results["calibration"].temperature is None  # eighteen pictures
    assert results["decomposition"].total == pytest.approx(report.gap.estimate.value)
    assert (results["decomposition"].quality, results["decomposition"].absent) == (None, None)
    assert results["domain"] is None if kind == "one_frame" else results["domain"].n_clips == 5
    assert results["discovered"].off == "frames"
    assert results["label_effect"] is None
    actual = {row.rule: row.state for row in report.checklist}["failure_stock"]
    assert actual == ("not_measured" if all_wrong else "pass")


@pytest.mark.long
def test_a_second_model_fills_the_sections_that_wait_for_one(labelled, tmp_path):
    path = tmp_path / "next.onnx"
    add_model(labelled, makers.colour_model(path, order=(2, 0, 1)), None, makers.LATER)
    run_and_score(labelled, None, "all", NullProgress(), makers.NOW)
    report = build_report(labelled, "en", NullProgress(), makers.NOW)
    (step,) = report.results["releases"].steps
    assert step.lost > step.gained
    assert [one.rule for one in report.results["retrain"].alerts] == ["drop"]
    assert step.change.hi > 0  # twenty frames of one clip leave it open
    assert {row.rule: row.state for row in report.checklist}["held_out_drop"] == "too_few"
    assert report.results["retrain"].advice == "look"


def test_a_project_with_a_report_by_the_older_interval_says_that_it_was_recomputed(labelled):
    unexpected = "intervals_recomputed"
    assert unexpected not in build_report(labelled, "en", NullProgress(), makers.NOW).notes
    older = StoredReport(
        "reports/old",
        makers.NOW,
        "en",
        json.dumps({"field": {"camera": {"method": "cluster_wilson"}}}),
    )
    labelled.write(lambda db: reports_table.put_report(db, older)).result()
    assert "intervals_recomputed" in build_report(labelled, "en", NullProgress(), makers.NOW).notes


def test_provenance_names_what_repeats_the_figures(labelled, material):
    found = build_report(labelled, "en", NullProgress(), makers.NOW).provenance
    assert found.versions["fieldcheck"] == __version__
    assert {"draw 1", "bootstrap"} == {*found.seeds}
    assert found.hashes["model"] == hashlib.sha256((material / "net.onnx").read_bytes()).hexdigest()
    assert len(found.hashes) == 3  # the model, its card, one recording
    assert found.labelled_by == ("tester",)


def test_without_a_model_only_the_footage_is_named(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as bare:
        found = build_report(bare, "en", NullProgress(), makers.NOW).provenance
    assert (found.hashes, found.labelled_by) == ({}, ())
    assert (found.seconds_per_label, found.providers) == (None, ())


@pytest.mark.long
def test_notes_and_time_are_those_of_now_though_the_figures_were_there_before(labelled):
    asked = []

    def work_out():
        asked.append(1)
        return build_report(labelled, "en", NullProgress(), makers.NOW)

    first = get_stored_report(labelled, "en", work_out, NullProgress(), makers.NOW)
    set_report_form(labelled, ReportForm(notes="Shift B."))
    again = get_stored_report(labelled, "en", work_out, NullProgress(), makers.LATER)
    assert len(asked) == 1
    assert (first.created, again.created) == (makers.NOW, makers.LATER)
    assert (first.results["form"].notes, again.results["form"].notes) == ("", "Shift B.")
    assert replace(again, created=first.created, results=first.results) == first
    write_built_report(labelled, again, labelled.path / "reports")
    third = get_stored_report(labelled, "en", work_out, NullProgress(), makers.LATER)
    assert (len(asked), again.provenance.revision, third.provenance.revision) == (1, 1, 2)
    assert third.provenance.last.created == makers.LATER


def test_who_stops_is_let_go_and_nothing_is_kept(labelled):
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        get_stored_report(
            labelled,
            "en",
            lambda: build_report(labelled, "en", NullProgress(flag), makers.NOW),
            NullProgress(flag),
            makers.NOW,
        )
    assert (
        get_stored_report(
            labelled,
            "en",
            lambda: build_report(labelled, "en", NullProgress(), makers.NOW),
            NullProgress(),
            makers.NOW,
        ).field
        is not None
    )


def seen(project, lang="en"):
    return build_preview(project, lang, NullProgress(), makers.NOW)


@pytest.mark.long
def test_the_pages_are_pictures_and_nothing_is_stored(labelled):
    found = seen(labelled)
    assert len(found.images) >= 2
    assert {Image.open(io.BytesIO(image)).format for image in found.images} == {"PNG"}
    assert labelled.read(reports_table.list_reports) == ()


@pytest.mark.long
def test_the_report_that_was_seen_is_the_one_that_is_written(labelled, tmp_path):
    found = seen(labelled)
    written = write_built_report(labelled, found.report, tmp_path / "out")
    assert written.report is found.report
    document = json.loads((written.folder / "summary.json").read_text(encoding="utf-8"))
    assert document["created"] == found.report.created
    assert document["provenance"]["pdf_tagged"] is True
    (stored,) = labelled.read(reports_table.list_reports)
    assert json.loads(stored.summary) == document
    assert (stored.lang, stored.created) == ("en", found.report.created)


@pytest.mark.long
def test_a_german_preview_leaves_the_language_alone(labelled):
    assert seen(labelled, "de").report.gap.sentence != seen(labelled).report.gap.sentence
    assert language.get_language() == "en"


def test_a_project_without_anything_has_pages(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as project:
        assert seen(project).images


def test_a_preview_can_be_cancelled(labelled):
    with pytest.raises(Cancelled):
        build_preview(labelled, "en", makers.stopped(), makers.NOW)


def test_free_room_is_that_of_the_nearest_folder_above(tmp_path):
    assert get_free_bytes(tmp_path / "a" / "b") > 0
    assert get_free_bytes(Path("not") / "there" / "yet") > 0


@pytest.mark.skipif(Path("/").is_dir(), reason="every path of this system has a folder above it")
def test_a_drive_that_is_not_there_is_named():
    with pytest.raises(PathMissing):
        get_free_bytes(Path("Q:/reports"))


def drafted(project, lang="en"):
    return build_draft(project, lang, NullProgress(), makers.NOW)


@pytest.mark.long
def test_it_says_in_short_what_page_1_says(labelled):
    found = drafted(labelled)
    assert " ".join(found.short.headline) == found.preview.report.gap.sentence
    assert found.short.verdict in ("Not ready", "Inconclusive")
    assert found.short.sign in ("octagon", "ring", "triangle")
    assert any("95%" in said for said in found.short.ranges)


@pytest.mark.long
def test_it_needs_the_room_that_its_files_take(labelled, tmp_path):
    found = drafted(labelled)
    files = write_built_report(labelled, found.preview.report, tmp_path, found.files).files
    actual = found.needed
    assert actual == sum(path.stat().st_size for path in files if path.name != "SHA256SUMS.txt")


@pytest.mark.long
def test_the_files_that_were_made_with_the_pages_are_the_ones_that_are_written(labelled, tmp_path):
    found = drafted(labelled)
    anew = write_built_report(labelled, found.preview.report, tmp_path / "anew").files
    made = write_built_report(labelled, found.preview.report, tmp_path / "made", found.files).files
    assert [path.name for path in made] == [path.name for path in anew]
    assert [path.read_bytes() for path in made] == [path.read_bytes() for path in anew]


@pytest.mark.long
def test_pages_are_set_once_while_the_project_stands_and_anew_with_a_label_or_a_note(labelled):
    first = drafted(labelled)
    assert drafted(labelled) is first
    write_built_report(labelled, first.preview.report, labelled.path / "reports", first.files)
    assert drafted(labelled) is first
    assert drafted(labelled, "de") is not first
    set_report_form(labelled, ReportForm(notes="Shift B was tired."))
    noted = drafted(labelled)
    assert noted is not first
    assert noted.preview.report.results["form"].notes == "Shift B was tired."
    name = labelled.read(picks_table.list_picks)[0].frame_id
    set_label(labelled, name, LabelDecision(unsure=True), annotator="tester", now=makers.LATER)
    assert drafted(labelled).preview.report.gap != noted.preview.report.gap


@pytest.mark.long
def test_it_is_in_the_reports_language_whatever_is_spoken(labelled):
    with language.use_language("en"):
        found = drafted(labelled, "de")
    assert found.short.verdict != drafted(labelled).short.verdict


def test_no_command_stands_in_a_report_whichever_door_wrote_it(tmp_path):
    with (
        makers.empty_project(tmp_path / "bare.fieldcheck") as project,
        message_format.use_audience("terminal"),
    ):
        found = drafted(project)
    expected = "No gap yet: no footage (Capture, “Import video files”)."
    assert found.preview.report.gap.sentence == expected
    assert found.short.headline == (found.preview.report.gap.sentence,)
    assert found.preview.images


def test_it_can_be_cancelled(labelled):
    with pytest.raises(Cancelled):
        build_draft(labelled, "en", makers.stopped(), makers.NOW)

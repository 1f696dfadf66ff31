import shutil

import pytest

from fieldcheck.analyses.confident_errors import get_worst_frames
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.item_columns import load_items
from fieldcheck.analyses.limits import collect_figures, judge_limits
from fieldcheck.i18n import language
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.compare import list_left_frames
from fieldcheck.models.run import run_on_set
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model, find_model, set_ok_classes
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import set_rate_limits
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.report import assemble, explore_data
from fieldcheck.report.assemble import build_draft, build_report
from fieldcheck.report.summary_page import build_first_page, list_warnings
from fieldcheck.report.verdict_and_checklist import describe_reason, get_verdict
from tests import makers


def seen(project, lang="en"):
    return explore_data.build_explore_data(project, lang, NullProgress(), makers.NOW)


def test_what_is_missing_follows_the_work(made, empty, drawn):
    assert explore_data.get_gap_progress(empty).n_listed == 0
    assert (
        explore_data.get_gap_progress(empty).n_picked,
        explore_data.get_gap_progress(empty).model,
    ) == (0, "net")
    there = explore_data.get_gap_progress(drawn)
    assert (there.n_listed, there.n_picked) == (120, 20)
    assert (there.n_labelled, there.n_left, there.has_benchmark) == (0, 20, True)
    assert there.n_answers == 20 + 18  # the footage was answered with the import
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    assert explore_data.get_gap_progress(drawn).n_answers == 0


def test_running_counts_answers_and_can_be_gone_on_with(drawn):
    seen = []

    class Counting(NullProgress):
        def report(self, done, total, unit=""):
            seen.append((done, total, unit))
            if len(seen) == 1:
                raise Cancelled

    with pytest.raises(Cancelled):
        explore_data.run_all(drawn, Counting(), makers.NOW)
    assert seen[0] == (1, 38, "field")
    kept = seen[-1][0]  # running chunks are finished
    assert explore_data.get_gap_progress(drawn).n_answers == 38 - kept
    explore_data.run_all(drawn, Counting(), makers.NOW)
    assert seen[-1] == (38 - kept, 38 - kept, "benchmark")
    assert explore_data.get_gap_progress(drawn).n_answers == 0


def test_the_key_is_another_when_a_label_is(labelled):
    before = explore_data.get_gap_progress(labelled).key
    assert explore_data.get_gap_progress(labelled).key == before
    name = labelled.read(picks_table.list_picks)[0].frame_id
    set_label(labelled, name, LabelDecision("blue"), annotator="tester", now=makers.LATER)
    set_label(labelled, name, LabelDecision("red"), annotator="tester", now=makers.LATER)
    assert explore_data.get_gap_progress(labelled).key != before


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "de"])
def test_sentences_and_figures_are_the_reports(labelled, lang):
    found = seen(labelled, lang)
    with language.use_language(lang):
        report = build_report(labelled, lang, NullProgress(), makers.NOW)
        page = build_first_page(report)
        warnings = list_warnings(report)
    assert (found.verdict, found.headline) == (page.verdict, page.headline)
    assert (found.under, found.counts) == (tuple(page.under), page.counts)
    assert len(warnings) == 3  # one of the interval, two of near-duplicates
    assert [one.title for one in found.reasons if one.title in warnings] == warnings
    assert " ".join(found.headline) == report.gap.sentence
    assert found.chart == page.chart
    assert {line.rule for line in found.classes} == {report.field.footage.value}
    actual = {line.name: line.estimate for line in found.classes}
    assert actual == {row.name: row.recall for row in get_failures(report).per_class}


@pytest.mark.long
def test_where_field_and_benchmark_are_not_compared_yet_it_is_said(drawn):
    """Warnings of leaks stand there as in the report, which compares both first; a run does not."""
    makers.label_all(drawn)
    explore_data.run_all(drawn, NullProgress(), makers.NOW)
    last = seen(drawn, "en").reasons[-1]
    assert (last.sign, last.title) == ("triangle", "Near-duplicates not searched yet (Report).")
    compare_sets(drawn, NullProgress(), makers.NOW)
    assert not any("not searched" in one.title for one in seen(drawn, "en").reasons)


def test_counts_are_those_of_the_labelled_frames(labelled):
    found = seen(labelled)
    cells = [cell for row in found.confusion.cells for cell in row]
    assert len(cells) == len(found.confusion.names) ** 2
    assert sum(int(cell.text) for cell in cells) == 20
    assert all((cell.colours is None) == (cell.text == "0") for cell in cells)


def test_worst_frames_are_labelled_ones_the_model_was_wrong_on(labelled):
    found = seen(labelled)
    assert found.worst
    assert found.no_worst == ""
    for frame in found.worst:
        (_, said), (_, answered) = frame.lines
        assert said != answered
        assert frame.jpeg[:2] == b"\xff\xd8"


@pytest.mark.long
def test_a_frame_without_a_label_is_never_among_them(drawn):
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    name = drawn.read(picks_table.list_picks)[0].frame_id
    for wrong in ("red", "green", "blue"):
        set_label(drawn, name, LabelDecision(wrong), annotator="tester", now=makers.NOW)
        assert {frame.frame_id for frame in seen(drawn).worst} <= {name}


def test_before_labels_there_is_a_sentence_and_no_figure(drawn):
    found = seen(drawn)
    assert (found.classes, found.confusion, found.worst) == ((), None, ())
    assert found.chart is None or found.chart.field is None
    expected = "none of the 20 picked frames is labelled"
    assert expected in found.headline[0] + " ".join(found.headline)
    assert found.no_worst


@pytest.mark.long
@pytest.mark.parametrize("kind", ["labelled", "boxed"])  # a segmentation has no confidence to draw
def test_every_mark_of_every_chart_opens_frames_that_are_there(kind, every_made, tmp_path):
    with open_project(
        shutil.copytree(every_made[kind], tmp_path / f"{kind}.fieldcheck")
    ) as project:
        found, there = seen(project), set(load_items(project)[0].subjects)
    assert found.metric == {"labelled": "", "boxed": "frames without errors"}[kind]
    assert found.plots
    for plot in found.plots:
        assert plot.x.name
        assert plot.y.name
        for mark in plot.marks:
            assert set(mark.frames) <= there
            assert mark.frames or mark.row[-1] == "0", (plot.title, mark.row)


@pytest.mark.long
def test_explore_pages_and_report_share_figures_computed_once(labelled, tmp_path, monkeypatch):
    asked, real = [], assemble.compute_results
    monkeypatch.setattr(
        assemble,
        "compute_results",
        lambda project, progress: asked.append(project) or real(project, progress),
    )
    first = seen(labelled)
    build_draft(labelled, "en", NullProgress(), makers.NOW)
    # comparing benchmark and footage may have added to what the first figures rest on
    n = len(asked)
    assert seen(labelled).headline == first.headline
    build_draft(labelled, "en", NullProgress(), makers.LATER)
    written = assemble.write_report(labelled, tmp_path, "en", NullProgress(), makers.LATER)
    assert (len(asked), written.report.created) == (n, makers.LATER)
    assert n <= 2
    name = labelled.read(picks_table.list_picks)[0].frame_id
    set_label(labelled, name, LabelDecision(unsure=True), annotator="tester", now=makers.LATER)
    seen(labelled)
    assert len(asked) == n + 1


@pytest.mark.long
def test_what_the_result_of_the_round_showed_is_there_before_the_report_is(labelled):
    assert explore_data.load_first_figures(labelled, "en") is None
    result = explore_data.compute_round_result(labelled, "en")
    found = explore_data.load_first_figures(labelled, "en")
    whole = explore_data.build_explore_data(labelled, "en", NullProgress(), makers.NOW)
    assert found.headline == result.headline
    assert " ".join(found.headline) == " ".join(whole.headline)
    assert found.chart == whole.chart
    actual = [one.frame_id for one in found.worst]
    assert actual == [one.frame_id for one in whole.worst][: len(found.worst)]
    assert found.n_open == whole.n_open
    assert (found.verdict, found.reason) == (whole.verdict, whole.reason)
    assert found.readiness == result.readiness
    name = labelled.read(picks_table.list_picks)[0].frame_id
    set_label(labelled, name, LabelDecision(unsure=True), annotator="tester", now=makers.LATER)
    assert explore_data.load_first_figures(labelled, "en") is None


# What the labels of a round come to, told before a report is made.


def test_it_is_the_gap_of_the_report(labelled):
    found = explore_data.compute_round_result(labelled, "en")
    report = build_report(labelled, "en", NullProgress(), makers.NOW)
    assert (found.lacking, found.n_waiting, found.n_labelled) == ("", 0, 20)
    assert found.gap == report.gap.estimate
    assert found.readiness == report.readiness
    assert found.reason == describe_reason(get_verdict(report))
    assert " ".join(found.headline) == report.gap.sentence
    with language.use_language("en"):
        assert found.chart == build_first_page(report).chart
    assert found.chart.benchmark == report.benchmark.score
    assert found.chart.field == report.field.footage
    assert [one.frame_id for one in found.worst] == [
        one.frame_id for one in get_worst_frames(report)[:3]
    ]


@pytest.mark.long
def test_limits_are_held_against_the_figures_of_the_report(labelled, monkeypatch):
    set_ok_classes(labelled, ["green"])
    set_rate_limits(labelled, {"escape_rate": 0.2, "confident_errors": 0.1}, "QM")
    asked = []
    monkeypatch.setattr(
        explore_data,
        "judge_limits",
        lambda figures, limits: asked.append(figures) or judge_limits(figures, limits),
    )
    found = explore_data.compute_round_result(labelled, "en")
    report = build_report(labelled, "en", NullProgress(), makers.NOW)
    assert asked == [collect_figures(report)]
    assert asked[0].classes == get_failures(report).per_class != ()
    assert found.reason == describe_reason(get_verdict(report))


def test_what_the_model_has_yet_to_answer_is_counted_and_a_benchmark_not_asked_for_twice(drawn):
    makers.label_all(drawn)
    n_benchmark = len(drawn.read(models_table.get_benchmark).items)
    found = explore_data.compute_round_result(drawn, "en")
    assert (found.lacking, found.n_waiting) == ("answers", n_benchmark)
    assert (found.readiness, found.chart.benchmark) == (None, None)
    said = " ".join(found.headline)
    assert "No gap yet: the model has not been run on the benchmark (Explore, “Run model”)." in said
    assert "fieldcheck" not in said
    assert "is named" not in said
    assert found.chart.field.measured
    run_on_set(drawn, find_model(drawn), "benchmark", NullProgress(), makers.NOW)
    assert explore_data.compute_round_result(drawn, "en").lacking == ""


@pytest.mark.parametrize(
    ("table", "lacking"), [(models_table, "benchmark"), (models_table, "model")]
)
def test_a_project_that_lacks_one_says_which(labelled, table, lacking):
    labelled.write(
        lambda db: db.conn.execute(
            f"DELETE FROM {'benchmark' if lacking == 'benchmark' else 'model'}"
        )
    ).result()
    found = explore_data.compute_round_result(labelled, "de")
    assert (found.lacking, found.readiness, found.gap.measured) == (lacking, None, False)


def test_its_sentences_are_in_the_language_that_is_asked_for(labelled):
    assert explore_data.compute_round_result(labelled, "de").chart.labels[1].startswith("Feld ")


@pytest.mark.long
def test_labels_that_the_comparison_with_the_model_before_waits_for_are_counted(drawn, tmp_path):
    other = makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0))
    add_model(drawn, other, None, makers.LATER)
    makers.label_some(drawn, 12)
    assert "comparison" not in seen(drawn).change  # the models have not answered
    for name in ("net", "other"):
        run_on_set(drawn, find_model(drawn, name), "field", NullProgress(), makers.LATER)
    left = len(list_left_frames(drawn, "net"))
    assert 0 < left <= 8
    expected = f"{left} labels are still missing for the comparison with net: frames on which the two models differ."
    assert seen(drawn).change.endswith(expected)
    makers.label_some(drawn, 8)
    assert "comparison" not in seen(drawn).change

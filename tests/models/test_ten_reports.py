"""Reports of projects at their edges: page, paper, JSON and CSV tell the same figures, and every
action can be followed. Projects at the edges: one clip, two clips, clips of one frame, all right,
all wrong, one label of a class, a benchmark of thirty."""

import csv
import io
import json
import re
import shutil
from functools import partial

import numpy as np
import pypdf
import pytest

from fieldcheck.analyses import independence
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.failures import get_failures
from fieldcheck.errors.labels import NothingLeftToPick
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.i18n import language
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.report.assemble import build_report, write_report
from fieldcheck.report.csv_files import format_frames_csv
from fieldcheck.report.folder import build_summary
from fieldcheck.report.html_page import render_html
from fieldcheck.report.key_figures import build_key_figures
from fieldcheck.report.pdf import render_pdf
from fieldcheck.report.summary_page import build_first_page
from fieldcheck.report.verdict_and_checklist import describe_reason, get_verdict
from fieldcheck.sampling.pick_frames import count_left_frames
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.wilson_interval import StratumCount, estimate_stratified, estimate_wilson
from tests import makers
from tests.counts import rows
from tests.report.test_html_page import fixed_numbers, known_numbers, read

HOSTILE = (
    "<b>bold</b>", '#eval("1+1")', "x" * 90, "中国", "الفئة", "[😀]", "$ * _ `tick`",
    "Oberflächenprüfungsabweichung",
)  # fmt: skip


def labelled_project(
    folder, picks=20, truth=makers.truth_of, model=None, claimed=None, benchmark=True, count=None,
    card=None,
):  # fmt: skip
    """The belt of one clip, so many picks, the first `count` labelled, and everything run."""
    model = model or makers.colour_model(folder / "net.onnx")
    known = (
        {"benchmark": makers.benchmark_folder(folder / "clean"), "claimed": claimed}
        if benchmark
        else {}
    )
    place = folder / "made.fieldcheck"
    project = makers.empty_project(place, model, site="Hall 3", card=card, **known)
    makers.add_footage(
        project, makers.video(folder / "belt.avi", makers.cycle(60)), camera="left",
        location="line 1", taken_at=makers.NOW,
    )  # fmt: skip
    makers.draw(project, picks)
    if count is None:
        makers.label_all(project, truth)
    else:
        by_id = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
        for one in project.read(picks_table.list_picks)[:count]:
            said = LabelDecision(truth(by_id[one.frame_id]))
            set_label(project, one.frame_id, said, annotator="tester", now=makers.NOW)
    run_and_score(project, None, "all", NullProgress(), makers.NOW)
    return project


def other(line):
    """Never the colour that is shown."""
    return {"red": "green", "green": "blue", "blue": "red"}[makers.truth_of(line)]


def all_unsure(folder):
    project = labelled_project(folder, count=0)
    for one in project.read(picks_table.list_picks):
        set_label(
            project, one.frame_id, LabelDecision(unsure=True), annotator="tester", now=makers.NOW
        )
    return project


def no_errors(folder):
    """Labelled as the model answered: 20 picks, none of them wrong."""
    project = labelled_project(folder, count=0)
    (run,) = (one for one in project.read(predictions_table.list_all_runs) if one.on == "field")
    answers = project.read(partial(predictions_table.get_predictions, run_id=run.run_id))
    for one in project.read(picks_table.list_picks):
        said = LabelDecision(makers.COLOURS[int(answers[one.frame_id].answer.argmax())])
        set_label(project, one.frame_id, said, annotator="tester", now=makers.NOW)
    return project


def sixty_names(folder):
    names = [*makers.COLOURS, *(f"{HOSTILE[k % 8]} {k}" for k in range(57))]
    model = makers.tiny_model(folder / "sixty.onnx", n_classes=60)
    card = makers.write_card(folder / "sixty.json", {**makers.COLOUR_CARD, "classes": names})
    at = iter(range(1000))
    return labelled_project(
        folder, model=model, card=card, benchmark=False, truth=lambda line: names[next(at) % 60]
    )


PROJECTS = {
    "one clip": labelled_project, "nine labels": lambda folder: labelled_project(folder, count=9),
    "no errors": no_errors, "only errors": lambda folder: labelled_project(folder, truth=other),
    "all unsure": all_unsure,
    "absent class": lambda folder: labelled_project(folder, truth=lambda line: "red"),
    "no benchmark": lambda folder: labelled_project(folder, benchmark=False),
    "not reproduced": lambda folder: labelled_project(
        folder, model=makers.colour_model(folder / "x.onnx", order=(1, 2, 0)), claimed=0.99
    ),
    "detection": None, "sample": None, "sixty hostile names": sixty_names,
}  # fmt: skip


RARE = ("no errors", "only errors", "absent class", "not reproduced")


@pytest.fixture(
    scope="module",
    params=rows([name for name in PROJECTS if name not in RARE], full=RARE),
    ids=lambda name: name.replace(" ", "_"),
)
def made(request, tmp_path_factory, made_boxed):
    folder = tmp_path_factory.mktemp("ten")
    make = PROJECTS[request.param]
    if make is None:  # made once for many tests
        found = (
            made_boxed
            if request.param == "detection"
            else request.getfixturevalue("walked_demo").folder / "sample.fieldcheck"
        )
        make = partial(copied, found)
    with make(folder) as project:
        yield request.param, project, build_report(project, "en", NullProgress(), makers.LATER)


def copied(found, folder):
    return open_project(shutil.copytree(found, folder / "copy.fieldcheck"))


def in_german(project):
    with language.use_language("de"):
        return build_report(project, "de", NullProgress(), makers.LATER)


def figures(value):
    """All numbers of a document, in its order."""
    if isinstance(value, dict | list):
        return [
            one
            for part in (value.values() if isinstance(value, dict) else value)
            for one in figures(part)
        ]
    return [value] if isinstance(value, int | float) else []


def squeezed(said):
    return re.sub(r"[\s\u200b\u00ad\u00a0]+", "", said)


def printed(report, second):
    """All that the paper says; its first page is one page, so that the evidence begins the
    second."""
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(report).data))
    sheets = [sheet.extract_text() for sheet in reader.pages]
    assert squeezed(sheets[1]).startswith(second)
    return squeezed("".join(sheets))


@pytest.mark.long
def test_page_paper_json_and_csv_agree_to_the_printed_digit(made):
    _, _, report = made
    document = json.loads(json.dumps(build_summary(report)))
    on_page = squeezed(" ".join(read(render_html(report)).visible))
    on_paper = printed(report, "Evidence")
    with language.use_language("en"):
        first, tiles = build_first_page(report), build_key_figures(report).tiles
    for tile in tiles:
        assert squeezed(tile.value + (f"({tile.range})" if tile.range else "")) in on_page
        assert squeezed(tile.value + (f"({tile.range})" if tile.range else "")) in on_paper
    reasons = [line.text for line in first.cards.reasons]
    for sentence in (document["gap"]["sentence"], document["gap"]["counts"], *reasons):
        assert squeezed(sentence.replace("`", "")) in on_page
        assert squeezed(sentence.replace("`", "")) in on_paper
    table = csv.DictReader(io.StringIO(format_frames_csv(report)))
    rows = [row for row in table if row["label_state"] == "done" and row["right"]]
    footage = document["field"]["footage"]
    assert footage["n"] == len(rows)
    if rows:
        right, weight = ([float(row[name]) for row in rows] for name in ("right", "weight"))
        assert footage["value"] == pytest.approx(np.average(right, weights=weight))


@pytest.mark.long
def test_the_german_page_and_paper_say_the_figures_of_the_english_ones(made):
    _, project, report = made
    german = in_german(project)
    on_page = squeezed(" ".join(read(render_html(german)).visible))
    on_paper = printed(german, "Nachweise")
    with language.use_language("de"):
        first, tiles = build_first_page(german), build_key_figures(german).tiles
    for said in (
        *(tile.value for tile in tiles), german.gap.sentence, german.gap.counts,
        *(line.text for line in first.cards.reasons),
    ):  # fmt: skip
        assert squeezed(said) in on_page
        assert squeezed(said) in on_paper
    actual = figures(json.loads(json.dumps(build_summary(german))))
    assert actual == figures(json.loads(json.dumps(build_summary(report))))


def test_no_figure_stands_on_the_first_two_pages_that_the_json_does_not_have(made):
    _, _, report = made
    document = json.loads(json.dumps(build_summary(report)))
    visible = read(render_html(report)).visible
    appendix = len(visible) - visible[::-1].index("Error analysis")
    shown = {
        number
        for text in visible[:appendix]
        for number in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(\d),(\d)", r"\1.\2", text))
    }
    with language.use_language("en"):
        # of counts that the JSON has
        shares = known_numbers(independence.list_independence_warnings(report))
    known = known_numbers(document)
    assert shown - known - shares - fixed_numbers() - {str(n) for n in range(20)} == set()


def test_no_action_is_impossible(made):
    """The project itself is asked: unlabelled picks, and whether another draw finds a clip."""
    name, project, report = made
    found = build_summary(report)["actions"]
    assert found
    labelled = {row.frame_id for row in report.frame_rows if row.label_state}
    rows = project.read(picks_table.list_picks)
    waiting = {one.frame_id for one in rows if not one.taken_out} - labelled
    for action in found:
        if action["code"] in ("label", "label_footage"):
            assert 0 < action["n"] <= action["available"]
            if action["n"] > len(waiting):
                drawn = makers.draw(project, action["n"] - len(waiting))
                assert len(drawn.picks) == action["n"] - len(waiting)
                project.undo()
        if action["code"] == "collect":
            assert report.field.n_labelled >= 50, name
        assert action["n"] > 0 or action["code"] in ("step", "change_site")
    left = count_left_frames(project.read(picks_table.list_current_draws), rows)
    if not waiting and not left and report.field.n_labelled:
        with pytest.raises(NothingLeftToPick):
            makers.draw(project, 1)
        assert not [action for action in found if action["code"].startswith("label")]
        assert "more label" not in report.gap.sentence


def test_the_project_is_what_its_name_says(made):
    name, _, report = made
    field = report.field.footage
    if name in ("no errors", "only errors"):
        assert (field.n, field.value) == (20, name == "no errors")
    if name == "nine labels":
        assert (field.n, len(get_failures(report).per_class)) == (9, 3)
    if name == "sixty hostile names":
        assert len(report.model.classes) == 60


def test_unsure_frames_and_few_labels_have_sentences_of_their_own(made):
    name, _, report = made
    with language.use_language("en"):
        reason = describe_reason(get_verdict(report))
    if name == "all unsure":
        assert reason == "because none of 20 frames could be judged."
    if name == "not reproduced":
        assert reason == (
            "because the measured score disagrees with the reference score; the two may be "
            "measured differently."
        )
    assert reason.startswith("because ")


def shown(line):
    """What the model says of a frame, which is what it shows."""
    return makers.COLOURS[line.frame.source_index // 4 % 3]


def another(line):
    return makers.COLOURS[(makers.COLOURS.index(shown(line)) + 1) % 3]


def told(folder, clips, label, benchmark_each=10):
    """Summary, frames.csv and page of a project of such clips, labelled by `label(line)`."""
    with makers.empty_project(
        folder / "edge.fieldcheck", makers.colour_model(folder / "net.onnx")
    ) as project:
        for number, colours in enumerate(clips):
            film = makers.video(folder / f"{number}.avi", colours, number)
            makers.add_footage(project, film, camera="left", location="line 1", taken_at=makers.NOW)
        makers.draw(project, 20)
        places = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
        for pick in project.read(picks_table.list_picks):
            set_label(
                project, pick.frame_id, LabelDecision(label(places[pick.frame_id])), annotator="a",
                now=makers.NOW,
            )  # fmt: skip
        folder_of_set = makers.benchmark_folder(folder / "set", benchmark_each)
        set_benchmark(project, read_benchmark(folder_of_set, None, None))
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        compare_sets(project, NullProgress(), makers.NOW)
        written = write_report(project, folder / "out", "en", NullProgress(), makers.NOW)
    with (written.folder / "frames.csv").open(newline="", encoding="utf-8") as rows:
        frames = list(csv.DictReader(rows))
    summary = json.loads((written.folder / "summary.json").read_text("utf-8"))
    return (summary, frames, written.page.read_text("utf-8"))


def by_sheet(frames):
    """The footage score that frames.csv gives, by the method's own formula."""
    strata = {}
    for row in (row for row in frames if row["label_state"] == "done"):
        strata.setdefault(row["stratum"], []).append((row["right"] == "1", float(row["weight"])))
    return estimate_stratified(
        [
            StratumCount(sum(y for y, _ in rows), len(rows), sum(w for _, w in rows))
            for rows in strata.values()
        ]
    )


def limits(found):
    return pytest.approx([found.value, found.lo, found.hi], abs=1e-9)


def three(found):
    return [found[name] for name in ("value", "lo", "hi")]


@pytest.mark.long
def test_one_clip_all_right_against_thirty_pictures(tmp_path):
    summary, frames, page = told(tmp_path, [makers.cycle(160)], shown)
    field = summary["field"]
    assert three(field["footage"]) == limits(by_sheet(frames))
    assert field["footage"]["value"] == 1 > field["footage"]["lo"]
    assert (field["n_clips"], field["camera"], summary["gap"]["basis"]) == (1, None, "footage")
    assert "Too few clips for a camera interval: the result holds for this footage only." in page
    assert three(summary["benchmark"]["score"]) == limits(estimate_wilson(30, 30))
    assert (summary["gap"]["value"], summary["gap"]["verdict"]) == (0, "not_enough")
    assert (summary["domain"]["auc"]["lo"], summary["domain"]["p"]) == (None, None)
    expected = "No control with so few clips: the AUC may only reflect one clip&#39;s scene.</p>"
    assert expected in page
    assert "The model was correct on every labelled frame of the sample." in page
    assert "No wrong predictions on labelled frames; nothing to compare." in page
    assert summary["abstention"] is None
    assert summary["thresholds"]["too_few"] == ["red", "green", "blue"]
    assert summary["discovered"]["off"] == "frames"
    assert "Not searched: requires 60 labelled frames; available: 20." in page
    assert (
        "Weak estimate: fewer than 20 benchmark images of red, green, blue; the overall "
        "benchmark score is used instead."
    ) in page


@pytest.mark.long
def test_two_clips_all_wrong(tmp_path):
    summary, frames, page = told(tmp_path, [makers.cycle(80), makers.cycle(80)], another)
    field = summary["field"]
    assert three(field["footage"]) == limits(by_sheet(frames))
    assert field["footage"]["value"] == 0 < field["footage"]["hi"]
    assert (field["n_clips"], field["camera"], summary["gap"]["basis"]) == (2, None, "footage")
    assert "Too few clips for a camera interval: the result holds for this footage only." in page
    assert (summary["gap"]["value"], summary["gap"]["verdict"]) == (1, "not_enough")
    assert summary["limits"][0]["cause"] == "few_clips"
    assert [(mode["n"], mode["share"]["value"]) for mode in summary["failure_modes"]] == [(20, 1)]
    assert summary["decomposition"]["remainder"]["value"] == 1
    assert summary["decomposition"]["remainder"]["lo"] is None
    assert "not enough clips" in page
    assert summary["imbalance"]["state"] == "too_few"
    # two clips demonstrate nothing
    assert not any(row["flag"] == "blind_spot" for row in summary["slices"])


@pytest.mark.long
def test_clips_of_one_frame_and_one_label_of_a_class(tmp_path):
    given = iter(["blue"])
    colours = [makers.cycle(2) for _ in range(20)]
    summary, frames, page = told(tmp_path, colours, lambda _line: next(given, "red"))
    assert {row["weight"] for row in frames} == {"1.0"}
    # every frame of it is labelled
    assert three(summary["field"]["footage"]) == pytest.approx([0.95, 0.95, 0.95])
    right = [row["right"] == "1" for row in frames]
    camera = estimate_camera_interval(right, np.ones(20), [row["clip_id"] for row in frames])
    assert three(summary["field"]["camera"]) == limits(camera)
    rare = {row["class"]: row for row in summary["per_class"]}["blue"]
    assert (rare["n"], rare["recall"]["value"], rare["recall"]["status"]) == (1, 0, "weak")
    assert "blue" in summary["thresholds"]["too_few"]
    actual = [(one["n"], one["error"]["status"]) for one in summary["imbalance"]["groups"]]
    assert actual == [(1, "weak"), (19, "ok")]
    assert "fewer than 20 labelled frames on either side, or too few clips, for" in page

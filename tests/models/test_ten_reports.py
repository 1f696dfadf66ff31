"""Reports of projects at their edges: page, paper, JSON and CSV tell the same figures, and every
action can be followed."""

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
from fieldcheck.analyses.failures import get_failures
from fieldcheck.errors.labels import NothingLeftToPick
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.i18n import language
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.report.assemble import build_report
from fieldcheck.report.csv_files import format_frames_csv
from fieldcheck.report.folder import build_summary
from fieldcheck.report.html_page import render_html
from fieldcheck.report.pdf import render_pdf
from fieldcheck.report.summary_page import build_first_page
from fieldcheck.sampling.pick_frames import count_left_frames
from tests import makers
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


@pytest.fixture(scope="module", params=PROJECTS, ids=lambda name: name.replace(" ", "_"))
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


def test_page_paper_json_and_csv_agree_to_the_printed_digit(made):
    _, _, report = made
    document = json.loads(json.dumps(build_summary(report)))
    on_page = squeezed(" ".join(read(render_html(report)).visible))
    on_paper = printed(report, "Evidence")
    with language.use_language("en"):
        first = build_first_page(report)
    for tile in first.tiles.tiles:
        assert squeezed(tile.value + (f"({tile.range})" if tile.range else "")) in on_page
        assert squeezed(tile.value + (f"({tile.range})" if tile.range else "")) in on_paper
    for sentence in (document["gap"]["sentence"], document["gap"]["counts"], first.because):
        assert squeezed(sentence.replace("`", "")) in on_page
        assert squeezed(sentence.replace("`", "")) in on_paper
    table = csv.DictReader(io.StringIO(format_frames_csv(report)))
    rows = [row for row in table if row["label_state"] == "done" and row["right"]]
    footage = document["field"]["footage"]
    assert footage["n"] == len(rows)
    if rows:
        right, weight = ([float(row[name]) for row in rows] for name in ("right", "weight"))
        assert footage["value"] == pytest.approx(np.average(right, weights=weight))


def test_the_german_page_and_paper_say_the_figures_of_the_english_ones(made):
    _, project, report = made
    german = in_german(project)
    on_page = squeezed(" ".join(read(render_html(german)).visible))
    on_paper = printed(german, "Nachweise")
    with language.use_language("de"):
        first = build_first_page(german)
    for said in (
        *(tile.value for tile in first.tiles.tiles), german.gap.sentence, german.gap.counts,
        first.because,
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
        reason = build_first_page(report).because
    if name == "all unsure":
        assert reason == "because none of 20 frames could be judged."
    if name == "not reproduced":
        assert reason == (
            "because the measured score disagrees with the reference score; the two may be "
            "measured differently."
        )
    assert reason.startswith("because ")

"""Projects at the edges: one clip, two clips, clips of one frame, all right, all wrong, one label
of a class, a benchmark of thirty."""

import csv
import json

import numpy as np
import pytest

from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.report.assemble import write_report
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.wilson_interval import StratumCount, estimate_stratified, estimate_wilson
from tests import makers


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

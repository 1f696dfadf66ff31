"""Every action that the reports of the projects to read print is done, as far as it can be
simulated, and the report that follows has another word or a narrower interval, as was said.

Labels that are made are right with the field score of the report that asked for them: the plan is
for today's score.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from fieldcheck.domain.label import Box, Point
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.i18n.language import use_language
from fieldcheck.imaging.masks import unpack_masks
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.latency import bench_runner
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.report.assemble import build_report
from fieldcheck.report.csv_files import format_frames_csv
from fieldcheck.report.explore_data import compute_round_result
from fieldcheck.report.findings import Action, list_actions
from fieldcheck.report.verdict_and_checklist import describe_reason, get_verdict
from tests import makers
from tests.counts import rows
from tests.projects_to_read import (
    BOX_LABELS,
    POINT_LABELS,
    PROJECTS,
    Site,
    add_clips,
    ask_limits,
    call_boxes,
    call_points,
    call_right,
    make_colours,
    making,
    pick_and_label,
)

MOST_STEPS = 4  # of one walk


@dataclass
class Walk:
    """A project whose actions are done one by one; `done`: their codes in order."""

    site: Site
    done: list[str] = field(default_factory=list)

    def read(self):
        """The report, which must agree with the quick verdict of the window."""
        with use_language("en"), open_project(self.site.project, write=False) as project:
            report = build_report(project, "en", NullProgress(), makers.NOW)
            quick = compute_round_result(project, "en")
        if quick.readiness is not None:
            with use_language("en"):
                assert quick.reason == describe_reason(get_verdict(report))
            assert quick.readiness == report.readiness
        return report

    def run(self, *words: object) -> str:
        return self.site.run(*words)

    def list_frames(self) -> list[dict]:
        """Every listed frame with its pick, label and answer, as `frames.csv` has them."""
        with open_project(self.site.project, write=False) as project:
            report = build_report(project, "en", NullProgress(), makers.NOW)
        return list(csv.DictReader(io.StringIO(format_frames_csv(report))))

    def list_waiting(self) -> list[dict]:
        return [
            row for row in self.list_frames()
            if row["picked"] == "1" and row["label_state"] in ("", "waiting")
        ]  # fmt: skip

    def label(self, frames: list[dict], report) -> None:
        """Labels frames by the truth of the project, of a classifier so that the score stays."""
        if report.model.task != "classification":
            return self.label_places(frames, report.model.task)
        rng, score = np.random.default_rng(5), report.field.footage.value
        wrong = rng.permutation(len(frames)) >= round(score * len(frames))
        with open_project(self.site.project) as project:
            for row, is_wrong in zip(frames, wrong.tolist(), strict=True):
                others = [name for name in report.model.classes if name != row["prediction"]]
                name = others[0] if is_wrong else row["prediction"]
                decision = LabelDecision(name)
                set_label(project, row["frame_id"], decision, annotator="Ana", now=makers.NOW)
        return self.run("run", self.site.project, "--on", "all")

    def label_places(self, frames: list[dict], task: str) -> None:
        """Boxes or points, by what the frame of this film shows."""
        head, truth = (
            (BOX_LABELS, call_boxes) if task == "detection" else (POINT_LABELS, call_points)
        )
        lines = [head]
        for row in frames:
            start, index = (
                int(row["source"].rpartition("_")[2].split(".")[0]) % 3,
                row["source_index"],
            )
            shown = makers.COLOURS[(start + int(index) // 4) % 3]
            lines.append(f"{row['source']}#{index},{truth(shown, int(index))}")
        table = self.site.work / f"labels-{len(self.done)}.csv"
        table.write_text("\n".join(lines) + "\n")
        self.run("label", "import", self.site.project, table, "--by", "Ana")
        self.run("run", self.site.project, "--on", "all")


def do_label(walk: Walk, action: Action, report) -> None:
    """The picks that wait, then frames drawn from what no draw covers."""
    waiting = walk.list_waiting()
    more = action.n - len(waiting)
    if more > 0:
        walk.run("pick", walk.site.project, "--count", more, "--seed", 11)
        walk.run("run", walk.site.project, "--on", "all")
        waiting = walk.list_waiting()
    assert len(waiting) >= action.n, "so many labels can be made now"
    walk.label(waiting[: action.n], report)


def do_record(walk: Walk, action: Action, report) -> None:
    record_clips(walk, action.n, action.each, report)


def record_clips(walk: Walk, clips: int, each: int, report) -> None:
    """So many clips more, and so many labels in each."""
    number = 1 + len(walk.done)
    name = f"more{number}_{{:02d}}_{{:02d}}"
    found = add_clips(walk.site, clips, name=name, seed=1000 * number)
    assert len(found) == clips
    walk.run("run", walk.site.project, "--on", "all")
    count = clips * each
    walk.run("pick", walk.site.project, "--count", count, "--seed", 12)
    walk.run("run", walk.site.project, "--on", "all")
    waiting = walk.list_waiting()
    assert len(waiting) >= count
    walk.label(waiting, report)


def do_rate(walk: Walk, action: Action, report) -> None:
    """As many clips as are named for the limit of a rate, and a fifth more for the further look."""
    named = [int(word) for word in action.sentence.split() if word.isdigit()]
    assert named, "the action says how many clips"
    record_clips(walk, 1 + round(1.2 * named[-1]) - report.field.n_clips, 8, report)


def do_search_clips(walk: Walk, action: Action, report) -> None:
    record_clips(walk, action.n - report.field.n_clips, 8, report)


def do_benchmark(walk: Walk, action: Action, report) -> None:
    """A benchmark of as many images, of which as many are right as were."""
    n = max(action.n, report.benchmark.n if report.benchmark else 60)
    path = walk.site.work / f"benchmark-{len(walk.done)}"
    if report.model.task == "detection":
        makers.boxed_benchmark(path, round((1 - report.benchmark.claim_score.value) * n), n)
    elif report.model.task == "segmentation":
        makers.masked_benchmark(path, n)
    else:
        makers.benchmark_folder(path, -(-n // 3))
    walk.run("benchmark", "set", walk.site.project, path)
    walk.run("run", walk.site.project, "--on", "all")


def do_fix_search(walk: Walk, action: Action, report) -> None:
    walk.run("fix", walk.site.project)


def do_apply_fix(walk: Walk, action: Action, report) -> None:
    folder = walk.site.work / f"fixed-{len(walk.done)}"
    walk.run("fix", walk.site.project, "--out", folder, "--apply")
    walk.run("run", walk.site.project, "--on", "all")


def do_earlier_model(walk: Walk, action: Action, report) -> None:
    walk.run("model", "set", walk.site.project, walk.site.work / "net.onnx")
    walk.run("run", walk.site.project, "--on", "all")


def do_model_check(walk: Walk, action: Action, report) -> None:
    """The check finds nothing to mend, so the reference score was another one's."""
    walk.run("model", "check", walk.site.work / "net.onnx")
    score = report.benchmark.claim_score.value
    walk.run("benchmark", "set", walk.site.project, walk.site.work / "clean", "--claimed", score)
    walk.run("run", walk.site.project, "--on", "all")


def do_faster(walk: Walk, action: Action, report) -> None:
    """The runner's result on a computer that is a hundred thousand times as fast."""
    folder = walk.site.work / f"runner-{len(walk.done)}"
    result = walk.site.work / "bench.json"
    walk.run("latency", walk.site.project, "--export-runner", folder)
    assert bench_runner.main(["--seconds", "20", "--out", str(result)], folder) == 0
    found = json.loads(result.read_text())
    found["stages_ms"] = {
        name: [ms / 100_000 for ms in times] for name, times in found["stages_ms"].items()
    }
    result.write_text(json.dumps(found))
    walk.run("latency", walk.site.project, "--import", result)


def do_mend(walk: Walk, action: Action, report) -> None:
    """What is wrong in the slice, or anywhere, is right from now on, as after retraining."""
    key, value = action.for_slice
    key = {"class": "label", "clip": "clip_id", "condition": "conditions"}.get(key, key)
    rows = [row for row in walk.list_frames() if row["label_state"] == "done"]
    wrong = [row for row in rows if row["right"] == "0"]
    names = [row["frame_id"] for row in wrong if not key or value in row[key].split("|")]
    assert names, "an action is for frames that are wrong"
    with open_project(walk.site.project) as project:
        side = load_field_side(project, find_model(project))
        card = get_card(find_model(project))
        for name in names:
            decision = make_right_decision(card, side.answers[name])
            set_label(project, name, decision, annotator="Ana", now=makers.NOW)
    walk.run("run", walk.site.project, "--on", "all")


def make_right_decision(card: Card, prediction: Prediction) -> LabelDecision:
    """The label that agrees with an answer: its class, its boxes, or a point within each mask."""
    answer = prediction.answer
    if card.task == "classification":
        return LabelDecision(card.classes[int(np.argmax(answer))])
    if card.task == "detection":
        sure = [row for row in answer.tolist() if row[4] >= card.output.threshold]
        boxes = [Box(card.classes[int(k)], x, y, right - x, below - y)
                 for x, y, right, below, _, k in sure]  # fmt: skip
        return LabelDecision(boxes=tuple(boxes), nothing=not boxes)
    pixels = unpack_masks(prediction.masks)[0].pixels
    found = [(k, np.argwhere(pixels == k)) for k in range(1, len(card.classes))]
    points = [
        Point(card.classes[k], float(at[len(at) // 2][1]), float(at[len(at) // 2][0]))
        for k, at in found
        if len(at)
    ]
    return LabelDecision(points=tuple(points), nothing=not points)


def do_sharper(walk: Walk, action: Action, report) -> None:
    by_id = add_clips(walk.site, 4, name="sharper{:02d}_{:02d}", seed=1000)
    pick_and_label(walk.site, by_id, 40, call_right)
    walk.run("run", walk.site.project, "--on", "all")


def do_trial(walk: Walk, action: Action, report) -> None:
    """Twenty-one shifts of forty results."""
    log, lines = walk.site.work / "trial.csv", ["time,prediction,confidence"]
    rng = np.random.default_rng(3)
    for shift in range(21):
        day, hour = divmod(8 * shift, 24)
        for minute in range(40):
            moment = f"2021-11-{1 + day:02d}T{hour:02d}:{minute:02d}:00+00:00"
            lines.append(f"{moment},{'red' if minute % 2 else 'green'},{rng.normal(0.9, 0.02):.4f}")
    log.write_text("\n".join(lines) + "\n")
    walk.run("monitor", walk.site.project, log)


def do_latency(walk: Walk, action: Action, report) -> None:
    walk.run("latency", walk.site.project, "--seconds", 8, "--on-target")


def do_limit(walk: Walk, action: Action, report) -> None:
    """The limit that can be shown, as its owner agrees to it."""
    shown = re.search(r"at most ([\d.]+) pp", action.sentence)
    assert shown, "the action says which limit can be shown"
    ask_limits(walk.site, f"{shown[1]}%")


def do_without_error(walk: Walk, action: Action, report) -> None:
    (do_label if action.code == "label" else do_record)(walk, action, report)


DOERS: dict[str, Callable[[Walk, Action, object], None]] = {
    "label": do_label,
    "label_footage": do_label,
    "rest_of_sample": do_label,
    "record": do_record,
    "escape_rate": do_rate,
    "false_reject_rate": do_rate,
    "search_clips": do_search_clips,
    "apply_fix": do_apply_fix,
    "earlier_model": do_earlier_model,
    "model_check": do_model_check,
    "faster": do_faster,
    "tight_limit": do_limit,
    "without_error": do_without_error,
    "improve_model": do_mend,
    "benchmark": do_benchmark,
    "benchmark_images": do_benchmark,
    "fix_search": do_fix_search,
    "collect": do_mend,
    "change_site": do_mend,
    "unsure": do_sharper,
    "trial": do_trial,
    "latency": do_latency,
}
"""How each action is done, by its code or its step."""
LAST = {"release"}  # the end of what this program advises


def check_effect(code: str, before, after) -> None:
    """The word has changed, or the interval or the list of actions as was said."""
    steps = {one.step for one in list_actions(after)}
    narrower = after.gap.estimate.half_width < before.gap.estimate.half_width
    if code in ("label", "record", "rest_of_sample", "escape_rate", "false_reject_rate"):
        assert narrower or after.readiness != before.readiness
    elif code == "label_footage":
        widths = [(r.field.footage.hi - r.field.footage.lo) for r in (before, after)]
        assert widths[1] < widths[0]
    elif code == "benchmark_images":
        assert narrower
        assert code not in steps, "with so many images labels can decide"
    elif code in ("collect", "change_site", "improve_model"):
        assert code != "improve_model" or code not in steps
        gaps = [report.gap.estimate.value for report in (before, after)]
        assert gaps[1] < gaps[0]
        if not before_has_slice(before) and code != "improve_model":
            assert after.readiness != before.readiness
    elif code in ("apply_fix", "earlier_model"):
        scores = [report.field.footage.value for report in (before, after)]
        assert scores[1] > scores[0]
        assert code not in steps
    elif code in ("unsure", "benchmark"):
        assert after.gap.estimate.measured
        assert after.readiness != before.readiness or code == "benchmark"
        assert code not in steps
    else:  # the advice is not given again once it was followed
        assert code not in steps


def before_has_slice(report) -> bool:
    return any(one.for_slice[0] for one in list_actions(report))


def walk_project(site: Site, most: int = MOST_STEPS) -> list[str]:
    """Does the first action that is printed, again and again; every other one is one that can be
    done. Returns the codes of what was done."""
    walk = Walk(site)
    report = walk.read()
    for _ in range(most):
        actions = list_actions(report)
        assert actions, f"{report.readiness}: nothing is said that can be done"
        codes = [one.step or one.code for one in actions]
        assert set(codes) <= {*DOERS, *LAST}, "every action can be done"
        action, code = actions[0], codes[0]
        if code in LAST:
            return [*walk.done, code]
        DOERS[code](walk, action, report)
        walk.done.append(code)
        after = walk.read()
        check_effect(code, report, after)
        report = after
    return walk.done


def make_swapped(site: Site) -> None:
    """A camera that gives blue for red and red for blue."""
    other = {"red": "blue", "blue": "red"}
    make_colours(site, 12, 96, lambda shown, index: other.get(shown, shown))


def make_at_limit(site: Site) -> None:
    """A gap of exactly its limit: a quarter of the frames wrong, all of them labelled."""
    wrong = iter([True] * 18)

    def truth(shown: str, index: int) -> str:
        return "blue" if shown != "blue" and next(wrong, False) else shown

    make_colours(site, 3, 72, truth)
    ask_limits(site, "25%")


def make_tight(site: Site) -> None:
    """Every frame right, and a limit that no number of clips shows."""
    make_colours(site, 3, 24, call_right)
    ask_limits(site, "0.1%")


def make_escapes_open(site: Site) -> None:
    """The gap met, and too few clips with defects for the limit of the escape rate."""
    make_colours(site, 12, 96, call_right)
    site.run(
        "limits", site.project, "--tolerance", "20%", "--by", "Ana", "--ok", "green",
        "--escape-rate", 0.1,
    )  # fmt: skip


MADE = {**PROJECTS, "swapped": make_swapped, "at_limit": make_at_limit,
        "escapes_open": make_escapes_open}  # fmt: skip
"""The projects to read, and three whose first action none of them has."""
QUICK = {"at_limit": make_at_limit, "escapes_open": make_escapes_open, "tight": make_tight}
"""Those whose first action alone is done, the first of them in every run."""
FIRST_STEPS = {
    "swapped": ["fix_search", "apply_fix"], "at_limit": ["improve_model"],
    "escapes_open": ["escape_rate"], "tight": ["tight_limit"], "worse_model": ["earlier_model"],
    "latency_missed": ["faster"], "twelve_labels": ["rest_of_sample"],
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", rows(["at_limit"], full=[n for n in QUICK if n != "at_limit"]))
def test_the_actions_of_a_small_project_can_be_done_and_do_what_is_said(name, tmp_path):
    walk_by_name(name, tmp_path, most=1)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.full(f"actions_{name}")) for name in MADE]
)
def test_every_action_of_a_project_can_be_done_and_does_what_is_said(
    name, tmp_path, counts, evidence
):
    counts(ci=0, full=1)
    evidence(done=walk_by_name(name, tmp_path))


def walk_by_name(name, folder, most=MOST_STEPS):
    with making(folder / name) as site:
        {**MADE, **QUICK}[name](site)
        done = walk_project(site, most)
    first = FIRST_STEPS.get(name, done[:1])
    assert done[: len(first)] == first
    return done

"""Texts of the home screen about projects, models, benchmarks and limits."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck import resources
from fieldcheck.files import ELSEWHERE
from fieldcheck.ui import words
from fieldcheck.ui.shell.actions_table import get_screen_name
from fieldcheck.ui.visit_steps import get_next_step
from fieldcheck.words.figures import format_interval, format_limit, format_percent, format_points
from fieldcheck.words.gap import get_readiness_name
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.scores import FURTHER, get_metric_name

if TYPE_CHECKING:  # the first paint must not wait for the numbers behind these
    from fieldcheck.domain.project_status import RecentProject
    from fieldcheck.workflows.project.project_cards import BenchmarkFacts, ModelSummary

ENDING = ".fieldcheck"
READING, THERE, MISSING, BROKEN = "reading", "there", "missing", "broken"
HASH_SHOWN = 8


@dataclass(frozen=True, slots=True)
class RecentProjectRow:
    """One project of the list. `state`: reading, there, missing or broken; `reported`: the outcome is a report's; `thumbnail` is a JPEG or
    empty, `next` the step that comes next."""

    path: str
    name: str
    state: str
    when: str = ""
    labelled: str = ""
    outcome: str = ""
    reported: bool = False
    thumbnail: bytes = b""
    next: str = ""


def build_loading_row(path: str) -> RecentProjectRow:
    """A project nobody has looked into yet."""
    return RecentProjectRow(path, get_project_name(path), READING, tr("analysing …"))


def build_found_row(found: RecentProject) -> RecentProjectRow:
    """A project that can be opened, with how far it is."""
    standing = found.standing
    labelled = tr("nothing picked yet")
    if standing.n_picked:
        done = tr("✓ {done} of {all} labelled") if not standing.n_left else tr("{done} of {all} labelled")
        labelled = done.format(done=standing.n_picked - standing.n_left, all=standing.n_picked)
    path, came_to = str(found.path), format_outcome(found.gap, found.readiness)
    goes_on = tr("next: {screen}").format(screen=get_screen_name(get_next_step(standing)))
    when, reported = words.format_timestamp(found.changed), bool(found.readiness)
    return RecentProjectRow(path, get_project_name(path), THERE, when, labelled, came_to, reported, found.thumbnail, goes_on)


def format_outcome(gap: float | None, code: str) -> str:
    """Verdict of the newest report."""
    if gap is None:
        return get_readiness_name(code) if code else tr("no result yet")
    said = tr_plural("gap {n} pp · {verdict}", "gap {n} pp · {verdict}", round(gap * 100))
    return said.format(n=format_points(gap), verdict=get_readiness_name(code))


def build_missing_row(path: str, missing: Path) -> RecentProjectRow:
    """A project whose folder is missing, with what of its path is: the folder itself, or one above it."""
    return RecentProjectRow(path, get_project_name(path), MISSING, tr("{folder} not found").format(folder=str(missing)))


def build_broken_row(path: str, sentence: str) -> RecentProjectRow:
    """A project that cannot be looked into, and why."""
    return RecentProjectRow(path, get_project_name(path), BROKEN, labelled=sentence)


def get_project_name(path: str) -> str:
    """The folder's name without its ending."""
    return Path(path).name.removesuffix(ENDING)


def get_task_name(task: str) -> str:
    """Task name: what a model does."""
    return {
        "classification": tr("classification"),
        "multilabel": tr("multi-label classification"),
        "detection": tr("object detection"),
        "segmentation": tr("semantic segmentation"),
        "instance": tr("instance segmentation"),
        "anomaly": tr("anomaly detection"),
    }.get(task, task)


def format_model_file(facts: ModelSummary) -> str:
    """Name, size and hash of a model's file."""
    size = words.format_size(facts.n_bytes) if facts.n_bytes else tr("file not found")
    return tr("{file} · {size} · SHA-256 {hash}").format(file=facts.file, size=size, hash=facts.sha256[:HASH_SHOWN])


def format_model_summary(task: str, size: tuple[int, int], n_classes: int) -> str:
    """Model summary: task, with how large a picture, for how many classes."""
    height, width = size
    said = tr_plural("{task}, input {width} × {height}, {n} class", "{task}, input {width} × {height}, {n} classes", n_classes)
    return said.format(task=get_task_name(task), width=width, height=height, n=n_classes)


def format_score(facts: BenchmarkFacts) -> tuple[str, str, str]:
    """The score in figures, what it counts, and its range; while it was not run, that."""
    if facts.score is None or not facts.score.measured:
        return "–", tr("not run on this computer yet"), tr_plural("{n} image", "{n} images", facts.n).format(n=facts.n)
    score = facts.score
    right = round(score.value * score.n)
    shares = {"accuracy": tr("correct: {right} of {n}"), "frame_score": tr("frames without errors: {right} of {n}")}
    what = shares.get(facts.metric, get_metric_name(facts.metric))
    spread = tr("95% CI {range}").format(range=format_interval(score, 1))
    if facts.spot:
        spread += "\n" + tr("spot check of {n} of {all} images").format(n=score.n, all=words.get_locale().toString(facts.n))
    return (
        format_percent(score.value, 1),
        what.format(right=words.get_locale().toString(right), n=words.get_locale().toString(score.n)),
        spread,
    )


def format_benchmark_source(root: str) -> str:
    """Where the benchmark's pictures lie; those that came with the program have no place a person would look for, and those of a project
    out of a pack lie on the computer that made it."""
    if root.startswith(ELSEWHERE):
        return tr("{name}, on the computer that created the pack").format(name=Path(root).name)
    return tr("demo project images") if resources.is_shipped(Path(root)) else root


def format_reference_score(facts: BenchmarkFacts) -> str:
    """Reference score as stated, and whether it came out here."""
    if facts.claimed is None:
        return tr("no reference score stated")
    claimed = format_percent(facts.claimed, 1) + (f" ({get_metric_name(facts.metric)})" if facts.metric in FURTHER else "")
    if facts.reproduced is None:
        return claimed
    if facts.reproduced:
        return tr("✓ {claimed}: reproduced").format(claimed=claimed)
    return tr("▲ {claimed}: not reproduced; preprocessing may differ").format(claimed=claimed)


def format_claim_input(claimed: float | None) -> str:
    """A claimed score as it stands in the field, in per cent."""
    return "" if claimed is None else f"{claimed * 100:.6g}"


def list_metric_options(metrics: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Metrics that a score may be stated in: code and name of each."""
    return tuple((code, get_metric_name(code)) for code in metrics)


def parse_claim(said: str) -> float | None:
    """`97.1` or `97,1 %` as a fraction, NaN for an empty field: nothing is claimed; None for what is no share of pictures."""
    bare = said.strip().removesuffix("%").strip()
    share = parse_tolerance(bare)
    return nan if not bare else share


def format_tolerance(tolerance: float) -> str:
    """The largest gap that is accepted."""
    return tr("{points} pp").format(points=format_limit(tolerance))


def format_ok_classes(names: tuple[str, ...], told: bool) -> str:
    """Classes that mean a good part, and whether they are only proposed; empty where nobody named any and no name tells."""
    if not names:
        return tr("none") if told else ""
    said = ", ".join(names)
    return said if told else tr("proposed: {classes}").format(classes=said)


def format_tolerance_input(tolerance: float) -> str:
    """Tolerance as it stands in the field."""
    return format_limit(tolerance)


def parse_tolerance(said: str) -> float | None:
    """`3`, `2.5` or `2,5` points as a fraction; None for what is no number from 0 to 100."""
    try:
        value = float(said.strip().replace(",", "."))
    except ValueError:
        return None
    return value / 100 if 0 <= value <= 100 else None

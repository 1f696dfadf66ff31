"""Texts of the home screen about projects, models, benchmarks and limits."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck import resources
from fieldcheck.files import ELSEWHERE
from fieldcheck.ui import words
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.visit_steps import next_step
from fieldcheck.words.figures import interval, limit, percent, points
from fieldcheck.words.gap import readiness
from fieldcheck.words.language import plural, text
from fieldcheck.words.scores import FURTHER, metric_name

if TYPE_CHECKING:  # the first paint must not wait for the numbers behind these
    from fieldcheck.domain.project_status import Recent
    from fieldcheck.workflows.project.project_cards import BenchmarkFacts, ModelSummary

ENDING = ".fieldcheck"
READING, THERE, MISSING, BROKEN = "reading", "there", "missing", "broken"
HASH_SHOWN = 8


@dataclass(frozen=True, slots=True)
class RecentLine:
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


def reading_line(path: str) -> RecentLine:
    """A project nobody has looked into yet."""
    return RecentLine(path, name_of(path), READING, text("analysing …"))


def there_line(found: Recent) -> RecentLine:
    """A project that can be opened, with how far it is."""
    standing = found.standing
    labelled = text("nothing picked yet")
    if standing.n_picked:
        done = text("✓ {done} of {all} labelled") if not standing.n_left else text("{done} of {all} labelled")
        labelled = done.format(done=standing.n_picked - standing.n_left, all=standing.n_picked)
    path, came_to = str(found.path), outcome(found.gap, found.readiness)
    goes_on = text("next: {screen}").format(screen=screen_name(next_step(standing)))
    when, reported = words.moment(found.changed), bool(found.readiness)
    return RecentLine(path, name_of(path), THERE, when, labelled, came_to, reported, found.thumbnail, goes_on)


def outcome(gap: float | None, code: str) -> str:
    """Verdict of the newest report."""
    if gap is None:
        return readiness(code) if code else text("no result yet")
    said = plural("gap {n} pp · {verdict}", "gap {n} pp · {verdict}", round(gap * 100))
    return said.format(n=points(gap), verdict=readiness(code))


def missing_line(path: str, missing: Path) -> RecentLine:
    """A project whose folder is missing, with what of its path is: the folder itself, or one above it."""
    return RecentLine(path, name_of(path), MISSING, text("{folder} not found").format(folder=str(missing)))


def broken_line(path: str, sentence: str) -> RecentLine:
    """A project that cannot be looked into, and why."""
    return RecentLine(path, name_of(path), BROKEN, labelled=sentence)


def name_of(path: str) -> str:
    """The folder's name without its ending."""
    return Path(path).name.removesuffix(ENDING)


def task_name(task: str) -> str:
    """Task name: what a model does."""
    return {
        "classification": text("classification"),
        "multilabel": text("multi-label classification"),
        "detection": text("object detection"),
        "segmentation": text("semantic segmentation"),
        "instance": text("instance segmentation"),
        "anomaly": text("anomaly detection"),
    }.get(task, task)


def file_line(facts: ModelSummary) -> str:
    """Name, size and hash of a model's file."""
    size = words.size(facts.n_bytes) if facts.n_bytes else text("file not found")
    return text("{file} · {size} · SHA-256 {hash}").format(file=facts.file, size=size, hash=facts.sha256[:HASH_SHOWN])


def card_line(task: str, size: tuple[int, int], n_classes: int) -> str:
    """Model summary: task, with how large a picture, for how many classes."""
    height, width = size
    said = plural("{task}, input {width} × {height}, {n} class", "{task}, input {width} × {height}, {n} classes", n_classes)
    return said.format(task=task_name(task), width=width, height=height, n=n_classes)


def score_lines(facts: BenchmarkFacts) -> tuple[str, str, str]:
    """The score in figures, what it counts, and its range; while it was not run, that."""
    if facts.score is None or not facts.score.measured:
        return "–", text("not run on this computer yet"), plural("{n} image", "{n} images", facts.n).format(n=facts.n)
    score = facts.score
    right = round(score.value * score.n)
    shares = {"accuracy": text("correct: {right} of {n}"), "frame_score": text("frames without errors: {right} of {n}")}
    what = shares.get(facts.metric, metric_name(facts.metric))
    spread = text("95% CI {range}").format(range=interval(score, 1))
    if facts.spot:
        spread += "\n" + text("spot check of {n} of {all} images").format(n=score.n, all=words.locale().toString(facts.n))
    return percent(score.value, 1), what.format(right=words.locale().toString(right), n=words.locale().toString(score.n)), spread


def source_line(root: str) -> str:
    """Where the benchmark's pictures lie; those that came with the program have no place a person would look for, and those of a project
    out of a pack lie on the computer that made it."""
    if root.startswith(ELSEWHERE):
        return text("{name}, on the computer that created the pack").format(name=Path(root).name)
    return text("demo project images") if resources.ships(Path(root)) else root


def claimed_line(facts: BenchmarkFacts) -> str:
    """Reference score as stated, and whether it came out here."""
    if facts.claimed is None:
        return text("no reference score stated")
    claimed = percent(facts.claimed, 1) + (f" ({metric_name(facts.metric)})" if facts.metric in FURTHER else "")
    if facts.reproduced is None:
        return claimed
    if facts.reproduced:
        return text("✓ {claimed}: reproduced").format(claimed=claimed)
    return text("▲ {claimed}: not reproduced; preprocessing may differ").format(claimed=claimed)


def claim_field(claimed: float | None) -> str:
    """A claimed score as it stands in the field, in per cent."""
    return "" if claimed is None else f"{claimed * 100:.6g}"


def metric_options(metrics: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Metrics that a score may be stated in: code and name of each."""
    return tuple((code, metric_name(code)) for code in metrics)


def claim_of(said: str) -> float | None:
    """`97.1` or `97,1 %` as a fraction, NaN for an empty field: nothing is claimed; None for what is no share of pictures."""
    bare = said.strip().removesuffix("%").strip()
    share = tolerance_of(bare)
    return nan if not bare else share


def tolerance_line(tolerance: float) -> str:
    """The largest gap that is accepted."""
    return text("{points} pp").format(points=limit(tolerance))


def ok_line(names: tuple[str, ...], told: bool) -> str:
    """Classes that mean a good part, and whether they are only proposed; empty where nobody named any and no name tells."""
    if not names:
        return text("none") if told else ""
    said = ", ".join(names)
    return said if told else text("proposed: {classes}").format(classes=said)


def tolerance_field(tolerance: float) -> str:
    """Tolerance as it stands in the field."""
    return limit(tolerance)


def tolerance_of(said: str) -> float | None:
    """`3`, `2.5` or `2,5` points as a fraction; None for what is no number from 0 to 100."""
    try:
        value = float(said.strip().replace(",", "."))
    except ValueError:
        return None
    return value / 100 if 0 <= value <= 100 else None

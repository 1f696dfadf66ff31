"""Sentences that call something missing, each with what must be so for it to be true. A sentence of
that kind that is not listed fails."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fieldcheck import ui
from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.evidence.merge_labels import list_label_conflicts
from fieldcheck.labels.store import list_repeat_agreements
from fieldcheck.models.new_project import load_project_overview
from fieldcheck.models.runs_mlflow import list_runs
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables.project_state import read_project_status
from fieldcheck.report.explore_data import build_explore_data
from tests.makers import NOW
from tests.source import nodes

CALLS_MISSING = re.compile(
    r"^(No|None|Nothing|There (is|are) (no|nothing))\b|\byet\b|\b[Nn]ot (measured|run|decided|labelled)\b|has no\b"
)
"""How a sentence begins, or what is in it, that says of something that it is not there."""


@dataclass(frozen=True)
class Truth:
    """What is so. `standing` None: no project is open; `opening`: one is being opened."""

    standing: ProjectStatus | None
    opening: bool = False
    n_classes: int = 0
    n_runs: int = 0
    n_charts: int = 0
    n_cells: int = 0  # of the confusion matrix
    n_scored: int = 0  # classes
    n_slices: int = 0
    n_repeats: int = 0
    n_conflicts: int = 0
    n_open_reviews: int = 0
    live: bool = False  # cameras are plugged in
    reads_log: bool = False
    imports: bool = False

    @property
    def now(self) -> ProjectStatus:
        """Counts; zeros without a project."""
        return self.standing or ProjectStatus()


Held = Callable[[Truth], bool]


def _closed(truth: Truth) -> bool:
    return truth.standing is None and not truth.opening


def _no_gap(truth: Truth) -> bool:
    return not truth.now.n_labelled or not truth.now.n_answers


MISSING: dict[str, Held] = {
    "No project is open.": _closed,
    "No project": _closed,
    ("No project is open. Open a project to see its seal, packs and runs. Packs can be verified without a project."): _closed,
    "To monitor a model, open or create a project.": _closed,
    "To measure latency, open or create a project.": _closed,
    "To run a sweep, open or create a project.": _closed,
    "To run the OOD test, open or create a project.": _closed,
    "No model yet. Labelling works without a model; the gap requires one.": lambda truth: not truth.now.n_models,
    "No model in this project yet.": lambda truth: not truth.now.n_models,
    "No model.": lambda truth: not truth.now.n_models,
    "No model yet, so there are no predictions to compare with the labels.": lambda truth: not truth.now.n_models,
    "No model: open a project with a model.": lambda truth: not truth.now.n_models,
    "No model added.": lambda truth: not truth.now.n_models,
    "No classes yet. They are read from the model or the benchmark.": lambda truth: not truth.n_classes,
    "No class names yet: add a model or enter the classes.": lambda truth: not truth.n_classes,
    "No benchmark yet. Choose the labelled images behind the model's reference score.": lambda truth: not truth.now.n_benchmark,
    "No benchmark images yet. Add the benchmark on Project first.": lambda truth: not truth.now.n_benchmark,
    "No benchmark set.": lambda truth: not truth.now.n_benchmark,
    "not run on this computer yet": lambda truth: not truth.now.n_answers,
    "No footage yet. Record live, import video files or an image folder, or drop them here.":
        lambda truth: not truth.now.n_recordings and not truth.imports,
    "No footage yet.": lambda truth: not truth.now.n_frames,
    "No footage imported.": lambda truth: not truth.now.n_recordings,
    "No frames yet. Import footage first.": lambda truth: not truth.now.n_frames,
    ("No footage in this project yet. Open a video or an image, or import footage on the Capture screen."): lambda truth: (
        not truth.now.n_frames
    ),
    "No frames are picked yet.": lambda truth: not truth.now.n_picked,
    "No frames picked.": lambda truth: not truth.now.n_picked,
    "No frames to label yet.": lambda truth: not truth.now.n_picked,
    "The {n} picked frame has no label yet.": lambda truth: not truth.now.n_labelled,
    "None of the {n} picked frames has a label yet.": lambda truth: not truth.now.n_labelled,
    "{n} picked frame has no label yet; its prediction stays hidden.": lambda truth: truth.now.n_left > 0,
    "{n} picked frames have no label yet; their predictions stay hidden.": lambda truth: truth.now.n_left > 0,
    ("{n} picked frame has no label yet. Until it is labelled, predictions on unlabelled frames stay hidden."):
        lambda truth: truth.now.n_left > 0,
    ("{n} picked frames have no label yet. Until they are labelled, predictions on unlabelled frames stay hidden."):
        lambda truth: truth.now.n_left > 0,
    "{n} picked frame has no label yet.": lambda truth: truth.now.n_left > 0,
    "{n} picked frames have no label yet.": lambda truth: truth.now.n_left > 0,
    "{n} of {all} frames is not labelled.": lambda truth: truth.now.n_left > 0,
    "{n} of {all} frames are not labelled.": lambda truth: truth.now.n_left > 0,
    "{n} frame is labelled but has no prediction yet: run the model.": lambda truth: not truth.now.n_answers,
    "{n} frames are labelled but have no predictions yet: run the model.": lambda truth: not truth.now.n_answers,
    "No chart yet: label frames and run the model.": lambda truth: not truth.n_charts,
    ("No confusion matrix for this project. It needs labelled frames, and a model that gives one class per frame. The grid shows the errors of every model."):
        lambda truth: not truth.n_cells,
    ("No scores by class for this project. They need labelled frames, and a model that gives one class per frame. The grid shows the errors of every model."):
        lambda truth: not truth.n_scored,
    "No slices with labelled frames yet. Tag frames in the grid, or save a filter there as a slice.": lambda truth: not truth.n_slices,
    "No disagreements to review.": lambda truth: not truth.n_open_reviews,
    "No frame labelled twice yet. Press R on the Label screen to relabel some frames blind.": lambda truth: not truth.n_repeats,
    "No label conflicts. Conflicting labels appear here side by side for a decision.":
        lambda truth: not truth.n_conflicts,
    "No run saved yet. Every model run appears here with score and 95% CI and can be reproduced.":
        lambda truth: not truth.n_runs,
    ("No shifts yet. Import the log of the deployed model (time, prediction, confidence), or drop it here."):
        lambda truth: not truth.now.n_shifts and not truth.reads_log,
    "Not measured yet": lambda truth: not truth.now.n_timed,
    "No sweep yet.": lambda truth: not truth.now.n_swept,
    ("Run the sweep: twelve corruptions at three severities, moderate first, on the benchmark and the labelled frames."):
        lambda truth: not truth.now.n_swept,
    "No gap yet": _no_gap,
    "Inconclusive": lambda truth: True,  # a verdict, which is worked out before it is shown
    "No frame is predicted wrongly.": lambda truth: True,  # so are these
    "No change demonstrated to help among {all} tried together.": lambda truth: True,
    "No labelled frames yet. The search tries changes on labelled frames.": lambda truth: not truth.now.n_labelled,
    "No clips yet": lambda truth: not truth.now.n_recordings,
    ("No camera found. Connect a camera (it appears automatically), enter an address, or import a video."): lambda truth: not truth.live,
    # of a step on the rail: follows from the counts, which are there with the project
    "not yet": lambda truth: True,
}  # fmt: skip

ASIDE = frozenset((
    # what a word, a button or a form means in general
    "Nothing here",
    "No limit is broken, but at least one is contained in its interval or was not measured. "
    "The report names which one and what would decide it.",
    "Omitted sections are listed as omitted, not as not measured.",
    # answers to something that was just done, or that somebody typed: known when they are said
    "No frame was skipped recently.", "No unlabelled frame left in this burst.",
    "No label to undo.",
    "No box yet. Press 0 if the frame is empty.", "No clear edge within 8 pixels.",
    "No labelled frame of this clip has boxes yet.",
    "No image found below the folder of the log. Copy the images there, and import the log again.",
    "No help page has these words.", "No class named {typed}.", "No action matches “{typed}”.",
    "No frame matches the filters. Remove a filter.",
    "No suggestion: the prediction is hidden (blind labelling).", "No anomalies detected.",
    "Nothing detected.", "No such prediction.",
    "not labelled",
    "The model file has no class names: enter them on the right, in output order.",
    "Similarity by image statistics: this model has no embeddings.",
    "Layout by image statistics: this model has no embeddings.",
    # of the choices on a page of questions, and of what this window has done so far
    "No frames yet: import footage or set a benchmark to see predictions.",
    "No fleet open", "No jobs yet.", "No messages yet.", "No jobs running", "Not measured yet.",
    "No predictions yet.", "No image.", "No camera is shown. Choose one in the list.",
    # of a project on the list of recent ones, which says “looking …” until it was looked into
    "nothing picked yet",
    # explained in the help
    "If there is no result yet",
    "No loss was observed in this sample; the interval says how much may be missed.",
    "A hundred frames are a sample; another hundred would give another value. The 95% " "confidence interval (CI) in brackets is computed "
    "so that it contains the true value in about 95 of 100 such samples. A wide interval " "means that little is known yet, not that the "
    "model is bad.",
    ("Scores use the current labels and are shown with their 95% CI. A run replaced by a newer one has no score."),
    # of the program, whatever the project
    "Fieldcheck has no telemetry: no usage statistics, no crash reports, no update check.",
))  # fmt: skip


def written() -> dict[str, str]:
    """Every sentence in the code of the window that calls something missing, with its file."""
    found: dict[str, str] = {}
    room = Path(ui.__file__).parent
    for path in sorted(room.rglob("*.py")):
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("tr", "tr_plural", "tr_points", "msgid")
            ):
                said = [
                    one.value
                    for one in node.args
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
                found.update({one: path.name for one in said if CALLS_MISSING.search(one)})
    return found


def pattern(sentence: str) -> re.Pattern[str]:
    """A sentence as it is read, whatever stands in its places; others may stand before and after
    it."""
    parts = (re.escape(part) for part in re.split(r"\{\w+\}", sentence))
    return re.compile(r"(^|[.:] |\n)" + r"[\w.,\u202f ]+".join(parts) + r"($|[ .])")


PATTERNS = {sentence: pattern(sentence) for sentence in MISSING}


def false_among(said: Iterable[str], truth: Truth) -> list[str]:
    """Those sentences that call something missing which is there, each once."""
    return sorted(
        {
            f"“{one}”"
            for one in said
            for sentence, known in PATTERNS.items()
            if known.search(one) and not MISSING[sentence](truth)
        }
    )


def truth_of(path: Path) -> Truth:
    """What is so of the project in this folder, worked out without the window."""
    with open_project(path, write=False) as project:
        found = build_explore_data(project, "en", NullProgress(), NOW)
        return Truth(
            project.read(read_project_status),
            n_classes=len(load_project_overview(project).classes),
            n_runs=list_runs(project)[0],
            n_charts=len(found.plots),
            n_cells=len(found.confusion.cells) if found.confusion is not None else 0,
            n_scored=len(found.classes),
            n_slices=len(found.slices),
            n_repeats=len(list_repeat_agreements(project)),
            n_conflicts=len(list_label_conflicts(project)),
            n_open_reviews=found.n_open,
        )

"""Sentences that call something missing, each with what must be so for it to be true. A sentence of that kind that is not listed fails."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fieldcheck import ui
from fieldcheck.domain.project_status import ProjectStatus
from fieldcheck.progress import Silent
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables.project_status import project_status
from fieldcheck.workflows.evidence.merge_labels import label_conflicts
from fieldcheck.workflows.explore.explore import explored
from fieldcheck.workflows.label.repeat_labels import repeated
from fieldcheck.workflows.project.project_cards import project_cards
from fieldcheck.workflows.runs.list_runs import list_runs
from tests.makers import NOW

CALLS_MISSING = re.compile(r"^(No|None|Nothing|There (is|are) (no|nothing))\b|\byet\b|\b[Nn]ot (measured|run|decided|labelled)\b|has no\b")
"""How a sentence begins, or what is in it, that says of something that it is not there."""


@dataclass(frozen=True)
class Truth:
    """What is so. `standing` None: no project is open; `opening`: one is being opened."""

    standing: ProjectStatus | None
    opening: bool = False
    n_classes: int = 0
    n_runs: int = 0
    n_charts: int = 0
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
    "No project is open. With one, its seal, packs and stored runs stand here. A pack is verified without one.": _closed,
    "Watching needs a project: open one, or begin one.": _closed,
    "A measurement needs a project: open one, or begin one.": _closed,
    "A sweep needs a project: open one, or begin one.": _closed,
    "The out-of-distribution test needs a project: open one, or begin one.": _closed,
    "No model yet. You can label without one; the gap needs it.": lambda truth: not truth.now.n_models,
    "The project has no model yet.": lambda truth: not truth.now.n_models,
    "There is no model.": lambda truth: not truth.now.n_models,
    "There is no model yet whose answers could be compared with the labels.": lambda truth: not truth.now.n_models,
    "No model answers here: open a project that has one.": lambda truth: not truth.now.n_models,
    "No model was named.": lambda truth: not truth.now.n_models,
    "No classes yet. They come with the model or the benchmark.": lambda truth: not truth.n_classes,
    "No class has a name yet: choose a model, or name the classes.": lambda truth: not truth.n_classes,
    "No benchmark yet: the labelled pictures behind the model's score.": lambda truth: not truth.now.n_benchmark,
    "No benchmark was named.": lambda truth: not truth.now.n_benchmark,
    "not run on this computer yet": lambda truth: not truth.now.n_answers,
    "There is no footage yet. Import video files or a folder of pictures, or drop them here.":
        lambda truth: not truth.now.n_recordings and not truth.imports,
    "There is no footage yet.": lambda truth: not truth.now.n_frames,
    "No footage was taken in.": lambda truth: not truth.now.n_recordings,
    "There are no frames yet. Bring in footage first.": lambda truth: not truth.now.n_frames,
    "This project has no footage yet. Open a video or a picture, or import footage under Capture.": lambda truth: not truth.now.n_frames,
    "No frames are picked yet.": lambda truth: not truth.now.n_picked,
    "No frames are picked.": lambda truth: not truth.now.n_picked,
    "Nothing to label yet.": lambda truth: not truth.now.n_picked,
    "The {n} picked frame is not labelled yet.": lambda truth: not truth.now.n_labelled,
    "None of the {n} picked frames is labelled yet.": lambda truth: not truth.now.n_labelled,
    "{n} picked frame is not labelled yet; what the model said of it stays hidden.": lambda truth: truth.now.n_left > 0,
    "{n} picked frames are not labelled yet; what the model said of them stays hidden.": lambda truth: truth.now.n_left > 0,
    "{n} picked frame is not labelled yet; until it is, nothing is shown of what the model said of frames without a label.":
        lambda truth: truth.now.n_left > 0,
    "{n} picked frames are not labelled yet; until they are, nothing is shown of what the model said of frames without a label.":
        lambda truth: truth.now.n_left > 0,
    "{n} of {all} frames is not labelled.": lambda truth: truth.now.n_left > 0,
    "{n} of {all} frames are not labelled.": lambda truth: truth.now.n_left > 0,
    "{n} frame is labelled. The model has not answered it yet: run it.": lambda truth: not truth.now.n_answers,
    "{n} frames are labelled. The model has not answered them yet: run it.": lambda truth: not truth.now.n_answers,
    "No chart yet: label frames and run the model.": lambda truth: not truth.n_charts,
    "There is nothing left to review.": lambda truth: not truth.n_open_reviews,
    "No frame was labelled twice yet: R on the Label screen asks for some once more, blind.": lambda truth: not truth.n_repeats,
    "No two people differ on a frame. One that they differ on stands here twice, under one answer each, to choose from.":
        lambda truth: not truth.n_conflicts,
    "No run is stored yet. Each run of the model stands here with its score and range, and can be repeated digit by digit.":
        lambda truth: not truth.n_runs,
    "No shift yet. Take in the log of the deployed model (time, prediction, confidence), or drop it here.":
        lambda truth: not truth.now.n_shifts and not truth.reads_log,
    "Not measured yet": lambda truth: not truth.now.n_timed,
    "Nothing was swept yet.": lambda truth: not truth.now.n_swept,
    "Twelve corruptions at three severities, moderate first, over the benchmark and the labelled frames: run the sweep.":
        lambda truth: not truth.now.n_swept,
    "No gap yet": _no_gap,
    "Not decided yet": lambda truth: True,  # a verdict, which is worked out before it is shown
    "No camera found. Plug one in: it appears by itself. Or enter an address, or bring in a video.": lambda truth: not truth.live,
    "not yet": lambda truth: True,  # of a step on the rail: follows from the counts, which are there with the project
}  # fmt: skip

ASIDE = frozenset((
    # answers to something that was just done, or that somebody typed: known when they are said
    "No frame was skipped just now.", "No other frame of this burst waits for a label.", "No label is left to take back.",
    "No box yet. Press 0 if there is nothing here.", "No clear edge within 8 pixels.", "No labelled frame of this clip has boxes yet.",
    "No image found below the folder of the log. Copy the images there, and import the log again.",
    "No class is called {typed}.", "No action here fits “{typed}”.", "No frame is like that. Remove a filter.",
    "Nothing is suggested: the model's answer is hidden.", "Nothing here", "Nothing stands out.",
    "Nothing is done to the picture yet: a pair needs a corruption.", "Nothing was found.", "No such answer among them.",
    "The benchmark has no picture to compare with.", "not labelled", "{n} has no frame left in its block",
    "Labels exist: a new proposal adds frames of clips that no draw covers yet; these stay.",
    # of the choices on a page of questions, and of what this window has done so far
    "Nothing chosen. Drop files here, or let the footage come later.", "No model yet. You can label without one, or drop it here.",
    "No frames yet: the answers come with footage or a benchmark.", "Nothing is kept: model and picture stay where they are.",
    "Nothing has run yet.", "Nothing was said yet.", "No job running", "Nothing recorded yet.", "Nothing was measured yet.",
    "No answers yet.", "Corrupted: nothing yet", "There is no picture.", "No camera is shown. Choose one in the list.",
    # of a project on the list of recent ones, which says “looking …” until it was looked into
    "nothing picked yet", "no number yet",
    # explained in the help
    "The first two pages always stand. A section left out is named, so that nobody takes it for not measured.",
    "A hundred frames are a sample. Another hundred would give another figure. The range in brackets is made so that it holds the true "
    "figure in 95 of 100 such samples. A wide range means that little is known yet, not that the model is bad.",
))  # fmt: skip


def written() -> dict[str, str]:
    """Every sentence in the code of the window that calls something missing, with its file."""
    found: dict[str, str] = {}
    room = Path(ui.__file__).parent
    for path in sorted(room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("text", "plural", "msgid"):
                said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found.update({one: path.name for one in said if CALLS_MISSING.search(one)})
    return found


def pattern(sentence: str) -> re.Pattern[str]:
    """A sentence as it is read, whatever stands in its places; others may stand before and after it."""
    parts = (re.escape(part) for part in re.split(r"\{\w+\}", sentence))
    return re.compile(r"(^|[.:] |\n)" + r"[\w.,\u202f ]+".join(parts) + r"($|[ .])")


PATTERNS = {sentence: pattern(sentence) for sentence in MISSING}


def false_among(said: Iterable[str], truth: Truth) -> list[str]:
    """Those sentences that call something missing which is there."""
    return sorted(f"“{one}”" for one in said for sentence, known in PATTERNS.items() if known.search(one) and not MISSING[sentence](truth))


def truth_of(path: Path) -> Truth:
    """What is so of the project in this folder, worked out without the window."""
    with open_project(path, write=False) as project:
        found = explored(project, "en", Silent(), NOW)
        return Truth(
            project.read(project_status),
            n_classes=len(project_cards(project).classes),
            n_runs=list_runs(project)[0],
            n_charts=len(found.plots),
            n_repeats=len(repeated(project)),
            n_conflicts=len(label_conflicts(project)),
            n_open_reviews=found.n_open,
        )

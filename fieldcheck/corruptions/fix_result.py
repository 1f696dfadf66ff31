"""Result of a fix search, and how it is stored: the newest one of a model with its card, and the
judged frames of a search that was interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlite_utils import Database

from fieldcheck.corruptions.fix_candidates import FixCandidate
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.run import StoredModel
from fieldcheck.json_values import list_json_fields, to_json_value
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table

KIND, PART_KIND = "fix", "fix_part"
ESTIMATE_KEYS = {key for _, key in list_json_fields(Estimate)}
MOST_SHOWN = 3  # frames that a change turns right or breaks, which are kept by name

FixState = Literal["proven", "nothing", "too_few_clips"]
Judged = dict[str, dict[str, int]]  # candidate → subject → 1 where the model is right under it


@dataclass(frozen=True, slots=True)
class FixTrial:
    """Candidate with the verdict on its change of the share of right frames; `benchmark`: what a
    demonstrated one changes there, else None. `mended`, `broken`: the first frames that it turns
    right and wrong."""

    candidate: FixCandidate
    verdict: ChangeVerdict
    benchmark: Estimate | None = None
    mended: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def is_demonstrated(self) -> bool:
        """Whether it is demonstrated to help on other clips of these cameras."""
        return self.verdict.direction == "better"

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the same trial back."""
        return {
            **self.candidate.to_json(),
            "verdict": self.verdict.to_json(),
            "benchmark": None if self.benchmark is None else self.benchmark.to_json(),
            "mended": list(self.mended),
            "broken": list(self.broken),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> FixTrial:
        """The trial that `to_json` wrote."""
        benchmark = document["benchmark"]
        return cls(
            FixCandidate.from_json(document),
            ChangeVerdict.from_json(document["verdict"]),
            None if benchmark is None else Estimate.from_json(benchmark),
            tuple(document["mended"]),
            tuple(document["broken"]),
        )


@dataclass(frozen=True, slots=True)
class FixResult:
    """All that was tried, the largest gain first. `clips`, `frames`: those that are labelled.
    Where there are too few clips nothing was tried.

    `causes`: what the model doctor sees on the benchmark of how the model is fed; `run_id`: the run
    of unchanged predictions; `subjects`: the labelled frames; `size_ratio`: pixels of a field frame
    over those of a benchmark image, None without both; `created`: when the search began.
    """

    model: str
    seed: int
    frames: int
    clips: int
    tried: tuple[FixTrial, ...] = ()
    causes: tuple[Finding, ...] = ()
    run_id: str = ""
    subjects: tuple[str, ...] = ()
    size_ratio: float | None = None
    created: str = ""

    @property
    def demonstrated(self) -> tuple[FixTrial, ...]:
        """Trials that are demonstrated to help, the highest lower limit first."""
        fix_trials = [fix_trial for fix_trial in self.tried if fix_trial.is_demonstrated]
        return tuple(sorted(fix_trials, key=lambda fix_trial: -fix_trial.verdict.change.lo))

    @property
    def state(self) -> FixState:
        """State of the search in one word."""
        if not self.tried:
            return "too_few_clips"
        return "proven" if self.demonstrated else "nothing"

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the same result back."""
        return {
            "model": self.model,
            "seed": self.seed,
            "frames": self.frames,
            "clips": self.clips,
            "tried": [fix_trial.to_json() for fix_trial in self.tried],
            "causes": to_json_value(self.causes),
            "run_id": self.run_id,
            "subjects": list(self.subjects),
            "size_ratio": self.size_ratio,
            "created": self.created,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> FixResult:
        """The result that `to_json` wrote."""
        return cls(
            **{
                **document,
                "tried": tuple(FixTrial.from_json(trial) for trial in document["tried"]),
                "causes": tuple(_parse_finding(cause) for cause in document["causes"]),
                "subjects": tuple(document["subjects"]),
            }
        )


@dataclass(frozen=True, slots=True)
class WrittenFix:
    """What was written into `folder`. `files`: names in it; `model_file`: the repaired model, ""
    where the change cannot live in the graph, with the reason as a code in `problem`; `frame_file`:
    the model for whole camera frames, "" without one, and `frame_size` (height, width) of these.

    `difference`: largest difference of an output value between that and this program's own way
    from the frame, on `n_checked` frames; `ms_before`, `ms_after`: median time a frame takes here
    on one core.
    """

    folder: Path
    candidate: FixCandidate
    files: tuple[str, ...]
    model_file: str
    frame_file: str
    frame_size: tuple[int, int] | None
    problem: str
    difference: float | None
    ms_before: float
    ms_after: float
    temperature: float
    n_checked: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "folder": str(self.folder),
            **self.candidate.to_json(),
            "name": self.candidate.name,
            "files": list(self.files),
            "model": self.model_file or None,
            "frame_model": self.frame_file or None,
            "frame_size": list(self.frame_size) if self.frame_size else None,
            "problem": self.problem or None,
            "difference": self.difference,
            "ms_before": self.ms_before,
            "ms_after": self.ms_after,
            "temperature": self.temperature,
        }


def _parse_finding(document: Mapping[str, Any]) -> Finding:
    """The finding that was stored; scores among its facts are estimates again."""
    facts = {
        name: Estimate.from_json(value)
        if isinstance(value, Mapping) and value.keys() >= ESTIMATE_KEYS
        else value
        for name, value in document["facts"].items()
    }
    return Finding(document["code"], document["level"], document["how"], facts)


def store_fix(project: Project, model: StoredModel, fix_result: FixResult) -> None:
    """Stores the result as the model's newest and drops the parts of its search."""
    about = (model.sha256, model.card_sha256)
    parts = project.read(lambda db: models_table.get_fact_sizes(db, PART_KIND, *about))

    def write(db: Database) -> None:
        models_table.put_fact(db, KIND, *about, "", fix_result.to_json(), fix_result.created)
        for part in parts:
            models_table.remove_fact(db, PART_KIND, *about, part)

    project.write(write).result()


def get_fix(project: Project, model: StoredModel | None) -> FixResult | None:
    """The result of the model's newest search, None where none ended."""
    if model is None:
        return None
    about = (model.sha256, model.card_sha256, "")
    document = project.read(lambda db: models_table.get_newest_fact(db, KIND, *about))
    return FixResult.from_json(document) if document else None


def store_part(
    project: Project, model: StoredModel, key: str, number: int, judged: Judged, now: str
) -> None:
    """Stores judged frames of a search that is under way, by which an interrupted one goes on.
    `key` names the search, `number` the part."""
    about = (model.sha256, model.card_sha256, f"{key}\n{number}")
    project.write(lambda db: models_table.replace_fact(db, PART_KIND, *about, judged, now)).result()


def load_parts(project: Project, model: StoredModel, key: str) -> tuple[Judged, int]:
    """Judged frames of an interrupted search of that key, and how many parts hold them."""
    about = (model.sha256, model.card_sha256)
    facts = project.read(lambda db: models_table.list_facts_of_model(db, PART_KIND, *about))
    merged: Judged = {}
    parts = [part for subject, part in facts if subject.startswith(f"{key}\n")]
    for part in parts:
        for name, judged in part.items():
            merged.setdefault(name, {}).update(judged)
    return merged, len(parts)

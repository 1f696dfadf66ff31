"""Replay: a stored run is computed again, and gives the same digits or names what is not as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.catalog import IN_PLACE
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.provider import CPU
from fieldcheck.domain.run import ReplayDifference, ReplayResult, Run, StoredModel
from fieldcheck.errors import PathMissing, RunUnknown
from fieldcheck.inference.onnx_file import compute_model_sha256
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import asked_pictures as asked_table
from fieldcheck.project.tables import components as components_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import run_environments as environments_table
from fieldcheck.project.tables import run_providers as providers_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.footage.triage import ModelFile
from fieldcheck.workflows.models.judge_answers import get_confidence
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.models.provider import list_installed_providers
from fieldcheck.workflows.models.run_environment import ANSWER_THREADS, get_run_environment
from fieldcheck.workflows.runs._pictures_of_run import ReplayedAnswer, run_again
from fieldcheck.workflows.stress.sweep_scores import CONFIDENCE

NAMED = 5  # run ids that a refusal names
SHORTEST = 4  # letters of a run id that name it, where no other begins with them

Digits: TypeAlias = tuple[NDArray[np.float64], bytes]  # an answer with its masks


def replay_run(project: Project, run_id: str, progress: Progress, now: str) -> ReplayResult:
    """Computes every stored answer of a run again, one by one with the same pictures, seed and threads, and keeps nothing of it.

    Where the model file or its card is another one, nothing is computed: that is named, and no answer counts as the same. Raises
    RunUnknown, Cancelled.
    """
    run = _find_run(project, run_id)
    model = _find_model(project, run)
    stored = _load_stored_digits(project, run)
    broken, moved = _find_blocking_difference(project, run, model), _list_environment_differences(project, run)
    if broken is not None or model is None:
        differences = [*([broken] if broken else []), *moved]
        return ReplayResult(run, model.name if model else "", len(stored), len(stored), tuple(differences))
    used, fell = _get_run_provider(project, run)
    spec = ModelFile(str(project.path / model.file), model.sha256, model.card, ANSWER_THREADS, used)
    again = run_again(project, run, model, spec, frozenset(stored), progress, now)
    n_different, differs = _compare_answers(run, get_card(model), stored, _load_hashes(project, run), again)
    return ReplayResult(run, model.name, len(stored), n_different, (*moved, *fell, *differs))


def _find_run(project: Project, run_id: str) -> Run:
    """The run of that id, or the only one that begins so."""
    found = project.read(lambda db: runs_table.find_runs_by_prefix(db, run_id)) if len(run_id) >= SHORTEST else ()
    if len(found) != 1:
        newest = project.read(lambda db: runs_table.list_run_page(db, NAMED, 0))
        raise RunUnknown(run_id, tuple(one.run_id for one in newest))
    return found[0]


def _find_model(project: Project, run: Run) -> StoredModel | None:
    """The model that the run asked: with the very card where it is there, else the same file with another one."""
    same = [one for one in project.read(models_table.list_models) if one.sha256 == run.model_sha256]
    return next((one for one in same if one.card_sha256 == run.card_sha256), same[-1] if same else None)


def _find_blocking_difference(project: Project, run: Run, model: StoredModel | None) -> ReplayDifference | None:
    """What keeps the answers from being asked for again: another model, or another card."""
    if model is None:
        return ReplayDifference("model", "", run.model_sha256, "")
    try:
        sha256 = compute_model_sha256(project.path / model.file)
    except PathMissing:
        sha256 = ""
    if sha256 != run.model_sha256:
        return ReplayDifference("model", model.name, run.model_sha256, sha256)
    return ReplayDifference("card", model.name, run.card_sha256, model.card_sha256) if model.card_sha256 != run.card_sha256 else None


def _list_environment_differences(project: Project, run: Run) -> list[ReplayDifference]:
    """Libraries, machine and threads that are none of those which the run was computed with. A run of a version that did not keep them
    names its own version alone."""
    here, there = get_run_environment(), project.read(lambda db: environments_table.get_run_environments(db, run.run_id))
    found: list[ReplayDifference] = []
    for kind, now, before in (
        ("library", here.versions, [one.versions for one in there] or [{"fieldcheck": run.code_version}]),
        ("machine", here.machine, [one.machine for one in there]),
        ("threads", {"threads": str(here.threads)}, [{"threads": str(one.threads)} for one in there]),
    ):
        found += _iter_differences(kind, now, before)
    return found


def _iter_differences(kind: str, now: Mapping[str, str], before: Sequence[Mapping[str, str]]) -> Iterator[ReplayDifference]:
    for name in dict.fromkeys(name for one in before for name in one):
        stored = list(dict.fromkeys(one[name] for one in before if name in one))
        if now.get(name, "") not in stored:
            yield ReplayDifference(kind, name, ", ".join(stored), now.get(name, ""))


def _get_run_provider(project: Project, run: Run) -> tuple[str, list[ReplayDifference]]:
    """Where the answers were computed; the processor, named, where that is not installed here."""
    stored = project.read(lambda db: providers_table.get_run_providers(db, run.run_id)) or (CPU,)
    there = [one for one in stored if one in list_installed_providers()]
    return (there[0], []) if there else (CPU, [ReplayDifference("provider", "", ", ".join(stored), CPU)])


def _load_stored_digits(project: Project, run: Run) -> dict[str, Digits]:
    """Subject → what is kept of its answer: of footage under a corruption only how sure it was."""
    if run.on == "footage" and run.recipe in IN_PLACE:
        sure = project.read(lambda db: components_table.get_component(db, f"{CONFIDENCE}-{run.run_id}", run.model_sha256))
        return {subject: (np.array([value]), b"") for subject, value in sure.items()}
    answers = project.read(lambda db: predictions_table.get_predictions(db, run.run_id))
    return {subject: _get_digits(one) for subject, one in answers.items()}


def _get_digits(answer: Prediction) -> Digits:
    return answer.answer.astype(np.float64), answer.masks


def _load_hashes(project: Project, run: Run) -> dict[str, str]:
    """Subject → SHA-256 of its picture as it was stored: pixels of a frame, bytes of any other file. None where none was kept."""
    frames = dict(project.read(frames_table.list_frame_hashes)) if run.on != "benchmark" else {}
    if run.recipe in IN_PLACE:
        return frames | project.read(lambda db: asked_table.get_asked_of_clean_runs(db, run.model_sha256, run.card_sha256))
    return frames | project.read(lambda db: asked_table.get_asked_of_run(db, run.run_id))


def _compare_answers(
    run: Run, card: Card, stored: Mapping[str, Digits], hashes: Mapping[str, str], again: Mapping[str, ReplayedAnswer]
) -> tuple[int, list[ReplayDifference]]:
    """How many answers are not the same digits, and each picture and digit that is another one, by the subjects' names."""
    n, found = 0, list[ReplayDifference]()
    for subject, before in sorted(stored.items()):
        if subject not in again:
            n += 1
            found.append(ReplayDifference("frame", subject, hashes.get(subject, ""), ""))
            continue
        sha256, answer = again[subject]
        if sha256 and hashes.get(subject, sha256) != sha256:
            found.append(ReplayDifference("frame", subject, hashes[subject], sha256))
        sure = run.on == "footage" and run.recipe in IN_PLACE
        now = (np.array([get_confidence(answer.answer, card)], np.float64), b"") if sure else _get_digits(answer)
        if (first := _find_first_difference(before, now)) is not None:
            n += 1
            found.append(ReplayDifference("answer", f"{subject}{first[0]}", first[1], first[2]))
    return n, found


def _find_first_difference(before: Digits, now: Digits) -> tuple[str, str, str] | None:
    """Place, stored and present figure of the first digit that is another one; None where all are the same."""
    (one, masks), (other, others) = before, now
    if one.shape != other.shape:
        return "", " × ".join(map(str, one.shape)), " × ".join(map(str, other.shape))
    places = np.argwhere(~((one == other) | (np.isnan(one) & np.isnan(other))))
    if len(places):
        at = tuple(int(axis) for axis in places[0])
        return f"[{', '.join(map(str, at))}]", repr(float(one[at])), repr(float(other[at]))
    if masks != others:
        return "[mask]", hashlib.sha256(masks).hexdigest()[:16], hashlib.sha256(others).hexdigest()[:16]
    return None

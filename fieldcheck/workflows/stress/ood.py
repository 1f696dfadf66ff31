"""The probes of a model: pictures that have no answer, and labelled frames with something taken away. Resumable picture by picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck import resources
from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.file_kinds import PICTURE_ENDINGS
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.ood import FAMILIES, SHORTCUTS, FamilyRow, OodResults, ShortcutRow
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.errors import ClassUnknown, NoFootage, NoPictures, PathMissing
from fieldcheck.files import json_key
from fieldcheck.imaging.codec import read_picture
from fieldcheck.imaging.ood import channel_statistics
from fieldcheck.measure.answers import CLASS, SCORE
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.scoring.ood import auroc, confident_ood_rate, false_positives
from fieldcheck.scoring.shortcuts import kept_answers, kept_boxes, reads_background, reads_texture
from fieldcheck.workflows.chunks import map_chunks
from fieldcheck.workflows.models.judge_answers import called_class, confidence_of, named_classes, shown_boxes
from fieldcheck.workflows.models.models import card_of, find_model, model_file, run_of
from fieldcheck.workflows.models.provider import note_run
from fieldcheck.workflows.models.unreadable_pictures import readable
from fieldcheck.workflows.pick.sensitivity import changed
from fieldcheck.workflows.stress._ood_pictures import FrameChunk, NothingChunk, PatchSource, answer_ood, clean_answers, own_frames

EACH = 200  # pictures of a family that is made from numbers
CONFIDENT = 0.90  # of a classifier; a detector counts boxes above its own threshold
CHUNK_PICTURES = 8
MOST_SIDE = 640  # pixels: pictures of nothing hold no more at a larger size
STATISTICS_OF = 50  # frames whose mean and deviation the noise is given
MADE = ("blank", "noise", "gauss")
RECIPE = "probe:"
ALLOWED = "probe_allowed"  # the setting: family → classes that may be answered to it


@dataclass(frozen=True, slots=True)
class OodRequest:
    """`allowed`: classes that are a right answer to a family, as "nothing there" is to a blank picture; kept in the project, in place of
    earlier ones of that family. `wrong_domain`: a folder of pictures of another world; None for those that ship."""

    model: str | None = None
    seed: int = 0
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wrong_domain: Path | None = None


@dataclass(frozen=True, slots=True)
class OodRun:
    """`resumed`: some of it had been answered before."""

    probes: OodResults
    resumed: bool


def run_ood(project: Project, wanted: OodRequest, progress: Progress, now: str) -> OodRun:
    """Answers what is missing and says what it means.

    Raises NoModel, ModelUnknown, ClassUnknown for an allowed class that the model does not have, NoFootage where the project holds
    neither picks nor a benchmark, PathMissing, NoPictures, Cancelled; what is finished is kept. A picture that cannot be read is told and
    left out.
    """
    model = find_model(project, wanted.model)
    _allow(project, card_of(model), wanted.allowed)
    strange = _strange(wanted.wrong_domain)
    strange, own = (_readable(found, progress) for found in (strange, own_frames(project, model, wanted.seed, progress, now)))
    if not strange:
        raise NoPictures(wanted.wrong_domain or project.path)
    if not own:
        raise NoFootage(project.path)
    runs = {probe: _run(model, probe, wanted.seed, own, strange, now) for probe in (*FAMILIES, *SHORTCUTS)}
    before = {probe: frozenset(_stored(project, run)) for probe, run in runs.items()}
    _answer(project, runs, _chunks(project, model, wanted.seed, own, strange, before), progress)
    return OodRun(_meaning(project, model, runs), any(before.values()))


def probe_again(
    project: Project, model: StoredModel, run: Run, provider: str, progress: Progress, now: str
) -> dict[str, Prediction]:  # fmt: skip
    """Subject → the answer now to each picture of one stored probe, made anew from frames and seed; none where there is no frame any
    more. Raises Cancelled."""
    probe, found = run.recipe.removeprefix(RECIPE), dict[str, Prediction]()
    own = _readable(own_frames(project, model, run.seed, progress, now), progress)
    strange = _readable(_strange(None), progress) if probe == "wrong_domain" else ()
    known = dict.fromkeys((*FAMILIES, *SHORTCUTS), frozenset[str]())
    chunks = _chunks(project, model, run.seed, own, strange, known) if own else []
    of_probe = [one for one in chunks if probe in (one.probes if isinstance(one, FrameChunk) else (one.family,))]

    def keep(_chunk: NothingChunk | FrameChunk, shown: tuple[tuple[str, Prediction], ...]) -> None:
        found.update({answer.subject: answer for name, answer in shown if name == probe})
        progress.report(len(found), None, "pictures")

    map_chunks(answer_ood, [replace(one, model=replace(one.model, provider=provider)) for one in of_probe], keep, progress)
    return found


def ood_results(project: Project, model: StoredModel) -> OodResults | None:
    """Results of the last probes of this model; None where it was never probed."""
    runs: dict[str, Run] = {}
    for run in project.read(runs_table.all):
        if run.recipe.startswith(RECIPE) and (run.model_sha256, run.card_sha256) == (model.sha256, model.card_sha256):
            runs[run.recipe.removeprefix(RECIPE)] = run
    return _meaning(project, model, runs) if set(runs) == {*FAMILIES, *SHORTCUTS} else None


def _meaning(project: Project, model: StoredModel, runs: Mapping[str, Run]) -> OodResults:
    card = card_of(model)
    allowed = project.read(lambda db: settings_table.get(db, ALLOWED)) or {}
    threshold = THRESHOLDS[card.answers](card)
    answers = {probe: _stored(project, run) for probe, run in runs.items()}
    clean = {name: found for name, found in clean_answers(project, model).items() if name in answers["grey"]}
    families = tuple(_family(probe, answers[probe], clean, card, threshold, tuple(allowed.get(probe, ()))) for probe in FAMILIES)
    shortcuts = tuple(ShortcutRow(probe, _kept(answers[probe], clean, card)) for probe in SHORTCUTS)
    return OodResults(model.name, runs["blank"].seed, threshold, families, shortcuts, _named(shortcuts))


def _allow(project: Project, card: Card, allowed: Mapping[str, tuple[str, ...]]) -> None:
    for name in (name for names in allowed.values() for name in names):
        if name not in card.classes:
            raise ClassUnknown(name, card.classes)
    before = project.read(lambda db: settings_table.get(db, ALLOWED)) or {}
    after = {**before, **{family: list(names) for family, names in allowed.items()}}
    if after != before:
        project.edit("probe.allow", puts=[settings_table.row(ALLOWED, after)])


def _strange(folder: Path | None) -> tuple[PatchSource, ...]:
    """The pictures of another world, each a file."""
    root = folder or resources.path("probes/wrong_domain")
    if not root.is_dir():
        raise PathMissing(root)
    files = sorted(path for path in root.rglob("*") if path.suffix.lower() in PICTURE_ENDINGS and path.is_file())
    if not files:
        raise NoPictures(root)
    return tuple(PatchSource(path.relative_to(root).as_posix(), str(path)) for path in files)


def _readable(sources: Sequence[PatchSource], progress: Progress) -> tuple[PatchSource, ...]:
    """Those whose file can be read; which are left out is told."""
    there = readable([source.file for source in sources], progress)
    return tuple(source for source, is_there in zip(sources, there.tolist(), strict=True) if is_there)


def _run(model: StoredModel, probe: str, seed: int, own: Sequence[PatchSource], strange: Sequence[PatchSource], now: str) -> Run:
    """The run that holds a probe's answers; another set of frames is another run, and a project that was moved has the same ones."""
    over = () if probe in MADE and probe != "gauss" else strange if probe == "wrong_domain" else own
    key = json_key([(one.file if over is strange else one.subject, one.boxes) for one in over])
    return run_of(model, "field", key, 0, now, RECIPE + probe, 0.0, seed)


def _chunks(
    project: Project,
    model: StoredModel,
    seed: int,
    own: Sequence[PatchSource],
    strange: Sequence[PatchSource],
    before: Mapping[str, frozenset[str]],
) -> list[NothingChunk | FrameChunk]:
    spec = model_file(project, model)
    pictures = [read_picture(Path(source.file)) for source in own[:STATISTICS_OF]]
    mean, deviation = (tuple(values.tolist()) for values in channel_statistics(pictures))
    size = _size(pictures[0])
    found: list[NothingChunk | FrameChunk] = []
    for family in MADE:
        for first in range(0, EACH, CHUNK_PICTURES):
            stop = min(first + CHUNK_PICTURES, EACH)
            if not {f"{number:03d}" for number in range(first, stop)} <= before[family]:
                found.append(NothingChunk(spec, family, first, stop, EACH, seed, size, mean, deviation))
    for sources, probes in ((own, ("permuted", "defocus", *SHORTCUTS)), (strange, ("wrong_domain",))):
        for at in range(0, len(sources), CHUNK_PICTURES):
            group = tuple(sources[at : at + CHUNK_PICTURES])
            missing = tuple(probe for probe in probes if not _answered(probe, group, before[probe]))
            if missing:
                found.append(FrameChunk(spec, missing, seed, group))
    return found


def _answered(probe: str, group: Sequence[PatchSource], before: frozenset[str]) -> bool:
    if probe in ("object_hidden", "background_hidden"):
        return all(source.subject in before for source in group if source.boxes)
    last = "/8" if probe == "permuted" else ""
    return all(source.subject + last in before for source in group)


def _size(rgb: NDArray[np.uint8]) -> tuple[int, int]:
    height, width = rgb.shape[:2]
    factor = min(1.0, MOST_SIDE / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def _answer(project: Project, runs: Mapping[str, Run], chunks: Sequence[NothingChunk | FrameChunk], progress: Progress) -> None:
    def note_runs(db: Database) -> None:
        for run in runs.values():
            note_run(db, run, chunks[0].model.provider)

    if chunks:
        project.write(note_runs).result()
    done, total = 0, sum(chunk.n_pictures for chunk in chunks)

    def keep(chunk: NothingChunk | FrameChunk, found: tuple[tuple[str, Prediction], ...]) -> None:
        nonlocal done
        project.write(lambda db: _insert(db, runs, found)).result()
        done += chunk.n_pictures
        progress.report(done, total, "pictures")

    map_chunks(answer_ood, chunks, keep, progress)


def _insert(db: Database, runs: Mapping[str, Run], found: tuple[tuple[str, Prediction], ...]) -> None:
    for probe, one in found:
        predictions_table.insert(db, runs[probe].run_id, (one,))


def _stored(project: Project, run: Run) -> dict[str, Prediction]:
    return project.read(lambda db: predictions_table.for_run(db, run.run_id))


def _family(
    family: str,
    answers: Mapping[str, Prediction],
    clean: Mapping[str, Prediction],
    card: Card,
    threshold: float,
    allowed: tuple[str, ...],
) -> FamilyRow:
    strange = np.array([confidence_of(one.answer, card) for one in answers.values()], dtype=np.float64)
    own = np.array([confidence_of(one.answer, card) for one in clean.values()], dtype=np.float64)
    right = np.array([_allowed(one, card, threshold, allowed) for one in answers.values()], dtype=np.bool_)
    sure = strange >= threshold
    rate = confident_ood_rate(sure, right)
    wrong = sure & ~right
    named = Counter(
        name for one, counts in zip(answers.values(), wrong, strict=True) if counts for name in set(named_classes(one.answer, card))
    )
    most, n_most = max(named.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return FamilyRow(
        family, len(answers), int(wrong.sum()), allowed, rate, auroc(own, strange), false_positives(own, strange)[0], most, n_most
    )  # fmt: skip


def _allowed(one: Prediction, card: Card, threshold: float, allowed: tuple[str, ...]) -> bool:
    """Whether everything that is answered with confidence may be answered."""
    return MAY_ANSWER[card.answers](one.answer, card, threshold, allowed)


def _boxes_allowed(answer: NDArray[np.float32], card: Card, threshold: float, allowed: tuple[str, ...]) -> bool:
    return {card.classes[int(k)] for k in answer[answer[:, SCORE] >= threshold][:, CLASS]} <= set(allowed)


def _class_allowed(answer: NDArray[np.float32], card: Card, _threshold: float, allowed: tuple[str, ...]) -> bool:
    best, _ = called_class(answer, card.levels)
    return best >= 0 and card.classes[best] in allowed


def _kept(answers: Mapping[str, Prediction], clean: Mapping[str, Prediction], card: Card) -> Estimate:
    both = [(clean[subject], found) for subject, found in answers.items() if subject in clean]
    if not both:
        return Estimate.na("no_boxes")
    return KEPT[card.answers](both, card)


def _boxes_kept(both: Sequence[tuple[Prediction, Prediction]], card: Card) -> Estimate:
    match = [1.0 - changed(before.answer, after.answer, card) for before, after in both]
    return kept_boxes(match, [bool(len(shown_boxes(before.answer, card))) for before, _ in both])


def _classes_kept(both: Sequence[tuple[Prediction, Prediction]], card: Card) -> Estimate:
    named = [[called_class(one.answer, card.levels)[0] for one in pair] for pair in both]
    return kept_answers([before for before, _ in named], [after for _, after in named])


def _named(shortcuts: Sequence[ShortcutRow]) -> tuple[str, ...]:
    kept = {row.probe: row.kept for row in shortcuts}
    found = ("background",) if reads_background(kept["object_hidden"]) else ()
    return (*found, "texture") if reads_texture(kept["patches_shuffled"], kept["strong_blur"]) else found


def _deployed(card: Card) -> float:
    return card.output.threshold


def _sure(card: Card) -> float:
    """From where the model is deployed to answer by itself, where its card says so (methods 4)."""
    return CONFIDENT if card.output.abstain is None else card.output.abstain


THRESHOLDS = ByKind(one_class=_sure, several_classes=_sure, boxes=_deployed, class_map=_sure)
MAY_ANSWER = ByKind(one_class=_class_allowed, several_classes=_class_allowed, boxes=_boxes_allowed, class_map=_class_allowed)
KEPT = ByKind(one_class=_classes_kept, several_classes=_classes_kept, boxes=_boxes_kept, class_map=_classes_kept)

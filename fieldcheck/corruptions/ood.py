"""Out-of-distribution test: images without a correct prediction and labelled frames with parts
removed, answered by the model. Resumable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck import paths
from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.corruptions.sweep_scores import draw_items
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.frame import PICTURE_ENDINGS
from fieldcheck.domain.label import Box
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import ByKind, Prediction
from fieldcheck.domain.robustness import FAMILIES, SHORTCUTS, FamilyRow, OodResults, ShortcutRow
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.errors.files import NoPictures, PathMissing
from fieldcheck.errors.labels import ClassUnknown, NoFootage
from fieldcheck.files import join_inside, join_inside_data_set, make_json_key
from fieldcheck.footage.frame_analysis import BatchPredictor, ModelFile
from fieldcheck.footage.frame_pixels import list_intact_picks
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.contrast_and_colour import to_luma
from fieldcheck.models.evaluate import (
    compute_image_seed,
    get_called_class,
    get_confidence,
    get_named_classes,
    get_shown_boxes,
)
from fieldcheck.models.providers import insert_run
from fieldcheck.models.run import UNREADABLE, find_readable, run_on_set
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.models.store import find_model, get_card, make_model_file, make_run
from fieldcheck.parallel import ChunkFile, map_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.sampling.hardness import compute_answer_change
from fieldcheck.stats.iou_of_boxes_and_masks import CLASS, SCORE
from fieldcheck.stats.robustness import (
    compute_auroc,
    compute_false_positive_rates,
    estimate_confident_ood_rate,
    estimate_unchanged_answers,
    estimate_unchanged_boxes,
    is_background_dependent,
    is_texture_dependent,
)

# Pictures that ask what a model looks at: nothing, noise, a frame in pieces, a frame without its
# object or without all else.

Picture = NDArray[np.uint8]

MIDDLE_GREY = 128


def make_blank_image(level: float, size: tuple[int, int]) -> Picture:
    """Blank picture, (H, W, 3) uint8 RGB, of one grey: `level` from 0 black to 1 white; `size`:
    (height, width)."""
    return np.full((*size, 3), round(255 * level), dtype=np.uint8)


def make_uniform_noise(size: tuple[int, int], seed: int) -> Picture:
    """Uniform noise, (H, W, 3) uint8 RGB: every value of every pixel alike probable. `size`:
    (height, width)."""
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


def make_gaussian_noise(
    size: tuple[int, int], mean: NDArray[np.float64], deviation: NDArray[np.float64], seed: int
) -> Picture:
    """Gaussian noise, (H, W, 3) uint8 RGB: independent pixels with the (3,) mean and (3,) deviation
    of real pictures in each channel. `size`: (height, width)."""
    drawn = np.random.default_rng(seed).standard_normal((*size, 3), dtype=np.float32)
    return np.clip(np.rint(drawn * deviation + mean), 0, 255).astype(np.uint8)


def shuffle_patches(rgb: Picture, grid: int, seed: int) -> Picture:
    """Shuffled patches: (H, W, 3) uint8 RGB cut into `grid` × `grid` patches that change places,
    which keeps texture and removes shape.

    Pixels at the right and bottom that do not fill a patch stay in place."""
    height, width = rgb.shape[0] // grid, rgb.shape[1] // grid
    cut = (
        rgb[: grid * height, : grid * width]
        .reshape(grid, height, grid, width, 3)
        .swapaxes(1, 2)
        .reshape(-1, height, width, 3)
    )
    order = np.random.default_rng(seed).permutation(grid * grid)
    shuffled = rgb.copy()
    laid = cut[order].reshape(grid, grid, height, width, 3).swapaxes(1, 2)
    shuffled[: grid * height, : grid * width] = laid.reshape(grid * height, grid * width, 3)
    return shuffled


def convert_to_grey(rgb: Picture) -> Picture:
    """Greyscale: (H, W, 3) uint8 RGB → the same shape without colour, its luma in all three
    channels."""
    return np.repeat(to_luma(rgb)[:, :, None], 3, axis=2)


def flip_horizontally(rgb: Picture) -> Picture:
    """Horizontal flip: (H, W, 3) uint8 RGB → the same shape, left and right exchanged."""
    return np.ascontiguousarray(rgb[:, ::-1])


def remove_object(rgb: Picture, boxes: Sequence[Corners]) -> Picture:
    """Object removed: the boxes, in pixels of (H, W, 3) uint8 RGB, are filled with the mean colour
    of the rest, so that nothing marks the place."""
    inside = _make_box_mask(rgb, boxes)
    changed = rgb.copy()
    changed[inside] = np.rint(rgb[~inside].mean(axis=0)) if (~inside).any() else MIDDLE_GREY
    return changed


def remove_background(rgb: Picture, boxes: Sequence[Corners]) -> Picture:
    """Background removed: everything outside the boxes, in pixels of (H, W, 3) uint8 RGB, becomes
    middle grey, since the image's mean would still depend on the background."""
    changed = rgb.copy()
    changed[~_make_box_mask(rgb, boxes)] = MIDDLE_GREY
    return changed


def compute_channel_statistics(
    pictures: Sequence[Picture],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The (3,) mean and standard deviation of all pixels of some pictures, each counted alike
    whatever its size."""
    small = [
        cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_NEAREST).reshape(-1, 3)
        for rgb in pictures
    ]
    every = np.concatenate(small).astype(np.float64)
    return every.mean(axis=0), every.std(axis=0)


def _make_box_mask(rgb: Picture, boxes: Sequence[Corners]) -> NDArray[np.bool_]:
    mask = np.zeros(rgb.shape[:2], dtype=np.bool_)
    for x1, y1, x2, y2 in boxes:
        mask[
            max(0, int(np.floor(y1))) : max(0, int(np.ceil(y2))),
            max(0, int(np.floor(x1))) : max(0, int(np.ceil(x2))),
        ] = True
    return mask


# The pictures of every probe, made where they are answered: a chunk names them by family, number
# and seed, and carries none.

GRIDS = (4, 8)
SHUFFLED, BLURRED = 8, 5.0  # patches a side, and severity of the blur, of the shortcut probes
Corners = tuple[float, float, float, float]
MOST_FRAMES = 200


@dataclass(frozen=True, slots=True)
class PatchSource:
    """A frame of the model's own kind by its file, with the boxes of its objects where there are
    any."""

    subject: str
    file: str
    boxes: tuple[Corners, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntheticChunk:
    """Pictures `first` to before `stop` of a family that is made from numbers; `mean` and
    `deviation` belong to `gauss`."""

    model: ModelFile
    family: str
    first: int
    stop: int
    total: int
    seed: int
    size: tuple[int, int]
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()

    @property
    def n_pictures(self) -> int:
        """How many pictures are decoded or made for it."""
        return self.stop - self.first

    def list_files(self) -> tuple[ChunkFile, ...]:
        """The model alone."""
        return self.model.list_files()


@dataclass(frozen=True, slots=True)
class FrameChunk:
    """Frames of the model's own kind, or pictures of another world, each under some probes: a file
    is read once for all."""

    model: ModelFile
    probes: tuple[str, ...]
    seed: int
    sources: tuple[PatchSource, ...]

    @property
    def n_pictures(self) -> int:
        """How many pictures are decoded or made for it."""
        return len(self.sources)

    def list_files(self) -> tuple[ChunkFile, ...]:
        """The model and the frames."""
        frames = (ChunkFile(source.file, stays=False) for source in self.sources)
        return (*self.model.list_files(), *frames)


def predict_ood(chunk: SyntheticChunk | FrameChunk) -> tuple[tuple[str, Prediction], ...]:
    """Each probe with the model's answer to one of its pictures. Pure. Raises PictureUnreadable."""
    answers, subjects = BatchPredictor(chunk.model), list[str]()
    for probe, subject, rgb in (
        _iter_synthetic(chunk) if isinstance(chunk, SyntheticChunk) else _iter_changed(chunk)
    ):
        subjects.append(probe)
        answers.add_image(subject, rgb)
    return tuple(zip(subjects, answers.get_predictions(), strict=True))


def _iter_synthetic(chunk: SyntheticChunk) -> Iterator[tuple[str, str, NDArray[np.uint8]]]:
    for number in range(chunk.first, chunk.stop):
        name = f"{number:03d}"
        seed = compute_image_seed(name, chunk.family, chunk.seed)
        if chunk.family == "blank":
            rgb = make_blank_image(number / (chunk.total - 1), chunk.size)
        elif chunk.family == "noise":
            rgb = make_uniform_noise(chunk.size, seed)
        else:
            rgb = make_gaussian_noise(
                chunk.size, np.array(chunk.mean), np.array(chunk.deviation), seed
            )
        yield chunk.family, name, rgb


def _iter_changed(chunk: FrameChunk) -> Iterator[tuple[str, str, NDArray[np.uint8]]]:
    for source in chunk.sources:
        rgb = read_image(Path(source.file))
        for probe in chunk.probes:
            seed = compute_image_seed(source.subject, probe, chunk.seed)
            if probe == "permuted":
                for grid in GRIDS:
                    yield probe, f"{source.subject}/{grid}", shuffle_patches(rgb, grid, seed)
            elif probe not in ("object_hidden", "background_hidden") or source.boxes:
                yield probe, source.subject, _apply_probe(rgb, probe, source, seed)


def _apply_probe(
    rgb: NDArray[np.uint8], probe: str, source: PatchSource, seed: int
) -> NDArray[np.uint8]:
    if probe == "patches_shuffled":
        return shuffle_patches(rgb, SHUFFLED, seed)
    if probe in ("strong_blur", "defocus"):
        return apply_corruption(rgb, "defocus", BLURRED, seed)
    if probe == "object_hidden":
        return remove_object(rgb, source.boxes)
    if probe == "background_hidden":
        return remove_background(rgb, source.boxes)
    return (
        {"grey": convert_to_grey, "mirrored": flip_horizontally}[probe](rgb)
        if probe in ("grey", "mirrored")
        else rgb
    )


def select_own_frames(
    project: Project, model: StoredModel, seed: int, progress: Progress, now: str
) -> tuple[PatchSource, ...]:
    """At most 200: a draw of the benchmark, filled up with picks in their order; run clean first
    where they are not answered yet."""
    sources: list[PatchSource] = []
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is not None:
        # None can be read, which is reported when the sources are read.
        with suppress(*UNREADABLE):
            run_on_set(project, model, "benchmark", progress, now)
        root = get_benchmark_root(project, benchmark)
        for item in draw_items(benchmark, get_card(model), seed):
            sources.append(
                PatchSource(
                    item.path,
                    str(join_inside_data_set(root, item.path)),
                    tuple(map(_to_corners, item.boxes)),
                )
            )
    picks = list_intact_picks(project, progress)[: MOST_FRAMES - len(sources)]
    if picks:
        run_on_set(project, model, "field", progress, now)
        labels = {label.frame_id: label for label in project.read(labels_table.list_labels)}
        for pick in picks:
            boxes = labels[pick.frame_id].boxes if pick.frame_id in labels else ()
            sources.append(
                PatchSource(
                    pick.frame_id,
                    str(join_inside(project.path, pick.file)),
                    tuple(map(_to_corners, boxes)),
                )
            )
    return tuple(sources)


def load_clean_predictions(project: Project, model: StoredModel) -> dict[str, Prediction]:
    """Clean answers of the model, to benchmark and picks as they are, by the frame's name."""
    side = load_benchmark_side(project, model)
    return {**(side.answers if side else {}), **load_field_side(project, model).answers}


def _to_corners(box: Box) -> Corners:
    return box.x, box.y, box.x + box.w, box.y + box.h


EACH = 200  # pictures of a family that is made from numbers
CONFIDENT = 0.90  # of a classifier; a detector counts boxes above its own threshold
CHUNK_PICTURES = 8
MOST_SIDE = 640  # pixels: pictures of nothing hold no more at a larger size
STATISTICS_OF = 50  # frames whose mean and deviation the noise is given
DRAWN = ("blank", "noise", "gauss")
RECIPE = "probe:"
ALLOWED = "probe_allowed"  # the setting: family → classes that may be answered to it


@dataclass(frozen=True, slots=True)
class OodRequest:
    """`allowed`: classes that are a right answer to a family, as "nothing there" is to a blank
    picture; kept in the project, in place of earlier ones of that family. `wrong_domain`: a folder
    of pictures of another world; None for those that ship."""

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

    Raises NoModel, ModelUnknown, ClassUnknown for an allowed class that the model does not have,
    NoFootage where the project holds neither picks nor a benchmark, PathMissing, NoPictures,
    Cancelled; what is finished is kept. A picture that cannot be read is told and left out.
    """
    model = find_model(project, wanted.model)
    _store_allowed_classes(project, get_card(model), wanted.allowed)
    strange = _list_other_domain(wanted.wrong_domain)
    strange, own = (
        _remove_unreadable(patch_sources, progress)
        for patch_sources in (
            strange,
            select_own_frames(project, model, wanted.seed, progress, now),
        )
    )
    if not strange:
        raise NoPictures(wanted.wrong_domain or project.path)
    if not own:
        raise NoFootage(project.path)
    runs = {
        probe: _make_run(model, probe, wanted.seed, own, strange, now)
        for probe in (*FAMILIES, *SHORTCUTS)
    }
    before = {probe: frozenset(_load_predictions(project, run)) for probe, run in runs.items()}
    _run_chunks(
        project, runs, _iter_chunks(project, model, wanted.seed, own, strange, before), progress
    )
    return OodRun(_make_results(project, model, runs), any(before.values()))


def replay_probe(
    project: Project, model: StoredModel, run: Run, provider: str, progress: Progress, now: str
) -> dict[str, Prediction]:  # fmt: skip
    """Subject → the current prediction for each image of one stored probe, rebuilt from frames and
    seed; frames that are gone are missing. Raises Cancelled."""
    probe, answers = run.recipe.removeprefix(RECIPE), dict[str, Prediction]()
    own = _remove_unreadable(select_own_frames(project, model, run.seed, progress, now), progress)
    strange = (
        _remove_unreadable(_list_other_domain(None), progress) if probe == "wrong_domain" else ()
    )
    answered = dict.fromkeys((*FAMILIES, *SHORTCUTS), frozenset[str]())
    chunks = _iter_chunks(project, model, run.seed, own, strange, answered) if own else []
    of_probe = [
        chunk
        for chunk in chunks
        if probe in (chunk.probes if isinstance(chunk, FrameChunk) else (chunk.family,))
    ]

    def on_chunk(
        _chunk: SyntheticChunk | FrameChunk, shown: tuple[tuple[str, Prediction], ...]
    ) -> None:
        answers.update({answer.subject: answer for name, answer in shown if name == probe})
        progress.report(len(answers), None, "pictures")

    map_chunks(
        predict_ood,
        [replace(chunk, model=replace(chunk.model, provider=provider)) for chunk in of_probe],
        on_chunk,
        progress,
    )
    return answers


def load_ood_results(project: Project, model: StoredModel) -> OodResults | None:
    """Results of the last probes of this model; None where it was never probed."""
    runs: dict[str, Run] = {}
    for run in project.read(runs_table.list_all_runs):
        if run.recipe.startswith(RECIPE) and (run.model_sha256, run.card_sha256) == (
            model.sha256,
            model.card_sha256,
        ):
            runs[run.recipe.removeprefix(RECIPE)] = run
    return _make_results(project, model, runs) if set(runs) == {*FAMILIES, *SHORTCUTS} else None


def _make_results(project: Project, model: StoredModel, runs: Mapping[str, Run]) -> OodResults:
    card = get_card(model)
    allowed = project.read(lambda db: settings_table.get_setting(db, ALLOWED)) or {}
    threshold = THRESHOLDS[card.answers](card)
    answers = {probe: _load_predictions(project, run) for probe, run in runs.items()}
    clean = {
        name: prediction
        for name, prediction in load_clean_predictions(project, model).items()
        if name in answers["grey"]
    }
    families = tuple(
        _make_family_row(
            probe, answers[probe], clean, card, threshold, tuple(allowed.get(probe, ()))
        )
        for probe in FAMILIES
    )
    shortcuts = tuple(
        ShortcutRow(probe, _estimate_kept(answers[probe], clean, card)) for probe in SHORTCUTS
    )
    return OodResults(
        model.name, runs["blank"].seed, threshold, families, shortcuts, _name_shortcuts(shortcuts)
    )


def _store_allowed_classes(
    project: Project, card: Card, allowed: Mapping[str, tuple[str, ...]]
) -> None:
    for name in (name for names in allowed.values() for name in names):
        if name not in card.classes:
            raise ClassUnknown(name, card.classes)
    before = project.read(lambda db: settings_table.get_setting(db, ALLOWED)) or {}
    after = {**before, **{family: list(names) for family, names in allowed.items()}}
    if after != before:
        project.edit("probe.allow", puts=[settings_table.make_setting_row(ALLOWED, after)])


def _list_other_domain(folder: Path | None) -> tuple[PatchSource, ...]:
    """List the image files of another domain."""
    root = folder or paths.get_resource_path("probes/wrong_domain")
    if not root.is_dir():
        raise PathMissing(root)
    files = sorted(
        path
        for path in root.rglob("*")
        if path.suffix.lower() in PICTURE_ENDINGS and path.is_file()
    )
    if not files:
        raise NoPictures(root)
    return tuple(PatchSource(path.relative_to(root).as_posix(), str(path)) for path in files)


def _remove_unreadable(
    sources: Sequence[PatchSource], progress: Progress
) -> tuple[PatchSource, ...]:
    """Keep the readable files; the others are reported."""
    there = find_readable([source.file for source in sources], progress)
    return tuple(
        source for source, is_there in zip(sources, there.tolist(), strict=True) if is_there
    )


def _make_run(
    model: StoredModel,
    probe: str,
    seed: int,
    own: Sequence[PatchSource],
    strange: Sequence[PatchSource],
    now: str,
) -> Run:
    """Make the run of a probe's predictions; another set of frames is another run, independent of
    where the project lies."""
    over = (
        () if probe in DRAWN and probe != "gauss" else strange if probe == "wrong_domain" else own
    )
    key = make_json_key(
        [(source.file if over is strange else source.subject, source.boxes) for source in over]
    )
    return make_run(model, "field", key, 0, now, RECIPE + probe, 0.0, seed)


def _iter_chunks(
    project: Project,
    model: StoredModel,
    seed: int,
    own: Sequence[PatchSource],
    strange: Sequence[PatchSource],
    before: Mapping[str, frozenset[str]],
) -> list[SyntheticChunk | FrameChunk]:
    spec = make_model_file(project, model)
    pictures = [read_image(Path(source.file)) for source in own[:STATISTICS_OF]]
    mean, deviation = (tuple(values.tolist()) for values in compute_channel_statistics(pictures))
    size = _get_size(pictures[0])
    chunks: list[SyntheticChunk | FrameChunk] = []
    for family in DRAWN:
        for first in range(0, EACH, CHUNK_PICTURES):
            stop = min(first + CHUNK_PICTURES, EACH)
            if not {f"{number:03d}" for number in range(first, stop)} <= before[family]:
                chunks.append(
                    SyntheticChunk(spec, family, first, stop, EACH, seed, size, mean, deviation)
                )
    for sources, names in (
        (own, ("permuted", "defocus", *SHORTCUTS)),
        (strange, ("wrong_domain",)),
    ):
        for index in range(0, len(sources), CHUNK_PICTURES):
            group = tuple(sources[index : index + CHUNK_PICTURES])
            missing = tuple(
                probe for probe in names if not _is_answered(probe, group, before[probe])
            )
            if missing:
                chunks.append(FrameChunk(spec, missing, seed, group))
    return chunks


def _is_answered(probe: str, group: Sequence[PatchSource], before: frozenset[str]) -> bool:
    if probe in ("object_hidden", "background_hidden"):
        return all(source.subject in before for source in group if source.boxes)
    last = "/8" if probe == "permuted" else ""
    return all(source.subject + last in before for source in group)


def _get_size(rgb: NDArray[np.uint8]) -> tuple[int, int]:
    height, width = rgb.shape[:2]
    factor = min(1.0, MOST_SIDE / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def _run_chunks(
    project: Project,
    runs: Mapping[str, Run],
    chunks: Sequence[SyntheticChunk | FrameChunk],
    progress: Progress,
) -> None:
    def insert_runs(db: Database) -> None:
        for run in runs.values():
            insert_run(db, run, chunks[0].model.provider)

    if chunks:
        project.write(insert_runs).result()
    done, total = 0, sum(chunk.n_pictures for chunk in chunks)

    def on_chunk(
        chunk: SyntheticChunk | FrameChunk, predictions: tuple[tuple[str, Prediction], ...]
    ) -> None:
        nonlocal done
        project.write(lambda db: _insert_predictions(db, runs, predictions)).result()
        done += chunk.n_pictures
        progress.report(done, total, "pictures")

    map_chunks(predict_ood, chunks, on_chunk, progress)


def _insert_predictions(
    db: Database, runs: Mapping[str, Run], predictions: tuple[tuple[str, Prediction], ...]
) -> None:
    for probe, prediction in predictions:
        runs_table.insert_predictions(db, runs[probe].run_id, (prediction,))


def _load_predictions(project: Project, run: Run) -> dict[str, Prediction]:
    return project.read(lambda db: runs_table.get_predictions(db, run.run_id))


def _make_family_row(
    family: str,
    answers: Mapping[str, Prediction],
    clean: Mapping[str, Prediction],
    card: Card,
    threshold: float,
    allowed: tuple[str, ...],
) -> FamilyRow:
    strange = np.array(
        [get_confidence(answer.answer, card) for answer in answers.values()], dtype=np.float64
    )
    own = np.array(
        [get_confidence(prediction.answer, card) for prediction in clean.values()], dtype=np.float64
    )
    right = np.array(
        [_is_allowed(answer, card, threshold, allowed) for answer in answers.values()],
        dtype=np.bool_,
    )
    sure = strange >= threshold
    rate = estimate_confident_ood_rate(sure, right)
    wrong = sure & ~right
    named = Counter(
        name
        for answer, counts in zip(answers.values(), wrong, strict=True)
        if counts
        for name in set(get_named_classes(answer.answer, card))
    )
    most, n_most = max(named.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return FamilyRow(
        family,
        len(answers),
        int(wrong.sum()),
        allowed,
        rate,
        compute_auroc(own, strange),
        compute_false_positive_rates(own, strange)[0],
        most,
        n_most,
    )


def _is_allowed(
    prediction: Prediction, card: Card, threshold: float, allowed: tuple[str, ...]
) -> bool:
    """Whether all confident predictions are allowed ones."""
    return MAY_ANSWER[card.answers](prediction.answer, card, threshold, allowed)


def _is_allowed_boxes(
    answer: NDArray[np.float32], card: Card, threshold: float, allowed: tuple[str, ...]
) -> bool:
    return {card.classes[int(k)] for k in answer[answer[:, SCORE] >= threshold][:, CLASS]} <= set(
        allowed
    )


def _is_allowed_class(
    answer: NDArray[np.float32], card: Card, _threshold: float, allowed: tuple[str, ...]
) -> bool:
    best, _ = get_called_class(answer, card.class_thresholds)
    return best >= 0 and card.classes[best] in allowed


def _estimate_kept(
    answers: Mapping[str, Prediction], clean: Mapping[str, Prediction], card: Card
) -> Estimate:
    both = [
        (clean[subject], prediction) for subject, prediction in answers.items() if subject in clean
    ]
    if not both:
        return Estimate.not_measured("no_boxes")
    return KEPT[card.answers](both, card)


def _estimate_kept_boxes(both: Sequence[tuple[Prediction, Prediction]], card: Card) -> Estimate:
    match = [
        1.0 - compute_answer_change(before.answer, after.answer, card) for before, after in both
    ]
    return estimate_unchanged_boxes(
        match, [bool(len(get_shown_boxes(before.answer, card))) for before, _ in both]
    )


def _estimate_kept_classes(both: Sequence[tuple[Prediction, Prediction]], card: Card) -> Estimate:
    named = [
        [get_called_class(prediction.answer, card.class_thresholds)[0] for prediction in pair]
        for pair in both
    ]
    return estimate_unchanged_answers(
        [before for before, _ in named], [after for _, after in named]
    )


def _name_shortcuts(shortcuts: Sequence[ShortcutRow]) -> tuple[str, ...]:
    kept = {row.probe: row.kept for row in shortcuts}
    result = ("background",) if is_background_dependent(kept["object_hidden"]) else ()
    return (
        (*result, "texture")
        if is_texture_dependent(kept["patches_shuffled"], kept["strong_blur"])
        else result
    )


def _get_deployed_threshold(card: Card) -> float:
    return card.output.threshold


def _get_confidence_level(card: Card) -> float:
    """Confidence from which a prediction counts as confident: the card's level for deployment where
    it has one (methods 4)."""
    return CONFIDENT if card.output.abstain is None else card.output.abstain


THRESHOLDS = ByKind(
    one_class=_get_confidence_level,
    several_classes=_get_confidence_level,
    boxes=_get_deployed_threshold,
    class_map=_get_confidence_level,
)
MAY_ANSWER = ByKind(
    one_class=_is_allowed_class,
    several_classes=_is_allowed_class,
    boxes=_is_allowed_boxes,
    class_map=_is_allowed_class,
)
KEPT = ByKind(
    one_class=_estimate_kept_classes,
    several_classes=_estimate_kept_classes,
    boxes=_estimate_kept_boxes,
    class_map=_estimate_kept_classes,
)

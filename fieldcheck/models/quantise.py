"""INT8 quantisation: a calibrated copy of a model, and its accuracy and speed measured beside the
original."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from fieldcheck.child_process import run_module
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import PairedChange, QuantisedModel, StoredModel
from fieldcheck.errors.files import DiskFull, ReadOnlyPlace
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import TEMPORARY, join_inside, join_inside_data_set, map_os_errors
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_pixels import list_intact_picks, read_frame_pixels
from fieldcheck.imaging.codec import read_image
from fieldcheck.models.evaluate import EvaluationItem, compute_correctness, filter_known_items
from fieldcheck.models.preprocess import preprocess_into
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.run import find_readable, run_on_set
from fieldcheck.models.scored_sides import (
    FieldSide,
    get_counted_classes,
    load_field_side,
    select_spot_items,
)
from fieldcheck.models.session import OpenModel, list_external_files, open_model
from fieldcheck.models.store import find_model, get_card
from fieldcheck.paths import EXPORTS
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.safe_json_yaml import parse_json
from fieldcheck.stats.cluster import judge_change
from fieldcheck.stats.significance import compare_paired
from fieldcheck.stats.wilson_interval import StratumCount, estimate_stratified, estimate_wilson

STALL_SECONDS = 300.0  # between two batches, or from the last one to the copy
UNWRITTEN: dict[str, type[DiskFull | ReadOnlyPlace]] = {
    "disk_full": DiskFull,
    "read_only": ReadOnlyPlace,
}


def write_int8_model(
    model: OpenModel, card: Card, frames: Iterable[NDArray[np.uint8]], out: Path
) -> None:
    """Writes a copy in static int8 to `out`: weights by channel, activations by the least and
    greatest value over `frames`. A child process calibrates, fed one batch at a time; a graph older
    than opset 13 is converted first, and its answers to the first frames stay the same.

    `frames`: (H, W, 3) uint8 RGB, at least a batch. Raises ModelRejected `quantise` for a graph
    that is in eight bits or in half precision already, that cannot be converted so, or that the
    quantiser cannot read, `time` where a run does not end; Cancelled, DiskFull, ReadOnlyPlace.
    """
    if model.steps or model.inputs[0].kind != "tensor(float)":
        raise ModelRejected(model.path, "quantise", model.inputs[0].kind)
    part, batch = out.with_suffix(".part.onnx"), model.batch or 1
    with map_os_errors(out):
        out.parent.mkdir(exist_ok=True)
        part.unlink(missing_ok=True)  # it may be a link, which is not written through
    arguments = [
        str(model.path.absolute()),
        str(part.absolute()),
        card.input.name or model.inputs[0].name,
    ]
    arguments += map(str, (batch, *card.input.shape))
    try:
        # the runtime's own ones would outlive a child that is ended
        with TemporaryDirectory(prefix=TEMPORARY) as folder:
            its = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
            child = run_module(
                "fieldcheck.models.calibrate_child",
                arguments,
                STALL_SECONDS,
                _iter_tensor_bytes(batch, card, frames),
                its,
            )
        verdict = _parse_verdict(child.stdout)
        if verdict["problem"] in UNWRITTEN:
            raise UNWRITTEN[verdict["problem"]](out)
        if verdict["problem"]:
            raise ModelRejected(model.path, "quantise", verdict["detail"])
        with map_os_errors(out):
            part.replace(out)
    except TimeoutError as error:
        raise ModelRejected(model.path, "time", f"{STALL_SECONDS:g} s") from error
    finally:
        part.unlink(missing_ok=True)


def _iter_tensor_bytes(
    batch: int, card: Card, frames: Iterable[NDArray[np.uint8]]
) -> Iterator[bytes]:
    """Frames as the model is fed, one whole batch at a time."""
    tensor, n_written = np.zeros((batch, *card.input.shape), np.float32), 0
    for frame in frames:
        preprocess_into(tensor[n_written], frame, card.input)
        n_written = (n_written + 1) % batch
        if n_written == 0:
            yield tensor.tobytes()


def _parse_verdict(message: bytes) -> dict[str, str]:
    """What the child said last; one that was brought down said nothing."""
    try:
        verdict = parse_json(message)
        return {"problem": str(verdict["problem"]), "detail": str(verdict["detail"])}
    except (ValueError, KeyError, TypeError):
        return {"problem": "quantise", "detail": ""}


def measure_run_times(
    runners: tuple[ModelRunner, ModelRunner], frames: Iterable[NDArray[np.uint8]]
) -> NDArray[np.float64]:
    """(n, 2) seconds that each of two models takes for each frame, in turn, so that whatever slows
    the machine slows both."""
    times = list[list[float]]()
    for index, frame in enumerate(frames):
        if index == 0:
            for runner in runners:
                runner.predict([frame])
        times.append([0.0, 0.0])
        for column in (0, 1) if index % 2 else (1, 0):
            began = time.perf_counter()
            runners[column].predict([frame])
            times[index][column] = time.perf_counter() - began
    return np.array(times).reshape(-1, 2)


# Int8 quantisation, what it costs and buys: a copy calibrated on field frames, beside its model on
# the same pictures and the same
# core.

KIND = "quantised"

MOST_CALIBRATED = 100  # frames; the least and greatest values settle long before
TIMED = 60
RESAMPLES = 2000


def make_quantised_model(
    project: Project, name: str, progress: Progress, now: str
) -> QuantisedModel:
    """Writes `exports/NAME.int8.onnx` and measures it: size, time a picture, and the score on
    labelled field frames and on the pictures of the benchmark's spot check. The model answers the
    picks first, as far as it has not yet.

    Raises NoModel, ModelUnknown, NoFootage, ModelRejected `quantise`, PictureUnreadable,
    FrameChanged, Cancelled, DiskFull.
    """
    stored = find_model(project, name)
    card, path = get_card(stored), project.path / stored.file
    frames = _list_frame_readers(project, progress)
    if list_intact_picks(project) and any(project.read(labels_table.list_labels)):
        run_on_set(project, stored, "field", progress, now)
    model = open_model(path, threads=1, sha256=stored.sha256)
    out = join_inside(project.path, f"{EXPORTS}/{stored.name}.int8.onnx")
    write_int8_model(model, card, _iter_frames(frames, len(frames), progress), out)
    light = StoredModel(out.stem, open_model(out, threads=1).sha256, str(out), stored.card, now)
    seconds = measure_run_times(
        (ModelRunner(model, card, 1), ModelRunner(open_model(out, threads=1), card, 1)),
        _iter_frames(frames, TIMED, progress),
    )
    ms = np.median(seconds, axis=0) * 1000
    before = sum(path.stat().st_size for path in (path, *list_external_files(path)))
    quantised_model = QuantisedModel(
        stored.name,
        out.relative_to(project.path).as_posix(),
        len(frames),
        before,
        out.stat().st_size,
        float(ms[0]),
        float(ms[1]),
        _estimate_ratio(seconds),
        _measure_field_change(project, (stored, light), progress),
        _measure_benchmark_change(project, (stored, light), progress),
    )
    about = (stored.sha256, stored.card_sha256, "")
    project.write(
        lambda db: models_table.put_fact(db, KIND, *about, quantised_model.to_json(), now)
    ).result()
    return quantised_model


def get_quantised_model(project: Project, model: StoredModel | None) -> QuantisedModel | None:
    """Return the newest measurement of the model's int8 copy; None where it was never measured."""
    if model is None:
        return None
    about = (model.sha256, model.card_sha256, "")
    fact = project.read(lambda db: models_table.get_newest_fact(db, KIND, *about))
    return QuantisedModel.from_json(fact) if fact else None


def _list_frame_readers(
    project: Project, progress: Progress
) -> list[Callable[[], NDArray[np.uint8]]]:
    """What reads the pixels of the picks, one each, and where nothing is picked of listed frames
    evenly over the footage."""
    picks = list_intact_picks(project, progress)[:MOST_CALIBRATED]
    if picks:
        return [partial(read_image, join_inside(project.path, pick.file)) for pick in picks]
    listing = project.read(list_sampling_lines)
    if not listing:
        raise NoFootage(project.path)
    positions = np.unique(np.linspace(0, len(listing) - 1, MOST_CALIBRATED).astype(int)).tolist()
    return [
        partial(read_frame_pixels, project, listing[index].recording, listing[index].frame)
        for index in positions
    ]


def _iter_frames(
    frames: Sequence[Callable[[], NDArray[np.uint8]]], n: int, progress: Progress
) -> Iterator[NDArray[np.uint8]]:
    """`n` frames, one at a time, from the first on once the last has been."""
    for index in range(n):
        progress.check()
        yield frames[index % len(frames)]()
        progress.report(index + 1, n, "pictures")


def _estimate_ratio(seconds: NDArray[np.float64]) -> Estimate:
    """Median of after / before picture by picture, with the quantiles of 2,000 resamples of
    pictures."""
    ratio = seconds[:, 1] / seconds[:, 0]
    drawn = np.random.default_rng(0).integers(0, ratio.size, (RESAMPLES, ratio.size))
    low, high = np.quantile(np.median(ratio[drawn], axis=1), (0.025, 0.975))
    return Estimate.from_limits(
        float(np.median(ratio)),
        float(low),
        float(high),
        n=ratio.size,
        n_eff=float(ratio.size),
        method="bootstrap_median",
    )


def _measure_field_change(
    project: Project, models: tuple[StoredModel, StoredModel], progress: Progress
) -> PairedChange | None:
    """The labelled frames of the draw; before, after and change are weighted as the headline is."""
    side = load_field_side(project, models[0])
    indices = [index for index in side.labelled.tolist() if side.scores.weight[index] > 0]
    if not indices:
        return None
    labelled = [(side.picks[index], side.labels[side.picks[index].frame_id]) for index in indices]
    items = [
        EvaluationItem(
            pair.frame_id,
            str(join_inside(project.path, pair.file)),
            label.class_name,
            label.boxes,
            points=label.points,
        )
        for pair, label in labelled
    ]
    return estimate_field_change(side, indices, *_score_both(project, models, items, progress))


def estimate_field_change(
    side: FieldSide, indices: Sequence[int], before: NDArray[np.bool_], after: NDArray[np.bool_]
) -> PairedChange:
    """Scores and change from (n,) `before` to `after`, whether right on the picks at `indices`,
    weighted as the headline is; and the change for other clips."""
    names, counted = (
        side.sample.stratum[indices],
        {stratum.name: stratum.counted for stratum in side.scores.strata},
    )
    scores = [
        estimate_stratified(_count_strata(right, names, counted)) for right in (before, after)
    ]
    change = compare_paired(before, after, names, counted).change
    moved = after.astype(np.int64) - before.astype(np.int64)
    cameras = judge_change(moved, side.scores.weight[indices], side.sample.clip[indices])
    return PairedChange(scores[0], scores[1], change, cameras)


def _count_strata(
    right: NDArray[np.bool_], names: NDArray[np.str_], counted: Mapping[str, float]
) -> list[StratumCount]:
    return [
        StratumCount(int(right[names == name].sum()), int((names == name).sum()), size)
        for name, size in counted.items()
    ]


def _measure_benchmark_change(
    project: Project, models: tuple[StoredModel, StoredModel], progress: Progress
) -> PairedChange | None:
    benchmark = project.read(models_table.get_benchmark)
    if benchmark is None:
        return None
    root = Path(get_benchmark_root(project, benchmark))
    chosen = select_spot_items(filter_known_items(benchmark.items, get_card(models[0])))
    every = [
        EvaluationItem(
            benchmark_item.path,
            str(join_inside_data_set(root, benchmark_item.path)),
            benchmark_item.class_name,
            benchmark_item.boxes,
            points=benchmark_item.points,
        )
        for benchmark_item in chosen
    ]
    items = [
        item
        for item, there in zip(
            every,
            find_readable([evaluation_item.file for evaluation_item in every], progress).tolist(),
            strict=True,
        )
        if there
    ]
    if not items:
        return None
    return estimate_image_change(*_score_both(project, models, items, progress))


def estimate_image_change(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> PairedChange:
    """Scores and change from (n,) `before` to `after`, whether right on images of no clips."""
    return PairedChange(
        estimate_wilson(int(before.sum()), before.size),
        estimate_wilson(int(after.sum()), after.size),
        compare_paired(before, after).change,
        None,
    )


def _score_both(
    project: Project,
    models: tuple[StoredModel, StoredModel],
    items: Sequence[EvaluationItem],
    progress: Progress,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) whether each of the two is right on each item."""
    classes = get_counted_classes(get_card(models[0]), project.read(models_table.get_benchmark))
    before, after = (
        compute_correctness(project, model, classes, items, progress) for model in models
    )
    return before, after

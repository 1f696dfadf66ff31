"""Int8 quantisation, what it costs and buys: a copy calibrated on field frames, beside its model on the same pictures and the same core."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.quantised import PairedChange, QuantisedModel
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import NoFootage
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.imaging.codec import read_image
from fieldcheck.inference.open_model import list_external_files, open_model
from fieldcheck.inference.quantise import measure_run_times, write_int8_model
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.measure.interval import StratumCount, estimate_stratified, estimate_wilson
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.layout import EXPORTS
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.scoring.paired import compare_paired
from fieldcheck.workflows.footage.frame_pixels import read_frame_pixels
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.footage.saved_frames import list_intact_picks
from fieldcheck.workflows.models.held_out import EvaluationItem, compute_correctness
from fieldcheck.workflows.models.judge_answers import filter_known_items
from fieldcheck.workflows.models.models import find_model, get_card
from fieldcheck.workflows.models.run_model import get_benchmark_root, run_on_set
from fieldcheck.workflows.models.unreadable_pictures import find_readable
from fieldcheck.workflows.report.two_sides import get_counted_classes, load_field_side, select_spot_items

KIND = "quantised"

MOST_CALIBRATED = 100  # frames; the least and greatest values settle long before
TIMED = 60
RESAMPLES = 2000


def make_quantised_model(project: Project, name: str, progress: Progress, now: str) -> QuantisedModel:
    """Writes `exports/NAME.int8.onnx` and measures it: size, time a picture, and the score on labelled field frames and on the pictures of
    the benchmark's spot check. The model answers the picks first, as far as it has not yet.

    Raises NoModel, ModelUnknown, NoFootage, ModelRejected `quantise`, PictureUnreadable, FrameChanged, Cancelled, DiskFull.
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
        (ModelRunner(model, card, 1), ModelRunner(open_model(out, threads=1), card, 1)), _iter_frames(frames, TIMED, progress)
    )
    ms = np.median(seconds, axis=0) * 1000
    before = sum(one.stat().st_size for one in (path, *list_external_files(path)))
    found = QuantisedModel(
        stored.name, out.relative_to(project.path).as_posix(), len(frames), before, out.stat().st_size, float(ms[0]),
        float(ms[1]), _estimate_ratio(seconds), _measure_field_change(project, (stored, light), progress),
        _measure_benchmark_change(project, (stored, light), progress),
    )  # fmt: skip
    about = (stored.sha256, stored.card_sha256, "")
    project.write(lambda db: facts_table.put_fact(db, KIND, *about, found.to_json(), now)).result()
    return found


def get_quantised_model(project: Project, model: StoredModel | None) -> QuantisedModel | None:
    """Measurements made last of the model's int8 copy."""
    if model is None:
        return None
    about = (model.sha256, model.card_sha256, "")
    found = project.read(lambda db: facts_table.get_newest_fact(db, KIND, *about))
    return QuantisedModel.from_json(found) if found else None


def _list_frame_readers(project: Project, progress: Progress) -> list[Callable[[], NDArray[np.uint8]]]:
    """What reads the pixels of the picks, one each, and where nothing is picked of listed frames evenly over the footage."""
    picks = list_intact_picks(project, progress)[:MOST_CALIBRATED]
    if picks:
        return [partial(read_image, join_inside(project.path, one.file)) for one in picks]
    listing = project.read(list_sampling_lines)
    if not listing:
        raise NoFootage(project.path)
    places = np.unique(np.linspace(0, len(listing) - 1, MOST_CALIBRATED).astype(int)).tolist()
    return [partial(read_frame_pixels, project, listing[place].recording, listing[place].frame) for place in places]


def _iter_frames(frames: Sequence[Callable[[], NDArray[np.uint8]]], n: int, progress: Progress) -> Iterator[NDArray[np.uint8]]:
    """`n` frames, one at a time, from the first on once the last has been."""
    for place in range(n):
        progress.check()
        yield frames[place % len(frames)]()
        progress.report(place + 1, n, "pictures")


def _estimate_ratio(seconds: NDArray[np.float64]) -> Estimate:
    """Median of after / before picture by picture, with the quantiles of 2,000 resamples of pictures."""
    ratio = seconds[:, 1] / seconds[:, 0]
    drawn = np.random.default_rng(0).integers(0, ratio.size, (RESAMPLES, ratio.size))
    low, high = np.quantile(np.median(ratio[drawn], axis=1), (0.025, 0.975))
    return Estimate.from_limits(
        float(np.median(ratio)), float(low), float(high), n=ratio.size, n_eff=float(ratio.size), method="bootstrap_median"
    )


def _measure_field_change(project: Project, models: tuple[StoredModel, StoredModel], progress: Progress) -> PairedChange | None:
    """The labelled frames of the draw; before, after and change are weighted as the headline is."""
    side = load_field_side(project, models[0])
    at = [place for place in side.at.tolist() if side.scores.weight[place] > 0]
    if not at:
        return None
    said = [(side.picks[place], side.labels[side.picks[place].frame_id]) for place in at]
    items = [
        EvaluationItem(one.frame_id, str(join_inside(project.path, one.file)), label.class_name, label.boxes, points=label.points)
        for one, label in said
    ]
    before, after = _score_both(project, models, items, progress)
    names, counted = side.sample.stratum[at], {stratum.name: stratum.counted for stratum in side.scores.strata}
    scores = [estimate_stratified(_count_strata(right, names, counted)) for right in (before, after)]
    table = compare_paired(before, after, names, counted)
    return PairedChange(scores[0], scores[1], table.change, table.p)


def _count_strata(right: NDArray[np.bool_], names: NDArray[np.str_], counted: Mapping[str, float]) -> list[StratumCount]:
    return [StratumCount(int(right[names == name].sum()), int((names == name).sum()), size) for name, size in counted.items()]


def _measure_benchmark_change(project: Project, models: tuple[StoredModel, StoredModel], progress: Progress) -> PairedChange | None:
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        return None
    root = Path(get_benchmark_root(project, benchmark))
    chosen = select_spot_items(filter_known_items(benchmark.items, get_card(models[0])))
    every = [
        EvaluationItem(one.path, str(join_inside_data_set(root, one.path)), one.class_name, one.boxes, points=one.points) for one in chosen
    ]
    items = [item for item, there in zip(every, find_readable([one.file for one in every], progress).tolist(), strict=True) if there]
    if not items:
        return None
    before, after = _score_both(project, models, items, progress)
    table = compare_paired(before, after)
    return PairedChange(
        estimate_wilson(int(before.sum()), before.size), estimate_wilson(int(after.sum()), after.size), table.change, table.p
    )


def _score_both(
    project: Project, models: tuple[StoredModel, StoredModel], items: Sequence[EvaluationItem], progress: Progress
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:  # fmt: skip
    """(n,) whether each of the two is right on each item."""
    classes = get_counted_classes(get_card(models[0]), project.read(benchmarks_table.get_benchmark))
    before, after = (compute_correctness(project, model, classes, items, progress) for model in models)
    return before, after

"""Int8 quantisation, what it costs and buys: a copy calibrated on field frames, beside its model on the same pictures and the same core."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.quantised import Change, QuantisedModel
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import NoFootage
from fieldcheck.files import inside, inside_set
from fieldcheck.imaging.codec import read_picture
from fieldcheck.inference.open_model import external_files, open_model
from fieldcheck.inference.quantise import quantise, times
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.measure.interval import StratumCount, stratified, wilson
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.layout import EXPORTS
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.scoring.paired import paired
from fieldcheck.workflows.footage.frame_pixels import frame_pixels
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.footage.saved_frames import sound_picks
from fieldcheck.workflows.models.held_out import Item, right_on
from fieldcheck.workflows.models.judge_answers import known_items
from fieldcheck.workflows.models.models import card_of, find_model
from fieldcheck.workflows.models.run_model import benchmark_root, run_on
from fieldcheck.workflows.models.unreadable_pictures import readable
from fieldcheck.workflows.report.two_sides import counted_classes, field_side, spot_items

KIND = "quantised"

MOST_CALIBRATED = 100  # frames; the least and greatest values settle long before
TIMED = 60
RESAMPLES = 2000


def quantise_model(project: Project, name: str, progress: Progress, now: str) -> QuantisedModel:
    """Writes `exports/NAME.int8.onnx` and measures it: size, time a picture, and the score on labelled field frames and on the pictures of
    the benchmark's spot check. The model answers the picks first, as far as it has not yet.

    Raises NoModel, ModelUnknown, NoFootage, ModelRejected `quantise`, PictureUnreadable, FrameChanged, Cancelled, DiskFull.
    """
    stored = find_model(project, name)
    card, path = card_of(stored), project.path / stored.file
    frames = _frames(project, progress)
    if sound_picks(project) and any(project.read(labels_table.all)):
        run_on(project, stored, "field", progress, now)
    model = open_model(path, threads=1, sha256=stored.sha256)
    out = inside(project.path, f"{EXPORTS}/{stored.name}.int8.onnx")
    quantise(model, card, _shown(frames, len(frames), progress), out)
    light = StoredModel(out.stem, open_model(out, threads=1).sha256, str(out), stored.card, now)
    seconds = times((ModelRunner(model, card, 1), ModelRunner(open_model(out, threads=1), card, 1)), _shown(frames, TIMED, progress))
    ms = np.median(seconds, axis=0) * 1000
    before = sum(one.stat().st_size for one in (path, *external_files(path)))
    found = QuantisedModel(
        stored.name, out.relative_to(project.path).as_posix(), len(frames), before, out.stat().st_size, float(ms[0]),
        float(ms[1]), _ratio(seconds), _on_field(project, (stored, light), progress), _on_benchmark(project, (stored, light), progress),
    )  # fmt: skip
    about = (stored.sha256, stored.card_sha256, "")
    project.write(lambda db: facts_table.put(db, KIND, *about, found.to_json(), now)).result()
    return found


def quantised_of(project: Project, model: StoredModel | None) -> QuantisedModel | None:
    """Measurements made last of the model's int8 copy."""
    if model is None:
        return None
    about = (model.sha256, model.card_sha256, "")
    found = project.read(lambda db: facts_table.newest(db, KIND, *about))
    return QuantisedModel.from_json(found) if found else None


def _frames(project: Project, progress: Progress) -> list[Callable[[], NDArray[np.uint8]]]:
    """What reads the pixels of the picks, one each, and where nothing is picked of listed frames evenly over the footage."""
    picks = sound_picks(project, progress)[:MOST_CALIBRATED]
    if picks:
        return [partial(read_picture, inside(project.path, one.file)) for one in picks]
    listing = project.read(lines)
    if not listing:
        raise NoFootage(project.path)
    places = np.unique(np.linspace(0, len(listing) - 1, MOST_CALIBRATED).astype(int)).tolist()
    return [partial(frame_pixels, project, listing[place].recording, listing[place].frame) for place in places]


def _shown(frames: Sequence[Callable[[], NDArray[np.uint8]]], n: int, progress: Progress) -> Iterator[NDArray[np.uint8]]:
    """`n` frames, one at a time, from the first on once the last has been."""
    for place in range(n):
        progress.check()
        yield frames[place % len(frames)]()
        progress.report(place + 1, n, "pictures")


def _ratio(seconds: NDArray[np.float64]) -> Estimate:
    """Median of after / before picture by picture, with the quantiles of 2,000 resamples of pictures."""
    ratio = seconds[:, 1] / seconds[:, 0]
    drawn = np.random.default_rng(0).integers(0, ratio.size, (RESAMPLES, ratio.size))
    low, high = np.quantile(np.median(ratio[drawn], axis=1), (0.025, 0.975))
    return Estimate.of(float(np.median(ratio)), float(low), float(high), n=ratio.size, n_eff=float(ratio.size), method="bootstrap_median")


def _on_field(project: Project, models: tuple[StoredModel, StoredModel], progress: Progress) -> Change | None:
    """The labelled frames of the draw; before, after and change are weighted as the headline is."""
    side = field_side(project, models[0])
    at = [place for place in side.at.tolist() if side.scores.weight[place] > 0]
    if not at:
        return None
    said = [(side.picks[place], side.labels[side.picks[place].frame_id]) for place in at]
    items = [
        Item(one.frame_id, str(inside(project.path, one.file)), label.class_name, label.boxes, points=label.points) for one, label in said
    ]
    before, after = _both(project, models, items, progress)
    names, counted = side.sample.stratum[at], {stratum.name: stratum.counted for stratum in side.scores.strata}
    scores = [stratified(_counts(right, names, counted)) for right in (before, after)]
    table = paired(before, after, names, counted)
    return Change(scores[0], scores[1], table.change, table.p)


def _counts(right: NDArray[np.bool_], names: NDArray[np.str_], counted: Mapping[str, float]) -> list[StratumCount]:
    return [StratumCount(int(right[names == name].sum()), int((names == name).sum()), size) for name, size in counted.items()]


def _on_benchmark(project: Project, models: tuple[StoredModel, StoredModel], progress: Progress) -> Change | None:
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None:
        return None
    root = Path(benchmark_root(project, benchmark))
    chosen = spot_items(known_items(benchmark.items, card_of(models[0])))
    every = [Item(one.path, str(inside_set(root, one.path)), one.class_name, one.boxes, points=one.points) for one in chosen]
    items = [item for item, there in zip(every, readable([one.file for one in every], progress).tolist(), strict=True) if there]
    if not items:
        return None
    before, after = _both(project, models, items, progress)
    table = paired(before, after)
    return Change(wilson(int(before.sum()), before.size), wilson(int(after.sum()), after.size), table.change, table.p)


def _both(
    project: Project, models: tuple[StoredModel, StoredModel], items: Sequence[Item], progress: Progress
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:  # fmt: skip
    """(n,) whether each of the two is right on each item."""
    classes = counted_classes(card_of(models[0]), project.read(benchmarks_table.get))
    before, after = (right_on(project, model, classes, items, progress) for model in models)
    return before, after

"""The doctor's check of a model file, its card and a few labelled frames, with the spot check of
the reference score (methods 2.4c)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, zip_longest
from pathlib import Path
from typing import Any, get_args, overload

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import BenchmarkItem
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import ANSWER_KINDS, Labels, Task
from fieldcheck.domain.run import CPU, StoredModel
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.errors.imported_files import BenchmarkRefused, LabelsRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import join_inside_data_set
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_interval, format_percent
from fieldcheck.imaging.codec import read_image
from fieldcheck.labels.formats.label_set import (
    ANY_PART,
    LabelSet,
    drop_unlabelled,
    has_labels_of_kind,
)
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.models.benchmark import get_claimed_score, get_compared_metric
from fieldcheck.models.card import merge_card_keys
from fieldcheck.models.doctor.examine import check_fitted_model, find_base_model
from fieldcheck.models.doctor.feed import render_probe_images
from fieldcheck.models.doctor.findings import (
    Diagnosis,
    Finding,
    LabelledFrames,
    format_card_changes,
)
from fieldcheck.models.doctor.fit_card import fit_card
from fieldcheck.models.doctor.graph_faults import find_graph_faults, read_graph
from fieldcheck.models.doctor.preprocessing_variants import find_known_preprocessing
from fieldcheck.models.evaluate import filter_known_items
from fieldcheck.models.messages import FURTHER, get_metric_name
from fieldcheck.models.preprocess import make_preprocessing_record
from fieldcheck.models.providers import FRAMES, list_providers, measure_provider_parity
from fieldcheck.models.run import (
    compute_benchmark_key,
    get_benchmark,
    report_unreadable,
    run_benchmark_part,
)
from fieldcheck.models.scored_sides import load_benchmark_side, select_spot_items
from fieldcheck.models.session import OpenModel, TensorSpec, open_model, run_trial
from fieldcheck.models.store import find_model, get_card, read_card_keys, read_classes
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import models as models_table
from fieldcheck.safe_json_yaml import parse_json
from fieldcheck.stats.gap import is_claim_met

FED = 12  # labelled pictures that the known ways of feeding are tried on
QUICK = 64  # labelled pictures that are enough to see a wrong order of colours, scale or classes
# refusals that are an answer: the file is sound, and cannot run here
STATIC_PROBLEMS = ("unsupported_operator", "too_new")


@dataclass(frozen=True, slots=True)
class DeclaredModel:
    """The model as the file declares it; `sha256` and the tensors are empty where the file could
    not be opened."""

    name: str
    sha256: str
    opset: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """`diagnosis` None where the file could not be opened and `findings` say why; `proposed`: card
    keys that nobody had said; `n_labelled`: labelled frames looked at; `unmatched`: classes of
    these that the card does not have."""

    model: DeclaredModel
    findings: tuple[Finding, ...]
    diagnosis: Diagnosis | None
    proposed: tuple[str, ...]
    n_labelled: int
    unmatched: tuple[str, ...]

    @property
    def preprocessing_record(self) -> Mapping[str, Any] | None:
        """Preprocessing of a frame on that card; None where the file could not be opened."""
        return make_preprocessing_record(self.diagnosis.card) if self.diagnosis else None

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that make answers wrong or may."""
        return tuple(finding for finding in self.findings if finding.level != "info")

    @property
    def ok(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class StatedOutput:
    """Task and kind that a person says of a model's outputs, None where nobody does."""

    task: Task | None = None
    kind: str | None = None

    @property
    def keys(self) -> dict[str, Any]:
        """Both as card keys, where given."""
        return {
            **({"task": self.task} if self.task else {}),
            **({"output": {"kind": self.kind}} if self.kind else {}),
        }


def check_model(
    path: Path,
    card: Path | None,
    labelled: Path | None,
    base: Path | None,
    progress: Progress,
    classes: Path | None = None,
    output: StatedOutput | None = None,
    most: int | None = None,
) -> ModelCheck:
    """Run every check of the doctor on a file. `card`: without one `MODEL.card.json` beside the
    model is read where it exists. `base`: the model that this one was quantised from; without one
    the file of that name beside it. `classes`: one per line, replacing those of the card; `output`:
    task and kind of the outputs, replacing the card's; `most`: labelled images to look at, None for
    all. Raises PathMissing, PathRefused,
    ModelRejected where the file cannot be used at all, CardRejected, BenchmarkRefused for a
    labelled set that cannot be read, Cancelled."""
    if not path.is_file():
        raise PathMissing(path)
    named = {"classes": list(read_classes(classes))} if classes else {}
    sidecar = {
        **merge_card_keys(read_card_keys(path, card), (output or StatedOutput()).keys),
        **named,
    }
    label_set = read_labelled_set(labelled) if labelled is not None else None
    progress.check()
    try:
        run_trial(path)
        model = open_model(path, os.cpu_count())
    except ModelRejected as error:
        return _check_unopenable(path, error)
    return _check_open_model(model, sidecar, label_set, base, progress, most)


def check_against_benchmark(project: Project, progress: Progress) -> ModelCheck | None:
    """Quick check of the newest model's preprocessing: a few benchmark images with every common
    variant; None without a benchmark with matching labels. Raises as `check_stored_model`."""
    benchmark, card = project.read(models_table.get_benchmark), get_card(find_model(project))
    if (
        benchmark is None
        or card.is_foreign
        or not has_labels_of_kind(benchmark.items, _get_expected_labels(card))
    ):
        return None
    return check_stored_model(project, progress, QUICK)


def list_warnings(
    project: Project, progress: Progress, model_check: ModelCheck | None = None
) -> tuple[Finding, ...]:
    """Findings of the quick look at the project's newest model that make its answers wrong or may;
    none where its pictures cannot be read, which every run tells. `model_check`: one that was had
    just now, which takes the place of the quick one. Raises as `check_stored_model`."""
    try:
        check = model_check or check_against_benchmark(project, progress)
    except PictureUnreadable:
        return ()
    return check.warnings if check is not None else ()


def check_stored_model(
    project: Project, progress: Progress, most: int | None = None, model: StoredModel | None = None
) -> ModelCheck:
    """Check a stored model with its card on the benchmark's images.

    Args:
        project: the project that holds the model.
        progress: counts the images, and may cancel.
        most: images of the benchmark at most; all where None.
        model: the model; the newest where None.

    Returns:
        The findings; without a benchmark whose labels fit the card, those that need no labels.

    Raises:
        NoModel, PictureUnreadable, Cancelled.
    """
    stored = model or find_model(project)
    benchmark = project.read(models_table.get_benchmark)
    findings = None
    if benchmark is not None and has_labels_of_kind(
        benchmark.items, _get_expected_labels(get_card(stored))
    ):
        root = get_benchmark_root(project, benchmark)
        if root.is_dir():
            findings = LabelSet(
                benchmark.format,
                root,
                benchmark.classes,
                benchmark.items,
                tuple(item.path for item in benchmark.items),
            )
    opened = open_model(project.path / stored.file, os.cpu_count(), sha256=stored.sha256)
    return _check_open_model(opened, parse_json(stored.card), findings, None, progress, most)


def read_labelled_set(path: Path) -> LabelSet:
    """A labelled set to check with. Raises PathMissing, BenchmarkRefused."""
    if not path.exists():
        raise PathMissing(path)
    try:
        return drop_unlabelled(read_labels(path, wish=ANY_PART))
    except LabelsRefused as error:
        raise BenchmarkRefused(error.path, error.problem, error.detail, error.reason) from error


def get_label_tasks(labelled: LabelSet) -> tuple[Task, ...]:
    """Return the tasks that the labels of a set fit: detection for boxes, classification for one
    class per frame; none for others."""
    kinds: list[Labels] = [
        labels
        for labels in get_args(Labels)
        if labels in ("boxes", "class") and has_labels_of_kind(labelled.items, labels)
    ]
    return tuple(task for task, kind in ANSWER_KINDS.items() if kinds and kind.labels == kinds[0])


class LabelledPictures(Sequence[NDArray[np.uint8]]):
    """Pictures, (H, W, 3) uint8 RGB, read when they are asked for: of thousands the doctor looks at
    as many as it takes."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, index: int) -> NDArray[np.uint8]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[NDArray[np.uint8]]: ...
    def __getitem__(self, index: int | slice) -> NDArray[np.uint8] | Sequence[NDArray[np.uint8]]:
        """Raises PictureUnreadable."""
        return (
            [read_image(file) for file in self._files[index]]
            if isinstance(index, slice)
            else read_image(self._files[index])
        )


def select_labelled_frames(
    root: Path, items: Sequence[BenchmarkItem], card: Card, most: int | None = None
) -> LabelledFrames | None:
    """Frames of every class in turn, `most` at most, with their indices on the card; None where the
    card knows none of them. Their pixels are read when they are asked for, which raises
    PictureUnreadable.

    Raises BenchmarkRefused where the set is not labelled the way the model answers, PathRefused.
    """
    in_boxes = _get_expected_labels(card) == "boxes"
    if not has_labels_of_kind(items, _get_expected_labels(card)):
        raise BenchmarkRefused(root, "wrong_task", card.task)
    index = {name: k for k, name in reversed(list(enumerate(card.classes)))}
    if in_boxes:
        chosen = _spread_evenly(
            [item for item in items if all(box.class_name in index for box in item.boxes)]
        )[:most]
    else:
        chosen = _sort_by_class_rounds([item for item in items if item.class_name in index])[:most]
    if not chosen:
        return None
    frames = LabelledPictures([join_inside_data_set(root, item.path) for item in chosen])
    boxes = tuple(
        np.array(
            [
                [b.x, b.y, b.x + b.w, b.y + b.h, index[b.class_name]]
                for b in item.boxes
                if not b.crowd
            ],
            np.float64,
        ).reshape(-1, 5)
        for item in chosen
    )
    classes = np.array([index.get(item.class_name, 0) for item in chosen], np.int64)
    return LabelledFrames(frames, classes, boxes if in_boxes else ())


def _get_expected_labels(card: Card) -> Labels:
    """Return the expected labels for the doctor; frames with a class serve every model that does
    not predict boxes."""
    return "boxes" if card.answers.labels == "boxes" else "class"


def _check_open_model(
    model: OpenModel,
    sidecar: Mapping[str, Any],
    label_set: LabelSet | None,
    base: Path | None,
    progress: Progress,
    most: int | None = None,
) -> ModelCheck:
    graph = read_graph(model.path)
    facts = DeclaredModel(model.path.stem, model.sha256, model.opset, model.inputs, model.outputs)
    static = find_graph_faults(graph)
    if len(model.inputs) > 1:
        return _make_static_check(
            facts,
            static,
            ModelRejected(model.path, "inputs", ", ".join(tensor.name for tensor in model.inputs)),
        )
    classes = label_set.classes if label_set else ()
    try:
        fitted = fit_card(
            model, graph, sidecar, classes, get_label_tasks(label_set) if label_set else ()
        )
    except ModelRejected as error:
        return _make_static_check(facts, static, error)
    labelled = (
        select_labelled_frames(label_set.root, label_set.items, fitted.card, most)
        if label_set
        else None
    )
    fitted = replace(
        fitted,
        card=find_known_preprocessing(
            model, fitted, _select_trial_frames(labelled, fitted.card), progress
        ).card,
    )
    unmatched = tuple(name for name in classes if name not in fitted.card.classes)
    diagnosis = check_fitted_model(
        model,
        graph,
        fitted,
        labelled,
        _open_base_model(model.path, base),
        _make_progress_check(progress),
    )
    findings = diagnosis.findings + _drop_unknown_class_findings(
        unmatched, fitted.card, diagnosis.findings
    )
    findings += _check_providers(model.path, diagnosis.card, labelled)
    return ModelCheck(
        facts, findings, diagnosis, fitted.proposed_keys, diagnosis.n_labelled, unmatched
    )


def _make_progress_check(progress: Progress) -> Callable[[], None]:
    """Make a check that also reports progress; the number of batches is not known in advance."""
    fed = count(1)

    def count_batch() -> None:
        progress.check()
        progress.report(next(fed), None, "batches fed in other ways")

    return count_batch


def _select_trial_frames(
    labelled: LabelledFrames | None, card: Card
) -> list[tuple[NDArray[np.uint8], str]]:
    """Select the first labelled frames with their class, empty for boxes, to try the known
    preprocessing recipes on."""
    if labelled is None:
        return []
    names = [
        card.classes[index] if not labelled.boxes else "" for index in labelled.classes.tolist()
    ]
    return list(zip(labelled.frames[:FED], names[:FED], strict=True))


def _check_unopenable(path: Path, error: ModelRejected) -> ModelCheck:
    """Explain from the graph alone why the runtime cannot run a sound file. Raises the original
    error where the graph does not explain it."""
    if error.problem not in (*STATIC_PROBLEMS, "run_failed", "invalid_graph"):
        raise error
    graph = read_graph(path)
    facts = DeclaredModel(path.stem, "", graph.opset, (), ())
    findings = (
        (Finding("unsupported_operator", "error", error.problem, {"seen": error.detail}),)
        if error.problem in STATIC_PROBLEMS
        else ()
    )
    return _make_static_check(facts, (*findings, *find_graph_faults(graph)), error)


def _make_static_check(
    facts: DeclaredModel, findings: tuple[Finding, ...], error: ModelRejected
) -> ModelCheck:
    if not findings:
        raise error
    if error.problem == "output_unclear":
        findings += (
            Finding("class_count", "error", "unclear", {"shape": error.detail, "fits": error.fits}),
        )
    return ModelCheck(facts, findings, None, (), 0, ())


def _open_base_model(path: Path, base: Path | None) -> OpenModel | None:
    base_path = base or find_base_model(path)
    if base_path is None:
        return None
    run_trial(base_path)
    return open_model(base_path, os.cpu_count())


def _drop_unknown_class_findings(
    unmatched: tuple[str, ...], card: Card, findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    if not unmatched or any(finding.code == "class_count" for finding in findings):
        return ()
    facts = {"names": unmatched, "said": len(card.classes)}
    return (Finding("class_count", "warning", "names", facts),)


def _check_providers(
    path: Path, card: Card, labelled: LabelledFrames | None
) -> tuple[Finding, ...]:
    """Check every installed provider other than the CPU: missing operators, and whether its outputs
    are the same."""
    findings: list[Finding] = []
    for provider in list_providers():
        if provider == CPU:
            continue
        frames = list(labelled.frames[:FRAMES]) if labelled else list(render_probe_images(FRAMES))
        parity = measure_provider_parity(path, card, provider, frames)
        facts = {
            "provider": provider,
            "n": parity.n,
            "moved": parity.moved,
            "seen": parity.detail or ", ".join(parity.lacks),
        }
        if parity.problem == "differs":
            findings.append(Finding("precision_drift", "warning", "provider", facts))
        elif parity.problem or parity.lacks:
            findings.append(
                Finding(
                    "unsupported_operator",
                    "warning" if parity.problem else "info",
                    "provider",
                    facts,
                )
            )
    return tuple(findings)


def _sort_by_class_rounds(items: Sequence[BenchmarkItem]) -> list[BenchmarkItem]:
    """Sort so that each round holds one image of every class, and the first few images hold all
    classes."""
    by_class: dict[str, list[BenchmarkItem]] = {}
    for item in items:
        by_class.setdefault(item.class_name, []).append(item)
    rounds = zip_longest(*(_spread_evenly(own) for own in by_class.values()))
    return [item for one_round in rounds for item in one_round if item is not None]


def _spread_evenly(items: Sequence[BenchmarkItem]) -> list[BenchmarkItem]:
    """Sort so that any number of first elements is spread evenly over the list: neighbours in a
    folder often show the same scene."""
    n, positions = len(items), [0]
    step = n
    while step > 1:
        step = -(-step // 2)
        positions += range(step, n, step)
    return [items[index] for index in dict.fromkeys(positions) if index < n]


# Is the benchmark's claim met here? A spot check of 200 pictures, and where it is missed the
# doctor's best guess (methods 2.4c).

KIND = "claim"


@dataclass(frozen=True, slots=True)
class CardGuess:
    """The change of the card that fits labelled pictures of the benchmark best, as dotted keys with
    their values, and its score there."""

    change: Mapping[str, Any]
    score: Estimate


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """`score` by `metric`, the one that is claimed. `spot`: it is that of the spot check, not of
    the whole benchmark. `reproduced` None without a claim or a score. `guess` None where the claim
    is met, and where no other way to feed the model scores better by more than chance. `look`: what
    the doctor said, where it was asked just now."""

    claimed: float | None
    metric: str
    score: Estimate | None
    spot: bool
    reproduced: bool | None
    guess: CardGuess | None = None
    look: ModelCheck | None = field(default=None, compare=False, repr=False)


def check_claim(
    project: Project, progress: Progress, now: str, model: StoredModel | None = None
) -> ClaimCheck:
    """Runs the newest model over 200 pictures of the benchmark, unless they are answered, and holds
    the score against the claim.

    Where it is missed, other ways of feeding the model are tried on labelled pictures, once. Raises
    NoModel, NoBenchmark, PictureUnreadable, ModelRejected, Cancelled.
    """
    model = model or find_model(project)
    benchmark = get_benchmark(project)
    spot = select_spot_items(filter_known_items(benchmark.items, get_card(model)))
    report_unreadable(
        project,
        run_benchmark_part(project, model, {item.path for item in spot}, progress, now),
        progress,
    )
    claim_check = get_claim(project, model)
    if get_card(model).is_foreign:
        return claim_check
    if claim_check.reproduced is False and _load_look(project, model) is None:
        model_check = check_stored_model(project, progress, model=model)
        _store_look(project, model, _get_best_guess(model_check), now)
        return replace(get_claim(project, model), look=model_check)
    return claim_check


def check_claim_if_any(project: Project, progress: Progress, now: str) -> ClaimCheck | None:
    """Check the claim where there are a model and a claim; otherwise run nothing. Raises as
    `check_claim`."""
    model, benchmark = (
        project.read(models_table.get_newest_model),
        project.read(models_table.get_benchmark),
    )
    if (
        model is None
        or benchmark is None
        or project.read(lambda db: get_claimed_score(db, benchmark, model)) is None
    ):
        return None
    return check_claim(project, progress, now, model)


def check_new_model(
    project: Project, progress: Progress, now: str
) -> tuple[ClaimCheck | None, tuple[Finding, ...]]:
    """The claim as `check_claim_if_any`, and what is wrong with how the newest model is fed; the
    doctor looks once for both. Raises as `check_claim`."""
    claim_check = check_claim_if_any(project, progress, now)
    return claim_check, list_warnings(project, progress, claim_check.look if claim_check else None)


def get_claim(project: Project, model: StoredModel | None) -> ClaimCheck:
    """Return the claim and what is known of it, without running the model."""
    benchmark = project.read(models_table.get_benchmark)
    if benchmark is None or model is None:
        return ClaimCheck(benchmark.claimed if benchmark else None, "accuracy", None, False, None)
    side = load_benchmark_side(project, model)
    score, spot = (side.compared, side.spot) if side else (None, False)
    claimed, metric = project.read(
        lambda db: (
            get_claimed_score(db, benchmark, model),
            get_compared_metric(db, benchmark, model),
        )
    )
    met = is_claim_met(score, claimed)
    entry = _load_look(project, model) if met is False else None
    guess = (
        CardGuess(entry["change"], Estimate.from_json(entry["score"]))
        if entry and entry["change"]
        else None
    )
    return ClaimCheck(claimed, metric, score, spot, met, guess)


def _get_best_guess(model_check: ModelCheck) -> CardGuess | None:
    """Return the doctor's best preprocessing where it scores better than the card's."""
    if model_check.diagnosis is None or not model_check.n_labelled:
        return None
    measured = [
        candidate for candidate in model_check.diagnosis.candidates if candidate.score.measured
    ]
    as_it_is = max(
        (
            preprocessing_candidate.score.value
            for preprocessing_candidate in measured
            if not preprocessing_candidate.change
        ),
        default=0.0,
    )
    # Among many variants one is always slightly better by chance.
    better = [
        preprocessing_candidate
        for preprocessing_candidate in measured
        if preprocessing_candidate.change and preprocessing_candidate.score.lo > as_it_is
    ]
    best = max(
        better,
        key=lambda preprocessing_candidate: preprocessing_candidate.score.value,
        default=None,
    )
    return CardGuess(best.change, best.score) if best else None


def _get_look_subject(project: Project, model: StoredModel) -> tuple[str, str, str]:
    """Model, card and benchmark that a check was about."""
    benchmark = project.read(models_table.get_benchmark)
    return model.sha256, model.card_sha256, compute_benchmark_key(benchmark) if benchmark else ""


def _load_look(project: Project, model: StoredModel) -> dict[str, Any] | None:
    about = _get_look_subject(project, model)
    return project.read(lambda db: models_table.get_newest_fact(db, KIND, *about))


def _store_look(project: Project, model: StoredModel, guess: CardGuess | None, now: str) -> None:
    about = _get_look_subject(project, model)
    entry: dict[str, Any] = (
        {"change": dict(guess.change), "score": guess.score.to_json()}
        if guess
        else {"change": {}, "score": None}
    )
    project.write(lambda db: models_table.put_fact(db, KIND, *about, entry, now)).result()


# Reference score against measurement, once the model was run on the benchmark here.


def list_claim_lines(
    claimed: float | None,
    score: Estimate | None,
    spot: bool,
    reproduced: bool | None,
    guess: tuple[Mapping[str, Any], Estimate] | None = None,
    metric: str = "",
) -> tuple[str, ...]:
    """Claim and measurement side by side, and what follows; empty where nothing was claimed or
    nothing measured. `guess`: a change of the card, and its score on labelled pictures. `metric`:
    what the score is stated in, where it is not the share of right pictures."""
    if claimed is None or score is None or not score.measured or reproduced is None:
        return ()
    claim = format_percent(claimed, 1) + (
        f" ({get_metric_name(metric)})" if metric in FURTHER else ""
    )
    figures = {
        "claim": claim,
        "score": format_percent(score.value, 1),
        "range": format_interval(score, 1),
        "n": score.n,
    }
    if spot:
        text = tr(
            "Reference score {claim}. Measured here on a spot check of {n} benchmark images: "
            "{score} ({range}).",
            **figures,
        )
    else:
        text = tr_plural(
            "Reference score {claim}. Measured here on {n} benchmark image: {score} ({range}).",
            "Reference score {claim}. Measured here on {n} benchmark images: {score} ({range}).",
            score.n,
            **figures,
        )
    return (
        text,
        describe_met_claim(score.n) if reproduced else describe_missed_claim(score.n),
        *((describe_guess(*guess),) if guess else ()),
    )


def describe_guess(change: Mapping[str, Any], score: Estimate) -> str:
    """The likeliest other way to feed the model."""
    text = tr(
        "Most likely preprocessing: {change}. With it, the labelled benchmark images give "
        "{score} ({range}, n = {n})."
    )
    return text.format(
        change=format_card_changes(change),
        score=format_percent(score.value),
        range=format_interval(score),
        n=score.n,
    )


def describe_no_better_guess(n: int) -> str:
    """Say that no better preprocessing was found after a missed claim."""
    return tr_plural(
        "Other preprocessing was tested on {n} labelled image: no gain demonstrated.",
        "Other preprocessing was tested on {n} labelled images: no gain demonstrated.",
        n,
        n=n,
    )


def describe_met_claim(n: int) -> str:
    """Say that the claim is not contradicted; images can contradict it but not prove it."""
    return tr_plural(
        "The score measured on {n} image does not contradict the reference score.",
        "The score measured on {n} images does not contradict the reference score.",
        n,
        n=n,
    )


def describe_missed_claim(n: int) -> str:
    """Say that the claim was not reproduced, and its effect on the verdict."""
    return tr_plural(
        "The score measured on {n} image contradicts the reference score: preprocessing "
        "may differ from where it was measured. No verdict on the gap until this is "
        "resolved.",
        "The score measured on {n} images contradicts the reference score: preprocessing "
        "may differ from where it was measured. No verdict on the gap until this is "
        "resolved.",
        n,
        n=n,
    )

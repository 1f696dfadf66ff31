"""Predictions of a model that runs elsewhere: a file of them is read, checked and matched with
frames and benchmark images; runs are answered from it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.label import Box
from fieldcheck.domain.model_card import Card, parse_card
from fieldcheck.domain.prediction import (
    ANSWER_KINDS,
    BOXES,
    CLASS_MAP,
    DECISIONS,
    FUNCTION,
    ONE_CLASS,
    PREDICTIONS,
    SEVERAL_CLASSES,
    AnswerKind,
    get_answer_kind,
    get_foreign_task,
)
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused, PredictionsRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import write_text
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.imaging.masks import OUTSIDE, Mask, compute_class_shares, pack_masks
from fieldcheck.labels.formats.coco_fiftyone import fill_outline
from fieldcheck.labels.formats.csv_parquet import read_csv_rows
from fieldcheck.labels.formats.label_set import GROUND, MOST_PIXELS
from fieldcheck.labels.formats.mvtec_mask_folder import is_ground_class
from fieldcheck.labels.formats.untrusted_files import (
    format_untrusted,
    make_box,
    make_refusal,
    parse_class_name,
    parse_number,
    peek_text,
    read_json,
    read_text,
)
from fieldcheck.labels.import_labels import match_frames
from fieldcheck.models.card import check_classes
from fieldcheck.models.onnx_file import (
    FUNCTION_ENDING,
    IMAGES,
    compute_combined_sha256,
    list_companions,
)
from fieldcheck.models.providers import FUNCTIONS
from fieldcheck.models.store import (
    InspectedModel,
    check_model_fits_project,
    find_free_name,
    get_card,
    get_project_task,
    list_project_classes,
    read_card_file,
    read_classes,
)
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.safe_text import unescape_formula

LARGEST = 1 << 28  # bytes
LONGEST_LINE = 1 << 22  # characters of a JSON line
NAMES = ("id", "image", "file", "frame_id", "picture", "file_name", "image_id")
CLASSES = ("class", "prediction", "predicted", "label", "category")
CONFIDENCES = ("confidence", "score", "probability")
SIDES = ("x", "y", "w", "h")
EVEN = 1e-6  # below an even guess by no more than rounding
SUM = 0.02  # that probabilities of one image may differ from 1
MOST_NAMED, MOST_DETAIL = 3, 120

Answer = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PredictedRow:
    """One row of a file: a class, or a box where `box` is set; neither says that there is nothing.
    `shares`: the probability of every class by name, where the file has them. `outline`: polygons
    or a mask as COCO writes them, of any kind until they are drawn."""

    class_name: str = ""
    confidence: float | None = None
    box: Box | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    outline: object = None

    @property
    def is_scored(self) -> bool:
        return self.confidence is not None or bool(self.shares)


@dataclass(frozen=True, slots=True)
class PredictedRows:
    """What a file holds: rows by the name of their image. `kinds`: the answers that it can be read
    as, the usual first. `sizes`: (height, width) of the images of a COCO list that names them."""

    kinds: tuple[AnswerKind, ...]
    by_name: Mapping[str, Sequence[PredictedRow]]
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """Answers laid out as in `domain.prediction`, by frame id and by path in the benchmark;
    `masks`: packed, by either, of a model of masks."""

    frames: Mapping[str, Answer]
    benchmark: Mapping[str, Answer]
    masks: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """How many of the picked frames and of the benchmark images have a prediction."""

    n_picked: int
    n_picked_answered: int
    n_benchmark: int
    n_benchmark_answered: int


def inspect_predictions(
    project: Project, path: Path, card: Path | None = None, classes: Path | None = None
) -> InspectedModel:
    """Reads and checks a predictions file that can take the place of the project's model.

    Args:
        project: the project whose frames and benchmark images it answers.
        path: CSV, JSON lines or COCO results.
        card: a model card of which task, classes and thresholds count.
        classes: a file with one class a line, over what the card says.

    Raises:
        PathMissing, PredictionsRefused, CardRejected, NotComparable.
    """
    if not path.is_file():
        raise PathMissing(path)
    rows = _read_rows(path)
    settled = _make_card(project, path, rows, card, read_classes(classes) if classes else ())
    _match_answers(project, path, rows, settled, strict=True)
    beside = list_companions(path)
    sha256 = compute_combined_sha256(path, beside)
    return InspectedModel(path, sha256, settled, beside=beside)


def load_given_answers(project: Project, model: StoredModel) -> GivenAnswers:
    """The answers in the file of a model of the project; of frames that are there no more none.
    Raises PathMissing, ModelRejected `changed`, PredictionsRefused."""
    path = project.path / model.file
    if not path.is_file():
        raise PathMissing(path)
    own = compute_combined_sha256(path, list_companions(path))
    if own != model.sha256:
        raise ModelRejected(path, "changed", f"SHA-256 {own[:12]}")
    return _match_answers(project, path, _read_rows(path), get_card(model), strict=False)


def count_given_answers(project: Project, model: StoredModel) -> AnswerCounts:
    """Counts picks and benchmark images with and without a prediction. Raises as
    `load_given_answers`."""
    answers = load_given_answers(project, model)
    picks = [pick for pick in project.read(labels_table.list_picks) if not pick.taken_out]
    benchmark = project.read(models_table.get_benchmark)
    items = benchmark.items if benchmark is not None else ()
    return AnswerCounts(
        len(picks),
        sum(pick.frame_id in answers.frames for pick in picks),
        len(items),
        sum(item.path in answers.benchmark for item in items),
    )


def list_answer_lines(counts: AnswerCounts) -> tuple[str, ...]:
    """How many images the file leaves without a prediction, and what needs the model itself."""
    lines = []
    n_unanswered = counts.n_picked - counts.n_picked_answered
    if n_unanswered:
        lines.append(
            tr_plural(
                "{n} of {all} picked frames has no prediction in the file and is not scored.",
                "{n} of {all} picked frames have no prediction in the file and are not scored.",
                n_unanswered,
                n=format_number(n_unanswered),
                all=format_number(counts.n_picked),
            )
        )
    n_unanswered = counts.n_benchmark - counts.n_benchmark_answered
    if n_unanswered:
        lines.append(
            tr_plural(
                "{n} of {all} benchmark images has no prediction in the file. The benchmark is "
                "scored when all have one.",
                "{n} of {all} benchmark images have no prediction in the file. The benchmark is "
                "scored when all have one.",
                n_unanswered,
                n=format_number(n_unanswered),
                all=format_number(counts.n_benchmark),
            )
        )
    return (*lines, describe_no_inference())


def describe_no_inference() -> str:
    """What a model that is a predictions file cannot do."""
    return tr(
        "The model runs elsewhere: stress, live view, diagnosis, latency and fix search are not "
        "available."
    )


# A file's rows, whatever its format.


def _read_rows(path: Path) -> PredictedRows:
    """Raises PredictionsRefused."""
    try:
        begins = peek_text(path).lstrip()[:1]
        if begins == "[":
            rows = _read_coco_results(path)
        else:
            file_rows = _iter_json_lines(path) if begins == "{" else _iter_csv_rows(path)
            by_name: dict[str, list[PredictedRow]] = defaultdict(list)
            of_boxes = False
            for name, boxed, row in file_rows:
                of_boxes = of_boxes or boxed
                by_name[name].append(row)
            rows = PredictedRows((BOXES,) if of_boxes else (ONE_CLASS, SEVERAL_CLASSES), by_name)
    except LabelsRefused as error:
        raise PredictionsRefused(path, "malformed", error.detail, error.reason) from error
    if not rows.by_name:
        raise PredictionsRefused(path, "empty")
    if len({row.is_scored for some in rows.by_name.values() for row in some if _is_named(row)}) > 1:
        raise PredictionsRefused(path, "some_confidence")
    return rows


def _is_named(row: PredictedRow) -> bool:
    """Whether a row names anything."""
    return bool(row.class_name or row.shares)


def _iter_csv_rows(path: Path) -> Iterator[tuple[str, bool, PredictedRow]]:
    """Name, whether the file is a detector's, and row. Raises LabelsRefused, PredictionsRefused."""
    if path.stat().st_size > LARGEST:
        raise make_refusal(path, path.name, "too_large")
    rows = read_csv_rows(path)
    header = next(rows)
    column_by_name = {name: index for index, name in reversed(list(enumerate(header)))}
    name_at, class_at, confidence_at = (
        next((column_by_name[name] for name in names if name in column_by_name), None)
        for names in (NAMES, CLASSES, CONFIDENCES)
    )
    named_columns = {*NAMES, *CLASSES, *CONFIDENCES, *SIDES}
    sides = [column_by_name[side] for side in SIDES] if set(SIDES) <= set(header) else []
    shares = (
        {}
        if class_at is not None or sides
        else {k: column_by_name[k] for k in header if k not in named_columns}
    )
    if name_at is None or (class_at is None and len(shares) < 2):
        raise PredictionsRefused(path, "columns", format_untrusted(",".join(header)))
    for row in rows:
        name = unescape_formula(row[name_at]).strip()
        class_name = unescape_formula(row[class_at]).strip() if class_at is not None else ""
        confidence = row[confidence_at].strip() if confidence_at is not None else ""
        yield (
            name,
            bool(sides),
            _make_row(
                path,
                name,
                class_name,
                confidence.replace(",", ".") or None,
                [row[index].strip() for index in sides],
                {key: row[index].replace(",", ".") for key, index in shares.items()},
            ),
        )


def _iter_json_lines(path: Path) -> Iterator[tuple[str, bool, PredictedRow]]:
    """As `_iter_csv_rows`."""
    for number, line in enumerate(read_text(path, LARGEST).splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        if len(line) > LONGEST_LINE:
            raise make_refusal(path, where, "too_large")
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise make_refusal(path, where, "json") from error
        name = _get_first(entry, NAMES) if isinstance(entry, dict) else None
        if not isinstance(name, str):
            raise make_refusal(path, where, "image_name")
        yield from _iter_entry_rows(path, name, entry)


def _iter_entry_rows(
    path: Path, name: str, entry: Mapping[str, Any]
) -> Iterator[tuple[str, bool, PredictedRow]]:
    boxes = entry.get("boxes")
    if boxes is None:
        shares = entry.get("probabilities") or {}
        if not isinstance(shares, dict):
            raise make_refusal(path, name, "entry")
        yield name, False, _make_row(path, name, *_get_class(entry), [], shares)
        return
    if not isinstance(boxes, list) or not all(isinstance(box, dict) for box in boxes):
        raise make_refusal(path, name, "entry")
    for box in boxes:
        yield name, True, _make_row(path, name, *_get_class(box), [box.get(s) for s in SIDES], {})
    if not boxes:
        yield name, True, PredictedRow()


def _get_class(entry: Mapping[str, Any]) -> tuple[Any, Any]:
    name = _get_first(entry, CLASSES)
    return ("" if name is None else name), _get_first(entry, CONFIDENCES)


def _get_first(entry: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def _make_row(
    path: Path,
    name: str,
    class_name: Any,
    confidence: Any,
    sides: Sequence[Any],
    shares: Mapping[str, Any],
) -> PredictedRow:
    """Raises LabelsRefused for what is no class, no number or no box; PredictionsRefused for a
    confidence that is none."""
    if not name:
        raise make_refusal(path, path.name, "image_name")
    share_by_name = {str(key): _parse_share(path, name, value) for key, value in shares.items()}
    if class_name == "" and not any(side not in ("", None) for side in sides):
        if not sides and not share_by_name:
            raise make_refusal(path, format_untrusted(name), "class_name")
        return PredictedRow(shares=share_by_name)
    checked = parse_class_name(class_name, path, format_untrusted(name))
    sure = None if confidence is None else _parse_share(path, name, confidence)
    if not sides:
        return PredictedRow(checked, sure, None, share_by_name)
    x, y, w, h = (parse_number(side, path, format_untrusted(name)) for side in sides)
    return PredictedRow(checked, sure, make_box(checked, (x, y, w, h), path, name))


def _parse_share(path: Path, name: str, value: Any) -> float:
    """A figure from 0 to 1. Raises PredictionsRefused."""
    try:
        share = parse_number(value, path, name)
    except LabelsRefused as error:
        raise PredictionsRefused(path, "confidence", error.detail) from error
    if not 0 <= share <= 1:
        raise PredictionsRefused(path, "confidence", f"{format_untrusted(name)}: {share:g}")
    return share


def _read_coco_results(path: Path) -> PredictedRows:
    """COCO results with `images.json` beside them: an image of that list without a box is one on
    which nothing was detected. Raises LabelsRefused, PredictionsRefused."""
    if not list_companions(path):
        raise PredictionsRefused(path, "images_list")
    listed = read_json(path.with_name(IMAGES), LARGEST)
    names = _map_ids(path, listed, "images", "file_name")
    categories = _map_ids(path, listed, "categories", "name")
    by_name: dict[str, list[PredictedRow]] = {name: [] for name in names.values()}
    results = read_json(path, LARGEST)
    for number, entry in enumerate(results, 1):
        where = f"{path.name}: {number}"
        if not isinstance(entry, dict):
            raise make_refusal(path, where, "entry")
        name, kind = names.get(entry.get("image_id")), categories.get(entry.get("category_id"))
        sides, outline = entry.get("bbox"), entry.get("segmentation")
        if name is None:
            raise PredictionsRefused(path, "unknown", f"image_id {entry.get('image_id')}")
        if kind is None:
            raise PredictionsRefused(path, "class", f"category_id {entry.get('category_id')}")
        if sides is None and outline is not None:
            sides = []
        elif not isinstance(sides, list) or len(sides) != len(SIDES):
            raise make_refusal(path, where, "entry")
        row = _make_row(path, name, kind, entry.get("score"), sides, {})
        by_name[name].append(replace(row, outline=outline))
    all_rows = [row for rows in by_name.values() for row in rows]
    of_boxes, of_masks = (
        all(getattr(row, part) is not None for row in all_rows) for part in ("box", "outline")
    )
    kinds = (BOXES,) * of_boxes + (CLASS_MAP,) * of_masks
    if not kinds:
        raise make_refusal(path, path.name, "entry")
    rows_by_name = {name: rows or [PredictedRow()] for name, rows in by_name.items()}
    return PredictedRows(kinds, rows_by_name, _read_sizes(listed))


def _read_sizes(listed: Any) -> dict[str, tuple[int, int]]:
    """(height, width) by the name of an image in a COCO list, where it has both."""
    sides = {
        entry["file_name"]: (entry.get("height"), entry.get("width")) for entry in listed["images"]
    }
    return {
        name: (height, width)
        for name, (height, width) in sides.items()
        if isinstance(height, int) and isinstance(width, int) and 0 < height * width <= MOST_PIXELS
    }


def _map_ids(path: Path, listed: Any, part: str, key: str) -> dict[Any, str]:
    """Id → name of the images or categories in a COCO list."""
    entries = listed.get(part) if isinstance(listed, dict) else None
    if not isinstance(entries, list):
        raise make_refusal(path, f"{IMAGES}: {part}", "entry")
    names: dict[Any, str] = {}
    for entry in entries:
        number = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(number, int) or not isinstance(entry.get(key), str) or number in names:
            raise make_refusal(path, f"{IMAGES}: {part}", "entry")
        names[number] = entry[key]
    return names


# A function of a script as a model: what it returns is read as a row of a file is.


def inspect_function(
    folder: Path,
    predict: Callable[[NDArray[np.uint8]], object],
    classes: Sequence[str],
    task: str,
    name: str,
    version: str,
) -> InspectedModel:
    """A model that asks `predict`, for this process; only its description is kept.

    Args:
        folder: an empty folder for the description.
        predict: takes a (H, W, 3) uint8 RGB frame. Classification: probabilities by class, in
            the order of `classes` or as a mapping, or a pair of class and confidence. Detection:
            rows of class, confidence, x, y, w, h in pixels.
        classes: class names.
        task: classification, anomaly or detection.
        name: of the model; empty for that of the function.
        version: the same name and version keep their answers; empty for a model of its own.

    Raises:
        CardRejected.
    """
    card = parse_card(
        {"task": task, "output": {"kind": FUNCTION}, "classes": list(dict.fromkeys(classes))}
    )
    check_classes(card.classes)
    own = find_free_name(name or getattr(predict, "__name__", "") or "function", set())
    path = folder / f"{own}{FUNCTION_ENDING}"
    description = {
        "function": own,
        "version": version or uuid4().hex,
        "classes": list(card.classes),
    }
    write_text(path, json.dumps(description, ensure_ascii=False, sort_keys=True) + "\n")
    sha256 = compute_combined_sha256(path, ())
    FUNCTIONS[sha256] = partial(_answer_frame, path, predict, card)
    return InspectedModel(path, sha256, card, beside=(), name=own)


def _answer_frame(
    path: Path, predict: Callable[[NDArray[np.uint8]], object], card: Card, rgb: NDArray[np.uint8]
) -> Answer:
    """What the function says of a frame, as answers are laid out. Raises ModelRejected."""
    answer: Any = predict(rgb.copy())  # whatever it does to its picture
    index = {name: k for k, name in enumerate(card.classes)}
    try:
        if card.answers is BOXES:
            rows = [
                _make_row(path, path.name, name, float(sure), [float(side) for side in sides], {})
                for name, sure, *sides in answer
            ]
            _check_known_classes(path, PredictedRows((BOXES,), {"": rows}), index)
            return _make_boxes(path, path.name, rows or [PredictedRow()], index)
        row = _make_function_row(path, answer, card.classes)
        _check_known_classes(path, PredictedRows((ONE_CLASS,), {"": [row]}), index)
        return _make_probabilities(path, path.name, [row], index)
    except (LabelsRefused, PredictionsRefused, TypeError, ValueError, KeyError) as error:
        detail = getattr(error, "detail", "") or type(answer).__name__
        raise ModelRejected(path, "function_answer", str(detail)[:MOST_DETAIL]) from error


def _make_function_row(path: Path, answer: Any, classes: Sequence[str]) -> PredictedRow:
    if isinstance(answer, Mapping):
        shares = {str(name): float(share) for name, share in answer.items()}
    elif len(answer) == 2 and isinstance(answer[0], str):
        return _make_row(path, path.name, answer[0], float(answer[1]), [], {})
    else:
        shares = {name: float(share) for name, share in zip(classes, np.ravel(answer), strict=True)}
    return _make_row(path, path.name, "", None, [], shares)


# The card of such a model, and the answers of its rows.


def _make_card(
    project: Project, path: Path, rows: PredictedRows, card: Path | None, classes: tuple[str, ...]
) -> Card:
    keys = dict(read_card_file(card)) if card is not None else {}
    keys.pop("input", None)
    output = keys.get("output")
    scored = next(
        (row.is_scored for some in rows.by_name.values() for row in some if _is_named(row)), True
    )
    kind = PREDICTIONS if scored else DECISIONS
    task = keys.get("task") or get_foreign_task(get_project_task(project), rows.kinds)
    settled = {
        **keys,
        "task": task,
        "output": {**(output if isinstance(output, dict) else {}), "kind": kind, "names": None},
        "classes": list(classes) or keys.get("classes") or _list_usual_classes(project, task),
        "embedding": None,
    }
    if not settled["classes"]:
        raise PredictionsRefused(path, "no_classes")
    new_card = parse_card(settled)
    check_classes(new_card.classes)
    if new_card.answers not in rows.kinds:
        raise PredictionsRefused(path, "task", new_card.task)
    if new_card.answers is CLASS_MAP and len(new_card.classes) > OUTSIDE:
        raise PredictionsRefused(path, "many_classes", format_number(len(new_card.classes)))
    check_model_fits_project(project, new_card)
    return new_card


def _list_usual_classes(project: Project, task: object) -> list[str]:
    """Classes of the project; before those of a map stands its ground, where no model of the
    project says what it is."""
    classes = list(list_project_classes(project))
    of_map = any(kind is CLASS_MAP for name, kind in ANSWER_KINDS.items() if name == task)
    if not of_map or not classes or is_ground_class(classes[0]):
        return classes
    is_told = get_answer_kind(get_project_task(project)) is CLASS_MAP
    return classes if is_told else [GROUND, *classes]


def _match_answers(
    project: Project, path: Path, rows: PredictedRows, card: Card, strict: bool
) -> GivenAnswers:
    """`strict`: every name must be that of a frame or a benchmark image, each only once."""
    frames, benchmark, unknown = _match_names(project, path, tuple(rows.by_name))
    if unknown and (strict or not (frames or benchmark)):
        named = ", ".join(format_untrusted(name) for name in unknown[:MOST_NAMED])
        raise PredictionsRefused(path, "unknown", f"{len(unknown)}: {named}")
    index = {name: k for k, name in reversed(list(enumerate(card.classes)))}
    _check_known_classes(path, rows, index)
    if card.answers is CLASS_MAP:
        return _make_maps(project, path, rows, index, (frames, benchmark))
    make = MAKERS[card.answers.name]
    return GivenAnswers(
        {frame: make(path, name, rows.by_name[name], index) for name, frame in frames.items()},
        {item: make(path, name, rows.by_name[name], index) for name, item in benchmark.items()},
    )


def _match_names(
    project: Project, path: Path, names: Sequence[str]
) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """Name → frame id, name → path in the benchmark, and the names that are neither. Raises
    PredictionsRefused `two_rows` where two names mean one image."""
    stored = project.read(models_table.get_benchmark)
    items: dict[str, str] = {}
    for item in stored.items if stored is not None else ():
        for name in (item.path, make_benchmark_subject(item.path), f"benchmark/{item.path}"):
            items.setdefault(name, item.path)
    hashes = dict(project.read(frames_table.list_frame_hashes))
    benchmark = {name: items[name] for name in names if name in items and name not in hashes}
    rest = [name for name in names if name not in benchmark]
    matches = match_frames(rest, project.read(frames_table.list_frame_sources), hashes)
    why = dict(matches.unmatched)
    twice = [name for name, reason in why.items() if reason == "same_frame"]
    if len(set(benchmark.values())) < len(benchmark):
        twice += [name for name in benchmark if list(benchmark.values()).count(items[name]) > 1]
    if twice:
        raise PredictionsRefused(path, "two_rows", format_untrusted(twice[0]))
    return dict(matches.frames), benchmark, tuple(why)


def _check_known_classes(path: Path, rows: PredictedRows, index: Mapping[str, int]) -> None:
    lower = {name.lower() for name in index}
    named = {row.class_name for some in rows.by_name.values() for row in some} - {""}
    shared = {key for some in rows.by_name.values() for row in some for key in row.shares}
    unknown = sorted(named - set(index)) or sorted(
        key for key in shared if key not in index and key not in lower
    )
    if unknown:
        named_ = ", ".join(format_untrusted(name) for name in unknown[:MOST_NAMED])
        raise PredictionsRefused(path, "class", named_)


def _make_probabilities(
    path: Path, name: str, rows: Sequence[PredictedRow], index: Mapping[str, int]
) -> Answer:
    """(K,) float32. What a file leaves open is spread evenly over the classes that it does not
    name."""
    shown = format_untrusted(name)
    if len(rows) != 1:
        raise PredictionsRefused(path, "two_rows", shown)
    (row,) = rows
    n = max(index.values()) + 1
    if row.shares:
        return _make_full_probabilities(path, shown, row, index, n)
    sure = 1.0 if row.confidence is None else row.confidence
    if sure < 1 / n - EVEN:
        raise PredictionsRefused(path, "low_confidence", f"{shown}: {sure:g}")
    top = np.float32(sure)
    rest = np.float32((1 - sure) / max(1, n - 1))
    answer = np.full(n, min(rest, np.nextafter(top, np.float32(0))), np.float32)
    answer[index[row.class_name]] = top
    return answer


def _make_sigmoids(
    path: Path, name: str, rows: Sequence[PredictedRow], index: Mapping[str, int]
) -> Answer:
    """(K,) float32, each class for itself: of a row that names every class its figure; of rows that
    name one each its confidence, and nothing of the classes that no row names."""
    shown = format_untrusted(name)
    answer = np.zeros(max(index.values()) + 1, np.float32)
    if rows[0].shares:
        if len(rows) != 1:
            raise PredictionsRefused(path, "two_rows", shown)
        by_name = {**{key.lower(): k for key, k in index.items()}, **index}
        share_by_class = {by_name[key]: share for key, share in rows[0].shares.items()}
        if set(share_by_class) != set(index.values()):
            raise PredictionsRefused(path, "several", shown)
        answer[list(share_by_class)] = list(share_by_class.values())
        return answer
    named = [index[row.class_name] for row in rows]
    if len(set(named)) < len(named):
        raise PredictionsRefused(path, "two_rows", shown)
    answer[named] = [1.0 if row.confidence is None else row.confidence for row in rows]
    return answer


def _make_full_probabilities(
    path: Path, shown: str, row: PredictedRow, index: Mapping[str, int], n: int
) -> Answer:
    """Raises PredictionsRefused where a class has none, they are no probabilities, or another
    class than the one named is the likeliest."""
    by_name = {**{name.lower(): k for name, k in index.items()}, **index}
    answer = np.full(n, np.nan, np.float32)
    for name, share in row.shares.items():
        answer[by_name[name]] = share
    missing = np.isnan(answer[list(index.values())])
    total = float(np.nansum(answer))
    if missing.any() or abs(total - 1) > SUM:
        raise PredictionsRefused(path, "probabilities", f"{shown}: {total:.3g}")
    answer[np.isnan(answer)] = 0
    if row.class_name and answer[index[row.class_name]] < answer.max():
        raise PredictionsRefused(path, "not_likeliest", f"{shown}: {row.class_name}")
    return answer


def _make_boxes(
    path: Path, name: str, rows: Sequence[PredictedRow], index: Mapping[str, int]
) -> Answer:
    """(n, 6) float32 by falling score."""
    box_rows = [row for row in rows if row.box is not None]
    if len(box_rows) != len(rows) and len(rows) > 1:
        raise PredictionsRefused(path, "two_rows", format_untrusted(name))
    answer = np.array(
        [
            (
                row.box.x,
                row.box.y,
                row.box.x + row.box.w,
                row.box.y + row.box.h,
                1.0 if row.confidence is None else row.confidence,
                index[row.class_name],
            )
            for row in box_rows
            if row.box is not None
        ],
        np.float32,
    ).reshape(-1, 6)
    return answer[np.argsort(-answer[:, 4], kind="stable")]


MAKERS: Mapping[str, Callable[[Path, str, Sequence[PredictedRow], Mapping[str, int]], Answer]] = {
    "one_class": _make_probabilities,
    "several_classes": _make_sigmoids,
    "boxes": _make_boxes,
}


def _make_maps(
    project: Project,
    path: Path,
    rows: PredictedRows,
    index: Mapping[str, int],
    matched: tuple[Mapping[str, str], Mapping[str, str]],
) -> GivenAnswers:
    """Class maps of the frames and benchmark images that names were `matched` with, and the share
    of each class. Raises LabelsRefused as PredictionsRefused for outlines that are none."""
    lines = project.read(lambda db: list_sampling_lines(db, with_frozen=True))
    sizes = {line.frame.frame_id: (line.frame.height, line.frame.width) for line in lines}
    answers: list[dict[str, Answer]] = []
    masks: dict[str, bytes] = {}
    for names in matched:
        answers.append({})
        for name, own in names.items():
            try:
                size = rows.sizes.get(name)
                if size is None or sizes.get(own, size) != size:
                    raise make_refusal(path, format_untrusted(name), "mask_size")
                drawn = _draw_map(path, name, rows.by_name[name], index, size)
            except LabelsRefused as error:
                raise PredictionsRefused(path, "malformed", error.detail, error.reason) from error
            answers[-1][own] = compute_class_shares(drawn, max(index.values()) + 1)
            masks[own] = pack_masks((Mask(0, 0, drawn),))
    return GivenAnswers(answers[0], answers[1], masks)


def _draw_map(
    path: Path,
    name: str,
    rows: Sequence[PredictedRow],
    index: Mapping[str, int],
    size: tuple[int, int],
) -> NDArray[np.uint8]:
    """(h, w) class indices, ground where nothing is; where two objects overlap, that of the higher
    confidence is seen. Raises LabelsRefused."""
    drawn = np.zeros(size, np.uint8)
    for row in sorted(
        (row for row in rows if row.class_name), key=lambda row: row.confidence or 0.0
    ):
        try:
            drawn[fill_outline(row.outline, size)] = index[row.class_name]
        except ValueError as error:
            raise make_refusal(path, format_untrusted(name), "outline") from error
    return drawn

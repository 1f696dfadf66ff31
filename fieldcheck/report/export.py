"""Exports: labels, slices and suspected label errors, the train/validation split by clip,
recording, camera or location, labelling tasks for CVAT and Label Studio, and the formats that fit a
project."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from fieldcheck.analyses.abstention_thresholds import export_thresholds
from fieldcheck.analyses.failures import list_saved_slices
from fieldcheck.analyses.item_columns import load_items
from fieldcheck.corruptions.export import (
    ExportResult,
    export_ablation,
    export_augmented,
    export_poison,
    export_recipe,
    write_folder_atomically,
)
from fieldcheck.csv_json_xml import Cell, format_csv
from fieldcheck.domain.items import find_matching_rows, get_benchmark_path, make_benchmark_subject
from fieldcheck.domain.label import SIDES, Benchmark, TaskTool
from fieldcheck.domain.prediction import Labels
from fieldcheck.domain.report import LOWEST_PRECISION, REVIEWED_SHARE
from fieldcheck.domain.run import LOGGED_PICTURES
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.labels import (
    LabelKindWrong,
    NothingLabelled,
    NothingPicked,
    OneGroup,
    SliceUnknown,
)
from fieldcheck.files import join_inside_data_set, write_bytes, write_text
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_pixels import find_changed_picks, list_intact_picks, load_full_image
from fieldcheck.footage.image_folder import copy_file
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.labels.formats import cvat, label_studio
from fieldcheck.labels.formats.label_set import LabelledImage, make_parent_folder, read_image_size
from fieldcheck.labels.formats.registry import (
    WRITABLE,
    count_export_losses,
    list_writable_formats,
    write_labels,
)
from fieldcheck.labels.import_labels import make_package_name
from fieldcheck.labels.label_error_review import (
    ReviewsBySubject,
    apply_item_corrections,
    apply_label_corrections,
    find_label_errors,
)
from fieldcheck.labels.store import add_training_frames
from fieldcheck.models.onnx_file import IMAGES
from fieldcheck.models.runs_mlflow import export_mlflow
from fieldcheck.models.store import get_label_kind, get_project_task, list_project_classes
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as benchmarks_table

SUSPECTS_FILE = "suspects.csv"
SUSPECTS = (
    "on",
    "item",
    "label",
    "instead",
    "confidence",
    "flagged",
    "group",
    "rank",
    "smoothing",
    "second_look",
)


def export_labels(
    project: Project, kind: str, out: Path, progress: Progress,
    subjects: Sequence[str] | None = None, corrected: bool = False,
    with_people: bool = False,
) -> ExportResult:  # fmt: skip
    """Exports the labelled frames, or those of `subjects` that have a label, benchmark images
    included. `corrected`: with the corrections of the label review; `with_people`: also frames with
    a person visible.

    `out` is empty or does not exist yet. Raises PathOccupied, LabelKindWrong for a format that
    cannot hold this project's labels, NothingLabelled, PathRefused for a class whose name is no
    valid folder name, ExtraMissing, DiskFull, ReadOnlyPlace."""
    task = get_project_task(project)
    fitting = list_writable_formats(get_label_kind(task))
    if kind not in fitting:
        raise LabelKindWrong(task, kind, fitting)
    there = _list_labelled_images(project, subjects, corrected)
    people = frozenset() if with_people else project.read(labels_table.list_with_person)
    pictures = [picture for name, picture in there if name not in people]
    if not pictures:
        raise NothingLabelled(project.path, "without_people" if there else "picked")
    with write_folder_atomically(out) as into:
        counted = [
            _with_progress(picture, index, len(pictures), progress)
            for index, picture in enumerate(pictures)
        ]
        used = {name for picture in pictures for name in picture.names}
        names = dict.fromkeys([*list_project_classes(project), *sorted(used)])
        files = write_labels(into, kind, tuple(names), counted)
        labelled = {
            label.frame_id
            for label in project.read(labels_table.list_labels)
            if label.state == "done"
        }
        add_training_frames(project, labelled & {name for name, _ in there if name not in people})
        left_out = tuple(
            name
            for name in find_changed_picks(project)
            if name in labelled and (subjects is None or name in subjects)
        )
    written = tuple(file.relative_to(into).as_posix() for file in files)
    return ExportResult(
        out,
        kind,
        len(pictures),
        written,
        left_out,
        len(there) - len(pictures),
        count_export_losses(kind, tuple(names), pictures),
    )


def export_slice(
    project: Project,
    subjects: Sequence[str],
    out: Path,
    progress: Progress,
    with_people: bool = False,
) -> ExportResult:
    """A folder of labelled pictures that `golden add` takes: one folder a class, or YOLO for boxes.
    Raises as `export_labels`."""
    kind = "yolo" if get_label_kind(get_project_task(project)) == "boxes" else "imagefolder"
    return export_labels(project, kind, out, progress, subjects, with_people=with_people)


def list_slice_subjects(project: Project, name: str) -> tuple[str, ...]:
    """Who is in a saved slice now. Raises SliceUnknown."""
    saved = {saved_slice.name: saved_slice for saved_slice in list_saved_slices(project)}
    if name not in saved:
        raise SliceUnknown(name, tuple(saved))
    items, _ = load_items(project)
    return tuple(
        subject
        for subject, member in zip(
            items.subjects, find_matching_rows(items, saved[name].wanted).tolist(), strict=True
        )
        if member
    )


def export_suspects(
    project: Project, out: Path, progress: Progress, with_people: bool = False
) -> ExportResult:
    """`suspects.csv`: every judged label of field and benchmark, the most doubtful first, with the
    share of its target that a training run should spread over all classes (only the least believed
    tenth has one). Frames on which a person is marked are ranked with the others and, without
    `with_people`, not written."""
    rows, n_people, names = list[tuple[Cell, ...]](), 0, _make_frame_naming(project)
    people = frozenset() if with_people else project.read(labels_table.list_with_person)
    for set_name in SIDES:
        label_errors = find_label_errors(project, set_name, progress)
        shown = {row.subject: row for row in label_errors.rows}
        labels = label_errors.labels
        for rank, subject in enumerate(label_errors.ranking, 1):
            if subject in people:
                n_people += 1
                continue
            row, sure = shown.get(subject), label_errors.confidence[subject]
            group = (row.instead, sure, row.flagged, row.group) if row else ("", sure, False, "")
            sentence = row.answer if row and row.answer else ""
            rows.append(
                (
                    set_name,
                    names(subject),
                    labels[subject],
                    *group,
                    rank,
                    label_errors.smoothing[subject],
                    sentence,
                )
            )
    with write_folder_atomically(out) as into:
        write_text(into / SUSPECTS_FILE, format_csv(SUSPECTS, rows, exact=True))
    return ExportResult(out, "suspects", len(rows), (SUSPECTS_FILE,), n_people=n_people)


def _list_labelled_images(
    project: Project, subjects: Sequence[str] | None, corrected: bool
) -> list[tuple[str, LabelledImage]]:
    """Each with its subject, in list order, or that of `subjects`."""
    reviews: ReviewsBySubject = project.read(labels_table.list_label_reviews) if corrected else {}
    picked = {intact_pick.frame_id for intact_pick in list_intact_picks(project)}
    labels = apply_label_corrections(
        {
            item.frame_id: item
            for item in project.read(labels_table.list_labels)
            if item.frame_id in picked
        },
        reviews,
    )
    by_id = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    wanted = (
        [name for name in by_id if name in labels]
        if subjects is None
        else [name for name in subjects if not get_benchmark_path(name)]
    )
    result = []
    for name in wanted:
        line, label = by_id.get(name), labels.get(name)
        if line is not None and label is not None and label.state == "done":
            size = (line.frame.width, line.frame.height)
            picture = partial(load_full_image, project, name)
            result.append(
                (
                    name,
                    LabelledImage(
                        make_frame_name(line),
                        f"{name}.png",
                        size,
                        label.class_name,
                        label.boxes,
                        picture,
                        label.points,
                    ),
                )
            )
    return result + _list_benchmark_images(
        project, [name for name in subjects or () if get_benchmark_path(name)], reviews
    )


def _list_benchmark_images(
    project: Project, subjects: Sequence[str], reviews: ReviewsBySubject
) -> list[tuple[str, LabelledImage]]:
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None or not subjects:
        return []
    items = {
        make_benchmark_subject(item.path): item
        for item in apply_item_corrections(benchmark.items, reviews)
    }
    root, result, taken = get_benchmark_root(project, benchmark), [], set[str]()
    for name in subjects:
        item = items.get(name)
        if item is not None:
            path = join_inside_data_set(root, item.path)
            # XML holds no others
            flat = "".join(
                letter if letter.isprintable() else "_" for letter in item.path.replace("/", "_")
            )
            file = _make_unique_name(
                flat if path.suffix.lower() == ".png" else f"{flat}.png", taken
            )
            picture = partial(_read_without_metadata, path)
            result.append(
                (
                    name,
                    LabelledImage(
                        item.path,
                        file,
                        read_image_size(path),
                        item.class_name,
                        item.boxes,
                        picture,
                        item.points,
                    ),
                )
            )
    return result


def _make_unique_name(file: str, taken: set[str]) -> str:
    """A file name that no other picture has: `a/1.png` and `a_1.png` are flattened to the same one.
    A disk may not tell A from a."""
    stem, ending = file.removesuffix(".png"), ".png"
    while file.lower() in taken:
        stem += "_"
        file = stem + ending
    taken.add(file.lower())
    return file


def make_frame_name(line: SamplingLine) -> str:
    """Name of a frame in a label file: a picture by folder and file, a frame of a video by its
    number."""
    return (
        line.frame.source
        if "/" in line.frame.source
        else f"{line.frame.source}#{line.frame.source_index}"
    )


def _make_frame_naming(project: Project) -> Callable[[str], str]:
    by_id = {
        line.frame.frame_id: make_frame_name(line) for line in project.read(list_sampling_lines)
    }
    return lambda subject: get_benchmark_path(subject) or by_id.get(subject, subject)


def _read_without_metadata(path: Path) -> bytes:
    """The pixels alone, as they are shown: what a camera or a phone wrote beside them, such as
    where it stood (EXIF, GPS), stays here."""
    return encode_png(read_image(path))


def _with_progress(
    labelled_image: LabelledImage, index: int, n: int, progress: Progress
) -> LabelledImage:
    def read_counted_image() -> bytes:
        progress.check()
        progress.report(index + 1, n, "pictures")
        return labelled_image.picture()

    return replace(labelled_image, picture=read_counted_image)


# Train/validation split of the labelled frames: whole clips, recordings, cameras or places go to
# one side, never single frames.

GROUPS: dict[str, Callable[[SamplingLine], str]] = {
    "clip": lambda line: line.clip.clip_id,
    "recording": lambda line: line.recording.recording_id,
    "camera": lambda line: line.clip.camera,
    "location": lambda line: line.clip.location,
}
"""What is kept together → its name for a listed frame."""


@dataclass(frozen=True, slots=True)
class LabelSplit:
    """Groups of each side, by name, and how many labelled frames each side has; `files` relative to
    `out`; `n_people`: labelled frames that were left out because a person is marked on them."""

    out: Path
    by: str
    train: tuple[str, ...]
    validation: tuple[str, ...]
    n_train: int
    n_validation: int
    files: tuple[str, ...]
    n_people: int = 0


def split_labels(
    project: Project, kind: str, out: Path, by: str, share: float, seed: int, progress: Progress,
    with_people: bool = False
) -> LabelSplit:  # fmt: skip
    """Writes `train` and `validation` below `out` in a label format, with as near to `share` of the
    frames in validation as whole groups allow; the groups are taken in an order drawn from `seed`.
    `with_people`: also frames on which a person is marked.

    Raises NothingLabelled, OneGroup where all frames belong together; as `export_labels`.
    """
    labelled = {
        label.frame_id for label in project.read(labels_table.list_labels) if label.state == "done"
    } & {intact_pick.frame_id for intact_pick in list_intact_picks(project)}
    people = frozenset() if with_people else labelled & project.read(labels_table.list_with_person)
    labelled -= people
    groups: dict[str, list[str]] = defaultdict(list)
    for line in project.read(list_sampling_lines):
        if line.frame.frame_id in labelled:
            groups[GROUPS[by](line)].append(line.frame.frame_id)
    if not groups:
        raise NothingLabelled(project.path, "without_people" if people else "picked")
    if len(groups) < 2:
        raise OneGroup(project.path)
    chosen = choose_validation_groups(
        {name: len(frames) for name, frames in groups.items()}, share, seed
    )
    sides = {
        "train": [name for name in groups if name not in chosen],
        "validation": [name for name in groups if name in chosen],
    }
    with write_folder_atomically(out) as into:
        written = {
            side: export_labels(
                project,
                kind,
                into / side,
                progress,
                [frame for name in names for frame in groups[name]],
                with_people=with_people,
            )
            for side, names in sides.items()
        }
    files = tuple(
        f"{side}/{file}" for side, side_result in written.items() for file in side_result.files
    )
    n_train, n_validation = (written[side].n for side in ("train", "validation"))
    return LabelSplit(
        out,
        by,
        tuple(sides["train"]),
        tuple(sides["validation"]),
        n_train,
        n_validation,
        files,
        len(people),
    )


def choose_validation_groups(sizes: Mapping[str, int], share: float, seed: int) -> frozenset[str]:
    """Groups for validation: at least one, never all. Each next of a drawn order is taken where it
    brings the side nearer to its share."""
    wanted, taken = share * sum(sizes.values()), 0
    order: Sequence[str] = np.random.default_rng(seed).permutation(sorted(sizes)).tolist()
    chosen: list[str] = []
    for name in order:
        if len(chosen) < len(sizes) - 1 and abs(taken + sizes[name] - wanted) < abs(taken - wanted):
            chosen.append(name)
            taken += sizes[name]
    return frozenset(chosen or [min(order, key=lambda name: sizes[name])])


LIST, LABELS = "pictures.csv", "labels.json"
# CVAT's words for what is drawn
SHAPES: dict[Labels, str] = {
    "boxes": "rectangle",
    "points": "points",
    "class": "tag",
    "none": "tag",
}


@dataclass(frozen=True, slots=True)
class _TaskImage:
    """`file` holds the frame's id and how its hash begins, so that labels come back to it and to no
    other picture."""

    frame_id: str
    file: str
    source: str
    sha256: str
    size: tuple[int, int]


def export_tasks(
    project: Project, tool: TaskTool, out: Path, progress: Progress, every: bool = False,
    with_people: bool = False
) -> ExportResult:  # fmt: skip
    """A folder with `images/`, the list of them, and blank tasks for the picks that nobody has
    labelled yet; `every`: for all of them; `with_people`: also frames on which a person is marked.

    Raises NothingPicked, NothingLabelled `all_labelled` or `without_people`, LabelKindWrong,
    PathOccupied, DiskFull, ReadOnlyPlace.
    """
    task = get_project_task(project)
    kind = get_label_kind(task)
    if kind == "none":
        raise LabelKindWrong(task)
    picks = list_intact_picks(project, progress)
    if not picks:
        raise NothingPicked(project.path)
    labelled = (
        frozenset()
        if every
        else frozenset(label.frame_id for label in project.read(labels_table.list_labels))
    )
    people = frozenset() if with_people else project.read(labels_table.list_with_person)
    waiting = {pick.frame_id for pick in picks} - labelled
    task_images = _list_task_images(project, waiting - people)
    if not task_images:
        raise NothingLabelled(project.path, "without_people" if waiting else "all_labelled")
    with write_folder_atomically(out) as into:
        files = [
            _write_list(into, task_images),
            *TASK_WRITERS[tool](
                into,
                task_images,
                tuple(dict.fromkeys(list_project_classes(project))),
                kind,
                out.name,
            ),
        ]
        for index, task_image in enumerate(task_images):
            progress.check()
            write_bytes(
                path := make_parent_folder(into / "images" / task_image.file),
                load_full_image(project, task_image.frame_id),
            )
            files.append(path)
            progress.report(index + 1, len(task_images), "pictures")
    written = tuple(file.relative_to(into).as_posix() for file in files)
    return ExportResult(
        out, "tasks", len(task_images), written, find_changed_picks(project), len(waiting & people)
    )


def _list_task_images(project: Project, wanted: set[str]) -> list[_TaskImage]:
    hashes, by_id = (
        dict(project.read(frames_table.list_frame_hashes)),
        {line.frame.frame_id: line for line in project.read(list_sampling_lines)},
    )
    return [_make_task_image(by_id[name], hashes[name]) for name in by_id if name in wanted]


def _make_task_image(line: SamplingLine, sha256: str) -> _TaskImage:
    frame = line.frame
    return _TaskImage(
        frame.frame_id,
        f"{make_package_name(frame.frame_id, sha256)}.png",
        make_frame_name(line),
        sha256,
        (frame.width, frame.height),
    )


def _write_list(out: Path, task_images: Sequence[_TaskImage]) -> Path:
    rows = (
        (
            f"images/{task_image.file}",
            task_image.frame_id,
            task_image.source,
            task_image.sha256,
            *task_image.size,
        )
        for task_image in task_images
    )
    write_text(
        out / LIST,
        format_csv(
            ("file", "frame_id", "source", "pixels_sha256", "width", "height"), rows, exact=True
        ),
    )
    return out / LIST


def _write_cvat_tasks(
    out: Path, task_images: Sequence[_TaskImage], classes: tuple[str, ...], kind: Labels, _name: str
) -> list[Path]:
    """The labels for CVAT's constructor and a file with pictures and no shape. Where a frame may
    show nothing, a tag says so."""
    tags = () if kind == "class" else (cvat.NOTHING,)
    labels = [
        {
            "name": name,
            "type": SHAPES[kind],
            "attributes": cvat.list_attributes() if kind == "boxes" else [],
        }
        for name in classes
    ]
    labels += [{"name": name, "type": "tag", "attributes": []} for name in tags]
    write_text(out / LABELS, json.dumps(labels, ensure_ascii=False, indent=1) + "\n")
    root = cvat.make_document((*classes, *tags), empty_is_said=False)
    for number, task_image in enumerate(task_images):
        cvat.add_image_element(root, number, task_image.file, task_image.size)
    return [out / LABELS, cvat.write_document(out, root)]


def _write_label_studio_tasks(
    out: Path, task_images: Sequence[_TaskImage], classes: tuple[str, ...], kind: Labels, name: str
) -> list[Path]:
    tasks = [
        label_studio.make_task(number, name, task_image.file, task_image.source)
        for number, task_image in enumerate(task_images, 1)
    ]
    return label_studio.save_tasks(out, tasks, classes, kind)


TASK_WRITERS: dict[
    TaskTool, Callable[[Path, Sequence[_TaskImage], tuple[str, ...], Labels, str], list[Path]]
] = {"cvat": _write_cvat_tasks, "label-studio": _write_label_studio_tasks}


# Images for a model that runs elsewhere: the picked frames and the benchmark, with their ids.


def export_frames(
    project: Project, out: Path, progress: Progress, with_people: bool = False
) -> ExportResult:
    """A folder with the picked frames as PNG in `field/`, copies of the benchmark images in
    `benchmark/`, and their ids as `images.csv` and as COCO's `images.json`; `with_people`: also
    frames on which a person is marked.

    Raises NothingPicked where there is neither, PathOccupied, DiskFull, ReadOnlyPlace.
    """
    benchmark = project.read(benchmarks_table.get_benchmark)
    picked = {pick.frame_id for pick in list_intact_picks(project, progress)}
    people = frozenset() if with_people else project.read(labels_table.list_with_person) & picked
    if not picked and benchmark is None:
        raise NothingPicked(project.path)
    with write_folder_atomically(out) as into:
        rows: list[tuple[str, str, str, int, int]] = []
        for task_image in _list_task_images(project, picked - people):
            file = f"field/{task_image.file}"
            progress.check()
            write_bytes(
                make_parent_folder(into / file), load_full_image(project, task_image.frame_id)
            )
            rows.append((file, task_image.frame_id, "field", *task_image.size))
            progress.report(len(rows), len(picked), "pictures")
        if benchmark is not None:
            rows += _copy_benchmark_images(project, benchmark, into, progress)
        files = (*(file for file, *_ in rows), *_write_frames_list(project, into, rows))
    return ExportResult(out, "frames", len(rows), files, find_changed_picks(project), len(people))


def _copy_benchmark_images(
    project: Project, benchmark: Benchmark, into: Path, progress: Progress
) -> list[tuple[str, str, str, int, int]]:
    """Copies the images that can be read, and returns their rows of the list."""
    root, rows = get_benchmark_root(project, benchmark), []
    for item in benchmark.items:
        progress.check()
        path = join_inside_data_set(root, item.path)
        try:
            size = read_image_size(path)
        except LabelsRefused:
            continue  # every run tells what cannot be read
        file = f"benchmark/{item.path}"
        copy_file(path, make_parent_folder(into / file), progress)
        rows.append((file, make_benchmark_subject(item.path), "benchmark", *size))
    return rows


def _write_frames_list(
    project: Project, into: Path, rows: Sequence[tuple[str, str, str, int, int]]
) -> list[str]:
    columns = ("file", "id", "on", "width", "height")
    write_text(into / "images.csv", format_csv(columns, rows, exact=True))
    images = [
        {"id": number, "file_name": file, "width": width, "height": height}
        for number, (file, _, _, width, height) in enumerate(rows, 1)
    ]
    classes = list_project_classes(project)
    categories = [{"id": number, "name": name} for number, name in enumerate(classes, 1)]
    document = {"images": images, "annotations": [], "categories": categories}
    write_text(into / IMAGES, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return ["images.csv", IMAGES]


# Exports in the formats that other tools read: what each is written by, and which of them this
# project's labels fit.

LARGEST_LIST = 1 << 26  # characters


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Request for an export. `source`: what `--from` names; `slice_name` what `--slice` does."""

    project: Project
    out: Path
    source: Path | None
    seed: int
    progress: Progress
    kind: str = ""
    slice_name: str | None = None
    corrected: bool = False
    with_people: bool = False
    precision: float = LOWEST_PRECISION
    abstain: float = REVIEWED_SHARE
    pictures: int = LOGGED_PICTURES


def _export_augmented(request: ExportRequest) -> ExportResult:
    frames = [] if request.source is None else _read_frame_list(request.source)
    return export_augmented(
        request.project, request.out, frames, request.seed, request.progress, request.with_people
    )


def _read_frame_list(path: Path) -> list[str]:
    """The frames named in a text file, one a line."""
    if not path.is_file():
        raise PathMissing(path)
    # what is no text names no frame, and is refused as that
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return [line.strip() for line in file.read(LARGEST_LIST).splitlines() if line.strip()]


def _export_labels(request: ExportRequest) -> ExportResult:
    subjects = (
        None
        if request.slice_name is None
        else list_slice_subjects(request.project, request.slice_name)
    )
    return export_labels(
        request.project,
        request.kind,
        request.out,
        request.progress,
        subjects,
        request.corrected,
        request.with_people,
    )


def _export_recipe(request: ExportRequest) -> ExportResult:
    return export_recipe(request.project, request.out, request.seed, request.progress)


EXPORT_WRITERS: dict[str, Callable[[ExportRequest], ExportResult]] = {
    "albumentations": _export_recipe,
    "recipe": _export_recipe,
    "poison": lambda asked: export_poison(
        asked.project, asked.out, asked.source, asked.seed, asked.progress, asked.with_people
    ),
    "augmented": _export_augmented,
    **dict.fromkeys(WRITABLE, _export_labels),
    "suspects": lambda asked: export_suspects(
        asked.project, asked.out, asked.progress, asked.with_people
    ),
    "thresholds": lambda asked: export_thresholds(
        asked.project, asked.out, asked.precision, asked.abstain
    ),
    "mlflow": lambda asked: export_mlflow(
        asked.project, asked.out, asked.progress, asked.pictures, asked.with_people
    ),
    "frames": lambda asked: export_frames(
        asked.project, asked.out, asked.progress, asked.with_people
    ),
    "ablation": lambda asked: export_ablation(asked.project, asked.out, asked.seed, asked.progress),
}


TASKS: dict[str, TaskTool] = {f"{tool}-tasks": tool for tool in TASK_WRITERS}


def write_export(request: ExportRequest) -> ExportResult:
    """Writes any format of EXPORT_WRITERS, or the blank tasks of TASKS. Raises as they do."""
    if request.kind in TASKS:
        return export_tasks(
            request.project,
            TASKS[request.kind],
            request.out,
            request.progress,
            with_people=request.with_people,
        )
    return EXPORT_WRITERS[request.kind](request)


def list_export_formats(project: Project) -> tuple[str, ...]:
    """Formats that can be written here, each once: those of labels as far as they hold this
    project's, blank tasks, then all others."""
    kind_of_labels = get_label_kind(get_project_task(project))
    fitting = list_writable_formats(kind_of_labels)
    tasks = TASKS if kind_of_labels != "none" else ()
    return (
        *fitting,
        *tasks,
        *(kind for kind in EXPORT_WRITERS if kind not in WRITABLE and kind != "albumentations"),
    )

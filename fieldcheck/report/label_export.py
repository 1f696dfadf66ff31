"""Export of labels, slices and suspected label errors, and the train/validation split by clip,
recording, camera or location."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from fieldcheck.analyses.failures import list_saved_slices
from fieldcheck.analyses.item_columns import load_items
from fieldcheck.corruptions.export import ExportResult, write_folder_atomically
from fieldcheck.csv_json_xml import Cell, format_csv
from fieldcheck.domain.items import find_matching_rows, get_benchmark_path, make_benchmark_subject
from fieldcheck.errors.labels import LabelKindWrong, NothingLabelled, OneGroup, SliceUnknown
from fieldcheck.files import join_inside_data_set, write_text
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_pixels import find_changed_picks, list_intact_picks
from fieldcheck.footage.thumbnails import load_full_image
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.labels.formats.label_set import LabelledImage, read_image_size
from fieldcheck.labels.formats.registry import (
    count_export_losses,
    list_writable_formats,
    write_labels,
)
from fieldcheck.labels.label_error_review import (
    SIDES,
    ReviewsBySubject,
    apply_item_corrections,
    apply_label_corrections,
    find_label_errors,
)
from fieldcheck.labels.store import add_training_frames
from fieldcheck.models.run import get_benchmark_root
from fieldcheck.models.store import get_label_kind, get_project_task, list_project_classes
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
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
    for on in SIDES:
        label_errors = find_label_errors(project, on, progress)
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
                    on,
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
    looks: ReviewsBySubject = project.read(labels_table.list_label_reviews) if corrected else {}
    picked = {intact_pick.frame_id for intact_pick in list_intact_picks(project)}
    labels = apply_label_corrections(
        {
            item.frame_id: item
            for item in project.read(labels_table.list_labels)
            if item.frame_id in picked
        },
        looks,
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
        project, [name for name in subjects or () if get_benchmark_path(name)], looks
    )


def _list_benchmark_images(
    project: Project, subjects: Sequence[str], looks: ReviewsBySubject
) -> list[tuple[str, LabelledImage]]:
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None or not subjects:
        return []
    items = {
        make_benchmark_subject(item.path): item
        for item in apply_item_corrections(benchmark.items, looks)
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

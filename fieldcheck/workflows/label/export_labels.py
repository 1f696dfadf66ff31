"""Labels, slices and doubtful labels as files that other tools read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from fieldcheck.domain.items import get_benchmark_path, make_benchmark_subject
from fieldcheck.errors import LabelKindWrong, NothingLabelled, SliceUnknown
from fieldcheck.exchange.formats import list_writable_formats
from fieldcheck.exchange.labelled_picture import LabelledImage
from fieldcheck.exchange.picture_size import read_image_size
from fieldcheck.exchange.write import count_export_losses, write_labels
from fieldcheck.files import join_inside_data_set, write_text
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.measure.filtering import find_matching_rows
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import second_looks as looks_table
from fieldcheck.report.sheets import Cell, format_csv
from fieldcheck.workflows.explore.items import load_items
from fieldcheck.workflows.footage.sampling_list import SamplingLine, list_sampling_lines
from fieldcheck.workflows.footage.saved_frames import find_changed_picks, list_intact_picks
from fieldcheck.workflows.footage.thumbnails import load_full_image
from fieldcheck.workflows.label.classes import get_label_kind, get_project_task, list_project_classes
from fieldcheck.workflows.label.exported_for_training import add_training_frames
from fieldcheck.workflows.label.label_review import SIDES, ReviewsBySubject, apply_item_corrections, apply_label_corrections
from fieldcheck.workflows.label.suspected_labels import find_label_errors
from fieldcheck.workflows.models.run_model import get_benchmark_root
from fieldcheck.workflows.report.slicing import list_saved_slices
from fieldcheck.workflows.stress.export_recipe import ExportResult, write_folder_atomically

SUSPECTS_FILE = "suspects.csv"
SUSPECTS = ("on", "item", "label", "instead", "confidence", "flagged", "group", "rank", "smoothing", "second_look")


def export_labels(
    project: Project, kind: str, out: Path, progress: Progress, subjects: Sequence[str] | None = None, corrected: bool = False,
    with_people: bool = False,
) -> ExportResult:  # fmt: skip
    """The labelled frames, or of `subjects` those with a label, benchmark pictures too; `corrected`: with what label reviews found;
    `with_people`: also frames on which a person is marked.

    `out` is empty or not there yet. Raises PathOccupied, LabelKindWrong for a format that cannot hold this project's labels,
    NothingLabelled, PathRefused for a class whose name is no name of a folder, ExtraMissing, DiskFull, ReadOnlyPlace.
    """
    task = get_project_task(project)
    fitting = list_writable_formats(get_label_kind(task))
    if kind not in fitting:
        raise LabelKindWrong(task, kind, fitting)
    there = _list_labelled_images(project, subjects, corrected)
    people = frozenset() if with_people else project.read(marks_table.list_with_person)
    found = [picture for name, picture in there if name not in people]
    if not found:
        raise NothingLabelled(project.path, "without_people" if there else "picked")
    with write_folder_atomically(out) as into:
        counted = [_with_progress(one, at, len(found), progress) for at, one in enumerate(found)]
        used = {name for one in found for name in one.names}
        names = dict.fromkeys([*list_project_classes(project), *sorted(used)])
        files = write_labels(into, kind, tuple(names), counted)
        labelled = {one.frame_id for one in project.read(labels_table.list_labels) if one.state == "done"}
        add_training_frames(project, labelled & {name for name, _ in there if name not in people})
        left_out = tuple(name for name in find_changed_picks(project) if name in labelled and (subjects is None or name in subjects))
    written = tuple(file.relative_to(into).as_posix() for file in files)
    return ExportResult(out, kind, len(found), written, left_out, len(there) - len(found), count_export_losses(kind, tuple(names), found))


def export_slice(project: Project, subjects: Sequence[str], out: Path, progress: Progress, with_people: bool = False) -> ExportResult:
    """A folder of labelled pictures that `golden add` takes: one folder a class, or YOLO for boxes. Raises as `export_labels`."""
    kind = "yolo" if get_label_kind(get_project_task(project)) == "boxes" else "imagefolder"
    return export_labels(project, kind, out, progress, subjects, with_people=with_people)


def list_slice_subjects(project: Project, name: str) -> tuple[str, ...]:
    """Who is in a saved slice now. Raises SliceUnknown."""
    saved = {one.name: one for one in list_saved_slices(project)}
    if name not in saved:
        raise SliceUnknown(name, tuple(saved))
    items, _ = load_items(project)
    return tuple(
        subject for subject, member in zip(items.subjects, find_matching_rows(items, saved[name].wanted).tolist(), strict=True) if member
    )


def export_suspects(project: Project, out: Path, progress: Progress, with_people: bool = False) -> ExportResult:
    """`suspects.csv`: every judged label of field and benchmark, the most doubtful first, with the share of its target that a training run
    should spread over all classes (only the least believed tenth has one). Frames on which a person is marked are ranked with the others
    and, without `with_people`, not written."""
    rows, n_people, names = list[tuple[Cell, ...]](), 0, _make_frame_naming(project)
    people = frozenset() if with_people else project.read(marks_table.list_with_person)
    for on in SIDES:
        found = find_label_errors(project, on, progress)
        shown = {row.subject: row for row in found.rows}
        labels = found.labels
        for rank, subject in enumerate(found.ranking, 1):
            if subject in people:
                n_people += 1
                continue
            row, sure = shown.get(subject), found.confidence[subject]
            group = (row.instead, sure, row.flagged, row.group) if row else ("", sure, False, "")
            said = row.answer if row and row.answer else ""
            rows.append((on, names(subject), labels[subject], *group, rank, found.smoothing[subject], said))
    with write_folder_atomically(out) as into:
        write_text(into / SUSPECTS_FILE, format_csv(SUSPECTS, rows, exact=True))
    return ExportResult(out, "suspects", len(rows), (SUSPECTS_FILE,), n_people=n_people)


def _list_labelled_images(project: Project, subjects: Sequence[str] | None, corrected: bool) -> list[tuple[str, LabelledImage]]:
    """Each with its subject, in list order, or that of `subjects`."""
    looks: ReviewsBySubject = project.read(looks_table.list_label_reviews) if corrected else {}
    picked = {one.frame_id for one in list_intact_picks(project)}
    labels = apply_label_corrections({one.frame_id: one for one in project.read(labels_table.list_labels) if one.frame_id in picked}, looks)
    by_id = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    wanted = [name for name in by_id if name in labels] if subjects is None else [name for name in subjects if not get_benchmark_path(name)]
    found = []
    for name in wanted:
        line, label = by_id.get(name), labels.get(name)
        if line is not None and label is not None and label.state == "done":
            size = (line.frame.width, line.frame.height)
            picture = partial(load_full_image, project, name)
            found.append(
                (name, LabelledImage(make_frame_name(line), f"{name}.png", size, label.class_name, label.boxes, picture, label.points))
            )
    return found + _list_benchmark_images(project, [name for name in subjects or () if get_benchmark_path(name)], looks)


def _list_benchmark_images(project: Project, subjects: Sequence[str], looks: ReviewsBySubject) -> list[tuple[str, LabelledImage]]:
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None or not subjects:
        return []
    items = {make_benchmark_subject(item.path): item for item in apply_item_corrections(benchmark.items, looks)}
    root, found, taken = get_benchmark_root(project, benchmark), [], set[str]()
    for name in subjects:
        item = items.get(name)
        if item is not None:
            path = join_inside_data_set(root, item.path)
            flat = "".join(letter if letter.isprintable() else "_" for letter in item.path.replace("/", "_"))  # XML holds no others
            file = _make_unique_name(flat if path.suffix.lower() == ".png" else f"{flat}.png", taken)
            picture = partial(_read_without_metadata, path)
            found.append((name, LabelledImage(item.path, file, read_image_size(path), item.class_name, item.boxes, picture, item.points)))
    return found


def _make_unique_name(file: str, taken: set[str]) -> str:
    """A file name that no other picture has: `a/1.png` and `a_1.png` are flattened to the same one. A disk may not tell A from a."""
    stem, ending = file.removesuffix(".png"), ".png"
    while file.lower() in taken:
        stem += "_"
        file = stem + ending
    taken.add(file.lower())
    return file


def make_frame_name(line: SamplingLine) -> str:
    """Name of a frame in a label file: a picture by folder and file, a frame of a video by its number."""
    return line.frame.source if "/" in line.frame.source else f"{line.frame.source}#{line.frame.source_index}"


def _make_frame_naming(project: Project) -> Callable[[str], str]:
    by_id = {line.frame.frame_id: make_frame_name(line) for line in project.read(list_sampling_lines)}
    return lambda subject: get_benchmark_path(subject) or by_id.get(subject, subject)


def _read_without_metadata(path: Path) -> bytes:
    """The pixels alone, as they are shown: what a camera or a phone wrote beside them, such as where it stood (EXIF, GPS), stays here."""
    return encode_png(read_image(path))


def _with_progress(one: LabelledImage, at: int, n: int, progress: Progress) -> LabelledImage:
    def read_counted_image() -> bytes:
        progress.check()
        progress.report(at + 1, n, "pictures")
        return one.picture()

    return replace(one, picture=read_counted_image)

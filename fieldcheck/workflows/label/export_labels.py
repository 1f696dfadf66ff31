"""Labels, slices and doubtful labels as files that other tools read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from fieldcheck.domain.items import benchmark_path, benchmark_subject
from fieldcheck.errors import LabelKindWrong, NothingLabelled, SliceUnknown
from fieldcheck.exchange.formats import writable_with
from fieldcheck.exchange.labelled_picture import LabelledPicture
from fieldcheck.exchange.picture_size import picture_size
from fieldcheck.exchange.write import losses_in, write_labels
from fieldcheck.files import inside_set, write_text
from fieldcheck.imaging.codec import encode_lossless, read_picture
from fieldcheck.measure.filtering import passing
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import second_looks as looks_table
from fieldcheck.report.sheets import Cell, table
from fieldcheck.workflows.explore.items import all_items
from fieldcheck.workflows.footage.sampling_list import SamplingLine, lines
from fieldcheck.workflows.footage.saved_frames import changed_picks, sound_picks
from fieldcheck.workflows.footage.thumbnails import whole_picture
from fieldcheck.workflows.label.classes import label_kind, project_classes, project_task
from fieldcheck.workflows.label.exported_for_training import note_exported
from fieldcheck.workflows.label.label_review import SIDES, Looks, corrected_items, corrected_labels
from fieldcheck.workflows.label.suspected_labels import suspects
from fieldcheck.workflows.models.run_model import benchmark_root
from fieldcheck.workflows.report.slicing import saved_slices
from fieldcheck.workflows.stress.export_recipe import Exported, taking_place

SUSPECTS_FILE = "suspects.csv"
SUSPECTS = ("on", "item", "label", "instead", "confidence", "flagged", "group", "rank", "smoothing", "second_look")


def export_labels(
    project: Project, kind: str, out: Path, progress: Progress, subjects: Sequence[str] | None = None, corrected: bool = False,
    with_people: bool = False,
) -> Exported:  # fmt: skip
    """The labelled frames, or of `subjects` those with a label, benchmark pictures too; `corrected`: with what label reviews found;
    `with_people`: also frames on which a person is marked.

    `out` is empty or not there yet. Raises PathOccupied, LabelKindWrong for a format that cannot hold this project's labels,
    NothingLabelled, PathRefused for a class whose name is no name of a folder, ExtraMissing, DiskFull, ReadOnlyPlace.
    """
    task = project_task(project)
    fitting = writable_with(label_kind(task))
    if kind not in fitting:
        raise LabelKindWrong(task, kind, fitting)
    there = _pictures(project, subjects, corrected)
    people = frozenset() if with_people else project.read(marks_table.with_person)
    found = [picture for name, picture in there if name not in people]
    if not found:
        raise NothingLabelled(project.path, "without_people" if there else "picked")
    with taking_place(out) as into:
        counted = [_counting(one, at, len(found), progress) for at, one in enumerate(found)]
        used = {name for one in found for name in one.names}
        names = dict.fromkeys([*project_classes(project), *sorted(used)])
        files = write_labels(into, kind, tuple(names), counted)
        labelled = {one.frame_id for one in project.read(labels_table.all) if one.state == "done"}
        note_exported(project, labelled & {name for name, _ in there if name not in people})
        left_out = tuple(name for name in changed_picks(project) if name in labelled and (subjects is None or name in subjects))
    written = tuple(file.relative_to(into).as_posix() for file in files)
    return Exported(out, kind, len(found), written, left_out, len(there) - len(found), losses_in(kind, tuple(names), found))


def export_slice(project: Project, subjects: Sequence[str], out: Path, progress: Progress, with_people: bool = False) -> Exported:
    """A folder of labelled pictures that `golden add` takes: one folder a class, or YOLO for boxes. Raises as `export_labels`."""
    kind = "yolo" if label_kind(project_task(project)) == "boxes" else "imagefolder"
    return export_labels(project, kind, out, progress, subjects, with_people=with_people)


def in_slice(project: Project, name: str) -> tuple[str, ...]:
    """Who is in a saved slice now. Raises SliceUnknown."""
    saved = {one.name: one for one in saved_slices(project)}
    if name not in saved:
        raise SliceUnknown(name, tuple(saved))
    items, _ = all_items(project)
    return tuple(subject for subject, member in zip(items.subjects, passing(items, saved[name].wanted).tolist(), strict=True) if member)


def export_suspects(project: Project, out: Path, progress: Progress, with_people: bool = False) -> Exported:
    """`suspects.csv`: every judged label of field and benchmark, the most doubtful first, with the share of its target that a training run
    should spread over all classes (only the least believed tenth has one). Frames on which a person is marked are ranked with the others
    and, without `with_people`, not written."""
    rows, n_people, names = list[tuple[Cell, ...]](), 0, _names(project)
    people = frozenset() if with_people else project.read(marks_table.with_person)
    for on in SIDES:
        found = suspects(project, on, progress)
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
    with taking_place(out) as into:
        write_text(into / SUSPECTS_FILE, table(SUSPECTS, rows, exact=True))
    return Exported(out, "suspects", len(rows), (SUSPECTS_FILE,), n_people=n_people)


def _pictures(project: Project, subjects: Sequence[str] | None, corrected: bool) -> list[tuple[str, LabelledPicture]]:
    """Each with its subject, in list order, or that of `subjects`."""
    looks: Looks = project.read(looks_table.all) if corrected else {}
    picked = {one.frame_id for one in sound_picks(project)}
    labels = corrected_labels({one.frame_id: one for one in project.read(labels_table.all) if one.frame_id in picked}, looks)
    by_id = {line.frame.frame_id: line for line in project.read(lines)}
    wanted = [name for name in by_id if name in labels] if subjects is None else [name for name in subjects if not benchmark_path(name)]
    found = []
    for name in wanted:
        line, label = by_id.get(name), labels.get(name)
        if line is not None and label is not None and label.state == "done":
            size = (line.frame.width, line.frame.height)
            picture = partial(whole_picture, project, name)
            found.append(
                (name, LabelledPicture(frame_name(line), f"{name}.png", size, label.class_name, label.boxes, picture, label.points))
            )
    return found + _benchmark_pictures(project, [name for name in subjects or () if benchmark_path(name)], looks)


def _benchmark_pictures(project: Project, subjects: Sequence[str], looks: Looks) -> list[tuple[str, LabelledPicture]]:
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None or not subjects:
        return []
    items = {benchmark_subject(item.path): item for item in corrected_items(benchmark.items, looks)}
    root, found, taken = benchmark_root(project, benchmark), [], set[str]()
    for name in subjects:
        item = items.get(name)
        if item is not None:
            path = inside_set(root, item.path)
            flat = "".join(letter if letter.isprintable() else "_" for letter in item.path.replace("/", "_"))  # XML holds no others
            file = _free(flat if path.suffix.lower() == ".png" else f"{flat}.png", taken)
            picture = partial(_bare, path)
            found.append((name, LabelledPicture(item.path, file, picture_size(path), item.class_name, item.boxes, picture, item.points)))
    return found


def _free(file: str, taken: set[str]) -> str:
    """A file name that no other picture has: `a/1.png` and `a_1.png` are flattened to the same one. A disk may not tell A from a."""
    stem, ending = file.removesuffix(".png"), ".png"
    while file.lower() in taken:
        stem += "_"
        file = stem + ending
    taken.add(file.lower())
    return file


def frame_name(line: SamplingLine) -> str:
    """Name of a frame in a label file: a picture by folder and file, a frame of a video by its number."""
    return line.frame.source if "/" in line.frame.source else f"{line.frame.source}#{line.frame.source_index}"


def _names(project: Project) -> Callable[[str], str]:
    by_id = {line.frame.frame_id: frame_name(line) for line in project.read(lines)}
    return lambda subject: benchmark_path(subject) or by_id.get(subject, subject)


def _bare(path: Path) -> bytes:
    """The pixels alone, as they are shown: what a camera or a phone wrote beside them, such as where it stood (EXIF, GPS), stays here."""
    return encode_lossless(read_picture(path))


def _counting(one: LabelledPicture, at: int, n: int, progress: Progress) -> LabelledPicture:
    def picture() -> bytes:
        progress.check()
        progress.report(at + 1, n, "pictures")
        return one.picture()

    return replace(one, picture=picture)

"""Labelling task package: the picks as pictures and blank tasks for CVAT or Label Studio. No answer of a model is in it, nor any label."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fieldcheck.domain.answer_kind import Labels
from fieldcheck.errors import LabelKindWrong, NothingLabelled, NothingPicked
from fieldcheck.exchange import cvat, label_studio
from fieldcheck.exchange.labelled_picture import make_parent_folder
from fieldcheck.exchange.match import make_package_name
from fieldcheck.files import write_bytes, write_text
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.report.sheets import format_csv
from fieldcheck.workflows.footage.sampling_list import SamplingLine, list_sampling_lines
from fieldcheck.workflows.footage.saved_frames import find_changed_picks, list_intact_picks
from fieldcheck.workflows.footage.thumbnails import load_full_image
from fieldcheck.workflows.label.classes import get_label_kind, get_project_task, list_project_classes
from fieldcheck.workflows.label.export_labels import make_frame_name
from fieldcheck.workflows.stress.export_recipe import ExportResult, write_folder_atomically

Tool = Literal["cvat", "label-studio"]
LIST, LABELS = "pictures.csv", "labels.json"
SHAPES: dict[Labels, str] = {"boxes": "rectangle", "points": "points", "class": "tag", "none": "tag"}  # CVAT's words for what is drawn


@dataclass(frozen=True, slots=True)
class _TaskImage:
    """`file` holds the frame's id and how its hash begins, so that labels come back to it and to no other picture."""

    frame_id: str
    file: str
    source: str
    sha256: str
    size: tuple[int, int]


def export_tasks(
    project: Project, tool: Tool, out: Path, progress: Progress, every: bool = False, with_people: bool = False
) -> ExportResult:  # fmt: skip
    """A folder with `images/`, the list of them, and blank tasks for the picks that nobody has labelled yet; `every`: for all of them;
    `with_people`: also frames on which a person is marked.

    Raises NothingPicked, NothingLabelled `all_labelled` or `without_people`, LabelKindWrong, PathOccupied, DiskFull, ReadOnlyPlace.
    """
    task = get_project_task(project)
    kind = get_label_kind(task)
    if kind == "none":
        raise LabelKindWrong(task)
    picks = list_intact_picks(project, progress)
    if not picks:
        raise NothingPicked(project.path)
    labelled = frozenset() if every else frozenset(one.frame_id for one in project.read(labels_table.list_labels))
    people = frozenset() if with_people else project.read(marks_table.list_with_person)
    waiting = {one.frame_id for one in picks} - labelled
    found = _list_task_images(project, waiting - people)
    if not found:
        raise NothingLabelled(project.path, "without_people" if waiting else "all_labelled")
    with write_folder_atomically(out) as into:
        files = [
            _write_list(into, found),
            *TASK_WRITERS[tool](into, found, tuple(dict.fromkeys(list_project_classes(project))), kind, out.name),
        ]
        for at, one in enumerate(found):
            progress.check()
            write_bytes(place := make_parent_folder(into / "images" / one.file), load_full_image(project, one.frame_id))
            files.append(place)
            progress.report(at + 1, len(found), "pictures")
    written = tuple(file.relative_to(into).as_posix() for file in files)
    return ExportResult(out, "tasks", len(found), written, find_changed_picks(project), len(waiting & people))


def _list_task_images(project: Project, wanted: set[str]) -> list[_TaskImage]:
    hashes, by_id = (
        dict(project.read(frames_table.list_frame_hashes)),
        {line.frame.frame_id: line for line in project.read(list_sampling_lines)},
    )
    return [_make_task_image(by_id[name], hashes[name]) for name in by_id if name in wanted]


def _make_task_image(line: SamplingLine, sha256: str) -> _TaskImage:
    frame = line.frame
    return _TaskImage(
        frame.frame_id, f"{make_package_name(frame.frame_id, sha256)}.png", make_frame_name(line), sha256, (frame.width, frame.height)
    )


def _write_list(out: Path, found: Sequence[_TaskImage]) -> Path:
    rows = ((f"images/{one.file}", one.frame_id, one.source, one.sha256, *one.size) for one in found)
    write_text(out / LIST, format_csv(("file", "frame_id", "source", "pixels_sha256", "width", "height"), rows, exact=True))
    return out / LIST


def _write_cvat_tasks(out: Path, found: Sequence[_TaskImage], classes: tuple[str, ...], kind: Labels, _name: str) -> list[Path]:
    """The labels for CVAT's constructor and a file with pictures and no shape. Where a frame may show nothing, a tag says so."""
    tags = () if kind == "class" else (cvat.NOTHING,)
    labels = [{"name": name, "type": SHAPES[kind], "attributes": cvat.list_attributes() if kind == "boxes" else []} for name in classes]
    labels += [{"name": name, "type": "tag", "attributes": []} for name in tags]
    write_text(out / LABELS, json.dumps(labels, ensure_ascii=False, indent=1) + "\n")
    root = cvat.make_document((*classes, *tags), empty_is_said=False)
    for number, one in enumerate(found):
        cvat.add_image_element(root, number, one.file, one.size)
    return [out / LABELS, cvat.write_document(out, root)]


def _write_label_studio_tasks(out: Path, found: Sequence[_TaskImage], classes: tuple[str, ...], kind: Labels, name: str) -> list[Path]:
    tasks = [label_studio.make_task(number, name, one.file, one.source) for number, one in enumerate(found, 1)]
    return label_studio.save_tasks(out, tasks, classes, kind)


TASK_WRITERS: dict[Tool, Callable[[Path, Sequence[_TaskImage], tuple[str, ...], Labels, str], list[Path]]] = {
    "cvat": _write_cvat_tasks,
    "label-studio": _write_label_studio_tasks,
}

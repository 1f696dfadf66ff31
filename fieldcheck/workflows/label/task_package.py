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
from fieldcheck.exchange.labelled_picture import folder_for
from fieldcheck.exchange.match import packaged_name
from fieldcheck.files import write_bytes, write_text
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.report.sheets import table
from fieldcheck.workflows.footage.sampling_list import SamplingLine, lines
from fieldcheck.workflows.footage.saved_frames import changed_picks, sound_picks
from fieldcheck.workflows.footage.thumbnails import whole_picture
from fieldcheck.workflows.label.classes import label_kind, project_classes, project_task
from fieldcheck.workflows.label.export_labels import frame_name
from fieldcheck.workflows.stress.export_recipe import Exported, taking_place

Tool = Literal["cvat", "label-studio"]
LIST, LABELS = "pictures.csv", "labels.json"
SHAPES: dict[Labels, str] = {"boxes": "rectangle", "points": "points", "class": "tag", "none": "tag"}  # CVAT's words for what is drawn


@dataclass(frozen=True, slots=True)
class _TaskPicture:
    """`file` holds the frame's id and how its hash begins, so that labels come back to it and to no other picture."""

    frame_id: str
    file: str
    source: str
    sha256: str
    size: tuple[int, int]


def export_tasks(
    project: Project, tool: Tool, out: Path, progress: Progress, every: bool = False, with_people: bool = False
) -> Exported:  # fmt: skip
    """A folder with `images/`, the list of them, and blank tasks for the picks that nobody has labelled yet; `every`: for all of them;
    `with_people`: also frames on which a person is marked.

    Raises NothingPicked, NothingLabelled `all_labelled` or `without_people`, LabelKindWrong, PathOccupied, DiskFull, ReadOnlyPlace.
    """
    task = project_task(project)
    kind = label_kind(task)
    if kind == "none":
        raise LabelKindWrong(task)
    picks = sound_picks(project, progress)
    if not picks:
        raise NothingPicked(project.path)
    labelled = frozenset() if every else frozenset(one.frame_id for one in project.read(labels_table.all))
    people = frozenset() if with_people else project.read(marks_table.with_person)
    waiting = {one.frame_id for one in picks} - labelled
    found = _pictures(project, waiting - people)
    if not found:
        raise NothingLabelled(project.path, "without_people" if waiting else "all_labelled")
    with taking_place(out) as into:
        files = [_list(into, found), *WRITERS[tool](into, found, tuple(dict.fromkeys(project_classes(project))), kind, out.name)]
        for at, one in enumerate(found):
            progress.check()
            write_bytes(place := folder_for(into / "images" / one.file), whole_picture(project, one.frame_id))
            files.append(place)
            progress.report(at + 1, len(found), "pictures")
    written = tuple(file.relative_to(into).as_posix() for file in files)
    return Exported(out, "tasks", len(found), written, changed_picks(project), len(waiting & people))


def _pictures(project: Project, wanted: set[str]) -> list[_TaskPicture]:
    hashes, by_id = dict(project.read(frames_table.hashes)), {line.frame.frame_id: line for line in project.read(lines)}
    return [_picture(by_id[name], hashes[name]) for name in by_id if name in wanted]


def _picture(line: SamplingLine, sha256: str) -> _TaskPicture:
    frame = line.frame
    return _TaskPicture(
        frame.frame_id, f"{packaged_name(frame.frame_id, sha256)}.png", frame_name(line), sha256, (frame.width, frame.height)
    )


def _list(out: Path, found: Sequence[_TaskPicture]) -> Path:
    rows = ((f"images/{one.file}", one.frame_id, one.source, one.sha256, *one.size) for one in found)
    write_text(out / LIST, table(("file", "frame_id", "source", "pixels_sha256", "width", "height"), rows, exact=True))
    return out / LIST


def _for_cvat(out: Path, found: Sequence[_TaskPicture], classes: tuple[str, ...], kind: Labels, _name: str) -> list[Path]:
    """The labels for CVAT's constructor and a file with pictures and no shape. Where a frame may show nothing, a tag says so."""
    tags = () if kind == "class" else (cvat.NOTHING,)
    labels = [{"name": name, "type": SHAPES[kind], "attributes": cvat.attributes() if kind == "boxes" else []} for name in classes]
    labels += [{"name": name, "type": "tag", "attributes": []} for name in tags]
    write_text(out / LABELS, json.dumps(labels, ensure_ascii=False, indent=1) + "\n")
    root = cvat.document((*classes, *tags), empty_is_said=False)
    for number, one in enumerate(found):
        cvat.image_element(root, number, one.file, one.size)
    return [out / LABELS, cvat.saved(out, root)]


def _for_label_studio(out: Path, found: Sequence[_TaskPicture], classes: tuple[str, ...], kind: Labels, name: str) -> list[Path]:
    tasks = [label_studio.task(number, name, one.file, one.source) for number, one in enumerate(found, 1)]
    return label_studio.save_tasks(out, tasks, classes, kind)


WRITERS: dict[Tool, Callable[[Path, Sequence[_TaskPicture], tuple[str, ...], Labels, str], list[Path]]] = {
    "cvat": _for_cvat,
    "label-studio": _for_label_studio,
}

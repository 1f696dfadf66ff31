"""A model into the project: looked at in a process of its own, understood, copied, kept beside the
older ones; and the classes that frames can be labelled with, with those that mean a good part."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldcheck import __version__
from fieldcheck.domain.model_card import Card, dump_card, parse_card
from fieldcheck.domain.prediction import BOXES, Labels, Task, get_answer_kind
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.report import guess_ok_classes
from fieldcheck.domain.run import On, Run, StoredModel
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.labels import ClassUnknown, NotComparable
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected, ModelUnknown, NoModel
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.files import join_inside, make_json_key, sync_folder, write_text
from fieldcheck.footage.frame_analysis import ModelFile
from fieldcheck.footage.image_folder import copy_file
from fieldcheck.models.card import check_card_fits, collect_card_keys, merge_card_keys, read_card
from fieldcheck.models.decoders.detr_ssd_torchvision import (
    begins_with_background,
    has_trailing_background,
)
from fieldcheck.models.onnx_file import PREDICTION_ENDINGS, is_portable_name
from fieldcheck.models.providers import ANSWER_THREADS, FUNCTIONS, get_provider
from fieldcheck.models.session import list_external_files, open_model, run_trial
from fieldcheck.progress import NullProgress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_json_yaml import parse_json, parse_json_file
from fieldcheck.safe_text import clean_name

CARD_ENDING = ".card.json"
LARGEST_LIST = 1 << 26  # bytes


@dataclass(frozen=True, slots=True)
class InspectedModel:
    """A model file that can be used, with the card that will be stored; `inherited`: the model of
    the project whose card it is; `beside`: the files that it needs, None for those that an ONNX
    file names; `name`: what it is called, empty for the file's."""

    path: Path
    sha256: str
    card: Card
    inherited: str = ""
    beside: tuple[Path, ...] | None = None
    name: str = ""


def inspect_model(
    path: Path,
    card: Path | None = None,
    classes: tuple[str, ...] | None = None,
    usual: tuple[str, ...] | None = None,
) -> InspectedModel:
    """Opens a stranger's file under limits first, then for good, and settles its card.

    `card`: a JSON file; without one `MODEL.card.json` beside the model is read where it lies.
    `classes` override what the card says, `usual` ones count only where neither card nor file names
    any. Raises PathMissing, ModelRejected, CardRejected, CardNeeded.
    """
    if not path.is_file():
        raise PathMissing(path)
    if path.suffix.lower() in PREDICTION_ENDINGS:
        raise ModelRejected(path, "predictions_as_model")
    run_trial(path)
    sidecar, model = read_card_keys(path, card), open_model(path)
    try:
        return InspectedModel(path, model.sha256, read_card(model, sidecar, classes))
    except CardNeeded as error:
        if error.fields != ("classes",) or not usual:
            raise
    return InspectedModel(path, model.sha256, read_card(model, sidecar, usual))


def read_card_keys(path: Path, card: Path | None) -> Mapping[str, Any]:
    """The card's keys, from the file that was named or the one beside the model; none where there
    is neither."""
    beside = path.with_suffix(CARD_ENDING)
    return read_card_file(card) if card else read_card_file(beside) if beside.is_file() else {}


def read_card_file(path: Path) -> Mapping[str, Any]:
    """The JSON object in a card file. Raises PathMissing, CardRejected."""
    if not path.is_file():
        raise PathMissing(path)
    try:
        document = parse_json_file(path)
    except ValueError as error:
        raise CardRejected("", "type", str(error)) from error
    if not isinstance(document, dict):
        raise CardRejected("", "type", type(document).__name__)
    return document


def read_classes(path: Path) -> tuple[str, ...]:
    """One class a line; empty lines at the end do not count. Of YOLO's data file (YAML) its names.
    Raises PathMissing, CardRejected where it is no text, or YAML of another kind, whose lines are
    no classes."""
    if not path.is_file():
        raise PathMissing(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        return _read_yaml_names(path)
    try:
        if path.stat().st_size > LARGEST_LIST:
            raise CardRejected("classes", "type", path.name)
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CardRejected("classes", "type", path.name) from error
    return tuple(line.strip() for line in text.rstrip().splitlines())


def _read_yaml_names(path: Path) -> tuple[str, ...]:
    from fieldcheck.labels.formats.yolo import is_data_file, read_data_names

    try:
        names = read_data_names(path) if is_data_file(path) else ()
    except LabelsRefused as error:
        raise CardRejected("classes", "type", path.name) from error
    if not names:
        raise CardRejected("classes", "type", path.name)
    return names


def write_card(path: Path, card: Card) -> None:
    """Model card as an indented JSON file that `--card` reads. Raises PathOccupied where something
    lies there, DiskFull, ReadOnlyPlace."""
    if path.exists():
        raise PathOccupied(path)
    write_text(path, json.dumps(dump_card(card), ensure_ascii=False, indent=2) + "\n")


def add_model(project: Project, path: Path, card: Path | None, now: str) -> StoredModel:
    """Check a model and make it the project's newest. Raises what `inspect_fitting_model`
    raises."""
    return set_model(project, inspect_fitting_model(project, path, card), now)


def inspect_fitting_model(
    project: Project, path: Path, card: Path | None, classes: tuple[str, ...] | None = None
) -> InspectedModel:
    """A model file that can take the place of the project's: it must know every class that the
    project's frames can be called.

    Where neither file nor card names classes, they are those of the first model, else those told
    when the project was made; where they say too little, the card is that of the newest model with
    the same inputs and outputs. `classes` override both. Raises what `inspect_model` raises;
    NotComparable where a class is missing or the task is another one.
    """
    try:
        looked_at = inspect_model(path, card, classes, usual=get_default_classes(project))
    except CardNeeded:
        inherited = _inspect_with_inherited_card(project, path, card, classes)
        if inherited is None:
            raise
        looked_at = inherited
    check_model_fits_project(project, looked_at.card)
    return looked_at


def _inspect_with_inherited_card(
    project: Project, path: Path, card: Path | None, classes: tuple[str, ...] | None
) -> InspectedModel | None:
    """The file with the card of the newest model whose inputs and outputs are called and shaped
    alike, and what the file, its own card and `classes` say over that; None where there is none
    that fits. Raises CardRejected where they make no sense together."""
    model, keys = open_model(path), dict(read_card_keys(path, card))
    if classes is not None:
        keys["classes"] = list(classes)
    for stored in reversed(project.read(models_table.list_models)):
        try:
            other = open_model(project.path / stored.file, sha256=stored.sha256)
        except (PathMissing, ModelRejected):  # A missing or changed model gives no card.
            continue
        if (model.inputs, model.outputs) == (other.inputs, other.outputs):
            whole = parse_card(
                merge_card_keys(parse_json(stored.card), collect_card_keys(model, keys))
            )
            # Dynamic shapes may still differ.
            with suppress(ModelRejected):
                check_card_fits(model, whole)
                return InspectedModel(path, model.sha256, whole, stored.name)
    return None


def get_default_classes(project: Project) -> tuple[str, ...]:
    """Classes for a model that names none: those of the first model, else those given when the
    project was created."""
    stored = project.read(models_table.list_models)
    classes = project.read(lambda db: settings_table.get_setting(db, "classes"))
    return get_card(stored[0]).classes if stored else tuple(classes or ())


def get_label_classes(card: Card) -> tuple[str, ...]:
    """The card's classes that a label can have: the background that a detector's list names is
    nothing that a box is drawn around."""
    if card.answers is not BOXES:
        return card.classes
    classes = card.classes[1:] if begins_with_background(card.classes) else card.classes
    return (
        classes[:-1] if card.output.kind == "detr" and has_trailing_background(classes) else classes
    )


def check_model_fits_project(project: Project, card: Card) -> None:
    """Raises NotComparable where the card lacks a class that the project's frames can be called, or
    its task is another one."""
    stored = project.read(models_table.list_models)
    label_classes = (
        get_label_classes(get_card(stored[0])) if stored else get_default_classes(project)
    )
    missing = [name for name in dict.fromkeys(label_classes) if name not in card.classes]
    if missing:
        raise NotComparable("classes", ", ".join(missing[:5]))
    if stored and card.task != get_card(stored[0]).task:
        raise NotComparable("metric", f"{get_card(stored[0]).task}, {card.task}")


def set_model(project: Project, looked_at: InspectedModel, now: str) -> StoredModel:
    """Copies the file and what it needs into `models/` and makes it the project's newest. The
    newest one again adds nothing; an earlier one stands at the end once more, by a name of its own,
    and keeps its answers, which belong to file and card.

    Raises DiskFull, ReadOnlyPlace, PathRefused (a link lies in its place).
    """
    stored = project.read(models_table.list_models)
    card = format_card(looked_at.card)
    for model in stored[-1:]:
        if (model.sha256, model.card) == (looked_at.sha256, card):
            return model
    name = find_free_name(looked_at.name or looked_at.path.stem, {model.name for model in stored})
    folder, own = join_inside(project.path, f"models/{name}"), looked_at.path.name
    own = own if is_portable_name(own) else f"{name}{looked_at.path.suffix}"
    beside = looked_at.beside
    positions = {looked_at.path: own} | {
        external_file: external_file.relative_to(looked_at.path.parent).as_posix()
        for external_file in (list_external_files(looked_at.path) if beside is None else beside)
    }
    for outside, path in positions.items():
        target = join_inside(folder, path)
        part = target.with_name(target.name + ".part")
        copy_file(outside, part, NullProgress())
        part.replace(target)
    sync_folder(folder)
    model = StoredModel(name, looked_at.sha256, f"models/{name}/{own}", card, now)
    project.write(lambda db: models_table.put_model(db, model)).result()
    return model


def find_free_name(stem: str, taken: set[str]) -> str:
    """The stem as a plain name that a folder of any system may have, or with `-2`, `-3` … where it
    is taken, also in other letters that some systems take for the same."""
    stem = re.sub(r"[\\/:]", "-", clean_name(stem)).strip(" .") or "model"
    stem = stem if is_portable_name(stem) else f"model-{stem}"
    same = {_fold_name(name) for name in taken}
    if _fold_name(stem) not in same:
        return stem
    number = 2
    while _fold_name(f"{stem}-{number}") in same:
        number += 1
    return f"{stem}-{number}"


def _fold_name(name: str) -> str:
    """What two names have in common that are one on Windows or macOS."""
    return unicodedata.normalize("NFC", name).casefold()


def find_model(project: Project, name: str | None = None) -> StoredModel:
    """The model of that name, or the newest. Raises NoModel, ModelUnknown."""
    stored = project.read(models_table.list_models)
    if not stored:
        raise NoModel(project.path)
    if name is None:
        return stored[-1]
    for model in stored:
        if model.name == name:
            return model
    raise ModelUnknown(name, tuple(model.name for model in stored))


def get_card(model: StoredModel) -> Card:
    """The card the model is used with."""
    return parse_card(parse_json(model.card))


def can_ask(model: StoredModel) -> bool:
    """Whether the model answers images here and now: a file of predictions never does, a function
    only in the process of its script."""
    card = get_card(model)
    return not card.is_foreign or (not card.is_file and model.sha256 in FUNCTIONS)


def format_card(card: Card) -> str:
    """The card as it is stored: the same card, the same text."""
    return json.dumps(dump_card(card), sort_keys=True, ensure_ascii=False)


def make_model_file(
    project: Project, model: StoredModel, threads: int = ANSWER_THREADS
) -> ModelFile:
    """Make the reference to the model that chunks use, with its provider on this computer."""
    return ModelFile(
        str(project.path / model.file),
        model.sha256,
        model.card,
        threads,
        get_provider(project, model),
    )


def make_run(
    model: StoredModel,
    set_name: On,
    subjects: str,
    n: int,
    now: str,
    recipe: str = "none",
    severity: float = 0.0,
    seed: int = 0,
) -> Run:
    """The run of a model over a set. Its id is the hash of all that decides its answers; `subjects`
    is the hash of the set, or a name for one that grows: `footage` with every import. `recipe` is
    the corruption done to every frame first, at `severity` and by `seed`."""
    run_id = make_json_key(
        [model.sha256, model.card_sha256, recipe, severity, seed, __version__, subjects]
    )
    return Run(
        run_id,
        model.sha256,
        model.card_sha256,
        set_name,
        recipe,
        severity,
        seed,
        __version__,
        n,
        now,
    )


# Classes that the project's frames can be labelled with, and which of them mean a good part.


def list_project_classes(project: Project) -> tuple[str, ...]:
    """The first model's classes in their order; without a model those of `new --classes`, then
    those of the benchmark. A background that a detector's list names is nothing that a box could be
    drawn around.

    The first model decides so that labels keep their meaning when a later model is added.
    """
    models = project.read(models_table.list_models)
    if models:
        return get_label_classes(get_card(models[0]))
    classes = project.read(lambda db: settings_table.get_setting(db, "classes"))
    if classes:
        return tuple(classes)
    benchmark = project.read(models_table.get_benchmark)
    return benchmark.classes if benchmark else ()


def get_project_task(project: Project) -> Task:
    """Task of the model, else what the benchmark holds: `classification` or `detection`."""
    models = project.read(models_table.list_models)
    if models:
        return get_card(models[0]).task
    benchmark = project.read(models_table.get_benchmark)
    boxes = benchmark is not None and any(item.boxes for item in benchmark.items)
    return "detection" if boxes else "classification"


def get_label_kind(task: str) -> Labels:
    """Kind of label that a person gives a frame: a `class`, `boxes`, `points` where the model
    answers with masks (ux 3.5), or `none`."""
    return get_answer_kind(task).labels


# OK classes: the classes that mean a good part, set by a person or proposed from their names.

OK_CLASSES = "ok_classes"


def get_ok_classes(project: Project) -> tuple[tuple[str, ...], bool]:
    """The OK classes, and whether somebody said so; else those that the names propose, which may be
    none."""
    value, classes = (
        project.read(settings_table.list_settings).get(OK_CLASSES),
        list_project_classes(project),
    )
    if isinstance(value, list):
        return tuple(name for name in classes if name in value), True
    return guess_ok_classes(classes), False


def set_ok_classes(project: Project, names: Sequence[str]) -> Changes:
    """These classes are OK from now on, as one undoable act. Raises ClassUnknown for a name that
    the project does not have."""
    class_names = check_ok_classes(project, names)
    return project.edit(
        "limits.set",
        puts=[
            settings_table.make_setting_row(
                OK_CLASSES, [name for name in class_names if name in names]
            )
        ],
    )


def check_ok_classes(project: Project, names: Sequence[str]) -> tuple[str, ...]:
    """The project's classes. Raises ClassUnknown for a name that is none of them."""
    class_names = list_project_classes(project)
    for name in names:
        if name not in class_names:
            raise ClassUnknown(name, class_names)
    return class_names

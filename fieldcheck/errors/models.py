"""Errors with a model and its card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors.files import FieldcheckError


@dataclass(eq=False, repr=False)
class ModelRejected(FieldcheckError):
    """`problem`: `not_onnx`, `truncated`, `external_data_missing`, `external_data_name`,
    `external_data_letters`, `too_new`, `unsupported_operator`, `rank`, `channels`, `classes`,
    `output_kind`, `size`, `crashed`, `no_inputs`, `inputs` (more than one), `invalid_graph`,
    `run_failed`, `time`, `memory`, `changed`, and of a decoder plug-in `plugin_missing`,
    `plugin_raised`, `plugin_time`, `plugin_rubbish`, `plugin_printed`; `detail` holds the figures
    that were seen. Of `output_kind`: `fits` names the kinds that read this output, none where
    nothing here does; `known` those of the task, each with its shape. Of `classes`: the model has
    `n_classes`, None where nothing tells, and `n_named` were named. Of `output_unclear`, where
    nobody says what the outputs are: `fits` names what they can be, none where no kind explains
    them all. Of `classes_unknown`: the file does not tell how many there are."""

    path: Path
    problem: str
    detail: str = ""
    fits: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    n_classes: int | None = None
    n_named: int = 0


@dataclass(eq=False, repr=False)
class RunnerResultRefused(FieldcheckError):
    """Result of a run on another device that is not taken in: `not_json`, `field`, `other_model`,
    `other_card`, `unknown` (of a folder that another project exported) or `answers` (they are not
    those of this computer); `detail` holds what was seen."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class CardRejected(FieldcheckError):
    """A model card that cannot be used: `field` is the dotted key, `problem` is `missing`,
    `unknown`, `type`, `value`, or of `classes` `background`: the list begins with one, which this
    kind of output does not have."""

    field: str
    problem: str
    detail: str = ""
    known: tuple[str, ...] = ()  # words that it may be


@dataclass(eq=False, repr=False)
class CardNeeded(FieldcheckError):
    """Neither the file nor a card says what `fields` are."""

    path: Path
    fields: tuple[str, ...]


@dataclass(eq=False, repr=False)
class ModelUnknown(FieldcheckError):
    """The project holds no model of that name."""

    name: str
    known: tuple[str, ...]


@dataclass(eq=False, repr=False)
class RunUnknown(FieldcheckError):
    """The project holds no run of that id, or several begin so; `known`: the newest there are."""

    run_id: str
    known: tuple[str, ...]


@dataclass(eq=False, repr=False)
class NoRuns(FieldcheckError):
    """The project has no stored run yet."""

    project: Path


@dataclass(eq=False, repr=False)
class NoModel(FieldcheckError):
    """The project has no model yet."""

    project: Path

"""The fields of a model card: what stands in them for a card, and the card that is meant by what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fieldcheck.domain.model_card import COLOURS, INTERPOLATIONS, KINDS, LAYOUTS, PAD_POSITIONS, RESIZES
from fieldcheck.domain.output_kind import BY_NAME, is_plugin
from fieldcheck.ui.screens.home.captions import get_task_name
from fieldcheck.words.formatting import format_names
from fieldcheck.words.language import get_language, tr
from fieldcheck.words.preprocessing_record import format_figure
from fieldcheck.workflows.models.plugin_kinds import list_plugin_kinds

TASK, KIND, SIZE, CLASSES = "task", "output.kind", "input.size", "classes"
LISTS = ("input.mean", "input.std")
FIGURES = ("input.scale", "input.crop", "input.pad", "output.threshold", "output.iou")
FINE = ("input.scale", *LISTS)  # as many digits as it has
PER_LEVEL = 255


def get_field_names() -> dict[str, str]:
    """Dotted key → what it is called, in the order of the fields."""
    return {
        TASK: tr("Task"),
        KIND: tr("Output type"),
        SIZE: tr("Input size (width × height)"),
        "input.resize": tr("Resize mode"),
        "input.colour": tr("Channel order"),
        "input.layout": tr("Tensor layout"),
        "input.scale": tr("Scale factor"),
        "input.mean": tr("Mean"),
        "input.std": tr("Standard deviation"),
        "input.interpolation": tr("Interpolation"),
        "input.crop": tr("Centre crop fraction"),
        "input.pad": tr("Padding value, 0–255"),
        "input.pad_position": tr("Padding position"),
        "output.threshold": tr("Confidence threshold"),
        "output.iou": tr("IoU threshold (NMS)"),
    }


def find_unused_fields(typed: Mapping[str, str]) -> frozenset[str]:
    """Dotted keys that mean nothing for the task, output and resize that are chosen: thresholds, a border where there is none."""
    found = set()
    if typed[TASK] == "classification":
        found.add("output.threshold")
    kind = typed[KIND]
    if not ((kind in BY_NAME or is_plugin(kind)) and BY_NAME[kind].suppressed_here):
        found.add("output.iou")
    if typed["input.resize"] != "letterbox":
        found |= {"input.pad", "input.pad_position"}
    return frozenset(found)


def list_options(key: str, task: str) -> list[tuple[str, str]]:
    """Code and words of each value that a key can have; none where it is typed."""
    codes: dict[str, tuple[str, ...]] = {
        TASK: tuple(KINDS),
        KIND: (*next((kinds for name, kinds in KINDS.items() if name == task), ()), *(list_plugin_kinds(task) if key == KIND else ())),
        "input.resize": RESIZES,
        "input.colour": COLOURS,
        "input.layout": LAYOUTS,
        "input.interpolation": INTERPOLATIONS,
        "input.pad_position": PAD_POSITIONS,
    }
    return [(code, _get_option_name(key, code)) for code in codes.get(key, ())]


def format_card_fields(card: Mapping[str, Any]) -> dict[str, str]:
    """Field texts of a model card, from its JSON values."""
    found = {TASK: str(card["task"]), CLASSES: "\n".join(card["classes"])}
    for key in get_field_names():
        above, _, name = key.rpartition(".")
        value = card[above][name] if above else card[name]
        if key == SIZE:
            found[key] = f"{value[1]} × {value[0]}"
        elif key in LISTS:
            found[key] = "; ".join(_format_figure(key, one) for one in (value if len(set(value)) > 1 else value[:1]))
        else:
            found[key] = _format_figure(key, value) if key in FIGURES else str(value)
    return found


def parse_card_fields(typed: Mapping[str, str], below: Mapping[str, Any]) -> dict[str, Any]:
    """The card that is meant, as JSON values; what has no field stays as in `below`. What is no figure is handed on as it was typed: the
    card's own check says what is wrong with it."""
    card: dict[str, Any] = {**below, "input": dict(below["input"]), "output": dict(below["output"])}
    for key, said in typed.items():
        above, _, name = key.rpartition(".")
        value: Any = said
        if key == CLASSES:
            value = said.splitlines()
        elif key == SIZE:
            sides = [int(side) for side in re.findall(r"\d{1,6}", said)]
            value = sides[::-1] if len(sides) == 2 else said
        elif key in LISTS:
            value = [parse_number(part) for part in _split_list(said)] or said
        elif key in FIGURES:
            value = parse_number(said)
        (card[above] if above else card)[name] = value
    return card


def parse_number(said: str) -> float | str:
    """`0.5`, `0,5` or `1/255` as a figure; anything else as it was typed."""
    above, slash, below = said.strip().replace(",", ".").replace("−", "-").partition("/")
    try:
        return float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        return said


def _split_list(said: str) -> list[str]:
    """Figures of a list: between semicolons or blanks, or between commas where these are no decimal ones."""
    parts = [part.strip(",") for part in re.split(r"[;\s]+", said.strip()) if part.strip(",")]
    return [one for part in parts for one in (part.split(",") if "." in part or part.count(",") > 1 else [part])]


def _format_figure(key: str, value: float) -> str:
    """As short as it reads back the same; a scale of one by 255 as that."""
    if key == "input.scale" and abs(value * PER_LEVEL - 1) < 1e-9:
        return f"1/{PER_LEVEL}"
    said = f"{value:.10g}" if key in FINE else format_figure(value)
    return said.replace(".", ",") if get_language() == "de" else said


def _get_option_name(key: str, code: str) -> str:
    named = {
        "input.resize": {
            "stretch": tr("stretch"),
            "letterbox": tr("letterbox (pad)"),
            "centre_crop": tr("centre crop"),
            "short_side": tr("shorter side"),
        },
        "input.colour": {"GRAY": tr("greyscale")},
        "input.pad_position": {"centre": tr("both sides"), "top_left": tr("bottom right")},
    }
    return get_task_name(code) if key == TASK else named.get(key, {}).get(code, code)


def format_proposal(keys: Sequence[str], recipe: str, n_recipes: int, found: Sequence[str] = ()) -> str:
    """Proposed fields of a card in words: `keys` nobody said, the known export that it is fed like, and what the doctor `found` on it;
    empty where nothing is proposed."""
    names = get_field_names() | {CLASSES: tr("Classes")}
    known = [names[key] for key in keys if key in names]
    if not known:
        return ""
    fields = format_names(known, len(known))
    proposed = tr("Proposed values, not confirmed: {fields}. Check whether the predictions make sense.").format(fields=fields)
    if not n_recipes:
        return " ".join([proposed, *found])
    fed = tr("Preprocessing as in {recipe}: none of {n} known variants is clearly better on the first frames.")
    return " ".join([fed.format(recipe=recipe, n=n_recipes), proposed, *found])

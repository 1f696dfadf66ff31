"""Findings of the model doctor: as data, in words, and the reference score compared with what was
measured here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import OUTPUT_KINDS
from fieldcheck.errors.message_format import format_command, format_names, to_one_line
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_interval, format_percent
from fieldcheck.models.messages import format_figure, get_provider_name

Level = Literal["error", "warning", "info"]
CODES = (
    *(
        "channel_order",
        "scale",
        "mean_std",
        "resize",
        "layout",
        "class_order",
        "class_count",
        "batch_norm_training",
        "dropout_active",
    ),
    *(
        "batch_dependent",
        "constant_output",
        "nan_output",
        "softmax_twice",
        "softmax_missing",
        "ignored_input",
        "insensitive",
    ),
    *("unsupported_operator", "precision_drift", "at_chance"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `how` says by which way it was seen, a code of the sentence; `facts`
    are the figures in it."""

    code: str
    level: Level
    how: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"no finding is called {self.code!r}")


@dataclass(frozen=True, slots=True)
class PreprocessingCandidate:
    """A way to feed the model: what is changed on the card (nothing: the card itself), and the
    score on the labelled frames.

    Without labels the score is "na"; the candidates are then in the order in which they fit the
    model's figures.
    """

    change: Mapping[str, Any]
    score: Estimate


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`card` is the one that the checks were made with: made to fit the file where the given one
    did not. `n_labelled`: labelled frames that ways of feeding were compared on, or that were shown
    beside the rendered pictures."""

    card: Card
    findings: tuple[Finding, ...]
    candidates: tuple[PreprocessingCandidate, ...]
    n_labelled: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was found that makes the answers wrong."""
        return not any(finding.level == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class LabelledFrames:
    """Frames with known labels. `frames`: (H, W, 3) uint8 RGB of any size; `classes`: (n,) class
    index of each for a classifier; `boxes`: for a detector an (m, 5) float64 array per frame: x1,
    y1, x2, y2 in pixels, class index."""

    frames: Sequence[NDArray[np.uint8]]
    classes: NDArray[np.int64]
    boxes: tuple[NDArray[np.float64], ...] = ()


# Sentences of the model doctor: what the finding is, its evidence, and what to do.

Facts = Mapping[str, Any]
Seen = Callable[[Facts], str]

MOST_VALUES = 4


@dataclass(frozen=True, slots=True)
class FindingText:
    """Three sentences about one finding."""

    problem: str
    evidence: str
    remedy: str


def describe_finding(finding: Finding) -> FindingText:
    """The sentences of a finding."""
    return FindingText(
        _describe_problem(finding), _describe_evidence(finding), _describe_remedy(finding)
    )


def describe_diagnosis(name: str, n_findings: int, n_labelled: int) -> str:
    """The first line of an answer: whether anything was found, and what it was looked at with."""
    if n_labelled:
        shown = tr_plural(
            "checked with {n} labelled frame",
            "checked with {n} labelled frames",
            n_labelled,
            n=n_labelled,
        )
    else:
        shown = tr("checked with rendered images only")
    if not n_findings:
        return tr("{name}: no problem found ({shown}).", name=to_one_line(name), shown=shown)
    text = tr_plural(
        "{name}: {n} problem found ({shown}).", "{name}: {n} problems found ({shown}).", n_findings
    )
    return text.format(name=to_one_line(name), n=n_findings, shown=shown)


FED = frozenset(("channel_order", "scale", "mean_std", "resize", "layout"))
OWN = frozenset(
    (
        "batch_norm_training",
        "dropout_active",
        "batch_dependent",
        "constant_output",
        "nan_output",
        "ignored_input",
        "insensitive",
    )
)


def list_diagnosis_checks(codes: frozenset[str], n_labelled: int) -> tuple[str, ...]:
    """Checklist of the model doctor: what was looked at and found sound, ticked, and what only
    labelled frames can tell; groups with a finding of `codes` are left to that."""
    # Preprocessing is not judged where the outputs do not depend on the input.
    silent = bool(codes & OWN)
    groups = (
        (tr("predictions are finite and depend on the image alone"), OWN, True),
        (tr("channel order, scale, resize and layout"), FED, n_labelled > 0 and not silent),
        (
            tr("number and order of the classes"),
            frozenset(("class_order", "class_count")),
            n_labelled > 0 and not silent,
        ),
        (
            tr("final activation: softmax or sigmoid"),
            frozenset(("softmax_twice", "softmax_missing")),
            True,
        ),
        (
            tr("all operators supported on this computer"),
            frozenset(("unsupported_operator", "precision_drift")),
            True,
        ),
    )
    open_ = (
        tr("– {what}: not checked, see above")
        if silent
        else tr("– {what}: requires labelled frames")
    )
    return tuple(
        (tr("✓ {what}") if judged else open_).format(what=check_name)
        for check_name, group, judged in groups
        if not codes & group
    )


def list_short_findings(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Findings in short: what it is, and what to do."""
    return tuple(
        f"{finding_text.problem} {finding_text.remedy}"
        for finding_text in map(describe_finding, findings)
    )


def list_inherited_card_lines(model: str) -> tuple[str, ...]:
    """Say that a new model uses the card of an earlier one; empty where it has its own."""
    text = tr(
        "No model card given. The model card of {model} is used: its inputs and outputs are "
        "the same."
    )
    return (text.format(model=to_one_line(model)),) if model else ()


def list_warning_lines(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Findings in short for commands that did not request a check: what it is, its evidence, what
    to do."""
    return tuple(
        "▲ " + " ".join((text.problem, text.evidence, text.remedy))
        for text in map(describe_finding, findings)
    )


def describe_proposed_values(keys: Sequence[str]) -> str:
    """Proposed card values: what neither the file nor a card says."""
    return tr(
        "{keys}: not specified; the model card values above are proposals to confirm.",
        keys=format_names(keys, len(keys)),
    )


def describe_written_card(path: str, *, written: bool) -> str:
    """Model card kept as a file, or why there is none."""
    if not written:
        return tr("No model card written: the model file cannot be opened.")
    return tr(
        "Model card written: {path}. Check every value, then add the model card to the model{how}.",
        path=path,
        how=format_command(f"--card {path}"),
    )


def describe_candidate(change: Facts, score: Estimate) -> str:
    """One way to feed the model and how it fits the labelled frames."""
    text = format_card_changes(change) or tr("current model card")
    if not score.measured:
        return text
    return tr(
        "{change}: accuracy {score}, n = {n}",
        change=text,
        score=_format_score_range(score),
        n=score.n,
    )


def _format_score_range(score: Estimate) -> str:
    return f"{format_percent(score.value)} ({format_interval(score)})"


def format_card_changes(change: Facts) -> str:
    """Keys of a card and the values that they shall get: `scale 1, colour BGR`."""
    return ", ".join(f"{key} {_format_value(value)}" for key, value in change.items())


def _format_value(value: object) -> str:
    if isinstance(value, list | tuple):
        shown = (
            list(dict.fromkeys(value))
            if all(isinstance(item, float) for item in value) and len(set(value)) == 1
            else list(value)
        )
        return " / ".join(_format_value(value) for value in shown[:MOST_VALUES]) + (
            " / …" if len(shown) > MOST_VALUES else ""
        )
    return format_figure(value) if isinstance(value, int | float) else to_one_line(value)


def _describe_problem(finding: Finding) -> str:
    special = {
        ("channel_order", "channels"): tr(
            "The model card and the model input have different numbers of colour channels."
        ),
        ("resize", "size"): tr("The input size in the model card differs from the file."),
        ("class_count", "kind"): tr("The output type differs from the model card."),
        ("class_count", "background"): tr(
            "The classes of the model card begin with a background, which this output type "
            "does not have."
        ),
        ("class_count", "unclear"): tr("The outputs are not specified."),
        ("class_count", "figures"): tr(
            "The output values do not match the output type in the model card."
        ),
        ("at_chance", "objects"): tr("Hardly any labelled object is detected."),
        ("class_count", "names"): tr(
            "The labels contain classes that the model card does not have."
        ),
        ("unsupported_operator", "too_new"): tr(
            "The file requires a newer ONNX Runtime than this program includes."
        ),
        ("unsupported_operator", "provider"): tr(
            "An installed execution provider does not support the whole model."
        ),
        ("precision_drift", "provider"): tr(
            "An installed execution provider gives different predictions from the CPU."
        ),
        ("softmax_twice", "card"): tr(
            "The model card requests a final activation that the file already applies."
        ),
    }
    if (finding.how, finding.facts.get("sign")) == ("behaviour", "saturated"):
        return tr("The pixel scale may differ from training.")
    if finding.facts.get("proposed"):
        texts = {
            "labels": tr(
                "Preprocessing is not specified; it was inferred from the labelled frames."
            ),
            "range": tr(
                "Preprocessing is not specified; it was inferred from the quantised value range."
            ),
            "behaviour": tr(
                "Preprocessing is not specified; it was inferred from predictions on rendered "
                "images."
            ),
        }
        return texts.get(finding.how, "") or _list_proposal_texts()[finding.code]
    return (
        special.get((finding.code, finding.how))
        or (_list_preprocessing_texts() | _list_answer_texts())[finding.code]
    )


def _list_proposal_texts() -> dict[str, str]:
    """Findings about the final activation where no card states it."""
    return {
        "softmax_twice": tr(
            "The proposal requests a final activation that the file already applies."
        ),
        "softmax_missing": tr(
            "The proposal assumes that the file applies the final activation, but it does not."
        ),
    }


def _list_preprocessing_texts() -> dict[str, str]:
    return {
        "channel_order": tr("The channel order differs from training (RGB/BGR)."),
        "scale": tr("The pixel scale differs from training."),
        "mean_std": tr("Mean or standard deviation differ from those used in training."),
        "resize": tr("Images are resized differently from training."),
        "layout": tr("Tensor layout in the model card differs from the model's (NCHW/NHWC)."),
        "class_order": tr("The class order in the model card differs from the model output."),
        "class_count": tr("The model card and the model output have different numbers of classes."),
    }


def _list_answer_texts() -> dict[str, str]:
    return {
        "batch_norm_training": tr(
            "Batch normalisation is in training mode: a prediction depends on the other "
            "images in its batch."
        ),
        "dropout_active": tr(
            "Dropout or another random operation is active: the same image gives a different "
            "prediction each time."
        ),
        "batch_dependent": tr(
            "The prediction for an image depends on the other images in its batch."
        ),
        "constant_output": tr("The model gives the same prediction for every image."),
        "nan_output": tr("The model returns NaN or infinite values."),
        "softmax_twice": tr("The file applies the final activation (softmax or sigmoid) twice."),
        "softmax_missing": tr(
            "The model card says that the file applies the final activation, but it does not."
        ),
        "ignored_input": tr("One model input is not used by any output."),
        "insensitive": tr("The predictions hardly change with the image."),
        "unsupported_operator": tr(
            "The file uses an operator that this program's ONNX Runtime does not support."
        ),
        "precision_drift": tr("The quantised file gives different predictions from its original."),
        "at_chance": tr(
            "Accuracy is not demonstrably better than chance with any preprocessing tried."
        ),
    }


def _describe_evidence(finding: Finding) -> str:
    describe = SEEN.get((finding.code, finding.how)) or SEEN[("", finding.how)]
    return describe(finding.facts)


def _describe_label_evidence(facts: Facts) -> str:
    if facts.get("proposed"):
        return tr(
            "On {n} labelled frames the accuracy is {said} as proposed, and {fits} with {change}.",
            n=facts["n"],
            said=_format_score_range(facts["said_score"]),
            fits=_format_score_range(facts["fits_score"]),
            change=format_card_changes(facts["change"]),
        )
    return tr(
        "On {n} labelled frames the accuracy is {said} with the model card as it is, and "
        "{fits} with {change}.",
        n=facts["n"],
        said=_format_score_range(facts["said_score"]),
        fits=_format_score_range(facts["fits_score"]),
        change=format_card_changes(facts["change"]),
    )


def _describe_range_evidence(facts: Facts) -> str:
    if facts.get("proposed"):
        return tr(
            "The proposal scales input to {low} to {high}; the quantised file represents "
            "{held_low} to {held_high}.",
            **{key: format_figure(facts[key]) for key in ("low", "high", "held_low", "held_high")},
        )
    return tr(
        "The model card scales input to {low} to {high}; the quantised file represents "
        "{held_low} to {held_high}.",
        **{key: format_figure(facts[key]) for key in ("low", "high", "held_low", "held_high")},
    )


def _describe_behaviour_evidence(facts: Facts) -> str:
    text = {
        "saturated": tr(
            "With input {low} to {high} the confidence is near 1 on images without content; "
            "with {change} it is not."
        ),
        "flat": tr(
            "With input {low} to {high} the model hardly distinguishes different images; with "
            "{change} it does."
        ),
        "quiet": tr(
            "With input {low} to {high} the model detects nothing in any image; with {change} "
            "it does."
        ),
    }[facts["sign"]]
    return text.format(
        low=format_figure(facts["low"]),
        high=format_figure(facts["high"]),
        change=format_card_changes(facts["change"]),
    )


def _describe_activation_evidence(facts: Facts, which: str) -> str:
    """Evidence that the final activation is applied twice or not at all."""
    text = {
        ("twice", False): tr("The model card specifies logits; the file ends in {operator}."),
        ("twice", True): tr("The proposal is logits; the file ends in {operator}."),
        ("missing", False): tr(
            "The model card specifies {kind}; values range from {low} to {high}."
        ),
        ("missing", True): tr("The proposal is {kind}; values range from {low} to {high}."),
    }[which, bool(facts.get("proposed"))]
    return text.format(
        **{
            key: format_figure(value) if isinstance(value, int | float) else value
            for key, value in facts.items()
        }
    )


def _describe_parity_drift(facts: Facts) -> str:
    return tr(
        "On {n} images the predictions differ from {base} by {moved}; {flipped} of the images "
        "get a different confident prediction.",
        n=facts["n"],
        base=to_one_line(facts["base"]),
        moved=format_percent(facts["moved"], 1),
        flipped=format_percent(facts["flipped"], 1),
    )


SEEN: dict[tuple[str, str], Seen] = {
    ("", "labels"): _describe_label_evidence,
    ("", "range"): _describe_range_evidence,
    ("", "behaviour"): _describe_behaviour_evidence,
    ("at_chance", "labels"): lambda facts: tr(
        "{said} of {n} predictions are correct; always predicting the most frequent class "
        "would give {chance}.",
        n=facts["n"],
        said=_format_score_range(facts["said_score"]),
        chance=format_percent(facts["chance"]),
    ),
    ("at_chance", "objects"): lambda facts: tr(
        "{said} of {n} labelled objects are detected.",
        n=facts["n"],
        said=_format_score_range(facts["score"]),
    ),
    ("channel_order", "channels"): lambda facts: tr(
        "The model card specifies {said}; the file declares {n} channels.",
        said=facts["said"],
        n=facts["has"],
    ),
    ("resize", "size"): lambda facts: tr(
        "The model card specifies {said}; the file declares {has}.",
        said=facts["said"],
        has=facts["has"],
    ),
    ("layout", "shape"): lambda facts: tr(
        "The model card specifies {said}; the input of the file, {shape}, runs only as {fits}.",
        **facts,
    ),
    ("class_count", "kind"): lambda facts: tr(
        "The model card specifies {kind}; the output shape is {shape}.", **facts
    ),
    ("class_count", "figures"): lambda facts: tr(
        "The model card specifies {kind}; the shape {shape} fits, but the values match {fits}.",
        kind=facts["kind"],
        shape=facts["shape"],
        fits=format_names(facts["fits"]) or tr("another type"),
    ),
    ("class_count", "background"): lambda facts: tr(
        "The first class is {name}; the output is {kind}.",
        name=to_one_line(facts["name"]),
        kind=facts["kind"],
    ),
    ("class_count", "unclear"): lambda facts: _describe_unclear_output(facts),
    ("class_count", "classes"): lambda facts: tr(
        "The model card has {said} classes; the output {shape} has {has}.", **facts
    ),
    ("class_count", "detector"): lambda facts: tr(
        "The model card has {said} classes; the output shape is {shape}.", **facts
    ),
    ("class_count", "names"): lambda facts: tr(
        "Missing from the model card: {names}.", names=format_names(facts["names"])
    ),
    ("batch_norm_training", "flag"): lambda facts: tr(
        "Found in the graph at {layer} ({n} in total).",
        layer=to_one_line(facts["layer"]),
        n=facts["n"],
    ),
    ("batch_norm_training", "mean"): lambda facts: tr(
        "The graph computes batch statistics at {layer} ({n} in total) instead of using "
        "stored ones.",
        layer=to_one_line(facts["layer"]),
        n=facts["n"],
    ),
    ("dropout_active", "flag"): lambda facts: tr(
        "Found in the graph at {layer} ({n} in total).",
        layer=to_one_line(facts["layer"]),
        n=facts["n"],
    ),
    ("dropout_active", "random"): lambda facts: tr(
        "The graph uses random numbers at {layer} ({n} in total).",
        layer=to_one_line(facts["layer"]),
        n=facts["n"],
    ),
    ("dropout_active", "repeat"): lambda facts: tr(
        "The same image gives predictions that differ by up to {by}.",
        by=format_figure(facts["difference"]),
    ),
    ("batch_dependent", "company"): lambda facts: tr(
        "{n} images run one by one and as a batch differ by up to {by} (spread of predictions "
        "{spread}).",
        n=facts["n"],
        by=format_figure(facts["difference"]),
        spread=format_figure(facts["spread"]),
    ),
    ("constant_output", "probes"): lambda facts: tr(
        "{n} different images give exactly the same prediction.", n=facts["n"]
    ),
    ("nan_output", "probes"): lambda facts: tr(
        "{n} of {of} images give NaN or an infinite value.", **facts
    ),
    ("softmax_twice", "graph"): lambda facts: tr(
        "In the graph, {operator} follows {first}.",
        operator=facts["operator"],
        first=to_one_line(facts["first"]),
    ),
    ("softmax_twice", "card"): lambda facts: _describe_activation_evidence(facts, "twice"),
    ("softmax_twice", "values"): lambda facts: tr(
        "After inverting the activation once, the outputs over {k} classes are still "
        "probabilities; the highest is {high}.",
        k=facts["classes"],
        high=format_percent(facts["high"]),
    ),
    ("softmax_missing", "values"): lambda facts: _describe_activation_evidence(facts, "missing"),
    ("ignored_input", "graph"): lambda facts: tr(
        "In the graph, {name} is not connected to any output.", name=to_one_line(facts["input"])
    ),
    ("insensitive", "probes"): lambda facts: tr(
        "Over {n} different images the predictions vary by {moves}; at least {usual} is typical.",
        n=facts["n"],
        moves=format_figure(facts["moves"]),
        usual=format_figure(facts["usual"]),
    ),
    ("unsupported_operator", "too_new"): lambda facts: tr(
        "Declared: {seen}.", seen=to_one_line(facts["seen"])
    ),
    ("unsupported_operator", "unsupported_operator"): lambda facts: tr(
        "Value found: {seen}.", seen=to_one_line(facts["seen"])
    ),
    ("unsupported_operator", "provider"): lambda facts: tr(
        "{name} does not support {seen}.",
        name=get_provider_name(facts["provider"]),
        seen=to_one_line(facts["seen"]),
    ),
    ("precision_drift", "provider"): lambda facts: tr(
        "{name} on {n} images: predictions differ by up to {moved}.",
        name=get_provider_name(facts["provider"]),
        n=facts["n"],
        moved=format_percent(facts["moved"], 1),
    ),
    ("precision_drift", "shape"): lambda facts: tr(
        "The output differs in shape from {base}, or is not finite.",
        base=to_one_line(facts["base"]),
    ),
    ("precision_drift", "base"): _describe_parity_drift,
}


def _describe_remedy(finding: Finding) -> str:
    if (finding.how, finding.facts.get("sign")) == ("behaviour", "saturated"):
        return tr(
            "A model trained on this value range is just as confident. Provide labelled "
            "frames to decide. If they "
            "confirm it, set in the model card: {change}.",
            change=format_card_changes(finding.facts["change"]),
        )
    if "change" in finding.facts:
        return tr(
            "In the model card, set: {change}.", change=format_card_changes(finding.facts["change"])
        )
    return _describe_card_fix(finding) or _list_advice()[finding.code]


def _describe_card_fix(finding: Finding) -> str:
    """Describe the change of the card, with the required value."""
    facts = finding.facts
    texts = {
        ("layout", "shape"): tr(
            "In the model card, set layout to {value}.", value=facts.get("fits")
        ),
        ("resize", "size"): tr("In the model card, set size to {value}.", value=facts.get("has")),
        ("channel_order", "channels"): tr(
            "In the model card, set colour to GRAY for one channel, to RGB or BGR for three."
        ),
        ("class_count", "kind"): _describe_output_kind(facts),
        ("class_count", "background"): tr(
            "Remove it, or rename it if the model was trained with it as a class."
        ),
        ("class_count", "unclear"): _describe_output_choice(facts),
        ("class_count", "figures"): _describe_output_kind(facts),
        ("class_count", "names"): tr(
            "Rename the classes in the labels, or add them to the model card."
        ),
        ("softmax_twice", "card"): tr(
            "In the model card, set output.kind to softmax or sigmoid, matching the final "
            "layer of the file."
        ),
        ("unsupported_operator", "too_new"): tr("Export the model with opset 21 or lower."),
        ("unsupported_operator", "provider"): tr(
            "No action needed: unsupported operators run on the CPU."
        ),
        ("precision_drift", "provider"): tr(
            "No action needed: the provider is not used for this model while its predictions "
            "differ."
        ),
    }
    return texts.get((finding.code, finding.how), "")


def _describe_unclear_output(facts: Facts) -> str:
    if facts["fits"]:
        return tr(
            "The outputs {shape} may be {fits} or another type.",
            shape=facts["shape"],
            fits=format_names(facts["fits"]),
        )
    return tr("No known output type matches {shape}.", shape=facts["shape"])


def _describe_output_choice(facts: Facts) -> str:
    """What to write on the card of a file whose outputs can be several things, or none that is
    known."""
    if facts.get("fits"):
        return tr(
            "In the model card, set task and output.kind{how}.",
            how=format_command("--task TASK --kind KIND"),
        )
    return _describe_output_kind(facts)


def _describe_output_kind(facts: Facts) -> str:
    if facts.get("fits"):
        return tr("In the model card, set output.kind to {fits}.", fits=format_names(facts["fits"]))
    text = tr(
        "In the model card, set task, output.kind and output.names, or export the model with "
        "a supported output ({known})."
    )
    return text.format(known=", ".join(kind.name for kind in OUTPUT_KINDS))


def _list_advice() -> dict[str, str]:
    return {
        "class_count": tr(
            "Correct the class list of the model card: one name per output, in output order."
        ),
        "batch_norm_training": tr(
            "Before export, set the model to evaluation mode and fold the normalisation, or "
            "train with GroupNorm."
        ),
        "dropout_active": tr("Set the model to evaluation mode before export."),
        "batch_dependent": tr(
            "Export the model in evaluation mode; until then run it with batch size 1."
        ),
        "at_chance": tr(
            "Check that model file, class list and labels belong together, and that the class "
            "order is the one used in training."
        ),
        "constant_output": tr(
            "Check that the file contains the trained weights, then export it again."
        ),
        "nan_output": tr(
            "Look for a division by zero or a value beyond FP16 range, then export the model "
            "in full precision (FP32)."
        ),
        "softmax_twice": tr(
            "Export the model without the final activation, or remove the duplicate one."
        ),
        "softmax_missing": tr(
            "In the model card, set output.kind to logits, or export the model with its final "
            "activation; Fieldcheck applies it until then."
        ),
        "ignored_input": tr(
            "Export the model with the image as its only input, and check that the input is used."
        ),
        "insensitive": tr(
            "Check scale, mean and weights: a trained model gives different predictions for "
            "different images."
        ),
        "unsupported_operator": tr(
            "Export the model without this operator, or with a lower opset."
        ),
        "precision_drift": tr(
            "Recalibrate the quantised model on field frames, or keep its first and last "
            "layers in full precision."
        ),
    }

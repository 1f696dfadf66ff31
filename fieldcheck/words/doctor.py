"""Model doctor's findings in words: what it is, how it was seen, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.output_kind import OUTPUT_KINDS
from fieldcheck.words.figures import interval, percent
from fieldcheck.words.formatting import listed, plain
from fieldcheck.words.language import plural, text
from fieldcheck.words.preprocessing_record import figure
from fieldcheck.words.providers import provider_name
from fieldcheck.words.remedies import typed

if TYPE_CHECKING:
    from fieldcheck.inference.doctor.findings import Finding  # only named here: the window's first picture must not wait for NumPy

Facts = Mapping[str, Any]
Seen = Callable[[Facts], str]

MOST_VALUES = 4


@dataclass(frozen=True, slots=True)
class FindingText:
    """Three sentences about one finding."""

    what: str
    seen: str
    todo: str


def told(finding: Finding) -> FindingText:
    """The sentences of a finding."""
    return FindingText(_what(finding), _seen(finding), _todo(finding))


def checked(name: str, n_findings: int, n_labelled: int) -> str:
    """The first line of an answer: whether anything was found, and what it was looked at with."""
    if n_labelled:
        shown = plural("checked with {n} labelled frame", "checked with {n} labelled frames", n_labelled).format(n=n_labelled)
    else:
        shown = text("checked with rendered images only")
    if not n_findings:
        return text("{name}: no problem found ({shown}).").format(name=plain(name), shown=shown)
    said = plural("{name}: {n} problem found ({shown}).", "{name}: {n} problems found ({shown}).", n_findings)
    return said.format(name=plain(name), n=n_findings, shown=shown)


FED = frozenset(("channel_order", "scale", "mean_std", "resize", "layout"))
OWN = frozenset(
    ("batch_norm_training", "dropout_active", "batch_dependent", "constant_output", "nan_output", "ignored_input", "insensitive")
)


def checklist(codes: frozenset[str], n_labelled: int) -> tuple[str, ...]:
    """Checklist of the model doctor: what was looked at and found sound, ticked, and what only labelled frames can tell; groups with a
    finding of `codes` are left to that."""
    silent = bool(codes & OWN)  # of a model whose answers are not its own nothing is said about feeding
    groups = (
        (text("predictions are finite and depend on the image alone"), OWN, True),
        (text("channel order, scale, resize and layout"), FED, n_labelled > 0 and not silent),
        (text("number and order of the classes"), frozenset(("class_order", "class_count")), n_labelled > 0 and not silent),
        (text("final activation: softmax or sigmoid"), frozenset(("softmax_twice", "softmax_missing")), True),
        (text("all operators supported on this computer"), frozenset(("unsupported_operator", "precision_drift")), True),
    )
    open_ = text("– {what}: not checked, see above") if silent else text("– {what}: requires labelled frames")
    return tuple((text("✓ {what}") if judged else open_).format(what=what) for what, group, judged in groups if not codes & group)


def short_lines(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Findings in short: what it is, and what to do."""
    return tuple(f"{said.what} {said.todo}" for said in map(told, findings))


def inherited_lines(model: str) -> tuple[str, ...]:
    """A card that a new model takes from one of the project; nothing where it has its own."""
    said = text("No model card given. The model card of {model} is used: its inputs and outputs are the same.")
    return (said.format(model=plain(model)),) if model else ()


def warning_lines(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Findings in short, for whoever did not ask for them: what it is, how it was seen, what to do."""
    return tuple("▲ " + " ".join((said.what, said.seen, said.todo)) for said in map(told, findings))


def proposed(keys: Sequence[str]) -> str:
    """Proposed card values: what neither the file nor a card says."""
    return text("{keys}: not specified; the model card values above are proposals to confirm.").format(keys=listed(keys, len(keys)))


def card_written(path: str, *, written: bool) -> str:
    """Model card kept as a file, or why there is none."""
    if not written:
        return text("No model card written: the model file cannot be opened.")
    return text("Model card written: {path}. Check every value, then add the model card to the model{how}.").format(
        path=path, how=typed(f"--card {path}")
    )


def candidate(change: Facts, score: Estimate) -> str:
    """One way to feed the model and how it fits the labelled frames."""
    said = changes(change) or text("current model card")
    if not score.measured:
        return said
    return text("{change}: accuracy {score}, n = {n}").format(change=said, score=_ranged(score), n=score.n)


def _ranged(score: Estimate) -> str:
    return f"{percent(score.value)} ({interval(score)})"


def changes(change: Facts) -> str:
    """Keys of a card and the values that they shall get: `scale 1, colour BGR`."""
    return ", ".join(f"{key} {_value(value)}" for key, value in change.items())


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        shown = list(dict.fromkeys(value)) if all(isinstance(one, float) for one in value) and len(set(value)) == 1 else list(value)
        return " / ".join(_value(one) for one in shown[:MOST_VALUES]) + (" / …" if len(shown) > MOST_VALUES else "")
    return figure(value) if isinstance(value, int | float) else plain(value)


def _what(finding: Finding) -> str:
    special = {
        ("channel_order", "channels"): text("The model card and the model input have different numbers of colour channels."),
        ("resize", "size"): text("The input size in the model card differs from the file."),
        ("class_count", "kind"): text("The output type differs from the model card."),
        ("class_count", "background"): text("The classes of the model card begin with a background, which this output type does not have."),
        ("class_count", "unclear"): text("The outputs are not specified."),
        ("class_count", "figures"): text("The output values do not match the output type in the model card."),
        ("at_chance", "objects"): text("Hardly any labelled object is detected."),
        ("class_count", "names"): text("The labels contain classes that the model card does not have."),
        ("unsupported_operator", "too_new"): text("The file requires a newer ONNX Runtime than this program includes."),
        ("unsupported_operator", "provider"): text("An installed execution provider does not support the whole model."),
        ("precision_drift", "provider"): text("An installed execution provider gives different predictions from the CPU."),
        ("softmax_twice", "card"): text("The model card requests a final activation that the file already applies."),
    }
    if (finding.how, finding.facts.get("sign")) == ("behaviour", "saturated"):
        return text("The pixel scale may differ from training.")
    if finding.facts.get("proposed"):
        told = {
            "labels": text("Preprocessing is not specified; it was inferred from the labelled frames."),
            "range": text("Preprocessing is not specified; it was inferred from the quantised value range."),
            "behaviour": text("Preprocessing is not specified; it was inferred from predictions on rendered images."),
        }
        return told.get(finding.how, "") or _of_proposals()[finding.code]
    return special.get((finding.code, finding.how)) or (_of_feeding() | _of_answers())[finding.code]


def _of_proposals() -> dict[str, str]:
    """Findings about the last step where nobody says what it is."""
    return {
        "softmax_twice": text("The proposal requests a final activation that the file already applies."),
        "softmax_missing": text("The proposal assumes that the file applies the final activation, but it does not."),
    }


def _of_feeding() -> dict[str, str]:
    return {
        "channel_order": text("The channel order differs from training (RGB/BGR)."),
        "scale": text("The pixel scale differs from training."),
        "mean_std": text("Mean or standard deviation differ from those used in training."),
        "resize": text("Images are resized differently from training."),
        "layout": text("Tensor layout in the model card differs from the model's (NCHW/NHWC)."),
        "class_order": text("The class order in the model card differs from the model output."),
        "class_count": text("The model card and the model output have different numbers of classes."),
    }


def _of_answers() -> dict[str, str]:
    return {
        "batch_norm_training": text("Batch normalisation is in training mode: a prediction depends on the other images in its batch."),
        "dropout_active": text("Dropout or another random operation is active: the same image gives a different prediction each time."),
        "batch_dependent": text("The prediction for an image depends on the other images in its batch."),
        "constant_output": text("The model gives the same prediction for every image."),
        "nan_output": text("The model returns NaN or infinite values."),
        "softmax_twice": text("The file applies the final activation (softmax or sigmoid) twice."),
        "softmax_missing": text("The model card says that the file applies the final activation, but it does not."),
        "ignored_input": text("One model input is not used by any output."),
        "insensitive": text("The predictions hardly change with the image."),
        "unsupported_operator": text("The file uses an operator that this program's ONNX Runtime does not support."),
        "precision_drift": text("The quantised file gives different predictions from its original."),
        "at_chance": text("The predictions are unrelated to the labels under every preprocessing tried."),
    }


def _seen(finding: Finding) -> str:
    said = SEEN.get((finding.code, finding.how)) or SEEN[("", finding.how)]
    return said(finding.facts)


def _by_labels(facts: Facts) -> str:
    if facts.get("proposed"):
        return text("On {n} labelled frames the accuracy is {said} as proposed, and {fits} with {change}.").format(
            n=facts["n"], said=_ranged(facts["said_score"]), fits=_ranged(facts["fits_score"]), change=changes(facts["change"])
        )
    return text("On {n} labelled frames the accuracy is {said} with the model card as it is, and {fits} with {change}.").format(
        n=facts["n"], said=_ranged(facts["said_score"]), fits=_ranged(facts["fits_score"]), change=changes(facts["change"])
    )


def _by_range(facts: Facts) -> str:
    if facts.get("proposed"):
        return text("The proposal scales input to {low} to {high}; the quantised file represents {held_low} to {held_high}.").format(
            **{key: figure(facts[key]) for key in ("low", "high", "held_low", "held_high")}
        )
    return text("The model card scales input to {low} to {high}; the quantised file represents {held_low} to {held_high}.").format(
        **{key: figure(facts[key]) for key in ("low", "high", "held_low", "held_high")}
    )


def _by_behaviour(facts: Facts) -> str:
    said = {
        "saturated": text("With input {low} to {high} the confidence is near 1 on images without content; with {change} it is not."),
        "flat": text("With input {low} to {high} the model hardly distinguishes different images; with {change} it does."),
        "quiet": text("With input {low} to {high} the model detects nothing in any image; with {change} it does."),
    }[facts["sign"]]
    return said.format(low=figure(facts["low"]), high=figure(facts["high"]), change=changes(facts["change"]))


def _of_last_step(facts: Facts, which: str) -> str:
    """A last step that is taken twice or not at all, by a card or by what was proposed in its place."""
    said = {
        ("twice", False): text("The model card specifies logits; the file ends in {operator}."),
        ("twice", True): text("The proposal is logits; the file ends in {operator}."),
        ("missing", False): text("The model card specifies {kind}; values range from {low} to {high}."),
        ("missing", True): text("The proposal is {kind}; values range from {low} to {high}."),
    }[which, bool(facts.get("proposed"))]
    return said.format(**{key: figure(value) if isinstance(value, int | float) else value for key, value in facts.items()})


def _drifted(facts: Facts) -> str:
    return text(
        "On {n} images the predictions differ from {base} by {moved}; {flipped} of the images get a different confident prediction."
    ).format(n=facts["n"], base=plain(facts["base"]), moved=percent(facts["moved"], 1), flipped=percent(facts["flipped"], 1))


SEEN: dict[tuple[str, str], Seen] = {
    ("", "labels"): _by_labels,
    ("", "range"): _by_range,
    ("", "behaviour"): _by_behaviour,
    ("at_chance", "labels"): lambda facts: text(
        "{said} of {n} predictions are correct; always predicting the most frequent class would give {chance}."
    ).format(n=facts["n"], said=_ranged(facts["said_score"]), chance=percent(facts["chance"])),
    ("at_chance", "objects"): lambda facts: text("{said} of {n} labelled objects are detected.").format(
        n=facts["n"], said=_ranged(facts["score"])
    ),
    ("channel_order", "channels"): lambda facts: text("The model card specifies {said}; the file declares {n} channels.").format(
        said=facts["said"], n=facts["has"]
    ),
    ("resize", "size"): lambda facts: text("The model card specifies {said}; the file declares {has}.").format(
        said=facts["said"], has=facts["has"]
    ),
    ("layout", "shape"): lambda facts: text("The model card specifies {said}; the input of the file, {shape}, runs only as {fits}.").format(
        **facts
    ),
    ("class_count", "kind"): lambda facts: text("The model card specifies {kind}; the output shape is {shape}.").format(**facts),
    ("class_count", "figures"): lambda facts: text(
        "The model card specifies {kind}; the shape {shape} fits, but the values match {fits}."
    ).format(kind=facts["kind"], shape=facts["shape"], fits=listed(facts["fits"]) or text("another type")),
    ("class_count", "background"): lambda facts: text("The first class is {name}; the output is {kind}.").format(
        name=plain(facts["name"]), kind=facts["kind"]
    ),
    ("class_count", "unclear"): lambda facts: _of_unclear(facts),
    ("class_count", "classes"): lambda facts: text("The model card has {said} classes; the output {shape} has {has}.").format(**facts),
    ("class_count", "detector"): lambda facts: text("The model card has {said} classes; the output shape is {shape}.").format(**facts),
    ("class_count", "names"): lambda facts: text("Missing from the model card: {names}.").format(names=listed(facts["names"])),
    ("batch_norm_training", "flag"): lambda facts: text("Found in the graph at {layer} ({n} in total).").format(
        layer=plain(facts["layer"]), n=facts["n"]
    ),
    ("batch_norm_training", "mean"): lambda facts: text(
        "The graph computes batch statistics at {layer} ({n} in total) instead of using stored ones."
    ).format(layer=plain(facts["layer"]), n=facts["n"]),
    ("dropout_active", "flag"): lambda facts: text("Found in the graph at {layer} ({n} in total).").format(
        layer=plain(facts["layer"]), n=facts["n"]
    ),
    ("dropout_active", "random"): lambda facts: text("The graph uses random numbers at {layer} ({n} in total).").format(
        layer=plain(facts["layer"]), n=facts["n"]
    ),
    ("dropout_active", "repeat"): lambda facts: text("The same image gives predictions that differ by up to {by}.").format(
        by=figure(facts["difference"])
    ),
    ("batch_dependent", "company"): lambda facts: text(
        "{n} images run one by one and as a batch differ by up to {by} (spread of predictions {spread})."
    ).format(n=facts["n"], by=figure(facts["difference"]), spread=figure(facts["spread"])),
    ("constant_output", "probes"): lambda facts: text("{n} different images give exactly the same prediction.").format(n=facts["n"]),
    ("nan_output", "probes"): lambda facts: text("{n} of {of} images give NaN or an infinite value.").format(**facts),
    ("softmax_twice", "graph"): lambda facts: text("In the graph, {operator} follows {first}.").format(
        operator=facts["operator"], first=plain(facts["first"])
    ),
    ("softmax_twice", "card"): lambda facts: _of_last_step(facts, "twice"),
    ("softmax_twice", "values"): lambda facts: text(
        "After inverting the activation once, the outputs over {k} classes are still probabilities; the highest is {high}."
    ).format(k=facts["classes"], high=percent(facts["high"])),
    ("softmax_missing", "values"): lambda facts: _of_last_step(facts, "missing"),
    ("ignored_input", "graph"): lambda facts: text("In the graph, {name} is not connected to any output.").format(
        name=plain(facts["input"])
    ),
    ("insensitive", "probes"): lambda facts: text(
        "Over {n} different images the predictions vary by {moves}; at least {usual} is typical."
    ).format(n=facts["n"], moves=figure(facts["moves"]), usual=figure(facts["usual"])),
    ("unsupported_operator", "too_new"): lambda facts: text("Declared: {seen}.").format(seen=plain(facts["seen"])),
    ("unsupported_operator", "unsupported_operator"): lambda facts: text("Value found: {seen}.").format(seen=plain(facts["seen"])),
    ("unsupported_operator", "provider"): lambda facts: text("{name} does not support {seen}.").format(
        name=provider_name(facts["provider"]), seen=plain(facts["seen"])
    ),
    ("precision_drift", "provider"): lambda facts: text("{name} on {n} images: predictions differ by up to {moved}.").format(
        name=provider_name(facts["provider"]), n=facts["n"], moved=percent(facts["moved"], 1)
    ),
    ("precision_drift", "shape"): lambda facts: text("The output differs in shape from {base}, or is not finite.").format(
        base=plain(facts["base"])
    ),
    ("precision_drift", "base"): _drifted,
}


def _todo(finding: Finding) -> str:
    if (finding.how, finding.facts.get("sign")) == ("behaviour", "saturated"):
        return text(
            "A model trained on this value range is just as confident. Provide labelled frames to decide. If they"
            " confirm it, set in the model card: {change}."
        ).format(change=changes(finding.facts["change"]))
    if "change" in finding.facts:
        return text("In the model card, set: {change}.").format(change=changes(finding.facts["change"]))
    return _special_advice(finding) or _advice()[finding.code]


def _special_advice(finding: Finding) -> str:
    """For what is put right on the card, with the value that it needs."""
    facts = finding.facts
    said = {
        ("layout", "shape"): text("In the model card, set layout to {value}.").format(value=facts.get("fits")),
        ("resize", "size"): text("In the model card, set size to {value}.").format(value=facts.get("has")),
        ("channel_order", "channels"): text("In the model card, set colour to GRAY for one channel, to RGB or BGR for three."),
        ("class_count", "kind"): _of_kind(facts),
        ("class_count", "background"): text("Remove it, or rename it if the model was trained with it as a class."),
        ("class_count", "unclear"): _say_which(facts),
        ("class_count", "figures"): _of_kind(facts),
        ("class_count", "names"): text("Rename the classes in the labels, or add them to the model card."),
        ("softmax_twice", "card"): text("In the model card, set output.kind to softmax or sigmoid, matching the final layer of the file."),
        ("unsupported_operator", "too_new"): text("Export the model with opset 21 or lower."),
        ("unsupported_operator", "provider"): text("No action needed: unsupported operators run on the CPU."),
        ("precision_drift", "provider"): text("No action needed: the provider is not used for this model while its predictions differ."),
    }
    return said.get((finding.code, finding.how), "")


def _of_unclear(facts: Facts) -> str:
    if facts["fits"]:
        return text("The outputs {shape} may be {fits} or another type.").format(shape=facts["shape"], fits=listed(facts["fits"]))
    return text("No known output type matches {shape}.").format(shape=facts["shape"])


def _say_which(facts: Facts) -> str:
    """What to write on the card of a file whose outputs can be several things, or none that is known."""
    if facts.get("fits"):
        return text("In the model card, set task and output.kind{how}.").format(how=typed("--task TASK --kind KIND"))
    return _of_kind(facts)


def _of_kind(facts: Facts) -> str:
    if facts.get("fits"):
        return text("In the model card, set output.kind to {fits}.").format(fits=listed(facts["fits"]))
    said = text("In the model card, set task, output.kind and output.names, or export the model with a supported output ({known}).")
    return said.format(known=", ".join(kind.name for kind in OUTPUT_KINDS))


def _advice() -> dict[str, str]:
    return {
        "class_count": text("Correct the class list of the model card: one name per output, in output order."),
        "batch_norm_training": text("Before export, set the model to evaluation mode and fold the normalisation, or train with GroupNorm."),
        "dropout_active": text("Set the model to evaluation mode before export."),
        "batch_dependent": text("Export the model in evaluation mode; until then run it with batch size 1."),
        "at_chance": text(
            "Check that model file, class list and labels belong together, and that the class order is the one used in training."
        ),
        "constant_output": text("Check that the file contains the trained weights, then export it again."),
        "nan_output": text("Look for a division by zero or a value beyond FP16 range, then export the model in full precision (FP32)."),
        "softmax_twice": text("Export the model without the final activation, or remove the duplicate one."),
        "softmax_missing": text(
            "In the model card, set output.kind to logits, or export the model with its final activation; Fieldcheck applies it until then."
        ),
        "ignored_input": text("Export the model with the image as its only input, and check that the input is used."),
        "insensitive": text("Check scale, mean and weights: a trained model gives different predictions for different images."),
        "unsupported_operator": text("Export the model without this operator, or with a lower opset."),
        "precision_drift": text("Recalibrate the quantised model on field frames, or keep its first and last layers in full precision."),
    }

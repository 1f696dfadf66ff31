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
        shown = plural("looked at with {n} labelled frame", "looked at with {n} labelled frames", n_labelled).format(n=n_labelled)
    else:
        shown = text("looked at with rendered pictures only")
    if not n_findings:
        return text("{name}: nothing wrong was found, {shown}.").format(name=plain(name), shown=shown)
    said = plural("{name}: {n} finding, {shown}.", "{name}: {n} findings, {shown}.", n_findings)
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
        (text("answers are finite and depend on the picture alone"), OWN, True),
        (text("colours, scale, resize and layout"), FED, n_labelled > 0 and not silent),
        (text("number and order of the classes"), frozenset(("class_order", "class_count")), n_labelled > 0 and not silent),
        (text("last step: softmax or sigmoid"), frozenset(("softmax_twice", "softmax_missing")), True),
        (text("every operator runs on this computer"), frozenset(("unsupported_operator", "precision_drift")), True),
    )
    open_ = text("– {what}: not looked at, see above") if silent else text("– {what}: needs labelled frames")
    return tuple((text("✓ {what}") if judged else open_).format(what=what) for what, group, judged in groups if not codes & group)


def short_lines(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Findings in short: what it is, and what to do."""
    return tuple(f"{said.what} {said.todo}" for said in map(told, findings))


def inherited_lines(model: str) -> tuple[str, ...]:
    """A card that a new model takes from one of the project; nothing where it has its own."""
    said = text("No card was given: that of {model} is used, whose inputs and outputs are the same.")
    return (said.format(model=plain(model)),) if model else ()


def warning_lines(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Findings in short, for whoever did not ask for them: what it is, how it was seen, what to do."""
    return tuple("▲ " + " ".join((said.what, said.seen, said.todo)) for said in map(told, findings))


def proposed(keys: Sequence[str]) -> str:
    """Proposed card values: what neither the file nor a card says."""
    return text("Nobody says {keys}; the values of the card above are proposals to confirm.").format(keys=listed(keys, len(keys)))


def card_written(path: str, *, written: bool) -> str:
    """Model card kept as a file, or why there is none."""
    if not written:
        return text("No model card was written, because the file cannot be opened here.")
    return text("Model card written: {path}. Look at each value, then name it{how}.").format(path=path, how=typed(f"--card {path}"))


def candidate(change: Facts, score: Estimate) -> str:
    """One way to feed the model and how it fits the labelled frames."""
    said = changes(change) or text("the card as it is")
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
        ("channel_order", "channels"): text("The card has another number of colour channels than the model takes."),
        ("resize", "size"): text("The card names another input size than the file has."),
        ("class_count", "kind"): text("The output is not of the kind that the card says."),
        ("class_count", "background"): text("The card's classes begin with a background, which this kind of output does not have."),
        ("class_count", "unclear"): text("Nobody says what the outputs are."),
        ("class_count", "figures"): text("The figures of the output are not of the kind that the card says."),
        ("at_chance", "objects"): text("Hardly any labelled object is found."),
        ("class_count", "names"): text("The labelled frames name classes that the card does not have."),
        ("unsupported_operator", "too_new"): text("The file is newer than the runtime of this program."),
        ("unsupported_operator", "provider"): text("A provider that is installed here cannot compute all of the model."),
        ("precision_drift", "provider"): text("A provider that is installed here answers differently from the processor."),
        ("softmax_twice", "card"): text("The card asks for a last step that the file has taken already."),
    }
    if (finding.how, finding.facts.get("sign")) == ("behaviour", "saturated"):
        return text("The pixel values may reach the model on another scale than it was trained with.")
    if finding.facts.get("proposed"):
        told = {
            "labels": text("Nobody says how the model wants its pictures; the labelled frames tell."),
            "range": text("Nobody says how the model wants its pictures; the range that it rounds them to tells."),
            "behaviour": text("Nobody says how the model wants its pictures; its answers to rendered pictures tell."),
        }
        return told.get(finding.how, "") or _of_proposals()[finding.code]
    return special.get((finding.code, finding.how)) or (_of_feeding() | _of_answers())[finding.code]


def _of_proposals() -> dict[str, str]:
    """Findings about the last step where nobody says what it is."""
    return {
        "softmax_twice": text("The proposed output kind asks for a last step that the file has taken already."),
        "softmax_missing": text("The last step of the output is proposed, and was not taken in the file."),
    }


def _of_feeding() -> dict[str, str]:
    return {
        "channel_order": text("The colours reach the model in another order than it was trained with."),
        "scale": text("The pixel values reach the model on another scale than it was trained with."),
        "mean_std": text("Mean or standard deviation are not those the model was trained with."),
        "resize": text("Pictures are fitted into the model's input in another way than it was trained with."),
        "layout": text("The card lays the tensor out in another order of axes than the model reads."),
        "class_order": text("The card lists the classes in another order than the model answers them."),
        "class_count": text("The card has another number of classes than the model answers."),
    }


def _of_answers() -> dict[str, str]:
    return {
        "batch_norm_training": text("Batch normalisation was left in training mode: an answer depends on the other pictures of its batch."),
        "dropout_active": text("Dropout or another random step is active: the same picture gets another answer each time."),
        "batch_dependent": text("The answer to a picture depends on what else is in its batch."),
        "constant_output": text("The model answers every picture alike."),
        "nan_output": text("The model gives NaN or infinite values."),
        "softmax_twice": text("The last step, softmax or sigmoid, is taken twice in the file."),
        "softmax_missing": text("The card says that the last step was taken in the file, and it was not."),
        "ignored_input": text("The model has an input that no output depends on."),
        "insensitive": text("The answers hardly change with the picture."),
        "unsupported_operator": text("The file uses an operator that the runtime of this program lacks."),
        "precision_drift": text("The quantised file answers differently from the one that it was made from."),
        "at_chance": text("The answers have nothing to do with the labels, whatever way of feeding was tried."),
    }


def _seen(finding: Finding) -> str:
    said = SEEN.get((finding.code, finding.how)) or SEEN[("", finding.how)]
    return said(finding.facts)


def _by_labels(facts: Facts) -> str:
    if facts.get("proposed"):
        return text("On {n} labelled frames it is right {said} of the time as proposed, and {fits} with {change}.").format(
            n=facts["n"], said=_ranged(facts["said_score"]), fits=_ranged(facts["fits_score"]), change=changes(facts["change"])
        )
    return text("On {n} labelled frames it is right {said} of the time as the card says, and {fits} with {change}.").format(
        n=facts["n"], said=_ranged(facts["said_score"]), fits=_ranged(facts["fits_score"]), change=changes(facts["change"])
    )


def _by_range(facts: Facts) -> str:
    if facts.get("proposed"):
        return text("The proposal feeds {low} to {high}; the quantised file holds {held_low} to {held_high}.").format(
            **{key: figure(facts[key]) for key in ("low", "high", "held_low", "held_high")}
        )
    return text("The card feeds {low} to {high}; the quantised file holds {held_low} to {held_high}.").format(
        **{key: figure(facts[key]) for key in ("low", "high", "held_low", "held_high")}
    )


def _by_behaviour(facts: Facts) -> str:
    said = {
        "saturated": text(
            "Fed {low} to {high}, its confidence is near 1 on pictures that show nothing in particular; with {change} it is not."
        ),
        "flat": text("Fed {low} to {high}, it hardly tells unlike pictures apart; with {change} it does."),
        "quiet": text("Fed {low} to {high}, it finds nothing in any picture; with {change} it does."),
    }[facts["sign"]]
    return said.format(low=figure(facts["low"]), high=figure(facts["high"]), change=changes(facts["change"]))


def _of_last_step(facts: Facts, which: str) -> str:
    """A last step that is taken twice or not at all, by a card or by what was proposed in its place."""
    said = {
        ("twice", False): text("The card says logits; the file ends in {operator}."),
        ("twice", True): text("The proposal is logits; the file ends in {operator}."),
        ("missing", False): text("The card says {kind}; the figures go from {low} to {high}."),
        ("missing", True): text("The proposal is {kind}; the figures go from {low} to {high}."),
    }[which, bool(facts.get("proposed"))]
    return said.format(**{key: figure(value) if isinstance(value, int | float) else value for key, value in facts.items()})


def _drifted(facts: Facts) -> str:
    return text(
        "On {n} pictures its answers moved by {moved} against {base}, and {flipped} of the pictures got another confident answer."
    ).format(n=facts["n"], base=plain(facts["base"]), moved=percent(facts["moved"], 1), flipped=percent(facts["flipped"], 1))


SEEN: dict[tuple[str, str], Seen] = {
    ("", "labels"): _by_labels,
    ("", "range"): _by_range,
    ("", "behaviour"): _by_behaviour,
    ("at_chance", "labels"): lambda facts: text(
        "Of {n} labels it gets {said} right; saying the commonest class every time would get {chance}."
    ).format(n=facts["n"], said=_ranged(facts["said_score"]), chance=percent(facts["chance"])),
    ("at_chance", "objects"): lambda facts: text("Of {n} labelled objects it finds {said}.").format(
        n=facts["n"], said=_ranged(facts["score"])
    ),
    ("channel_order", "channels"): lambda facts: text("The card says {said}; the file declares {n} channels.").format(
        said=facts["said"], n=facts["has"]
    ),
    ("resize", "size"): lambda facts: text("The card says {said}; the file declares {has}.").format(said=facts["said"], has=facts["has"]),
    ("layout", "shape"): lambda facts: text("The card says {said}; the file's input, {shape}, only runs as {fits}.").format(**facts),
    ("class_count", "kind"): lambda facts: text("The card says {kind}; the output is {shape}.").format(**facts),
    ("class_count", "figures"): lambda facts: text("The card says {kind}; the shape {shape} fits, the figures are those of {fits}.").format(
        kind=facts["kind"], shape=facts["shape"], fits=listed(facts["fits"]) or text("another kind")
    ),
    ("class_count", "background"): lambda facts: text("The first class is {name}; the output is {kind}.").format(
        name=plain(facts["name"]), kind=facts["kind"]
    ),
    ("class_count", "unclear"): lambda facts: _of_unclear(facts),
    ("class_count", "classes"): lambda facts: text("The card has {said} classes; the output, {shape}, has room for {has}.").format(**facts),
    ("class_count", "detector"): lambda facts: text("The card has {said} classes; the output is {shape}.").format(**facts),
    ("class_count", "names"): lambda facts: text("The card does not have {names}.").format(names=listed(facts["names"])),
    ("batch_norm_training", "flag"): lambda facts: text("The graph says so, at {layer} ({n} in all).").format(
        layer=plain(facts["layer"]), n=facts["n"]
    ),
    ("batch_norm_training", "mean"): lambda facts: text(
        "The graph works out means over the batch, at {layer} ({n} in all), where stored ones belong."
    ).format(layer=plain(facts["layer"]), n=facts["n"]),
    ("dropout_active", "flag"): lambda facts: text("The graph says so, at {layer} ({n} in all).").format(
        layer=plain(facts["layer"]), n=facts["n"]
    ),
    ("dropout_active", "random"): lambda facts: text("The graph draws random figures, with {layer} ({n} in all).").format(
        layer=plain(facts["layer"]), n=facts["n"]
    ),
    ("dropout_active", "repeat"): lambda facts: text("The same picture was shown twice, and the answers differ by up to {by}.").format(
        by=figure(facts["difference"])
    ),
    ("batch_dependent", "company"): lambda facts: text(
        "{n} pictures were shown alone and together; the answers differ by up to {by}, where they spread over {spread}."
    ).format(n=facts["n"], by=figure(facts["difference"]), spread=figure(facts["spread"])),
    ("constant_output", "probes"): lambda facts: text("{n} unlike pictures got the very same answer.").format(n=facts["n"]),
    ("nan_output", "probes"): lambda facts: text("{n} of {of} pictures got NaN or an infinite value.").format(**facts),
    ("softmax_twice", "graph"): lambda facts: text("In the graph {operator} follows on {first}.").format(
        operator=facts["operator"], first=plain(facts["first"])
    ),
    ("softmax_twice", "card"): lambda facts: _of_last_step(facts, "twice"),
    ("softmax_twice", "values"): lambda facts: text(
        "Taken back once, the answers over {k} classes are probabilities still; the highest is {high}."
    ).format(k=facts["classes"], high=percent(facts["high"])),
    ("softmax_missing", "values"): lambda facts: _of_last_step(facts, "missing"),
    ("ignored_input", "graph"): lambda facts: text("In the graph nothing leads from {name} to an output.").format(
        name=plain(facts["input"])
    ),
    ("insensitive", "probes"): lambda facts: text(
        "Over {n} unlike pictures the answers move by {moves}; {usual} is the least usual."
    ).format(n=facts["n"], moves=figure(facts["moves"]), usual=figure(facts["usual"])),
    ("unsupported_operator", "too_new"): lambda facts: text("It says {seen}.").format(seen=plain(facts["seen"])),
    ("unsupported_operator", "unsupported_operator"): lambda facts: text("It is {seen}.").format(seen=plain(facts["seen"])),
    ("unsupported_operator", "provider"): lambda facts: text("{name} lacks {seen}.").format(
        name=provider_name(facts["provider"]), seen=plain(facts["seen"])
    ),
    ("precision_drift", "provider"): lambda facts: text("{name} on {n} pictures: its answers moved by up to {moved}.").format(
        name=provider_name(facts["provider"]), n=facts["n"], moved=percent(facts["moved"], 1)
    ),
    ("precision_drift", "shape"): lambda facts: text("Its output is not that of {base}, or not finite.").format(base=plain(facts["base"])),
    ("precision_drift", "base"): _drifted,
}


def _todo(finding: Finding) -> str:
    if (finding.how, finding.facts.get("sign")) == ("behaviour", "saturated"):
        return text(
            "A model trained on these values is as confident: show it labelled frames. If they say so, set on the card: {change}."
        ).format(change=changes(finding.facts["change"]))
    if "change" in finding.facts:
        return text("Set on the card: {change}.").format(change=changes(finding.facts["change"]))
    return _special_advice(finding) or _advice()[finding.code]


def _special_advice(finding: Finding) -> str:
    """For what is put right on the card, with the value that it needs."""
    facts = finding.facts
    said = {
        ("layout", "shape"): text("Set layout on the card to {value}.").format(value=facts.get("fits")),
        ("resize", "size"): text("Set size on the card to {value}.").format(value=facts.get("has")),
        ("channel_order", "channels"): text("Set colour on the card to GRAY for one channel, to RGB or BGR for three."),
        ("class_count", "kind"): _of_kind(facts),
        ("class_count", "background"): text("Remove it, or rename it if the model was trained with it as a class."),
        ("class_count", "unclear"): _say_which(facts),
        ("class_count", "figures"): _of_kind(facts),
        ("class_count", "names"): text("Rename the classes in the labels, or list them on the card."),
        ("softmax_twice", "card"): text("Set the card's output.kind to softmax or sigmoid, as the file ends."),
        ("unsupported_operator", "too_new"): text("Export it again with opset 21 or lower."),
        ("unsupported_operator", "provider"): text("Nothing: what it lacks, the processor computes."),
        ("precision_drift", "provider"): text("Nothing: it is not used for this model as long as it answers otherwise."),
    }
    return said.get((finding.code, finding.how), "")


def _of_unclear(facts: Facts) -> str:
    if facts["fits"]:
        return text("The outputs {shape} can be {fits}, or something else.").format(shape=facts["shape"], fits=listed(facts["fits"]))
    return text("No kind of output explains {shape}.").format(shape=facts["shape"])


def _say_which(facts: Facts) -> str:
    """What to write on the card of a file whose outputs can be several things, or none that is known."""
    if facts.get("fits"):
        return text("Set task and output.kind on the card{how}.").format(how=typed("--task TASK --kind KIND"))
    return _of_kind(facts)


def _of_kind(facts: Facts) -> str:
    if facts.get("fits"):
        return text("Set output.kind on the card to {fits}.").format(fits=listed(facts["fits"]))
    said = text("Set task, output.kind and output.names on the card, or export the model with an output that is read here ({known}).")
    return said.format(known=", ".join(kind.name for kind in OUTPUT_KINDS))


def _advice() -> dict[str, str]:
    return {
        "class_count": text("Correct the card's list of classes: one name for each figure of the output, in its order."),
        "batch_norm_training": text(
            "Set the model to evaluation mode and fold the normalisation before the export, or train with GroupNorm."
        ),
        "dropout_active": text("Set the model to evaluation mode before the export."),
        "batch_dependent": text("Export it in evaluation mode; until then show it one picture at a time."),
        "at_chance": text("Check that file, list of classes and labels belong together, and in what order the classes were trained."),
        "constant_output": text("Check that the trained weights are in the file, then export it again."),
        "nan_output": text(
            "Look for a division by zero or a value beyond the range of half precision (FP16), then export it again in full precision."
        ),
        "softmax_twice": text("Export the model without its own last step, or take the second one out."),
        "softmax_missing": text("Set the card's output.kind to logits, or export the last step too; until then it is taken here."),
        "ignored_input": text("Export the model again with the picture as its only input, and check that the picture is used."),
        "insensitive": text("Check scale, mean and weights; a model that was trained answers unlike pictures differently."),
        "unsupported_operator": text("Export it again without that operator, or with a lower opset."),
        "precision_drift": text(
            "Calibrate the quantised model again on field frames, or leave its first and last layers in full precision."
        ),
    }

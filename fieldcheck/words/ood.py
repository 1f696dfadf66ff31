"""Out-of-distribution test in words: confident answers to pictures of nothing, and what a model leans on."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.ood import FamilyRow, OodResults
from fieldcheck.words.figures import format_number, format_rate, format_rate_interval, format_rate_limits
from fieldcheck.words.formatting import to_one_line
from fieldcheck.words.language import tr


def list_ood_lines(found: OodResults) -> tuple[str, ...]:
    """Every probe in a line, and what follows from them."""
    head = tr("{model}, random seed {seed}; confident: {threshold} or above").format(
        model=to_one_line(found.model), seed=found.seed, threshold=format_number(found.threshold, 2)
    )
    said = [head]
    for row in found.families:
        line = tr("{family}: confident predictions on {sure} of {n} images").format(
            family=get_ood_family_name(row.family), sure=row.n_confident, n=row.n
        )
        line += f" ({format_rate_limits(row.rate)})" if row.rate.measured else ""
        line += f"; {describe_top_class(row)}" if row.most else ""
        if row.auroc == row.auroc:
            line += "; " + tr("OOD detection AUROC {value}").format(value=format_number(row.auroc, 2))
        said.append("  " + line)
    said += [f"  {get_shortcut_name(row.probe)}: {format_kept_answers(row.kept)}" for row in found.shortcuts]
    return (*said, describe_shortcut(found.named))


def describe_top_class(row: FamilyRow) -> str:
    """Class that the model names most often on pictures that show nothing; empty where it names none with confidence."""
    return tr("most often “{name}” ({n} of {all})").format(name=to_one_line(row.most), n=row.n_most, all=row.n) if row.most else ""


def get_ood_family_name(family: str) -> str:
    """A family of pictures without an answer."""
    return {
        "blank": tr("Blank images"),
        "noise": tr("Noise"),
        "gauss": tr("Noise with the brightness of field frames"),
        "permuted": tr("Patch-shuffled frames"),
        "defocus": tr("Frames out of focus"),
        "wrong_domain": tr("Out-of-domain images"),
    }.get(family, family)


def get_shortcut_name(probe: str) -> str:
    """Name of a shortcut probe: what is taken from a frame."""
    return {
        "object_hidden": tr("Object hidden"),
        "background_hidden": tr("Background hidden"),
        "patches_shuffled": tr("Patches shuffled: texture without shape"),
        "strong_blur": tr("Strong blur: shape without texture"),
        "grey": tr("Without colour"),
        "mirrored": tr("Mirrored"),
    }.get(probe, probe)


def format_kept_answers(kept: Estimate) -> str:
    """How many answers stay."""
    if kept.measured:
        return tr("{share} of predictions unchanged ({range}, n = {n})").format(
            share=format_rate(kept), range=format_rate_interval(kept), n=kept.n
        )
    if kept.note == "one_answer":
        return tr("not measurable: nearly all predictions are the same")
    return tr("not measured: no frame has a bounding box")


def describe_shortcut(named: tuple[str, ...]) -> str:
    """Shortcut in words: what the model looks at besides the object."""
    said = {
        "background": tr("Background shortcut: many predictions stay the same when the object is hidden."),
        "texture": tr("Texture shortcut: most predictions stay the same without shape."),
    }
    if not named:
        return tr("No shortcut found in the tests that were run.")
    return " ".join(said[name] for name in named)

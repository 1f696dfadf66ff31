"""Out-of-distribution test in words: confident answers to pictures of nothing, and what a model leans on."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.ood import FamilyRow, OodResults
from fieldcheck.words.figures import number, rate, rate_interval, rate_limits
from fieldcheck.words.formatting import plain
from fieldcheck.words.language import text


def ood_lines(found: OodResults) -> tuple[str, ...]:
    """Every probe in a line, and what follows from them."""
    head = text("{model}, random seed {seed}; confident: {threshold} or above").format(
        model=plain(found.model), seed=found.seed, threshold=number(found.threshold, 2)
    )
    said = [head]
    for row in found.families:
        line = text("{family}: confident predictions on {sure} of {n} images").format(
            family=family_name(row.family), sure=row.n_confident, n=row.n
        )
        line += f" ({rate_limits(row.rate)})" if row.rate.measured else ""
        line += f"; {said_most(row)}" if row.most else ""
        if row.auroc == row.auroc:
            line += "; " + text("OOD detection AUROC {value}").format(value=number(row.auroc, 2))
        said.append("  " + line)
    said += [f"  {shortcut_name(row.probe)}: {stays(row.kept)}" for row in found.shortcuts]
    return (*said, leaning(found.named))


def said_most(row: FamilyRow) -> str:
    """Class that the model names most often on pictures that show nothing; empty where it names none with confidence."""
    return text("most often “{name}” ({n} of {all})").format(name=plain(row.most), n=row.n_most, all=row.n) if row.most else ""


def family_name(family: str) -> str:
    """A family of pictures without an answer."""
    return {
        "blank": text("Blank images"),
        "noise": text("Noise"),
        "gauss": text("Noise with the brightness of field frames"),
        "permuted": text("Patch-shuffled frames"),
        "defocus": text("Frames out of focus"),
        "wrong_domain": text("Out-of-domain images"),
    }.get(family, family)


def shortcut_name(probe: str) -> str:
    """Name of a shortcut probe: what is taken from a frame."""
    return {
        "object_hidden": text("Object hidden"),
        "background_hidden": text("Background hidden"),
        "patches_shuffled": text("Patches shuffled: texture without shape"),
        "strong_blur": text("Strong blur: shape without texture"),
        "grey": text("Without colour"),
        "mirrored": text("Mirrored"),
    }.get(probe, probe)


def stays(kept: Estimate) -> str:
    """How many answers stay."""
    if kept.measured:
        return text("{share} of predictions unchanged ({range}, n = {n})").format(share=rate(kept), range=rate_interval(kept), n=kept.n)
    if kept.note == "one_answer":
        return text("not measurable: nearly all predictions are the same")
    return text("not measured: no frame has a bounding box")


def leaning(named: tuple[str, ...]) -> str:
    """Shortcut in words: what the model looks at besides the object."""
    said = {
        "background": text("Background shortcut: many predictions stay the same when the object is hidden."),
        "texture": text("Texture shortcut: most predictions stay the same without shape."),
    }
    if not named:
        return text("No shortcut found in the tests that were run.")
    return " ".join(said[name] for name in named)

"""Out-of-distribution test in words: confident answers to pictures of nothing, and what a model leans on."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.ood import FamilyRow, OodResults
from fieldcheck.words.figures import number, rate, rate_interval, rate_limits
from fieldcheck.words.formatting import listed, plain
from fieldcheck.words.language import text


def ood_lines(found: OodResults) -> tuple[str, ...]:
    """Every probe in a line, and what follows from them."""
    head = text("{model}, random seed {seed}; an answer is confident from {threshold} on").format(
        model=plain(found.model), seed=found.seed, threshold=number(found.threshold, 2)
    )
    said = [head]
    for row in found.families:
        line = text("{family}: {sure} of {n} confident answers").format(family=family_name(row.family), sure=row.n_confident, n=row.n)
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
        "blank": text("Blank pictures"),
        "noise": text("Noise"),
        "gauss": text("Noise as bright as its frames"),
        "permuted": text("Patch-shuffled frames"),
        "defocus": text("Frames out of focus"),
        "wrong_domain": text("Out-of-domain pictures"),
    }.get(family, family)


def shortcut_name(probe: str) -> str:
    """Name of a shortcut probe: what is taken from a frame."""
    return {
        "object_hidden": text("Object hidden"),
        "background_hidden": text("Background hidden"),
        "patches_shuffled": text("Patches exchanged: texture without shape"),
        "strong_blur": text("Strong blur: shape without texture"),
        "grey": text("Without colour"),
        "mirrored": text("Mirrored"),
    }.get(probe, probe)


def stays(kept: Estimate) -> str:
    """How many answers stay."""
    if kept.measured:
        return text("{share} of the answers stay ({range}, n = {n})").format(share=rate(kept), range=rate_interval(kept), n=kept.n)
    if kept.note == "one_answer":
        return text("cannot be told: nearly every answer becomes the same one")
    return text("not measured: no frame has a box round its object")


def leaning(named: tuple[str, ...]) -> str:
    """Shortcut in words: what the model looks at besides the object."""
    said = {
        "background": text("It answers from the background: hiding the object leaves many answers as they were."),
        "texture": text("It answers from the texture: without any shape most answers stay."),
    }
    if not named:
        return text("No shortcut was found in what could be measured.")
    return listed([said[name] for name in named]) if len(named) > 1 else said[named[0]]

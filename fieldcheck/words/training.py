"""Training information in words."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.training import LAST_BLOCKS, FieldRange, Training
from fieldcheck.scoring.training_log import restless, stall
from fieldcheck.words.corruptions import corruption_name
from fieldcheck.words.figures import number, percent
from fieldcheck.words.formatting import plain
from fieldcheck.words.language import plural, text

MOST_CLASSES = 5
MOST_NAMES = 8
SHORT = 12  # letters of a hash


def training_lines(found: Training, ranges: Sequence[FieldRange] | None = None) -> tuple[str, ...]:
    """Frozen layers, stall, restless classes and the trained range, one line each; empty where nothing of it is known.

    `ranges` None: what the field's camera shows was not measured.
    """
    return (*_origin(found), *_layers(found), *_curves(found), *recipe_lines(found, ranges))


def _origin(found: Training) -> tuple[str, ...]:
    """The checkpoint that was exported, by name and hash, and the seed of its training."""
    seed = () if found.seed is None else (text("Training random seed: {seed}.").format(seed=found.seed),)
    if not found.checkpoint:
        return seed
    said = text("Exported from {file} (SHA-256 {sha256}).").format(file=plain(found.checkpoint), sha256=found.checkpoint_sha256[:SHORT])
    return (said, *seed)


def recipe_lines(found: Training, ranges: Sequence[FieldRange] | None) -> tuple[str, ...]:
    """Which severities of the field lie outside of what the recipe trained, and what of the recipe says nothing."""
    if found.recipe is None:
        return ()
    lines = [_field(found.recipe.file, ranges)]
    lines += [_outside(one) for one in ranges or () if any(one.outside)]
    if found.recipe.unread:
        names = ", ".join(found.recipe.unread[:MOST_NAMES])
        lines.append(text("Not comparable with the field: {names}.").format(names=names))
    return tuple(lines)


def _field(file: str, ranges: Sequence[FieldRange] | None) -> str:
    if ranges is None:
        return text("Trained with {file}; this camera's corruptions are measured once footage and a benchmark exist.").format(file=file)
    if not ranges:
        return text("Trained with {file}; this camera shows no more corruption than the benchmark.").format(file=file)
    n = sum(any(one.outside) for one in ranges)
    if n == 0:
        return text("Trained with {file}: all corruptions of this camera lie inside the trained range.").format(file=file)
    said = plural(
        "Trained with {file}: {n} of {all} corruptions of this camera lies outside the trained range.",
        "Trained with {file}: {n} of {all} corruptions of this camera lie outside the trained range.",
        n,
    )
    return said.format(file=file, n=n, all=len(ranges))


def _outside(one: FieldRange) -> str:
    """`JPEG (quality): here 60, 40 and 31 at mild, moderate and severe; trained down to 50. Outside: moderate, severe.`"""
    here = [figure_of(one.parameter, stop) for stop in one.stops]
    names = ", ".join(name for name, out in zip(stop_names(), one.outside, strict=True) if out)
    what = corruption_name(one.corruption)
    if one.hardest is None:
        said = text("{what}: here {mild}, {moderate} and {severe}; never trained.")
        return said.format(what=what, mild=here[0], moderate=here[1], severe=here[2])
    said = text("{what}: here {mild}, {moderate} and {severe}; trained up to {hardest}. Outside: {names}.")
    return said.format(
        what=what, mild=here[0], moderate=here[1], severe=here[2], hardest=figure_of(one.parameter, one.hardest), names=names
    )


def stop_names() -> tuple[str, str, str]:
    """The median, the 90th and the 99th percentile of a camera's frames."""
    return text("mild"), text("moderate"), text("severe")


def figure_of(parameter: str, value: float) -> str:
    """The parameter of a corruption with what it counts."""
    return {
        "quality": text("quality {figure}").format(figure=number(value)),
        "sigma": text("σ {figure}").format(figure=number(value, 1)),
        "exponent": text("exponent {figure}").format(figure=number(value, 2)),
        "gain": text("gain {figure}").format(figure=number(value, 2)),
    }.get(parameter, number(value, 2))


def _layers(found: Training) -> tuple[str, ...]:
    if not found.layers:
        return ()
    said = plural(
        "{same} of {n} layer is bit-identical to {base}.", "{same} of {n} layers are bit-identical to {base}.", len(found.layers)
    ).format(same=found.n_same, n=len(found.layers), base=found.base)
    frozen = [layer for layer in found.last_blocks if layer.same]
    if not found.last_blocks:
        return (said,)
    if frozen:
        names = ", ".join(layer.name for layer in frozen)
        asked = text("{frozen} of the last {n} convolutions never changed ({names}): unfreeze them and retrain.")
        return (said, asked.format(n=min(LAST_BLOCKS, len(found.last_blocks)), frozen=len(frozen), names=names))
    return (said, text("The last {n} convolutions were trained.").format(n=len(found.last_blocks)))


def _curves(found: Training) -> tuple[str, ...]:
    if found.curves is None:
        return ()
    epochs = plural("The log has {n} epoch.", "The log has {n} epochs.", len(found.curves.epochs)).format(n=len(found.curves.epochs))
    still = stall(found.curves)
    lines = [epochs]
    if still is None:
        lines.append(text("No plateau: no three consecutive validation losses were flat and well above the training loss."))
    else:
        said = text(
            "Plateau at epoch {epoch}: variance of three validation losses {variance}, {gap} above the training "
            "loss. A flat curve does not mean that training is complete: stop, reset the head, and try other "
            "data."
        )
        lines.append(said.format(epoch=f"{still.epoch:g}", variance=number(still.variance, 5), gap=percent(still.gap, 0)))
    for name, least, greatest in restless(found.curves)[:MOST_CLASSES]:
        swung = text("{name} still varied between {least} and {greatest} in the last epochs.")
        lines.append(swung.format(name=name, least=percent(least, 0), greatest=percent(greatest, 0)))
    return tuple(lines)

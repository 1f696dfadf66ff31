"""What is said of how a model was trained."""

from __future__ import annotations

from fieldcheck.domain.training import LAST_BLOCKS, Training
from fieldcheck.scoring.training_log import restless, stall
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import plural, text

MOST_CLASSES = 5


def training_lines(found: Training) -> tuple[str, ...]:
    """Frozen layers, stall and restless classes, one line each; empty where nothing of it is known."""
    return (*_layers(found), *_curves(found))


def _layers(found: Training) -> tuple[str, ...]:
    if not found.layers:
        return ()
    said = plural(
        "{same} of {n} layer is bit for bit that of {base}.", "{same} of {n} layers are bit for bit those of {base}.", len(found.layers)
    ).format(same=found.n_same, n=len(found.layers), base=found.base)
    frozen = [layer for layer in found.last_blocks if layer.same]
    if not found.last_blocks:
        return (said,)
    if frozen:
        names = ", ".join(layer.name for layer in frozen)
        asked = text("Of the last {n} convolutions {frozen} never changed ({names}): unfreeze them and train again.")
        return (said, asked.format(n=min(LAST_BLOCKS, len(found.last_blocks)), frozen=len(frozen), names=names))
    return (said, text("The last {n} convolutions were trained.").format(n=len(found.last_blocks)))


def _curves(found: Training) -> tuple[str, ...]:
    if found.curves is None:
        return ()
    epochs = plural("The log has {n} epoch.", "The log has {n} epochs.", len(found.curves.epochs)).format(n=len(found.curves.epochs))
    still = stall(found.curves)
    lines = [epochs]
    if still is None:
        lines.append(text("It never stalled: three validation losses were never flat well above the training loss."))
    else:
        said = text(
            "It stalled at epoch {epoch}: the variance of three validation losses was {variance}, {gap} above the training loss. A flat "
            "curve is no sign that the model is done: stop, reset the head, and look for other data."
        )
        lines.append(said.format(epoch=f"{still.epoch:g}", variance=number(still.variance, 5), gap=percent(still.gap, 0)))
    for name, least, greatest in restless(found.curves)[:MOST_CLASSES]:
        swung = text("{name} still swung between {least} and {greatest} in the last epochs.")
        lines.append(swung.format(name=name, least=percent(least, 0), greatest=percent(greatest, 0)))
    return tuple(lines)

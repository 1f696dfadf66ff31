"""Proposals for models of unlike exporters: the right card, or a question, and never a wrong card
without a word."""

import numpy as np
import pytest

from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.doctor.feed import render_probe_images
from fieldcheck.models.doctor.fit_card import fit_card, read_graph
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from tests.models.exporters import EXPORTERS, write

REAL = {
    "yolox_nano": ("detection", "yolox", 80),
    "mobilenet_v1_0.25_128_quant": ("classification", "softmax", 1001),
    "vww_96_float": ("classification", "softmax", 2),
}
CHOSEN = {"YOLOX, decoded": "yolo_obj", "YOLOv8, rows first": "yolo"}
AROUND = 0.25  # of the frame: how far a box may reach beyond it


def proposal(path, right, n=None):
    """What becomes of a file without a card: `right`, `asked`, or what is wrong with the card that
    is proposed."""
    model, graph = open_model(path, threads=1), read_graph(path)
    names = tuple(f"n{at}" for at in range(n)) if n else ()
    try:
        fitted = fit_card(model, graph, {}, names)
    except ModelRejected as error:
        asked = error.problem in ("output_unclear", "classes_unknown")
        return "asked" if asked else f"refused {error.problem}"
    card = fitted.card
    found = (card.task, card.output.kind, len(card.classes))
    wanted = right and (*right[:2], right[2] or n)
    if found != wanted or not {"task", "output.kind", "classes"} - (
        {"classes"} if n else set()
    ) <= set(fitted.proposed_keys):
        return f"wrong {found}"
    return outside(model, card) or "right"


def outside(model, card):
    """What shows that boxes are read from figures that are none."""
    for answer, _ in ModelRunner(model, card, batch_size=1).predict(list(render_probe_images(3))):
        if not np.isfinite(answer).all():
            return "figures that are none"
        sides = 160 * (1 + AROUND)
        if (
            answer.ndim == 2
            and len(answer)
            and not ((answer[:, :4] >= -160 * AROUND) & (answer[:, :4] <= sides)).all()
        ):
            return "boxes outside the frame"
    return ""


@pytest.mark.full("proposals")
def test_proposals_for_unlike_exporters_are_right_or_asked_about(
    tmp_path, counts, evidence, request
):
    n = counts(ci=8, full=len(EXPORTERS))
    outcomes = {}
    for exporter in EXPORTERS if n > 8 else EXPORTERS[::6]:
        path = write(tmp_path / "m.onnx", exporter)
        outcomes[exporter.name] = proposal(path, exporter.right)
        if exporter.right is not None and exporter.right[2] is None:
            outcomes[f"{exporter.name}, classes named"] = proposal(path, exporter.right, 91)
    if n > 8:
        models = request.getfixturevalue("shared_data") / "models"
        outcomes |= {name: proposal(models / f"{name}.onnx", right) for name, right in REAL.items()}
    wrong = {
        name: outcome for name, outcome in outcomes.items() if outcome not in ("right", "asked")
    }
    evidence(
        n=len(outcomes),
        exporters=len(EXPORTERS) if n > 8 else n,
        right=sorted(name for name, outcome in outcomes.items() if outcome == "right"),
        asked=sorted(name for name, outcome in outcomes.items() if outcome == "asked"),
        wrong=wrong,
    )
    assert wrong == {}
    known = {exporter.name for exporter in EXPORTERS if exporter.right and exporter.right[2]} & set(
        outcomes
    )
    assert {name for name in known if outcomes[name] != "right"} == set()


@pytest.mark.parametrize("name", CHOSEN)
def test_what_a_person_says_of_outputs_that_were_asked_about_is_done(tmp_path, name):
    exporter = next(one for one in EXPORTERS if one.name == name)
    model = open_model(write(tmp_path / "m.onnx", exporter), threads=1)
    fitted = fit_card(
        model,
        read_graph(model.path),
        {"output": {"kind": CHOSEN[name]}},
        tuple(f"n{at}" for at in range(80)),
    )
    assert (fitted.card.output.kind, len(fitted.card.classes)) == (CHOSEN[name], 80)
    assert not outside(model, fitted.card)


def test_labels_that_count_from_0_are_asked_about_and_refused_where_a_card_counts_the_background(
    tmp_path,
):
    exporter = next(one for one in EXPORTERS if one.name == "keras-retinanet")
    model = open_model(write(tmp_path / "m.onnx", exporter), threads=1)
    names = tuple(f"n{at}" for at in range(80))
    with pytest.raises(ModelRejected) as asked:
        fit_card(model, read_graph(model.path), {}, names)
    assert asked.value.fits == ("detection torchvision",)
    fitted = fit_card(model, read_graph(model.path), {"output": {"kind": "torchvision"}}, names)
    with pytest.raises(ModelRejected) as refused:
        outside(model, fitted.card)
    assert (refused.value.problem, refused.value.detail) == ("classes", "class -1 of 80 classes")

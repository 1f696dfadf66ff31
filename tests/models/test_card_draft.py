import json
import shutil
import time

import pytest

from fieldcheck.domain.model_card import dump_card
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import NotComparable
from fieldcheck.errors.models import CardRejected, ModelRejected
from fieldcheck.models.store import find_model, get_card
from fieldcheck.models.try_model import (
    PICTURES,
    CardTrial,
    draft_card,
    load_first_images,
    store_card,
)
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from tests import makers
from tests.models import exporters

HANG_S = 30.0
STILL = exporters.Exporter(
    "still", (exporters.one("output", exporters.still(exporters.logits(3, low=0.0))),)
)


@pytest.fixture
def trying():
    made = []

    def start(draft):
        made.append(CardTrial(draft))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()
        one.stop()
        assert not one.running


def answers(trial, number, n):
    """Those of the card asked for under `number`, once `n` pictures are through or something is
    wrong with it."""
    until = time.monotonic() + HANG_S
    while time.monotonic() < until:
        found = trial.results.take_value(0.1)
        if (
            found is not None
            and found.number == number
            and (len(found.tried) == n or found.problem)
        ):
            return found
    raise AssertionError(f"no answers for {number}")


def changed(draft, **inputs):
    said = dump_card(draft.card)
    return said | {"input": said["input"] | inputs}


def test_the_first_pictures_change_with_a_field_of_the_card(labelled, trying):
    draft = draft_card(labelled, None, NullProgress())
    assert (draft.stored, draft.proposed, len(draft.pictures)) == (True, (), PICTURES)
    trial = trying(draft)
    as_it_is = answers(trial, trial.set_card(changed(draft)), PICTURES)
    turned = answers(trial, trial.set_card(changed(draft, colour="BGR")), PICTURES)
    swapped = {"red": "blue", "blue": "red", "green": "green"}
    actual = [one.predictions[0].name for one in turned.tried]
    assert actual == [swapped[one.predictions[0].name] for one in as_it_is.tried]
    actual = [one.path.name for one in as_it_is.tried]
    assert actual == [one.name.rpartition("/")[2] for one in draft.pictures]
    assert any(one.truth for one in draft.pictures)
    assert as_it_is.preprocessing_record["colour"] == "RGB"
    assert turned.preprocessing_record["colour"] == "BGR"


def test_frames_that_wait_for_a_label_are_not_shown(drawn):
    waiting = {pick.frame_id for pick in drawn.read(picks_table.list_picks)}
    names = [one.name for one in load_first_images(drawn) if not one.truth]
    assert names
    assert len(waiting) == 20
    shown = {int(name.split()[-1]) for name in names}
    assert not shown & {int(one.rpartition("-")[2]) for one in waiting}
    shutil.rmtree(drawn.path / "recordings")
    assert all(one.truth for one in load_first_images(drawn)), (
        "of footage that is gone none is shown, those of the benchmark are"
    )


def test_a_card_that_makes_no_sense_is_answered_with_what_is_wrong(labelled, trying):
    draft = draft_card(labelled, None, NullProgress())
    trial = trying(draft)
    wrong = answers(trial, trial.set_card(changed(draft, scale="much")), 0)
    assert isinstance(wrong.problem, CardRejected)
    assert wrong.problem.field == "input.scale"
    misfit = answers(trial, trial.set_card(changed(draft, colour="GRAY", mean=0, std=1)), 0)
    assert isinstance(misfit.problem, ModelRejected)
    assert answers(trial, trial.set_card(changed(draft)), PICTURES).problem is None


def test_only_the_newest_of_many_cards_is_finished(labelled, trying):
    draft = draft_card(labelled, None, NullProgress())
    trial = trying(draft)
    numbers = [trial.set_card(changed(draft, scale=1 / (k + 1))) for k in range(200)]
    found = answers(trial, numbers[-1], PICTURES)
    assert found.preprocessing_record["scale"] == pytest.approx(1 / 200)


def test_what_a_stranger_does_not_say_is_proposed_and_taken_once_confirmed(empty, tmp_path):
    path = makers.colour_model(tmp_path / "bare.onnx")
    path.with_suffix(".card.json").unlink(missing_ok=True)
    draft = draft_card(empty, path, NullProgress())
    assert {"task", "output.kind"} <= set(draft.proposed)
    assert draft.card.classes == makers.COLOURS
    stored = store_card(empty, draft, changed(draft, scale=1.0), makers.NOW)
    assert (find_model(empty), get_card(stored).input.scale) == (stored, 1.0)
    with pytest.raises(NotComparable):
        store_card(empty, draft, dump_card(draft.card) | {"classes": ["a", "b", "c"]}, makers.NOW)
    with pytest.raises(PathMissing):
        draft_card(empty, tmp_path / "none.onnx", NullProgress())


def test_another_card_for_the_same_file_is_another_model(labelled):
    draft = draft_card(labelled, None, NullProgress())
    before = find_model(labelled)
    assert store_card(labelled, draft, changed(draft), makers.NOW) == before
    other = store_card(labelled, draft, changed(draft, colour="BGR"), makers.NOW)
    assert (other.name, other.sha256) == (f"{before.name}-2", before.sha256)
    assert json.loads(other.card)["input"]["colour"] == "BGR"
    assert (labelled.path / other.file).is_file()


def test_outputs_that_fit_several_kinds_are_chosen_among_on_one_picture(labelled, tmp_path):
    path = exporters.write(tmp_path / "decoded.onnx", exporters.BY_NAME["YOLOX, decoded"])
    draft = draft_card(labelled, path, NullProgress())
    expected = ["detection yolo (81)", "detection yolo_obj (80)"]
    assert [one.label for one in draft.choices] == expected
    yolo, yolo_obj = (one.tried for one in draft.choices)
    assert yolo.path == yolo_obj.path
    assert len(yolo.predictions) > len(yolo_obj.predictions), (
        "what is an objectness in one reading is a class in the other"
    )
    chosen = draft.select_choice(1)
    assert (chosen.card, chosen.choices) == (draft.choices[1].card, ())
    assert "output.kind" in chosen.proposed


def test_the_doctor_looks_at_a_proposal(empty, tmp_path):
    draft = draft_card(empty, exporters.write(tmp_path / "m.onnx", STILL), NullProgress())
    assert [one.code for one in draft.findings] == ["constant_output"]


def test_outputs_that_no_kind_explains_are_no_draft(empty, tmp_path):
    with pytest.raises(ModelRejected) as asked:
        draft_card(
            empty,
            exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["NanoDet"]),
            NullProgress(),
        )
    assert (asked.value.problem, asked.value.fits) == ("output_unclear", ())

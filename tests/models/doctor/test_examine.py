import numpy as np
import pytest

from fieldcheck.domain.model_card import dump_card
from fieldcheck.models.doctor.examine import check_fitted_model
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.doctor.fit_card import fit_card, read_graph
from fieldcheck.models.session import open_model
from tests.models.doctor.digits import digits
from tests.models.doctor.faults import FAULTS, on_card
from tests.models.doctor.patients import TRAINED, patient, renamed
from tests.models.doctor.signs import save


def seen(tmp_path, sound, ill=None, labelled=True, base=None):
    path = save(ill.model if ill else sound.model, tmp_path / "m.onnx")
    model, graph = open_model(path, threads=1), read_graph(path)
    fitted = fit_card(model, graph, ill.card if ill else dump_card(sound.card))
    return check_fitted_model(model, graph, fitted, sound.few if labelled else None, base)


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("name", [*TRAINED, "sample"])
def test_a_sound_model_has_no_finding(tmp_path, name, labelled):
    for sound in (patient(name), renamed(patient(name), 2)):
        found = seen(tmp_path, sound, labelled=labelled)
        assert (found.findings, found.ok) == ((), True)


def test_a_wrong_scale_is_told_once_and_not_again_as_what_comes_of_it(tmp_path):
    ill = on_card(patient("plain"), "scale × 255", scale=1.0)
    for labelled in (True, False):
        actual = [one.code for one in seen(tmp_path, patient("plain"), ill, labelled).findings]
        assert actual == ["scale"]


@pytest.mark.parametrize(
    "name",
    ["batch_norm_training", "dropout_active", "batch_dependent", "constant_output", "nan_output"],
)
def test_nothing_is_said_of_how_to_feed_a_model_whose_answers_are_not_its_own(tmp_path, name):
    ill = FAULTS[name](patient("plain"), np.random.default_rng(4))
    assert [one.code for one in seen(tmp_path, patient("plain"), ill).findings] == [name]


def test_a_card_of_another_number_of_classes_is_told_and_the_rest_left_alone(tmp_path):
    ill = FAULTS["class_count"](patient("plain"), np.random.default_rng(4))
    assert [one.code for one in seen(tmp_path, patient("plain"), ill).findings] == ["class_count"]


def test_a_way_that_nobody_named_is_proposed_and_no_error(tmp_path):
    sound = patient("turned")
    card = dump_card(sound.card)
    del card["input"]["resize"]
    path = save(sound.model, tmp_path / "m.onnx")
    model, graph = open_model(path, threads=1), read_graph(path)
    found = check_fitted_model(model, graph, fit_card(model, graph, card), sound.few)
    assert found.ok
    assert [(one.code, one.level) for one in found.findings] in ([("resize", "info")], [])


def test_accuracy_at_chance_is_always_a_finding(tmp_path):
    sound = patient("plain")
    path = save(sound.model, tmp_path / "m.onnx")
    model, graph = open_model(path, threads=1), read_graph(path)
    chance = LabelledFrames(
        sound.few.frames, np.random.default_rng(6).integers(0, 5, len(sound.few.classes))
    )
    found = check_fitted_model(model, graph, fit_card(model, graph, dump_card(sound.card)), chance)
    assert [(one.code, one.level) for one in found.findings] == [("at_chance", "error")]
    assert not found.ok


def test_the_labelled_frames_that_were_looked_at_are_counted(tmp_path):
    sound = patient("plain")
    assert seen(tmp_path, sound).n_labelled == len(sound.few.frames)
    assert seen(tmp_path, sound, labelled=False).n_labelled == 0


@pytest.mark.parametrize("labelled", [True, False])
def test_a_sound_card_of_grey_pictures_fed_0_to_255_is_no_false_alarm(tmp_path, labelled):
    model, card, known = digits(tmp_path / "m.onnx")
    graph = read_graph(model.path)
    found = check_fitted_model(
        model, graph, fit_card(model, graph, card), known if labelled else None
    )
    assert [one for one in found.findings if one.level != "info"] == []
    assert found.ok

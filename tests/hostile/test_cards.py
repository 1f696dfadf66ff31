"""Model cards as a stranger may have written them: taken, or refused in one sentence within
seconds, whatever stands in them."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldcheck.models.card import read_card
from fieldcheck.models.session import open_model
from fieldcheck.models.store import read_card_file
from tests import makers
from tests.hostile.test_locks import VALUES
from tests.hostile.told import told

KEYS = (
    *("task", "classes", "embedding", "input", "output", "other"),
    *("input.size", "input.resize", "input.scale", "input.mean", "input.std", "input.colour",
      "input.layout", "input.pad", "input.name"),
    *("input.crop", "output.kind", "output.names", "output.threshold", "output.iou",
      "output.thresholds", "output.abstain"),
)  # fmt: skip
FILES: dict[str, Callable[[], bytes]] = {  # made when they are written
    "nothing": lambda: b"",
    "no text": lambda: b"\xff\xfe\x00{",
    "no object": lambda: b"[1, 2]",
    "deep": lambda: b"[" * 100_000,
    "deep objects": lambda: b'{"input":' * 5_000,
    "a long number": lambda: (
        b'{"task": "classification", "input": {"size": [' + b"9" * 5_000 + b", 3]}}"
    ),
    "not finite": lambda: b'{"input": {"scale": 1e999}}',
    "twice": lambda: b'{"task": "detection", "task": "classification"}',
    "a million classes": lambda: json.dumps(
        {**makers.COLOUR_CARD, "classes": [str(at) for at in range(300_000)]}
    ).encode(),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "large": lambda: b" " * (65 << 20),
}
CHANGES = st.lists(st.tuples(st.sampled_from(KEYS), VALUES), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """One that fixes the size of its pictures, and one that leaves it open."""
    folder = tmp_path_factory.mktemp("models")
    free = open_model(makers.tiny_model(folder / "open.onnx", side="side"))
    return [open_model(makers.tiny_model(folder / "fixed.onnx")), free]


def changed(card, changes):
    found = json.loads(json.dumps(card))
    for key, value in changes:
        above, _, name = key.rpartition(".")
        place = found.setdefault(above, {}) if above else found
        if isinstance(place, dict):
            place[name] = value
    return found


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_card_is_one_sentence(tmp_path, models, kind):
    (tmp_path / "card.json").write_bytes(FILES[kind]())
    said = told(lambda: read_card(models[0], read_card_file(tmp_path / "card.json")))
    assert said or kind == "twice"


@pytest.mark.parametrize("side", [20_000, 1_000_000, 2**31, 2**62])
def test_pictures_of_a_size_that_no_computer_holds_are_refused_before_they_are_made(models, side):
    card = changed(makers.COLOUR_CARD, [("input.size", [side, side])])
    assert told(lambda: read_card(models[1], card))


@pytest.mark.full("hostile_cards")
def test_whatever_stands_in_a_card(models, counts, evidence):
    tried = []

    @given(which=st.integers(0, 1), changes=CHANGES)
    @settings(
        max_examples=counts(ci=30, full=1500), deadline=None,
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    def read(which, changes):
        refused = bool(told(lambda: read_card(models[which], changed(makers.COLOUR_CARD, changes))))
        tried.append(refused)

    read()
    evidence(cards=len(tried), refused=sum(tried))
    assert any(tried)

import pytest

from fieldcheck.corruptions.catalogue import Corruption, ExpectedEffect
from fieldcheck.i18n.language import msgid


def entry(*steps):
    return Corruption(
        "smoke", "weather", "Smoke", {"share": steps}, ExpectedEffect("contrast", -1),
        msgid("Smoke"), msgid("{share} is smoke."),
    )  # fmt: skip


def test_a_table_has_a_step_for_each_severity():
    assert entry(0, 1, 2, 3, 4, 5).table["share"][3] == 3
    with pytest.raises(ValueError, match="Smoke: a table has a step for each severity from 0 to 5"):
        entry(0, 1, 2)


def test_a_table_cannot_be_written_to():
    with pytest.raises(TypeError):
        entry(0, 1, 2, 3, 4, 5).table["share"] = (1,) * 6

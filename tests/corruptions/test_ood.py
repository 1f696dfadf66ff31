from dataclasses import replace
from math import nan

import pytest

from fieldcheck.corruptions import messages as probing
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import FamilyRow, OodResults, ShortcutRow
from fieldcheck.i18n import language
from fieldcheck.stats.intervals import estimate_wilson


@pytest.fixture(autouse=True)
def english():
    with language.use_language("en"):
        yield


def probes(named=(), kept=None):
    families = (
        FamilyRow("blank", 200, 110, (), estimate_wilson(110, 200), 0.718, 0.5),
        FamilyRow("noise", 200, 0, (), estimate_wilson(0, 200), nan, nan),
    )
    return OodResults(
        "net", 4, 0.9, families, (ShortcutRow("grey", kept or estimate_wilson(99, 100)),), named
    )


def test_each_family_says_how_many_were_answered_with_confidence():
    said = probing.list_ood_lines(probes())
    assert said[0] == "net, random seed 4; confident: 0.90 or above"
    assert said[1] == (
        "  Blank images: confident predictions on 110 of 200 images (48–62%); OOD detection "
        "AUROC 0.72"
    )
    assert said[2] == "  Noise: confident predictions on 0 of 200 images (upper limit 1.9%)"
    assert said[3] == "  Without colour: 99% of predictions unchanged (95–100%, n = 100)"
    assert said[-1] == "No shortcut found in the tests that were run."


def test_the_class_that_a_family_is_called_most_often_is_named():
    blank = replace(probes().families[0], most="ok", n_most=104)
    expected = "48–62%); most often “ok” (104 of 200); OOD"
    assert expected in probing.list_ood_lines(replace(probes(), families=(blank,)))[1]
    assert probing.describe_top_class(probes().families[0]) == ""


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("no_boxes", "no frame has a bounding box"),
        ("one_answer", "nearly all predictions are the same"),
    ],
)
def test_what_cannot_be_told_says_why(note, said):
    assert said in probing.format_kept_answers(Estimate.not_measured(note))


def test_what_the_model_leans_on_is_named():
    assert "Background shortcut" in probing.describe_shortcut(("background",))
    both = probing.describe_shortcut(("background", "texture"))
    assert both == (
        f"{probing.describe_shortcut(('background',))} {probing.describe_shortcut(('texture',))}"
    )

from dataclasses import replace

import pytest

from fieldcheck.domain.model_card import InputSpec
from fieldcheck.models.doctor.feed import Feed, render_probe_images, resize_frames
from fieldcheck.models.doctor.fit_card import InputRange
from fieldcheck.models.doctor.preprocessing_variants import (
    check_scale_by_behaviour,
    check_scale_by_range,
)
from fieldcheck.models.session import open_model
from tests.models.doctor.patients import patient
from tests.models.doctor.signs import save

HELD = InputRange(1 / 128, 128.0)


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"scale": 1 / 128, "mean": (1.0,) * 3}, ()),
        ({"scale": 1 / 255, "mean": (0.5,) * 3, "std": (0.5,) * 3}, ()),
        ({"scale": 1.0}, ("scale",)),
        ({"scale": 1 / 255}, ("mean_std",)),
        ({"scale": 1.0, "mean": (127.5,) * 3}, ("scale",)),
    ],
)
def test_a_card_has_to_fill_what_a_quantised_file_holds(changed, codes):
    found = check_scale_by_range(InputSpec((8, 8), "stretch", **changed), HELD)
    assert tuple(one.code for one in found.findings) == codes or {"scale"} <= {
        one.code for one in found.findings
    } & set(codes)
    if codes:
        low, high = found.findings[0].facts["low"], found.findings[0].facts["high"]
        assert (low, high) != pytest.approx(HELD.limits)
        fed = found.way.apply_to(InputSpec((8, 8), "stretch"))
        assert (0 - fed.mean[0]) / fed.std[0] == pytest.approx(-1, abs=0.02)
        assert (255 * fed.scale - fed.mean[0]) / fed.std[0] == pytest.approx(1, abs=0.02)


def test_a_file_that_holds_no_range_says_nothing():
    assert check_scale_by_range(InputSpec((8, 8), "stretch", scale=1.0), None).findings == ()


@pytest.mark.parametrize("factor", [255.0, 1 / 255, 1.0])
@pytest.mark.parametrize("name", ["plain", "turned"])
def test_a_scale_that_is_wrong_by_orders_of_magnitude_shows_without_labels(tmp_path, name, factor):
    sound = patient(name)
    spec = replace(sound.card.input, scale=sound.card.input.scale * factor)
    feed = Feed(
        open_model(save(sound.model, tmp_path / "m.onnx"), threads=1),
        replace(sound.card, input=spec),
    )
    found = check_scale_by_behaviour(feed, resize_frames(render_probe_images(16), spec).planes)
    assert [one.code for one in found.findings] == ([] if factor == 1.0 else ["scale"])
    assert all(one.score.status == "na" for one in found.candidates)

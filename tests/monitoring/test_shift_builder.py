from datetime import datetime, timedelta

import pytest

from fieldcheck.monitoring.prediction_log import LoggedResult, make_block
from fieldcheck.monitoring.shifts import SAMPLED, ShiftBuilder

FIRST = datetime.fromisoformat("2026-11-02T06:00:00+01:00")


def built(n, **told):
    return taken(
        [
            LoggedResult(
                FIRST + timedelta(seconds=at),
                "ab"[at % 2],
                0.5 + at / (2 * n),
                (float(at % 2), 1.0),
                f"{at}.png",
                **told,
            )
            for at in range(n)
        ]
    )


def taken(results, at_once=999):
    builder = ShiftBuilder(0)
    for first in range(0, len(results), at_once):
        builder.add_results(make_block(results[first : first + at_once]))
    return builder


def test_a_hundred_are_drawn_from_all_of_the_shift_and_the_figures_are_of_all():
    found = built(1000, entropy=0.25).make_statistics("x", None)
    assert (found.n, found.counts, found.entropy) == (1000, {"a": 500, "b": 500}, 0.25)
    assert len(found.sampled) == SAMPLED
    assert [one.at for one in found.sampled] == sorted(one.at for one in found.sampled)
    assert (
        20
        <= sum(one.at >= (FIRST + timedelta(seconds=500)).isoformat() for one in found.sampled)
        <= 80
    )
    assert sum(found.histogram["a"]) == 500
    assert found.sampled == built(1000, entropy=0.25).make_statistics("x", None).sampled


def test_distances_are_measured_from_the_earlier_shifts():
    usual = built(100).make_statistics("x", None)
    assert {round(one.distance, 3) for one in usual.sampled} == {round(0.5**0.5, 3)}
    far = taken([LoggedResult(FIRST, "a", 0.9, (2.5, 1.0))])
    assert far.make_statistics("y", usual).sampled[0].distance == pytest.approx(4 / 2**0.5)


def test_without_embeddings_and_entropies_there_are_none():
    builder = taken([LoggedResult(FIRST, "a", 0.9)])
    found = builder.make_statistics("x", None)
    assert (builder.has_vectors, found.centre) == (False, ())
    assert (found.entropy, found.sampled[0].distance) == (None, None)


def test_the_figures_and_the_draw_do_not_depend_on_how_many_come_at_once():
    results = [
        LoggedResult(FIRST + timedelta(seconds=at), "abc"[at % 3], at / 400, picture=f"{at}.png")
        for at in range(400)
    ]
    assert (
        taken(results, 1).make_statistics("x", None)
        == taken(results, 7).make_statistics("x", None)
        == taken(results).make_statistics("x", None)
    )

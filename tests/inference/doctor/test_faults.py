"""Faults drawn at random are named, sound models are left alone, and two faults at once are both named."""

from collections import Counter

import numpy as np
import pytest

from fieldcheck.domain.model_card import card_to_json
from tests.inference.doctor.faults import FAULTS, PAIRS, Ill, both
from tests.inference.doctor.hospital import HARM, drawn, table, visited
from tests.inference.doctor.patients import IN_TURN, NAMES, patient, renamed

SEED = 20261
LEAST_NAMED, LEAST_PAIRS = 0.95, 0.8


@pytest.fixture
def known(request):
    """Patients by number: all of them in the full share, the one that is trained here otherwise."""

    def one(number, every):
        if not every:
            return patient("plain")
        return patient(IN_TURN[number % len(IN_TURN)], request.getfixturevalue("shared_data"))

    return one


def kept(evidence, visits, **more):
    """The table in the report of the run, and the figures as evidence."""
    lines = table(visits)
    print("\n".join(lines))  # noqa: T201 - the table is what the full share is run for
    evidence(
        n=len(visits),
        named=sum(visit.right for visit in visits),
        named_and_nothing_else=sum(visit.alone for visit in visits),
        models=dict(sorted(Counter(visit.patient for visit in visits).items())),
        slowest_s=max(visit.seconds for visit in visits),
        frames_changed_at_least=HARM,
        harmless_draws_given_back=sum(visit.redrawn for visit in visits),
        table=lines,
        missed=[
            f"{visit.patient}: {visit.fault} ({visit.by}) named {'+'.join(visit.named) or 'nothing'}" for visit in visits if not visit.right
        ],
        **more,
    )


@pytest.mark.full("doctor_faults")
def test_faults_drawn_at_random_are_named(tmp_path, known, counts, evidence):
    n = counts(ci=12, full=120)
    codes, visits = list(FAULTS), []
    for number in range(n):
        # In the small share the faults that are quickest to tell would all come first.
        code = codes[number % len(codes)] if n > 12 else codes[(number * 7) % len(codes)]
        for step in range(len(NAMES)):  # whoever cannot have it hands it on
            sick = known(number + number // len(codes) + step, n > 12)
            found = drawn(sick, code, np.random.default_rng([SEED, number, step]), tmp_path / sick.name)
            if found is not None:
                visits.append(visited(sick, code, found[0], tmp_path, found[1]))
                break
        print(number, visits[-1], flush=True)  # noqa: T201 - the full share takes long
    assert len(visits) == n
    kept(evidence, visits)
    assert sum(visit.right for visit in visits) >= LEAST_NAMED * n


@pytest.mark.full("doctor_pairs")
def test_two_faults_at_once_are_both_named_without_metadata_and_names(tmp_path, known, counts, evidence):
    n = counts(ci=2, full=60)
    visits = []
    for number in range(n):
        codes = PAIRS[number % 2]
        for step in range(len(NAMES)):
            sick = renamed(known(number // 2 + step, n > 2), number)
            draw = np.random.default_rng([SEED + 1, number, step])
            first, second = (drawn(sick, code, draw, tmp_path / f"{sick.name}{number}") for code in codes)
            if first is not None and second is not None:
                visits.append(visited(sick, "+".join(codes), both(sick, first[0], second[0]), tmp_path, first[1] + second[1]))
                break
        print(number, visits[-1], flush=True)  # noqa: T201 - the full share takes long
    assert len(visits) == n
    kept(evidence, visits)
    assert sum(visit.right for visit in visits) >= LEAST_PAIRS * n


@pytest.mark.full("doctor_healthy")
def test_sound_models_are_left_alone(tmp_path, known, counts, evidence):
    n = counts(ci=2, full=2 * len(NAMES))
    visits = []
    for number in range(n):
        sound = known(number // 2, n > 2)
        one = renamed(sound, number) if number % 2 else sound
        ill = Ill(one.model, card_to_json(one.card), "renamed" if number % 2 else "as it is")
        visits.append(visited(one, "healthy", ill, tmp_path))
        visits.append(visited(one, "healthy", ill, tmp_path, with_labels=False))
    evidence(
        n=len(visits), models=n, slowest_s=max(visit.seconds for visit in visits), found=[visit.named for visit in visits if visit.named]
    )
    assert [visit for visit in visits if visit.named] == []

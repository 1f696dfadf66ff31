"""Random faults are named, sound models left alone, and two faults at once both named."""

import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.model_card import dump_card
from fieldcheck.models.doctor.feed import Feed
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.doctor.search import search_preprocessing
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from tests.models.doctor.faults import FAULTS, PAIRS, Ill, both
from tests.models.doctor.hospital import HARM, drawn, table, told, visited
from tests.models.doctor.patients import IN_TURN, NAMES, TRAINED, patient, renamed
from tests.models.doctor.signs import save, signs

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


def planted(n, every, known, folder):
    """Patient, code, fault and how many harmless ones were drawn before it, for `n` faults of all
    kinds in turn; where no patient of the small share can have one, the next kind."""
    codes = list(FAULTS)
    given = 0
    for number in range(n if every else 2 * n):
        if given == n:
            break
        # In the small share the faults that are quickest to tell would all come first.
        code = codes[number % len(codes)] if every else codes[(number * 7) % len(codes)]
        for step in range(len(NAMES)):  # whoever cannot have it hands it on
            sick = known(number + number // len(codes) + step, every)
            draws = np.random.default_rng([SEED, number, step])
            found = drawn(sick, code, draws, folder / sick.name)
            if found is not None:
                given += 1
                yield sick, code, *found
                break


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
            (
                f"{visit.patient}: {visit.fault} ({visit.by}) named "
                f"{'+'.join(visit.named) or 'nothing'}"
            )
            for visit in visits
            if not visit.right
        ],
        **more,
    )


@pytest.mark.long
@pytest.mark.full("doctor_faults")
def test_faults_drawn_at_random_are_named(tmp_path, known, counts, evidence):
    n = counts(ci=3, full=7 * len(FAULTS))
    visits = []
    for sick, code, ill, redrawn in planted(n, n > 3, known, tmp_path):
        visits.append(visited(sick, code, ill, tmp_path, redrawn))
        print(len(visits), visits[-1], flush=True)  # noqa: T201 - the full share takes long
    assert len(visits) == n
    kept(evidence, visits)
    assert sum(visit.right for visit in visits) >= LEAST_NAMED * n


CROPS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
MANY, COSTS = 600, 0.05  # labelled frames; what a crop has to cost of them to be a fault


def many_frames(sick, shared_data):
    """Hundreds of labelled frames: those of the patient, or more of their kind where there are."""
    if sick.name in TRAINED:
        return signs(MANY, 71)
    classes = np.concatenate([sick.few.classes, sick.rest.classes])
    return LabelledFrames((*sick.few.frames, *sick.rest.frames), classes)


@pytest.mark.full("doctor_crops")
def test_a_crop_that_costs_is_found_among_more_frames(tmp_path, known, counts, evidence, request):
    n = counts(ci=0, full=len(NAMES) - 1)
    visits, sound_found = [], []
    for name in [one for one in NAMES if one != "yolox_nano"][:n]:
        data = request.getfixturevalue("shared_data")
        sick = patient(name, data)
        frames = many_frames(sick, data)
        for share in (sick.card.input.crop, *CROPS):
            card = replace(sick.card, input=replace(sick.card.input, crop=share))
            model = open_model(save(sick.model, tmp_path / "m.onnx"), threads=2)
            runs = [
                ModelRunner(model, one, batch_size=1).predict(frames.frames)
                for one in (sick.card, card)
            ]
            right = [
                float(
                    np.mean(
                        [
                            said.argmax() == k
                            for (said, _), k in zip(run, frames.classes, strict=True)
                        ]
                    )
                )
                for run in runs
            ]
            feed, layouts = Feed(model, card), (card.input.layout,)
            found = search_preprocessing(feed, frames, layouts, None, lambda: None)
            codes = [one.code for one in found.findings]
            if share == sick.card.input.crop:
                sound_found += codes
            else:
                visits.append((name, share, round(right[0] - right[1], 3), codes, found.n))
    costly = [one for one in visits if one[2] >= COSTS]
    evidence(
        n=len(visits),
        costs_at_least=COSTS,
        costly=len(costly),
        named=sum("resize" in codes for _, _, _, codes, _ in costly),
        found_on_sound_cards=sound_found,
        table=[
            (
                f"{name} crop {share:g}: costs {cost:.3f}, named {'+'.join(codes) or 'nothing'} "
                f"on {seen}"
            )
            for name, share, cost, codes, seen in visits
        ],
    )
    assert sound_found == []
    assert sum("resize" in codes for _, _, _, codes, _ in costly) >= LEAST_NAMED * len(costly)


@pytest.mark.long
@pytest.mark.full("doctor_pairs")
def test_two_faults_at_once_are_named_without_metadata(tmp_path, known, counts, evidence):
    n = counts(ci=1, full=60)
    visits = []
    for number in range(n):
        codes = PAIRS[number % 2]
        for step in range(len(NAMES)):
            sick = renamed(known(number // 2 + step, n > 2), number)
            draw = np.random.default_rng([SEED + 1, number, step])
            first, second = (
                drawn(sick, code, draw, tmp_path / f"{sick.name}{number}") for code in codes
            )
            if first is not None and second is not None:
                visits.append(
                    visited(
                        sick, "+".join(codes), both(sick, first[0], second[0]), tmp_path,
                        first[1] + second[1],
                    )
                )  # fmt: skip
                break
        print(number, visits[-1], flush=True)  # noqa: T201 - the full share takes long
    assert len(visits) == n
    kept(evidence, visits)
    assert sum(visit.right for visit in visits) >= LEAST_PAIRS * n


@pytest.mark.full("doctor_healthy")
def test_sound_models_are_left_alone(tmp_path, known, counts, evidence):
    n = counts(ci=0, full=2 * len(NAMES))
    visits = []
    for number in range(n):
        sound = known(number // 2, n > 2)
        one = renamed(sound, number) if number % 2 else sound
        ill = Ill(one.model, dump_card(one.card), "renamed" if number % 2 else "as it is")
        visits.append(visited(one, "healthy", ill, tmp_path))
        visits.append(visited(one, "healthy", ill, tmp_path, with_labels=False))
    evidence(
        n=len(visits),
        models=n,
        slowest_s=max(visit.seconds for visit in visits),
        found=[visit.named for visit in visits if visit.named],
    )
    assert [visit for visit in visits if visit.named] == []


def reversed_classes(sound):
    """What the doctor once missed beside busy loops: a card with classes the other way round."""
    card = dump_card(replace(sound.card, classes=sound.card.classes[::-1]))
    return Ill(sound.model, card, "reversed")


@contextmanager
def busy_loops(n):
    """So many processes that take all the processor time they get."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)]
    try:
        yield
    finally:
        assert [loop.poll() for loop in loops] == [None] * n, "a loop ended before the visits did"
        for loop in loops:
            loop.kill()
            loop.wait()


@pytest.mark.full("doctor_beside_busy_loops")
def test_the_findings_are_the_same_idle_and_beside_busy_loops(tmp_path, known, counts, evidence):
    n, loops = counts(ci=0, full=len(FAULTS)), counts(ci=2, full=10)
    sick = (
        list(planted(n, n > 1, known, tmp_path))
        if n > 1
        else [(patient("plain"), "class_order", reversed_classes(patient("plain")), 0)]
    )
    began = time.monotonic()
    idle = [told(one, ill, tmp_path) for one, _, ill, _ in sick]
    between = time.monotonic()
    with busy_loops(loops):
        busy = [told(one, ill, tmp_path) for one, _, ill, _ in sick]
    differ = [
        f"{one.name}: {code} ({ill.by}) idle {alone}, busy {beside}"
        for (one, code, ill, _), alone, beside in zip(sick, idle, busy, strict=True)
        if alone != beside
    ]
    evidence(
        n=n,
        loops=loops,
        faults=dict(sorted(Counter(code for _, code, _, _ in sick).items())),
        models=dict(sorted(Counter(one.name for one, _, _, _ in sick).items())),
        idle_s=round(between - began, 1),
        busy_s=round(time.monotonic() - between, 1),
        named=sum(
            any(line.startswith(code) for line in lines)
            for (_, code, _, _), lines in zip(sick, idle, strict=True)
        ),
        differ=differ,
    )
    assert len(sick) == n
    assert any(idle)
    assert differ == []

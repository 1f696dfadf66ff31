import tracemalloc

import cv2
import numpy as np
import pytest

from fieldcheck.imaging.colour import to_luma
from fieldcheck.imaging.similarity import compute_detail_vector, compute_phash
from fieldcheck.stats.similarity import FineFingerprints, match_near_duplicates, pack_fingerprint

HEIGHT, WIDTH = 180, 240


def scene(seed, moment=0):
    """A ground with uneven light and some parts that move at up to 1.5 pixels a frame, under noise
    that is new in every frame."""
    rng = np.random.default_rng(seed)
    ground = cv2.resize(
        rng.normal(0, 18, (5, 6)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    picture = np.repeat((ground + rng.uniform(70, 150))[..., None], 3, axis=2) + rng.normal(0, 8, 3)
    speed = rng.uniform(-1.5, 1.5, 2)
    for _ in range(int(rng.integers(4, 10))):
        centre = (rng.uniform((0, 0), (WIDTH, HEIGHT)) + speed * moment).astype(int).tolist()
        axes = rng.uniform(20, 90, 2)
        turn = float(rng.uniform(0, 180))
        colour = rng.uniform(20, 235, 3)
        cv2.ellipse(picture, (centre, axes.tolist(), turn), colour.tolist(), -1, cv2.LINE_AA)
    noise = np.random.default_rng([seed, moment + 50]).normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def recoded(rgb, quality):
    return cv2.imdecode(
        cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR
    )


def resized(rgb, factor):
    return cv2.resize(
        rgb,
        None,
        fx=factor,
        fy=factor,
        interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR,
    )


def twin(seed, kind):
    """A duplicate as leaks make them: coded again, at another size, or two frames earlier or later."""
    rng = np.random.default_rng([7, seed])
    if kind == "recoded":
        return recoded(scene(seed), int(rng.integers(30, 80)))
    if kind == "resized":
        return resized(scene(seed), float(rng.uniform(0.4, 1.5)))
    return recoded(scene(seed, int(rng.choice([-2, -1, 1, 2]))), 80)


def print_of(rgb):
    y = to_luma(rgb)
    return pack_fingerprint(compute_phash(y), compute_detail_vector(y))


def prints(pictures):
    return FineFingerprints.from_vectors(
        [one.astype(np.float32) for one in map(print_of, pictures)]
    )


@pytest.mark.full("near_duplicates")
def test_planted_duplicates_are_found_and_no_other(counts, evidence):
    n, planted = counts(ci=120, full=4800), counts(ci=30, full=200)
    kinds = ("recoded", "resized", "moved")
    seeds = np.random.default_rng(0).choice(n, planted, replace=False).tolist()
    pool = [scene(seed) for seed in range(n)]
    pool += [twin(seed, kinds[at % 3]) for at, seed in enumerate(seeds)]
    place, _ = match_near_duplicates(prints(pool))
    found = {
        kind: sum(place[n + at] == seed for at, seed in enumerate(seeds) if kinds[at % 3] == kind)
        for kind in kinds
    }
    pairs = {
        (min(at, int(other)), max(at, int(other)))
        for at, other in enumerate(place.tolist())
        if other >= 0
    }
    false = len(pairs - {(seed, n + at) for at, seed in enumerate(seeds)})
    evidence(
        pictures=n + planted,
        planted=planted,
        found={kind: int(one) for kind, one in found.items()},
        false_pairs=false,
    )
    assert sum(found.values()) >= 0.95 * planted
    assert false <= 5


def test_packing_keeps_the_hash_and_the_structure():
    y = to_luma(scene(3))
    found = FineFingerprints.from_vectors(
        [pack_fingerprint(compute_phash(y), compute_detail_vector(y)).astype(np.float32)] * 2
    )
    assert found.phash.tolist() == [compute_phash(y)] * 2
    np.testing.assert_allclose(found.detail[0], compute_detail_vector(y), atol=1e-3)


def test_one_picture_is_not_its_own_duplicate_and_two_sides_are_held_against_each_other():
    a, b = prints([scene(1), scene(2)]), prints([scene(3), scene(2), scene(4)])
    assert match_near_duplicates(a)[0].tolist() == [-1, -1]
    place, alike = match_near_duplicates(a, b)
    assert place.tolist() == [-1, 1]
    assert alike[1] > 0.99


@pytest.mark.parametrize(("rows", "columns"), [(2, 3), (3, 2), (1, 1), (20, 4)])
def test_pairs_that_are_looked_at_in_parts_are_those_of_the_whole(rows, columns, monkeypatch):
    """Twelve made-up prints: some near in hash alone, some in structure alone, three alike to a
    different degree."""
    rng = np.random.default_rng(1)
    detail = rng.normal(size=(12, 8)).astype(np.float32)
    for copy, of, by in ((7, 1, 0.02), (10, 1, 0.05), (11, 4, 0.02), (8, 5, 0.0)):
        detail[copy] = detail[of] + by * detail[0]
    phash = rng.integers(0, 2**63, 12, np.uint64)
    phash[[7, 10, 11]] = phash[[1, 1, 4]]
    phash[3] = phash[2]
    every = FineFingerprints(phash, detail / np.linalg.norm(detail, axis=1, keepdims=True))
    whole = match_near_duplicates(every)
    assert whole[0].tolist() == [-1, 7, -1, -1, 11, -1, -1, 1, -1, -1, 7, 4]
    monkeypatch.setattr("fieldcheck.stats.similarity.ROWS", rows)
    monkeypatch.setattr("fieldcheck.stats.similarity.COLUMNS", columns)
    for one, other in (
        (match_near_duplicates(every), whole),
        (match_near_duplicates(every, every), (np.arange(12), np.ones(12))),
    ):
        assert one[0].tolist() == other[0].tolist()
        assert one[1] == pytest.approx(other[1], abs=1e-6)


@pytest.mark.parametrize(
    ("bits", "cosine", "near"),
    [(12, 0.95, True), (13, 0.95, False), (12, 0.89, False), (0, 0.91, True)],
)
def test_twelve_bits_and_nine_tenths_make_a_near_duplicate(bits, cosine, near):
    detail = np.array([[1.0, 0.0], [cosine, np.sqrt(1 - cosine**2)]], np.float32)
    place, alike = match_near_duplicates(
        FineFingerprints(np.array([0, (1 << bits) - 1], np.uint64), detail)
    )
    assert place.tolist() == ([1, 0] if near else [-1, -1])
    assert alike == pytest.approx([cosine * near] * 2, abs=1e-6)


def test_blank_pictures_are_nobodys_duplicate():
    blank = prints([np.zeros((50, 60, 3), np.uint8)] * 2)
    assert match_near_duplicates(blank)[0].tolist() == [-1, -1]


def test_nothing_against_nothing():
    none = FineFingerprints.from_vectors([])
    assert match_near_duplicates(none)[0].size == 0
    assert match_near_duplicates(prints([scene(1)]), none)[0].tolist() == [-1]


def test_memory_stays_where_every_pair_is_near():
    one = print_of(scene(1)).astype(np.float32)
    many = FineFingerprints.from_vectors([one] * 9000)
    tracemalloc.start()
    place, _ = match_near_duplicates(FineFingerprints(many.phash[:600], many.detail[:600]), many)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (place >= 0).all()
    assert peak < 60e6

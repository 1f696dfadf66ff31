import tracemalloc

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fieldcheck.imaging.contrast_and_colour import to_luma
from fieldcheck.imaging.quality import compute_detail_vector, compute_phash
from fieldcheck.stats import similarity as module
from fieldcheck.stats.similarity import (
    FineFingerprints,
    compute_embedding_novelty,
    compute_mean_distances,
    compute_statistics_novelty,
    find_nearest_vectors,
    find_points_inside,
    match_near_duplicates,
    normalize_rows,
    pack_fingerprint,
    project_to_plane,
    scale_by_deviation,
)

RNG = np.random.default_rng(0)


@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 70), st.integers(0, 2**31))
def test_the_nearest_are_those_of_a_full_sort(m, d, n, seed):
    vectors = np.random.default_rng(seed).normal(size=(m, d)).astype(np.float32)
    places, alike = find_nearest_vectors(vectors, vectors[0], n)
    whole = np.argsort(-(vectors @ vectors[0]), kind="stable")[:n]
    assert alike.tolist() == (vectors @ vectors[0])[whole].tolist()
    assert len(set(places.tolist())) == min(n, m)


def test_lengths_do_not_count_and_zeros_stay():
    found = normalize_rows(np.array([[3, 4], [0, 0]], np.float32))
    assert found.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


def test_no_figure_outweighs_the_others():
    columns = np.column_stack([RNG.normal(100, 50, 200), RNG.normal(0, 0.01, 200)])
    figures = columns.astype(np.float32)
    scaled = scale_by_deviation(figures)
    assert np.linalg.norm(scaled, axis=1) == pytest.approx(1, abs=1e-5)
    assert abs(np.abs(scaled[:, 0]).mean() - np.abs(scaled[:, 1]).mean()) < 0.1
    other = scale_by_deviation(figures[:5], figures)
    assert other == pytest.approx(scaled[:5])
    assert scale_by_deviation(np.empty((0, 3), np.float32)).shape == (0, 3)


def test_the_plane_keeps_the_two_widest_directions_and_is_always_the_same():
    columns = [RNG.normal(0, 5, 300), RNG.normal(0, 0.1, 300), RNG.normal(0, 2, 300)]
    cloud = np.column_stack(columns).astype(np.float32)
    flat = project_to_plane(cloud)
    assert flat.std(axis=0) == pytest.approx(cloud[:, [0, 2]].std(axis=0), rel=0.02)
    assert np.array_equal(flat, project_to_plane(cloud))
    assert np.corrcoef(flat[:, 0], cloud[:, 0])[0, 1] > 0.99


def test_two_vectors_keep_their_distance_in_the_plane():
    two = np.array([[0, 3, 0, 1], [4, 0, 0, 1]], np.float32)
    flat = project_to_plane(two)
    assert np.linalg.norm(flat[0] - flat[1]) == pytest.approx(5)
    line = project_to_plane(np.array([[1.0], [4.0], [6.0]], np.float32))
    assert np.diff(line[:, 0]) == pytest.approx([3, 2])
    assert line[:, 1].tolist() == [0, 0, 0]


def test_nothing_is_near_among_nothing_and_figures_that_never_change_scale_nothing():
    places, alike = find_nearest_vectors(np.empty((0, 3), np.float32), np.ones(3, np.float32), 5)
    assert (places.size, alike.size, places.dtype, alike.dtype) == (0, 0, np.int64, np.float32)
    same = np.array([[1.0, 7.0], [3.0, 7.0]], np.float32)
    assert scale_by_deviation(same).tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    expected = [[-1.0, 0.0], [1.0, 0.0]]
    assert scale_by_deviation(same, np.empty((0, 2), np.float32)).tolist() == expected
    actual = scale_by_deviation(same + 1, same).tolist()
    assert actual == [[0.0, 1.0], pytest.approx([2 / 5**0.5, 1 / 5**0.5])]


@pytest.mark.parametrize("shape", [(0, 0), (1, 4), (5, 1)])
def test_few_vectors_have_a_plane_too(shape):
    assert project_to_plane(np.ones(shape, np.float32)).shape == (shape[0], 2)


def test_a_lasso_holds_what_lies_within_it():
    square = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], np.float32)
    points = np.array([[1, 1], [3, 1], [-1, 1], [1, 5]], np.float32)
    assert find_points_inside(points, square).tolist() == [True, False, False, False]
    slanted = np.array([[0, 0], [4, 0], [0, 2]], np.float32)
    values = np.array([[1, 1.4], [1.5, 1.4], [3, 0.4], [3.5, 0.4]], np.float32)
    assert find_points_inside(values, slanted).tolist() == [True, False, True, False]
    notch = np.array([[0, 0], [2, 0], [2, 2], [1, 0.5], [0, 2]], np.float32)
    actual = find_points_inside(np.array([[1, 1.5], [1, 0.2]], np.float32), notch).tolist()
    assert actual == [False, True]


CLOUDS = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(3)), elements=st.floats(-50, 50))


def test_mean_distances_are_those_of_each_point():
    a, b = np.array([[0.0, 0], [3, 4]]), np.array([[0.0, 0], [0, 2]])
    assert compute_mean_distances(a, b) == pytest.approx([1, (5 + 13**0.5) / 2])


def test_the_golden_energy_distance():
    """Methods 5.5: 2E|a−b| − E|a−a'| − E|b−b'| of three points and two."""
    a, b = np.array([[0.0, 0], [1, 0], [0, 1]]), np.array([[2.0, 2], [3, 2]])
    cases = ((a, b), (a, a), (b, b))
    between, own, other = (float(compute_mean_distances(*pair).mean()) for pair in cases)
    assert 2 * between - own - other == pytest.approx(4.373559, abs=1e-6)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def by_hand(frame, others):
    """One minus the cosine to every other, the ten smallest averaged."""
    ordered = sorted(1 - sum(a * b for a, b in zip(frame, other, strict=True)) for other in others)
    apart = ordered[:10]
    return sum(apart) / len(apart)


@pytest.mark.parametrize("n_benchmark", [1, 9, 10, 60])
def test_novelty_is_the_mean_distance_to_the_ten_nearest(n_benchmark, monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS", 100)  # several stretches of frames
    rng = np.random.default_rng(n_benchmark)
    frames, benchmark = (
        unit(rng.normal(size=(n, 5))).astype(np.float32) for n in (23, n_benchmark)
    )
    found = compute_embedding_novelty(frames, benchmark)
    assert found == pytest.approx([by_hand(frame, benchmark) for frame in frames], abs=1e-6)


def test_a_frame_of_the_benchmark_is_nothing_new_and_its_opposite_all_new():
    benchmark = np.tile(np.array([[1, 0, 0]], np.float32), (12, 1))
    values = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0]], np.float32)
    assert compute_embedding_novelty(values, benchmark) == pytest.approx([0, 1, 2])


def test_an_answer_that_is_none_has_no_novelty_and_is_no_neighbour():
    benchmark = np.array([[0, 0], [1, 0]], np.float32)
    found = compute_embedding_novelty(np.array([[0, 0], [1, 0]], np.float32), benchmark)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(0)


def test_without_a_benchmark_nothing_is_new():
    with pytest.raises(ValueError, match="no benchmark"):
        compute_embedding_novelty(np.ones((2, 3), np.float32), np.zeros((4, 3), np.float32))


def test_statistics_count_in_the_deviations_of_the_benchmark():
    benchmark = np.array([[0, 100, 7], [2, 100, 7]], np.float32)  # deviations 1, 0, 0
    values = np.array([[1, 100, 7], [1, 103, 7], [1, 100, 11]], np.float32)
    found = compute_statistics_novelty(values, benchmark)
    assert found == pytest.approx([1, (1 + 9) ** 0.5, (1 + 16) ** 0.5])


@given(arrays(np.float32, (7, 4), elements=st.floats(-5, 5, width=16)), st.permutations(range(7)))
def test_the_order_of_the_benchmark_does_not_matter(rows, order):
    frames = np.eye(4, dtype=np.float32)
    one = compute_statistics_novelty(frames, rows)
    other = compute_statistics_novelty(frames, rows[list(order)])
    assert one == pytest.approx(other, rel=1e-5, abs=1e-5)


HEIGHT, WIDTH = 180, 240


def scene(seed, moment=0):
    """A ground with uneven light and some parts that move at up to 1.5 pixels a frame, under noise
    that is new in every frame."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(0, 18, (5, 6)).astype(np.float32)
    ground = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
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
    jpeg = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(jpeg[1], cv2.IMREAD_COLOR)


def resized(rgb, factor):
    return cv2.resize(
        rgb, None, fx=factor, fy=factor,
        interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR,
    )  # fmt: skip


def twin(seed, kind):
    """A duplicate as leaks make them: coded again, at another size, or two frames earlier or
    later."""
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
    prints = map(print_of, pictures)
    return FineFingerprints.from_vectors([one.astype(np.float32) for one in prints])


@pytest.mark.long
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
    matches = enumerate(place.tolist())
    pairs = {(min(at, int(other)), max(at, int(other))) for at, other in matches if other >= 0}
    false = len(pairs - {(seed, n + at) for at, seed in enumerate(seeds)})
    found_of = {kind: int(one) for kind, one in found.items()}
    evidence(pictures=n + planted, planted=planted, found=found_of, false_pairs=false)
    assert sum(found.values()) >= 0.95 * planted
    assert false <= 5


def test_packing_keeps_the_hash_and_the_structure():
    y = to_luma(scene(3))
    print_of_y = pack_fingerprint(compute_phash(y), compute_detail_vector(y)).astype(np.float32)
    found = FineFingerprints.from_vectors([print_of_y] * 2)
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
    """Twelve made-up prints: near in hash alone, in structure alone, three alike by degrees."""
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
    fingerprints = FineFingerprints(np.array([0, (1 << bits) - 1], np.uint64), detail)
    place, alike = match_near_duplicates(fingerprints)
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

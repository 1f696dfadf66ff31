import cv2
import numpy as np
import pytest

from fieldcheck.footage import clips_and_scene_cuts
from fieldcheck.footage.clips_and_scene_cuts import (
    KEPT,
    SampledClip,
    SceneModel,
    compute_correlation,
    compute_structure,
    find_best_shift,
    find_clip_starts,
    has_whole_scene_moved,
    is_textured,
    shift_array,
)
from fieldcheck.footage.video.reader import VideoReader
from fieldcheck.imaging.thumbnail import make_look
from tests.counts import only_full
from tests.footage.scenes import (
    HEIGHT,
    KINDS,
    MARGIN,
    WIDTH,
    Take,
    frames,
    gravel,
    machine,
    planted,
    recording,
    shelves,
    unruly,
)


def looks_of(path, list_fps=2.0):
    with VideoReader(path, list_fps) as reader:
        listed = [(make_look(frame.rgb), frame.t_s) for frame in reader.read_listed(0, 1_000_000)]
    return np.stack([picture for picture, _ in listed]), [t_s for _, t_s in listed]


def through_a_file(path, rng, takes, **how):
    """The recording as a video and read back: looks, times, seconds at which takes begin."""
    code = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, 4.0, (WIDTH, HEIGHT))
    begins = []
    for picture, t_s, begin in frames(rng, takes, fps=4.0, **how):
        writer.write(cv2.merge([picture] * 3))
        begins += [t_s] if begin else []
    writer.release()
    return *looks_of(path), begins


def right(found, wanted):
    return len(found) == len(wanted) and all(
        abs(a - b) <= 1 for a, b in zip(found, wanted, strict=True)
    )


@only_full
def test_twenty_recordings_give_just_the_clips_that_were_planted():
    good = 0
    for seed in range(20):
        rng, takes, how = planted(seed)
        made = recording(rng, takes, quality=(0, 25, 50)[seed % 3], **how)
        good += right(
            made.times[list(find_clip_starts(made.looks, made.times))], made.times[made.borders]
        )
    assert good >= 19


@only_full
def test_twenty_recordings_in_bad_light_give_one_clip():
    good = 0
    for seed in range(20):
        rng, takes, how = unruly(seed)
        made = recording(rng, takes, quality=(0, 25, 50)[seed % 3], **how)
        good += find_clip_starts(made.looks, made.times) == (0,)
    assert good >= 19


# without a pause, which a video at an even rate cannot hold
@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 2])
def test_planted_clips_are_found_in_a_video_file(tmp_path, seed):
    rng, takes, how = planted(seed)
    looks, times, begins = through_a_file(tmp_path / "made.mp4", rng, takes, **how)
    assert right([times[at] for at in find_clip_starts(looks, times)], begins)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 3, 6])
def test_bad_light_in_a_video_file_is_no_border(tmp_path, seed):
    rng, takes, how = unruly(seed)
    looks, times, _begins = through_a_file(tmp_path / "made.mp4", rng, takes, **how)
    assert find_clip_starts(looks, times) == (0,)


@pytest.mark.long
@pytest.mark.parametrize("name", ["intel-bottle-detection.mp4", "udacity-test_video.mp4"])
@pytest.mark.parametrize("list_fps", [2.0, 10.0])
def test_real_footage_of_one_scene_is_one_clip(shared_data, name, list_fps):
    assert find_clip_starts(*looks_of(shared_data / "videos" / name, list_fps)) == (0,)


@pytest.mark.long
def test_two_real_scenes_one_after_the_other_are_two_clips(shared_data):
    bottles, _times = looks_of(shared_data / "videos" / "intel-bottle-detection.mp4")
    road, _times = looks_of(shared_data / "videos" / "udacity-test_video.mp4", 20.0)
    looks = np.concatenate([bottles[:30], road])
    assert find_clip_starts(looks, np.arange(len(looks)) / 2) == (0, 30)


def one_take(rng, seconds=60.0, **how):
    return recording(rng, [Take(machine(rng), seconds)], **how)


def test_a_vehicle_that_hides_everything_for_eight_seconds_is_no_border():
    rng = np.random.default_rng(1)
    lorry = shelves(rng)[:HEIGHT, :WIDTH]
    made = one_take(rng, light=lambda picture, t_s: lorry if 20 <= t_s < 28 else picture)
    assert find_clip_starts(made.looks, made.times) == (0,)


@pytest.mark.long
@pytest.mark.parametrize(("gain", "seconds"), [(0.02, 25), (6.0, 25), (0.0, 5)])
def test_lights_off_or_glare_is_no_border_on_the_way_in_or_out(gain, seconds):
    rng = np.random.default_rng(2)
    made = one_take(
        rng, light=lambda picture, t_s: picture * gain if 20 <= t_s < 20 + seconds else picture
    )
    assert find_clip_starts(made.looks, made.times) == (0,)


def test_a_camera_that_shakes_is_no_border():
    rng = np.random.default_rng(3)
    scene = machine(rng)
    made = recording(
        rng,
        [
            Take(scene, 0.5, int(rng.integers(-12, 13)), int(rng.integers(-12, 13)))
            for _ in range(120)
        ],
    )
    assert find_clip_starts(made.looks, made.times) == (0,)


def test_goods_that_stand_and_go_on_a_belt_are_no_move_of_the_camera():
    rng = np.random.default_rng(4)
    goods, behind = shelves(rng), machine(rng)

    def light(picture, t_s):
        shift = 36 * int(t_s // 15)
        picture = behind[:HEIGHT, :WIDTH].copy()
        picture[70:150] = goods[70:150, shift : shift + WIDTH]
        return picture

    made = one_take(rng, light=light)
    assert find_clip_starts(made.looks, made.times) == (0,)


def test_a_camera_turned_back_within_ten_seconds_is_no_border():
    rng = np.random.default_rng(5)
    scene = machine(rng)
    made = recording(rng, [Take(scene, 30), Take(scene, 8, 90, 10), Take(scene, 30)])
    assert find_clip_starts(made.looks, made.times) == (0,)


def test_no_clip_is_shorter_than_ten_seconds():
    rng = np.random.default_rng(6)
    pairs = zip(KINDS, (8, 20, 20, 6), strict=True)
    made = recording(rng, [Take(kind(rng), seconds) for kind, seconds in pairs])
    assert find_clip_starts(made.looks, made.times) == (0, made.borders[2])


def test_a_pause_is_a_border_from_sixty_seconds_on():
    rng = np.random.default_rng(7)
    scene = machine(rng)
    for pause, clips in ((59.4, 1), (59.5, 2)):  # half a second passes between frames anyway
        made = recording(rng, [Take(scene, 20), Take(scene, 20, pause=pause)])
        assert len(find_clip_starts(made.looks, made.times)) == clips


def test_a_cut_between_scenes_without_an_edge_is_seen_by_its_grey_levels():
    left = np.linspace(20, 90, 160)[None].repeat(90, 0)
    top = np.linspace(230, 140, 90)[:, None].repeat(160, 1)
    noise = np.random.default_rng(8).normal(0, 1, (60, 90, 160))
    looks = np.stack([left] * 30 + [top] * 30) + noise
    assert find_clip_starts(looks.astype(np.uint8), np.arange(60) / 2) == (0, 30)


@pytest.mark.long
@pytest.mark.parametrize("fps", [0.4, 1.0, 5.0])
def test_borders_do_not_hang_on_how_many_frames_a_second_are_listed(fps):
    rng = np.random.default_rng(9)
    scene = machine(rng)
    made = recording(
        rng,
        [Take(scene, 40), Take(shelves(rng), 40), Take(scene, 40), Take(scene, 40, 80, 10)],
        fps=fps,
    )
    assert list(find_clip_starts(made.looks, made.times)) == made.borders


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_any_frames_are_one_clip_at_most(n):
    assert find_clip_starts(np.zeros((n, 90, 160), np.uint8), np.arange(n)) == (0,) * min(n, 1)


def test_a_recording_of_nothing_is_one_clip():
    for level in (0, 128, 255):
        assert find_clip_starts(np.full((80, 90, 160), level, np.uint8), np.arange(80) / 2) == (0,)


@pytest.mark.long
def test_the_structure_of_each_look_is_made_about_once(monkeypatch):
    rng, takes, how = planted(5)
    made = recording(rng, takes, **how)
    asked = []
    monkeypatch.setattr(
        clips_and_scene_cuts,
        "compute_structure",
        lambda look: asked.append(1) or compute_structure(look),
    )
    find_clip_starts(made.looks, made.times)
    assert len(made.looks) <= len(asked) <= 1.2 * len(made.looks)


def view(scene, dx=0, dy=0):
    part = scene[MARGIN + dy : MARGIN + dy + 90, MARGIN + dx : MARGIN + dx + 160].clip(0, 255)
    return part.astype(np.uint8)


@pytest.fixture
def scene():
    return machine(np.random.default_rng(0))


def test_structure_hardly_feels_a_change_of_light(scene):
    look = view(scene)
    shade = np.linspace(0.3, 1, 160)[None]
    for changed in (look * 0.3, look * 0.5 + 100, look * shade):
        other = compute_structure(changed.astype(np.uint8))
        assert compute_correlation(compute_structure(look), other) > 0.8


@pytest.mark.parametrize("kind", KINDS)
def test_structures_of_other_scenes_have_nothing_in_common(kind):
    one, other = kind(np.random.default_rng(1)), machine(np.random.default_rng(2))
    alike = abs(compute_correlation(compute_structure(view(one)), compute_structure(view(other))))
    assert alike < 0.3


def test_correlation_is_over_the_asked_pixels_only(scene):
    a = compute_structure(view(scene))
    b = compute_structure(view(shelves(np.random.default_rng(3))))
    half = np.zeros((90, 160), bool)
    half[:, :80] = True
    assert compute_correlation(a, np.where(half, a, b), half) == pytest.approx(1)
    assert compute_correlation(a, np.zeros_like(a)) == 0.0


def test_the_dark_and_the_glare_have_no_texture(scene):
    assert is_textured(compute_structure(view(scene)))
    for level in (0, 255):
        assert not is_textured(compute_structure(np.full((90, 160), level, np.uint8)))
    noise = np.random.default_rng(4).normal(8, 1, (90, 160)).clip(0, 255).astype(np.uint8)
    assert not is_textured(compute_structure(noise))


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (20, 0), (-50, 6), (70, -20), (3, 30)])
def test_the_shift_is_found_with_its_sign(dx, dy):
    scene = gravel(np.random.default_rng(0))
    a, b = compute_structure(view(scene)), compute_structure(view(scene, -dx, -dy))
    found = find_best_shift(a, np.ones(a.shape, bool), b)
    assert found[:2] == (dx, dy)
    assert found[2] > 0.9


def test_a_shift_that_leaves_hardly_anything_in_view_is_not_believed():
    scene = gravel(np.random.default_rng(0))
    a, b = compute_structure(view(scene)), compute_structure(view(scene, 125, 0))
    dx, dy, alike = find_best_shift(a, np.ones(a.shape, bool), b)
    assert (1 - abs(dx) / 160) * (1 - abs(dy) / 90) >= 1 / 3
    assert alike < 0.5


def test_shifting_fills_with_zeros():
    found = shift_array(np.arange(6, dtype=np.float32).reshape(2, 3), 1, -1)
    assert found.tolist() == [[0, 3, 4], [0, 0, 0]]
    assert not shift_array(np.ones((2, 3), np.float32), 3, 0).any()


def test_a_camera_takes_everything_along_and_a_belt_does_not(scene):
    before, after = view(scene), view(scene, -24, 0)
    assert has_whole_scene_moved(compute_structure(before), compute_structure(after), 24, 0)
    belt = before.copy()
    belt[30:60] = after[30:60]
    assert not has_whole_scene_moved(compute_structure(before), compute_structure(belt), 24, 0)
    assert not has_whole_scene_moved(compute_structure(before), compute_structure(before), 24, 0)


def test_nothing_can_go_where_nothing_is():
    nothing = np.zeros((90, 160), np.float32)
    assert not has_whole_scene_moved(nothing, nothing, 20, 0)


@pytest.fixture
def film():
    rng = np.random.default_rng(0)
    made = recording(rng, [Take(machine(rng), 20), Take(shelves(rng), 20)], speed=37.0)
    return SampledClip(made.looks, made.times)


def viewed(film, stop):
    view = SceneModel(film, 0)
    for at in range(1, stop):
        view.add_sample(at)
    return view


def test_a_clip_knows_its_own_looks_and_no_others(film):
    view = viewed(film, 30)
    assert view.known > 0.9
    assert view.compute_correlation(film.get_structure(35)) > 0.9
    assert view.compute_correlation(film.get_structure(45)) < 0.3


def test_what_moves_does_not_stand_still(film):
    view, change = viewed(film, 40), film.looks[:40].std(axis=0)
    assert view.has_static_pixels
    assert change[view.steady].mean() < change.mean() / 3


def test_blank_and_dazzled_looks_teach_nothing():
    rng = np.random.default_rng(1)
    made = recording(
        rng, [Take(machine(rng), 10)], light=lambda p, t_s: {5.0: p * 0, 6.0: p * 9}.get(t_s, p)
    )
    film = SampledClip(made.looks, made.times)
    view = SceneModel(film, 0)
    for at in (10, 12):
        before = view.mean
        assert not view.is_comparable(at)
        view.add_sample(at)
        assert view.mean is before
    assert view.is_comparable(11)


def test_a_scene_where_nothing_stands_still_is_like_nothing():
    looks = np.random.default_rng(2).integers(0, 256, (20, 90, 160), dtype=np.uint8)
    film = SampledClip(looks, np.arange(20) / 2)
    view = viewed(film, 20)
    assert not view.has_static_pixels
    assert view.compute_correlation(film.get_structure(3)) == 0.0


def test_the_film_makes_a_structure_anew_that_it_has_let_go():
    looks = np.random.default_rng(3).integers(0, 256, (KEPT + 9, 90, 160), dtype=np.uint8)
    film = SampledClip(looks, np.arange(len(looks)) / 2)
    for at in [*range(len(looks)), 0, 1]:
        assert np.array_equal(film.get_structure(at), compute_structure(looks[at]))


def test_what_follows_is_at_least_one_look_and_never_past_the_end():
    film = SampledClip(np.zeros((4, 90, 160), np.uint8), np.array([0.0, 1.0, 2.0, 9.0]))
    assert [list(film.list_following(at, 1.5)) for at in range(4)] == [[1], [2], [3], []]
    assert list(film.list_following(0, 2.0)) == [1, 2]

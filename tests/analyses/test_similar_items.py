import numpy as np
import pytest

from fieldcheck.analyses.failures import list_saved_slices
from fieldcheck.domain.items import Filter, get_benchmark_path
from fieldcheck.models import embeddings
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as tags_table
from tests import makers

NIGHT = Filter().with_values("light", "dark")


def test_before_vectors_are_made_nothing_is_alike(labelled):
    assert embeddings.load_similarity_index(labelled) is None


def test_frames_of_a_colour_are_most_like_frames_of_that_colour(labelled):
    found = embeddings.compute_missing_vectors(labelled, NullProgress())
    assert found.n_frames == 120
    assert len(found.subjects) == 138
    shown = {
        name: makers.COLOURS[int(name.rsplit("-", 1)[1]) // 4 % 3] for name in found.subjects[:120]
    }
    for name in found.subjects[:3]:
        alike = [one for one in found.find_similar(name, 20) if one in shown]
        assert name not in alike
        assert sum(shown[one] == shown[name] for one in alike) >= 0.8 * len(alike)
    assert embeddings.load_similarity_index(labelled).subjects == found.subjects


def test_the_nearest_benchmark_picture_is_a_benchmark_picture(labelled):
    found = embeddings.compute_missing_vectors(labelled, NullProgress())
    assert get_benchmark_path(found.find_nearest_benchmark(found.subjects[0]))
    assert found.find_nearest_benchmark("nobody") == ""
    assert found.find_similar("nobody") == ()


def test_everything_lies_on_one_plane(labelled):
    found = embeddings.compute_missing_vectors(labelled, NullProgress())
    map_ = embeddings.compute_scatter_layout(found)
    assert map_.points.shape == (138, 2)
    assert np.isfinite(map_.points).all()
    assert np.array_equal(map_.points, embeddings.compute_scatter_layout(found).points)


def test_without_a_benchmark_there_is_nothing_to_compare_with(tmp_path, material):
    with makers.empty_project(tmp_path / "bare.fieldcheck", classes=makers.COLOURS) as project:
        makers.add_footage(project, material / "night.avi")
        found = embeddings.compute_missing_vectors(project, NullProgress())
        assert not found.of_model
        assert found.find_nearest_benchmark(found.subjects[0]) == ""


def test_tags_are_put_on_and_taken_off_as_one_act(empty):
    embeddings.set_tags(empty, ["a", "benchmark:x.png"], add=["oily", " dark "])
    expected = {"a": ("dark", "oily"), "benchmark:x.png": ("dark", "oily")}
    assert empty.read(tags_table.list_tags) == expected
    embeddings.set_tags(empty, ["a"], add=["new"], take=["dark", "oily"])
    assert empty.read(tags_table.list_tags)["a"] == ("new",)
    embeddings.set_tags(empty, ["a"], take=["new"])
    assert "a" not in empty.read(tags_table.list_tags)
    empty.undo()
    assert empty.read(tags_table.list_tags)["a"] == ("new",)


def test_a_tag_of_nothing_is_no_tag(empty):
    assert not embeddings.set_tags(empty, ["a"], add=["  "]).kinds


def test_a_slice_is_saved_replaced_and_taken_away(empty):
    embeddings.save_slice(empty, " night ", NIGHT)
    assert [(one.name, one.wanted) for one in list_saved_slices(empty)] == [("night", NIGHT)]
    embeddings.save_slice(empty, "night", NIGHT.with_values("camera", "left"))
    embeddings.delete_slice(empty, "night")
    assert list_saved_slices(empty) == ()
    empty.undo()
    empty.undo()
    assert list_saved_slices(empty)[0].wanted == NIGHT
    with pytest.raises(ValueError, match="without a name"):
        embeddings.save_slice(empty, " ", NIGHT)

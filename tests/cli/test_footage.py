from pathlib import Path

import pytest

from tests import makers

CLIP_KEYS = {
    "clip_id", "recording_id", "source", "start_s", "camera", "location", "taken_at", "seconds",
    "fps", "width", "height", "n_frames", "n_listed", "n_unreadable", "skipped",
}  # fmt: skip
PICK_KEYS = {
    "frame_id", "clip_id", "t_s", "stratum", "hardness", "probability", "weight", "reason", "file",
}  # fmt: skip


def test_import_answers_with_its_clips(terminal, place, material):
    document = terminal.document(
        "import", place("empty"), material / "belt.avi", "--camera", "left", "--location", "line 1",
        "--taken-at", "2026-03-01T09:00:00+01:00", "--condition", "glare,dark",
    )  # fmt: skip
    assert set(document) == {"schema", "project", "clips", "resumed", "failed"}
    assert (document["schema"], document["resumed"]) == ("fieldcheck.import/1", False)
    (clip,) = document["clips"]
    assert set(clip) == CLIP_KEYS
    assert clip | {"clip_id": "", "recording_id": ""} == {
        "clip_id": "", "recording_id": "", "source": "belt.avi", "start_s": 0.0, "camera": "left",
        "location": "line 1",
        "taken_at": "2026-03-01T08:00:00+00:00", "seconds": 60.0, "fps": 4.0, "width": 64,
        "height": 48, "n_frames": 240, "n_listed": 120,
        "n_unreadable": 0, "skipped": [],
    }  # fmt: skip


def test_several_paths_come_in_at_once_and_again_add_nothing(terminal, place, material, tmp_path):
    folder = makers.picture_folder(tmp_path / "Prüfling 3", ["red", "blue"], "tür {}.png".format)
    (folder / "z.jpg").write_text("no image")
    project = place("empty")
    first = terminal.document("import", project, material / "night.avi", folder)
    expected = [("night.avi", 30), ("Prüfling 3", 2)]
    assert [(clip["source"], clip["n_listed"]) for clip in first["clips"]] == expected
    assert [one["file"] for one in first["clips"][1]["skipped"]] == ["z.jpg"]
    assert set(first["clips"][1]["skipped"][0]) == {"file", "why"}
    assert first["clips"][1]["n_unreadable"] == 1
    again = terminal.document("import", project, folder, material / "night.avi")
    assert sorted(again["clips"], key=str) == sorted(first["clips"], key=str)
    assert not again["resumed"]
    assert "already" in terminal.said("import", project, folder)


def test_a_finer_grid_can_be_asked_for(terminal, place, material):
    document = terminal.document("import", place("empty"), material / "night.avi", "--fps", "1")
    assert document["clips"][0]["n_listed"] == 15


def test_unreadable_footage_stops_no_other_and_is_told(terminal, place, material, tmp_path):
    project = place("empty")
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "folder").mkdir()
    document, told = terminal.partly(
        "import", project, tmp_path / "text.mp4", material / "night.avi", tmp_path / "folder"
    )
    assert [clip["source"] for clip in document["clips"]] == ["night.avi"]
    actual = [(Path(one["path"]).name, one["why"]) for one in document["failed"]]
    assert actual == list(zip(("text.mp4", "folder"), told.splitlines(), strict=False))
    first, second, last = told.splitlines()
    assert "text.mp4 is not a readable video. Nothing was added" in first
    assert "folder" in second
    assert last == "1 other imported."
    assert terminal.document("pick", project, "--count", 5)["n_listed"] == 30
    assert len(terminal.refusal("import", project, *[tmp_path / "text.mp4"] * 6).splitlines()) == 4
    document, told = terminal.partly(
        "import", project, material / "night.avi", *[tmp_path / "text.mp4"] * 6
    )
    assert (len(told.splitlines()), len(document["failed"]), len(document["clips"])) == (4, 6, 1)
    assert told.endswith("3 more unreadable. 1 other was already in the project.")
    assert "night" not in terminal.refusal("import", project, tmp_path / "text.mp4")


def test_a_missing_path_is_told_before_anything_is_read(terminal, place, material, tmp_path):
    project = place("empty")
    actual = terminal.refusal("import", project, material / "night.avi", tmp_path / "none.mp4")
    assert "none.mp4" in actual
    assert "no footage" in terminal.refusal("pick", project)


@pytest.mark.parametrize(
    "wrong", [("--condition", "fog"), ("--taken-at", "yesterday"), ("--fps", "0")]
)
def test_wrong_words_are_wrong_usage(terminal, place, material, wrong):
    assert terminal("import", place("empty"), material / "night.avi", *wrong).code == 2


def test_pick_answers_with_strata_and_picks(terminal, place):
    project = place("footed")
    document = terminal.document("pick", project, "--count", 20, "--seed", 7)
    assert set(document) == {
        "schema", "project", "design", "seed", "census", "left_out", "n_listed", "strata", "picks",
        "plan",
    }  # fmt: skip
    assert (document["schema"], document["design"]) == ("fieldcheck.pick/1", "balanced")
    assert (document["seed"], document["n_listed"]) == (7, 120)
    assert document["strata"] == [
        {"name": "hard", "listed": 24, "picked": 8},
        {"name": "rest", "listed": 96, "picked": 12},
    ]
    assert {frozenset(one) for one in document["picks"]} == {frozenset(PICK_KEYS)}
    assert all((project / one["file"]).is_file() for one in document["picks"])
    assert all(
        0 < one["probability"] < 1 and one["weight"] == pytest.approx(1 / one["probability"])
        for one in document["picks"]
    )


def test_the_default_seed_is_0_and_is_told(terminal, place):
    project = place("footed")
    said = terminal.said("pick", project, "--count", 20)
    assert "Random seed 0." in said
    actual = terminal.document("pick", project, "--count", 20)
    assert actual == terminal.document("pick", project, "--count", 20, "--seed", 0)


def test_must_may_be_given_several_times(terminal, place):
    project = place("footed")
    first = [one["frame_id"] for one in terminal.document("pick", project, "--count", 5)["picks"]]
    required = first[:2]
    document = terminal.document(
        "pick", project, "--count", 10, "--must", required[0], "--must", required[1]
    )
    assert len(document["picks"]) == 12
    assert [one["frame_id"] for one in document["picks"] if one["stratum"] == "must"] == required
    assert {one["reason"] for one in document["picks"] if one["stratum"] == "must"} == {"must"}
    assert "nowhere-000001" in terminal.refusal("pick", project, "--must", "nowhere-000001")


def test_the_hardest_alone_have_no_probability(terminal, place):
    document = terminal.document("pick", place("footed"), "--count", 6, "--design", "hard")
    actual = {(one["stratum"], one["probability"], one["weight"]) for one in document["picks"]}
    assert actual == {("chosen", None, 0.0)}


def test_a_census_says_so(terminal, place):
    project = place("footed")
    expected = "Census: only 120 frames sampled, so all are picked."
    assert terminal.said("pick", project, "--count", 300).startswith(expected)
    document = terminal.document("pick", project, "--count", 300)
    expected = (True, [{"name": "even", "listed": 120, "picked": 120}])
    assert (document["census"], document["strata"]) == expected


def test_after_a_label_pick_goes_to_new_clips_first_and_then_to_frames_left(
    terminal, place, material
):
    """One clip of 120 frames with 20 picks, and a new one of 30."""
    project = place("labelled")
    (clip,) = terminal.document("import", project, material / "night.avi")["clips"]
    document = terminal.document("pick", project, "--count", 10)
    assert [one["name"] for one in document["strata"]] == ["hard@2", "rest@2"]
    assert document["n_listed"] == 30
    assert {one["clip_id"] for one in document["picks"]} == {clip["clip_id"]}
    assert len(terminal.document("label", "show", project)["labels"]) == 20
    seen = {one["frame_id"] for one in document["picks"]}
    left = terminal.document("pick", project, "--count", 1000)
    assert {one["name"] for one in left["strata"]} == {"hard", "rest", "hard@2", "rest@2"}
    assert len(left["picks"]) == 120 + 30 - 20 - 10
    assert not seen & {one["frame_id"] for one in left["picks"]}
    assert "1 " not in terminal.refusal("pick", project)
    assert len(terminal.document("label", "show", project)["labels"]) == 20


def test_the_sensitivity_pass_changes_who_is_hard(terminal, place):
    project = place("footed")
    usual = {
        one["frame_id"]: one["hardness"]
        for one in terminal.document("pick", project, "--count", 120)["picks"]
    }
    felt = {
        one["frame_id"]: one["hardness"]
        for one in terminal.document("pick", project, "--count", 120, "--sensitivity")["picks"]
    }
    assert set(usual) == set(felt)
    assert usual != felt


def test_novelty_changes_who_is_hard(terminal, place):
    project = place("footed")
    usual = {
        one["frame_id"]: one["hardness"]
        for one in terminal.document("pick", project, "--count", 120)["picks"]
    }
    unlike = {
        one["frame_id"]: one["hardness"]
        for one in terminal.document("pick", project, "--count", 120, "--novelty")["picks"]
    }
    assert set(usual) == set(unlike)
    assert usual != unlike


def test_nothing_to_pick_from_is_said(terminal, place):
    assert "import" in terminal.refusal("pick", place("empty"))

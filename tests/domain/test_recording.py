from fieldcheck.domain.recording import Recording, Skipped, clip_id


def test_a_recording_is_open_and_empty_until_somebody_closes_it():
    recording = Recording("ab", "video", "night.mp4", "recordings/ab/night.mp4", "f" * 64, "", "", "", (), 2.0, 30.0, 1280, 720)
    assert not recording.closed
    assert (recording.n_frames, recording.skipped) == (0, ())


def test_the_same_file_skipped_for_the_same_reason_is_the_same():
    assert {Skipped("a.jpg", "damaged"), Skipped("a.jpg", "damaged")} == {Skipped("a.jpg", "damaged")}


def test_a_clip_is_named_by_its_recording_and_its_first_frame():
    assert clip_id("ab12", 0) == "ab12.0"
    assert clip_id("ab12", 600) != clip_id("ab12", 60)

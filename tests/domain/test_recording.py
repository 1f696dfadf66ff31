from fieldcheck.domain.recording import Recording, Skipped


def test_a_recording_is_open_and_empty_until_somebody_closes_it():
    recording = Recording("ab", "video", "night.mp4", "recordings/ab/night.mp4", "f" * 64, "", "", "", (), 2.0, 30.0, 1280, 720)
    assert not recording.closed
    assert (recording.n_frames, recording.skipped) == (0, ())


def test_the_same_file_skipped_for_the_same_reason_is_the_same():
    assert {Skipped("a.jpg", "damaged"), Skipped("a.jpg", "damaged")} == {Skipped("a.jpg", "damaged")}

from fieldcheck.domain.clip import clip_id


def test_a_clip_is_named_by_its_recording_and_its_first_frame():
    assert clip_id("ab12", 0) == "ab12.0"
    assert clip_id("ab12", 600) != clip_id("ab12", 60)

from fieldcheck.ui.screens.explore.pictures import small, whole


def test_frames_and_benchmark_pictures_have_small_ones_and_whole_ones(labelled, qapp):
    from fieldcheck.workflows.explore.items import all_items

    first = all_items(labelled)[0].subjects[0]
    found = small(labelled, [first, "benchmark:red/000.png", "benchmark:gone.png", "nobody"])
    assert set(found) == {first, "benchmark:red/000.png"}
    assert whole(labelled, first).width() == 64
    assert whole(labelled, "benchmark:red/000.png").height() == 48
    assert whole(labelled, "benchmark:../../etc/passwd") is None
    assert whole(labelled, "nobody") is None

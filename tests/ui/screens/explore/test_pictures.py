from fieldcheck.ui.screens.explore.items import read_image, read_thumbnails


def test_frames_and_benchmark_pictures_have_small_ones_and_whole_ones(labelled, qapp):
    from fieldcheck.analyses.item_columns import load_items

    first = load_items(labelled)[0].subjects[0]
    found = read_thumbnails(
        labelled, [first, "benchmark:red/000.png", "benchmark:gone.png", "nobody"]
    )
    assert set(found) == {first, "benchmark:red/000.png"}
    assert read_image(labelled, first).width() == 64
    assert read_image(labelled, "benchmark:red/000.png").height() == 48
    assert read_image(labelled, "benchmark:../../etc/passwd") is None
    assert read_image(labelled, "nobody") is None

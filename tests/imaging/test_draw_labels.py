import numpy as np

from fieldcheck.imaging.thumbnail import GAP, LabelOverlay, draw_labels

GREY = np.full((240, 480, 3), 128, np.uint8)


def test_a_label_is_a_closed_line_and_a_prediction_has_gaps():
    shown = draw_labels(
        GREY, LabelOverlay(labels=[(40, 40, 120, 120)], predictions=[(260, 40, 120, 120)]), 480
    )
    assert shown.shape == (240, 480, 3)
    solid, dashed = (shown[40, x : x + 120] for x in (40, 260))
    assert (solid == 255).all(axis=1).all()
    amber = (dashed == (255, 176, 0)).all(axis=1)
    assert 30 < amber.sum() < 110


def test_boxes_are_in_pixels_of_the_frame_whatever_the_size_of_the_picture():
    shown = draw_labels(GREY, LabelOverlay(labels=[(80, 80, 240, 120)]), 240)
    assert shown.shape == (120, 240, 3)
    assert (shown[40, 60] == 255).all()
    assert (shown[60, 100] == 128).all()


def test_a_small_object_stands_beside_it_enlarged():
    frame = GREY.copy()
    frame[100:110, 200:210] = 0
    shown = draw_labels(frame, LabelOverlay(predictions=[(200, 100, 10, 10)]), 480)
    assert shown.shape == (240, 480 + GAP + 240, 3)
    beside = shown[:, 480 + GAP :]
    # ten pixels of the 24 seen have become a hundred of 240
    assert (beside[100:140, 100:140] < 40).all()


def test_an_object_at_the_edge_is_enlarged_within_the_frame():
    assert draw_labels(GREY, LabelOverlay(labels=[(475, 235, 5, 5)]), 480).shape == (240, 726, 3)


def test_points_are_crosses_and_without_marks_nothing_changes():
    assert (draw_labels(GREY, LabelOverlay(points=[(100, 100)]), 480)[100, 95:106] == 255).all()
    assert (draw_labels(GREY, LabelOverlay(), 480) == GREY).all()


def test_a_mask_is_an_outline_with_gaps_and_what_it_marks_stays_as_it_is():
    mask = np.zeros((240, 480), np.bool_)
    mask[60:180, 100:300] = True
    shown = draw_labels(GREY, LabelOverlay(mask=mask), 480)
    amber = (shown == (255, 176, 0)).all(axis=2)
    assert 0.3 < amber[60, 102:298].mean() < 0.7
    assert (shown[70:170, 110:290] == 128).all()
    assert (draw_labels(GREY, LabelOverlay(mask=~np.ones_like(mask)), 480) == 128).all()

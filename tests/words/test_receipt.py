from fieldcheck.words.receipt import receipt_lines


def test_a_receipt_tells_what_came_in_and_each_kind_of_thing_that_did_not():
    faults = {
        "absent_parts": ("test",),
        "unlabelled": ("2.png",),
        "orphans": ("labels/9.txt",),
        "missing": ("8.png",),
        "damaged": ("1.png", "3.png", "4.png", "5.png"),
        "merged": ("car",),
    }
    said = receipt_lines("yolo", 10, 9, {"car": 4, "bus": 0}, "val", 2, faults)
    assert said[0] == "9 of 10 pictures are labelled (yolo): car 4, bus 0"
    assert said[1:3] == ("Read was the part val.", "2 outlines became the boxes around them.")
    assert len(said) == 9
    assert said[7] == "4 pictures are damaged and left out: 1.png, 3.png, 4.png and 1 more"


def test_a_set_as_it_should_be_has_one_line():
    assert len(receipt_lines("csv", 2, 2, {"ok": 2}, "", 0, {})) == 1

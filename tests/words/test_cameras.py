from fieldcheck.words import cameras, remedies


def test_the_list_says_how_many_and_that_none_was_opened():
    assert cameras.listed(1, True) == "1 camera. It was not opened."
    assert cameras.listed(3, True) == "3 cameras. None was opened."
    assert cameras.listed(0, True).startswith("No camera found. Plug one in")
    with remedies.told_by("terminal"):
        assert cameras.listed(2, False).endswith("adds them (`pip install fieldcheck[gige]`).")


def test_a_camera_is_told_with_what_opens_it():
    said = cameras.line("HD Pro Webcam C920", "v4l2:usb-C920", "/dev/video2", busy=False)
    assert said == "HD Pro Webcam C920: --source v4l2:usb-C920 (now at /dev/video2)"
    assert cameras.line("C", "i", "p", busy=True).endswith(", in use by another program")


def test_a_terminal_asks_for_the_password():
    assert cameras.password_wanted() == "Password of the camera"

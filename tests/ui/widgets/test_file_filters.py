from fieldcheck.ui.widgets.file_dialogs import add_all_files, make_video_filter


def test_videos_come_first_and_all_files_stay_in_reach():
    first, last = make_video_filter().split(";;")
    assert first.startswith("Videos (*.3gp ")
    assert ("*.mkv" in first, last) == (True, "All files (*)")
    assert add_all_files("Logs", "*.csv") == "Logs (*.csv);;All files (*)"

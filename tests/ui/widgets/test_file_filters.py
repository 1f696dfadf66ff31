from fieldcheck.ui.widgets.file_filters import video_filter, with_all


def test_videos_come_first_and_all_files_stay_in_reach():
    first, last = video_filter().split(";;")
    assert (first.startswith("Videos (*.3gp "), "*.mkv" in first, last) == (True, True, "All files (*)")
    assert with_all("Logs", "*.csv") == "Logs (*.csv);;All files (*)"

import json

from fieldcheck.ui.screens.evidence.exports import ExportsPresenter


def test_what_fits_is_offered_by_name_and_is_written_into_a_new_folder_each_time(
    desk, project, told, tmp_path
):
    project("labelled")
    view = told()
    made = ExportsPresenter(view, desk)
    made.load_data()
    desk.settle()
    (formats,) = view.told["show_formats"]
    offered = {code: name for code, name, about in formats if about}
    assert offered["label-studio"] == "Labelled frames: Label Studio"
    assert "coco" not in offered  # which holds boxes, and these labels are classes
    assert {"mlflow", "recipe", "suspects"} < set(offered)
    assert offered["cvat-tasks"] == "Labelling tasks for CVAT (without labels)"
    for _ in range(2):
        made.export_labels(tmp_path, "label-studio", with_people=False, corrected=False)
        desk.settle()
    for name in ("labelled_label-studio", "labelled_label-studio_2"):
        (tasks,) = (tmp_path / name).glob("*.json")
        assert len(json.loads(tasks.read_text("utf-8"))) == 20
    assert desk.said[-1].startswith("20 labelled frames exported to")
    made.export_labels(tmp_path, "cvat-tasks", with_people=False, corrected=False)
    desk.settle()
    assert "Nothing was written" in desk.said[-1]

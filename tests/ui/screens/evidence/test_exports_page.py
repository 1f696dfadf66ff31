from tests.ui.screens.evidence.test_view import view

__all__ = ["view"]


def test_the_format_that_was_chosen_stays_chosen(view):
    page = view.parts["exports"]
    assert page.chosen == ""
    page.show_formats([("csv", "CSV", "Frames."), ("mlflow", "MLflow", "Runs.")])
    assert page.chosen == "csv"
    page.formats.setCurrentRow(1)
    page.show_formats(
        [("coco", "COCO", "Boxes."), ("csv", "CSV", "Frames."), ("mlflow", "MLflow", "Runs.")]
    )
    assert (page.chosen, page.heading.text(), page.about.text()) == ("mlflow", "MLflow", "Runs.")

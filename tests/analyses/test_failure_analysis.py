from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from tests import makers


def test_every_labelled_frame_stands_once_in_the_confusion_matrix_and_under_its_class(labelled):
    found = build_report(labelled, "en", NullProgress(), makers.NOW)
    counts = found.confusion.counts
    rows = {name: sum(row) for name, row in zip(found.confusion.classes, counts, strict=True)}
    assert sum(rows.values()) == 20
    actual = {row.name: row.n for row in found.per_class}
    assert actual == {name: n for name, n in rows.items() if n}


def test_disagreements_wait_for_a_second_look_as_many_as_the_matrix_has_beside_its_diagonal(
    labelled,
):
    found = build_report(labelled, "en", NullProgress(), makers.NOW)
    beside = sum(
        cell
        for at, row in enumerate(found.confusion.counts)
        for k, cell in enumerate(row)
        if k != at
    )
    actual = [(row.n, row.n_looked) for row in found.label_noise if row.on == "field"]
    assert actual == ([(beside, 0)] if beside else [])


def test_without_a_model_nothing_failed(material, tmp_path):
    with makers.empty_project(tmp_path / "blind.fieldcheck") as project:
        found = build_report(project, "en", NullProgress(), makers.NOW)
    assert (found.per_class, found.confusion) == ((), None)
    assert (found.slices, found.label_noise) == (None, ())

from fieldcheck.i18n import language
from fieldcheck.report.html_page import build_page
from tests.report.example_report import empty_report, example_report


def test_the_sections_come_in_reading_order():
    assert [section.anchor for section in build_page(example_report()).sections] == [
        "where", "worst", "discovered", "failure_modes", "decomposition", "label_effect",
        "suspected_labels", "inspection", "imbalance", "thresholds", "abstention", "prior_shift",
        "coverage", "seal", "sets", "breaks", "calibration", "knows", "domain", "benchmark",
        "shared_classes", "independence", "trained", "lighter", "latency", "monitor", "change",
        "releases", "retrain", "checklist", "made", "appendix",
    ]  # fmt: skip


def test_the_foot_names_site_and_model():
    expected = "Fieldcheck · Line 4 night · line4_v3, SHA-256 3f9a07c13f9a"
    assert build_page(example_report()).foot == expected


def test_without_site_and_model_the_foot_names_the_project():
    assert build_page(empty_report()).foot == "Fieldcheck · line4"


def test_the_page_is_in_the_language_that_is_spoken():
    with language.use_language("de"):
        page = build_page(example_report())
    assert page.title == "Feldbericht: Line 4 night"
    assert "{page}" in page.number
    assert "{pages}" in page.number

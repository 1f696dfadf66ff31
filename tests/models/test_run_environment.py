import platform

from fieldcheck import __version__
from fieldcheck.models.providers import get_library_versions, get_machine_kind, get_run_environment


def test_a_run_keeps_the_versions_that_its_report_tells():
    kept = get_run_environment()
    assert kept.versions == get_library_versions()
    actual = (kept.versions["fieldcheck"], kept.versions["python"])
    assert actual == (__version__, platform.python_version())
    assert {"numpy", "onnxruntime", "opencv-python-headless", "pillow"} <= set(kept.versions)


def test_the_computer_is_named_by_its_processor_and_a_report_names_only_the_family():
    assert (
        set(get_run_environment().machine)
        == {"processor", "cores", "system"}
        == set(get_machine_kind())
    )
    assert get_machine_kind()["processor"] == platform.machine()

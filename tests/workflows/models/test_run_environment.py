import platform

from fieldcheck import __version__
from fieldcheck.workflows.models.run_environment import library_versions, machine_kind, run_environment


def test_a_run_keeps_the_versions_that_its_report_tells():
    kept = run_environment()
    assert kept.versions == library_versions()
    assert (kept.versions["fieldcheck"], kept.versions["python"]) == (__version__, platform.python_version())
    assert {"numpy", "onnxruntime", "opencv-python-headless", "pillow"} <= set(kept.versions)


def test_the_computer_is_named_by_its_processor_and_a_report_names_only_the_family():
    assert set(run_environment().machine) == {"processor", "cores", "system"} == set(machine_kind())
    assert machine_kind()["processor"] == platform.machine()

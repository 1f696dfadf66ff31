"""The order in which several processes share the tests: the longest files first, some in each
process, so that none is left for the end."""

from collections.abc import Sequence

LONGEST = (
    "journeys/test_demo.py", "journeys/test_window.py", "ui/test_layout_of_screens.py",
    "journeys/test_window_kills.py", "outputs/test_outputs.py", "models/test_ten_reports.py",
    "ui/screens/home/test_presenter.py", "test_benchmarks.py", "journeys/test_cameras.py",
    "api/test_notebook.py", "hostile/test_attacks_runner.py", "sample/test_shipped.py",
    "models/doctor/test_faults.py", "journeys/test_offline.py", "report/test_assemble.py",
    "models/test_disk_full.py", "models/doctor/test_examine.py", "journeys/test_kills.py",
    "ui/screens/stress/test_presenter.py", "journeys/test_bad_input.py",
    "ui/test_focus_of_screens.py", "ui/test_background.py", "journeys/test_window_cameras.py",
    "models/test_try_model.py", "corruptions/test_export.py", "journeys/test_interrupt.py",
    "corruptions/test_ood.py", "models/doctor/test_search.py", "hostile/test_cameras.py",
    "models/test_hostile.py", "ui/screens/report/test_presenter.py",
    "ui/screens/stress/test_slow_model.py", "corruptions/test_match_field.py",
)  # fmt: skip
"""Files under tests/ by their time, the longest first. The first of them walks the demo, which
others then find walked."""

READERS = (
    "domain/test_estimate.py", "domain/test_project_state.py", "errors/test_remedies.py",
    "hostile/test_children.py", "test_csv_json_xml.py", "test_cycles.py", "test_docstrings.py",
    "test_layout.py", "test_no_dead_names.py", "test_practices.py", "test_safe_json_yaml.py",
    "test_timestamp.py", "ui/test_errors.py", "ui/test_plain_text.py",
    "ui/test_screen_pattern.py",
)  # fmt: skip
"""Files under tests/ that look through all modules of the product. One process reads them all, so
that the trees (`tests/source.py`) are made once: four seconds and 300 MB."""


def shared(files: Sequence[str], processes: int) -> list[int]:
    """Positions of all tests in the order to run them in, given the file of each, under tests/.

    Each process is sent one stretch of the whole (`--dist worksteal`), of n / `processes` tests;
    those that are done early take from the end of another's. Each stretch begins with its share of
    the long files and goes on with the others: those of `READERS` all in the first stretch, the
    rest in the order in which they are.
    """
    long: dict[str, list[int]] = {name: [] for name in LONGEST}
    for at, name in enumerate(files):
        long.get(name, []).append(at)
    taken = {at for found in long.values() for at in found}
    rest = [at for at in range(len(files)) if at not in taken]
    rest.sort(key=lambda at: files[at] not in READERS)
    order: list[int] = []
    for process in range(processes):
        stretch = [at for name in LONGEST[process::processes] for at in long[name]]
        room = (len(files) - len(order)) // (processes - process) - len(stretch)
        order += stretch + rest[: max(0, room)]
        del rest[: max(0, room)]
    return order + rest

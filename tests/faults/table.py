"""Faults the product is put through, the test of each and its last full run: docs/faults.md."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.points import lines

CHECKOUT = Path(__file__).parent.parent.parent
KILLED = "The program is killed"
DISK = "Disk, power and memory"
SHARED = "Others and the clock"
INPUT = "Cameras and strangers' files"
SENT = "What leaves"
JOBS = {
    "stress": "in a sweep of corruptions", "report": "in a report", "pack": "in an evidence pack",
    "embed": "while embeddings are measured", "monitor": "while a device's log is taken in",
    "run": "while a model runs", "pick": "while frames are picked",
    "probe": "in a probe of the background", "quantise": "while a model is quantised",
    "bench": "while latency is measured", "repair": "in a check that repairs",
    "export": "in an export of labels", "poison": "in an export of pictures for training",
    "unpack": "while a pack is opened",
}  # fmt: skip
"""Long jobs whose kills stand in tests/faults/test_kills.py, by the name they have there."""


VALUES = 16
"""Parts of the count over every value of the database."""

BROKEN = {
    "pictures": "pictures", "masks": "mask folders", "logs": "prediction logs",
    "packs": "evidence packs", "settings": "settings", "databases": "project databases",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """`test` is a file and a function below tests/. `evidence` names the figures of its full run;
    empty where CI runs all there is.

    `times` and `lost` are the keys of those figures that say how often, and what was lost of what
    had been acknowledged; `says` are further keys that are told.
    """

    group: str
    name: str
    test: str
    evidence: str = ""
    times: str = ""
    lost: str = ""
    says: tuple[str, ...] = ()


FAULTS = (
    Fault(KILLED, "while acts are done, undone and redone",
          "project/test_folder.py::test_nothing_acknowledged_is_lost_when_the_program_is_killed",
          "kill_edits", "kills", "lost", ("acknowledged",)),
    Fault(KILLED, "while somebody labels in the window",
          "journeys/test_window_kills.py::test_acknowledged_labels_stay_and_twenty_undo",
          "window_kills", "kills", "lost", ("acknowledged_labels",)),
    Fault(KILLED, "while labels come by command",
          "journeys/test_kills.py::test_no_kill_loses_a_label",
          "kills_while_labelling", "killed_while_running", "labels_lost"),
    Fault(KILLED, "while footage comes in",
          "journeys/test_kills.py"
          "::test_an_import_killed_at_random_moments_loses_nothing_acknowledged",
          "kills_while_importing", "killed_while_running", "rows_lost"),
    Fault(KILLED, "while a camera is recorded",
          "journeys/test_recording_kills.py"
          "::test_a_killed_recording_has_every_frame_up_to_a_second",
          "kills_while_recording", "kills", "frames_lost_before_the_last_second", ("frames_read",)),
    Fault(KILLED, "between acts of every kind",
          "models/test_every_act.py::test_undo_leads_back_through_every_earlier_state",
          "every_act_undone", "killed_between", "states_that_differed", ("acts", "kinds")),
    Fault(KILLED, "half way through a training folder",
          "journeys/test_kills.py"
          "::test_a_large_training_folder_is_searched_in_little_memory_and_goes_on_after_a_kill",
          "training_folder", "", "", ("pictures", "kept_before_the_kill")),
    *(
        Fault(
            KILLED,
            name,
            "faults/test_kills.py::test_a_job_killed_at_random_moments_loses_nothing_and_comes_to_the_same_end",
            f"kills_{job}",
            "killed_while_running",
            "rows_lost",
        )
        for job, name in JOBS.items()
    ),
    Fault(KILLED, "in a fix search",
          "faults/test_fix_kills.py"
          "::test_a_killed_search_loses_no_judged_frame_and_comes_to_the_same_end",
          "kills_fix", "killed_while_running", "judged_frames_lost",
          ("begun_on_judged_frames", "came_to_the_end")),
    Fault(DISK, "the power goes, between any two writes",
          "faults/test_power_cuts.py"
          "::test_what_was_acknowledged_outlives_a_power_cut_at_any_moment", "power_cuts", "cuts",
          "lost", ("unopenable", "with_writes_since_the_last_fsync", "fsyncs")),
    Fault(DISK, "a write to the databases fails: disk full, gone, not flushed",
          "faults/test_power_cuts.py::test_each_write_may_fail", "write_sites", "faults",
          "acknowledged_lost", ("unopenable", "ended")),
    Fault(DISK, "a command finds no memory",
          "faults/test_memory.py::test_a_command_without_memory_is_one_sentence_and_loses_nothing",
          "out_of_memory", "commands", "labels_lost", ("unopenable", "ended")),
    Fault(DISK, "no memory for a job",
          "ui/test_app.py::test_work_that_nobody_waits_for_ends_as_a_sentence_where_there_is_one"),
    Fault(DISK, "not a byte to tell it with",
          "test_logging_and_crash.py::test_where_not_a_byte_is_left_the_error_is_told_by_its_name"),
    Fault(DISK, "the disk fills up in a recording",
          "models/test_disk_full.py"
          "::test_a_disk_that_fills_up_ends_the_recording_and_leaves_room_for_labels"),
    Fault(DISK, "a disk that takes a quarter of a second to be sure",
          "faults/test_power_cuts.py::test_a_slow_disk_only_takes_longer"),
    Fault(DISK, "no room for boxes",
          "models/test_disk_full.py"
          "::test_boxes_that_find_no_room_leave_nothing_and_may_be_tried_again"),
    Fault(DISK, "no room for a report",
          "models/test_disk_full.py"
          "::test_a_report_that_finds_no_room_leaves_nothing_and_may_be_tried_again"),
    Fault(DISK, "no room for an export",
          "models/test_disk_full.py::test_an_export_without_room_may_be_tried_again"),
    Fault(DISK, "not one free byte",
          "hostile/test_settings.py::test_it_is_read_shown_checked_and_reported_elsewhere"),
    Fault(DISK, "the stick is pulled out, the folder moved",
          "hostile/test_pulled_sticks.py::test_a_command_whose_project_goes_is_one_sentence"),
    Fault(DISK, "a page of the database is damaged",
          "hostile/test_projects.py::test_no_damaged_page_is_a_bug", "hostile_pages", "damaged", "",
          ("longest_s",)),
    Fault(DISK, "the first page of each table and index is damaged",
          "hostile/test_projects.py"
          "::test_a_damaged_page_is_found_and_no_label_is_lost", "hostile_tables",
          "damaged", "labels_lost", ("unopenable",)),
    *(
        Fault(
            DISK,
            f"any one value of the database is damaged, part {part + 1} of {VALUES}",
            "hostile/test_projects.py::test_no_value_is_a_bug_and_check_finds_each",
            f"hostile_values_{part:02}",
            "changed",
            "",
            ("failed_without_a_finding",),
        )
        for part in range(VALUES)
    ),
    Fault(DISK, "a database of every earlier version",
          "faults/test_power_cuts.py::test_a_project_after_so_many_steps_opens_as_a_present_one"),
    Fault(SHARED, "two processes on one project",
          "project/test_lock.py::test_a_second_process_is_told_who_has_it"),
    Fault(SHARED, "two programs record one camera",
          "faults/test_one_camera.py"
          "::test_two_programs_that_record_one_camera_both_have_what_it_sent", "one_camera",
          "recordings", "", ("frames_read",)),
    Fault(SHARED, "a camera that somebody has open",
          "footage/camera/test_discover.py::test_a_camera_that_somebody_has_open_is_busy"),
    Fault(SHARED, "a lock of any bytes", "hostile/test_locks.py::test_no_bytes_of_a_lock_are_a_bug",
          "hostile_locks", "changed"),
    Fault(SHARED, "a project that may only be read",
          "ui/shell/test_status_bar.py::test_a_project_open_elsewhere_is_called_read_only"),
    Fault(SHARED, "the clock jumps",
          "hostile/test_locks.py::test_acts_stay_in_the_order_in_which_they_were_done"),
    Fault(SHARED, "settings of any text",
          "hostile/test_settings.py::test_the_window_starts_around_any_settings",
          "hostile_settings", "started"),
    Fault(SHARED, "a job raises",
          "ui/test_jobs.py::test_an_error_goes_to_who_asked_and_otherwise_to_the_window"),
    Fault(INPUT, "a read that never comes back",
          "footage/camera/test_reconnect.py"
          "::test_a_driver_that_hangs_for_ever_holds_a_few_threads_and_no_more"),
    Fault(INPUT, "a camera comes and goes",
          "footage/camera/test_reconnect.py"
          "::test_fifty_reconnects_leave_no_thread_and_no_handle_behind", "camera_reconnects",
          "reconnects", "", ("most_threads",)),
    Fault(INPUT, "a camera that changes as it is recorded",
          "hostile/test_cameras.py::test_a_camera_that_changes_is_recorded_as_far_as_it_goes",
          "hostile_changing_cameras", "n"),
    Fault(INPUT, "a camera that sends no stream",
          "hostile/test_cameras.py::test_what_never_becomes_a_stream_is_one_sentence",
          "hostile_no_cameras", "n"),
    Fault(INPUT, "what answers at rtsp:// and speaks none",
          "hostile/test_cameras.py::test_what_is_no_rtsp_is_one_sentence_of_a_program_that_ends",
          "hostile_rtsp", "n"),
    Fault(INPUT, "packs, signed and changed, at each of their doors",
          "hostile/test_pack_attacks.py::test_no_attack_on_a_pack_comes_through_a_door",
          "attacks_packs", "attacks"),
    Fault(INPUT, "models, their weights and results of a device",
          "hostile/test_attacks_runner.py"
          "::test_no_attack_on_the_runner_on_weights_or_on_results_gets_through", "attacks_runner",
          "attacks"),
    Fault(INPUT, "logs, folders and sources of the monitor",
          "hostile/test_monitor_attacks.py"
          "::test_no_attack_on_the_monitor_is_a_bug_a_hang_an_escape_or_a_silent_loss",
          "attacks_monitor", "attacks"),
    Fault(INPUT, "scripts, YAML and a camera's redirects",
          "hostile/test_attacks_scripts.py"
          "::test_attacks_on_scripts_end_in_a_sentence", "attacks_scripts", "n"),
    Fault(INPUT, "label folders of others, as their tools write them",
          "hostile/test_label_files.py"
          "::test_the_label_folders_of_others_come_in_whole_or_are_refused_with_a_reason",
          "label_folders", "folders"),
    *(
        Fault(
            INPUT,
            f"an index with any values, of a recording that {how}",
            "hostile/test_locks.py::test_a_project_opens_in_time_with_any_index",
            f"hostile_indexes_{name}",
            "indexes",
            "",
            ("longest_s",),
        )
        for name, how in (
            ("open", "was killed"),
            ("closed", "was closed"),
            ("rowless", "no row knows"),
        )
    ),
    Fault(INPUT, "a card of any values", "hostile/test_cards.py::test_whatever_stands_in_a_card",
          "hostile_cards", "cards", "", ("refused",)),
    Fault(SHARED, "systems that speak, write and count otherwise",
          "hostile/test_locales.py::test_the_same_commands_do_the_same_wherever_they_are_run",
          "hostile_locales"),
    Fault(INPUT, "a model that never ends, and Ctrl-C",
          "hostile/test_models.py::test_ctrl_c_reaches_a_run_that_does_not_end", "hostile_loops",
          "", "", ("seconds",)),
    *(
        Fault(
            INPUT,
            name,
            f"models/test_hostile.py::test_no_{of}_brings_the_process_down",
            f"fuzz_{of}s",
            "cases",
            "",
            ("crashes",),
        )
        for of, name in (("file", "a model file of any bytes"), ("card", "a card of any words"))
    ),
    *(
        Fault(
            INPUT,
            f"{name}, broken anywhere",
            "hostile/test_fuzz.py::test_whatever_a_file_was_broken_into",
            f"fuzz_{target}",
            "cases",
            "",
            ("refused", "crashes"),
        )
        for target, name in BROKEN.items()
    ),
    Fault(INPUT, "label files of every format, broken anywhere",
          "hostile/test_label_files.py::test_whatever_a_file_was_broken_into",
          "hostile_label_files", "files", "", ("refused",)),
    Fault(INPUT, "label files with the wrong value at any one place",
          "hostile/test_settings.py"
          "::test_a_label_file_is_read_or_refused_whatever_value_stands_where",
          "misplaced_values", "cases", "", ("refused", "crashes")),
    Fault(SENT, "names that would act in a page, a table, a document, a terminal",
          "hostile/test_fuzz.py::test_no_word_acts_in_a_page_a_table_a_document_or_a_terminal",
          "fuzz_words", "cases", "", ("acted",)),
    Fault(INPUT, "a video that ends its decoder",
          "hostile/test_generated_videos.py::test_a_video_that_ends_the_decoder_is_one_sentence"),
    Fault(SENT, "names and notes that would act in HTML",
          "report/test_html_page.py::test_a_stranger_s_names_cannot_become_markup"),
    Fault(SENT, "names and notes that would act in a PDF",
          "report/test_pdf.py::test_strangers_names_come_out_as_text_and_break_nothing"),
    Fault(SENT, "formulas in label files",
          "labels/formats/test_csv_parquet.py::test_no_name_is_a_formula_and_each_is_read_back"),
    Fault(SENT, "places, words of the camera and marked people in any form of export",
          "hostile/test_privacy.py::test_no_form_of_export_takes_along_a_place_or_a_person"),
    Fault(SENT, "the same in a runner and in packs",
          "hostile/test_privacy.py::test_neither_does_a_runner_nor_a_pack"),
    Fault(SENT, "the same in pictures made for training",
          "hostile/test_privacy.py::test_nor_what_is_made_for_training", "privacy_fitted",
          "exports", "", ("pictures", "with_a_place", "with_a_person")),
    Fault(SENT, "passwords of cameras, in every form of an address",
          "hostile/test_cameras.py::test_no_form_of_a_password_is_stored_or_said",
          "hostile_credentials", "recorded", "", ("files", "secrets_found")),
    Fault(SENT, "pictures and names of people in the log",
          "hostile/test_privacy.py"
          "::test_what_the_log_keeps_of_a_bug_and_of_refusals_is_no_picture_and_nobody_s_name"),
    Fault(SENT, "this user's name in the log and in diagnostics",
          "test_logging_and_crash.py::test_no_path_in_the_log_holds_the_name_of_its_user"),
    Fault(SENT, "a visit in the window, without a network and under a tracer",
          "journeys/test_offline.py::test_the_whole_visit_in_the_window_opens_none",
          "offline_window", "passed", "", ("sockets_of_a_network", "without_an_interface")),
)  # fmt: skip
HEAD = """# Faults

What the product is put through on purpose, and what the last full run of each test found (`bash packaging/test.sh --full`). The table is
made by `python -m tests.faults > docs/faults.md` from `docs/evidence/`; `tests/faults/test_table.py` keeps it so. *Lost* counts what had
been acknowledged and was gone: labels, rows, frames. A dash: the test asserts it and keeps no figure. "In CI" is a test that runs whole
with every change.
"""


def figures(fault: Fault) -> dict[str, Any] | None:
    """What is kept of its last full run; None for one that has none."""
    kept = record(fault)
    return None if kept is None else kept["figures"]


def record(fault: Fault) -> dict[str, Any] | None:
    """The same with its date, code and machine."""
    path = CHECKOUT / "docs" / "evidence" / f"{fault.evidence}.json"
    return json.loads(path.read_text("utf-8")) if fault.evidence and path.exists() else None


def totals() -> tuple[int, int]:
    """Kills of the program, and what was lost in every fault that counts it."""
    killed = sum((figures(one) or {}).get(one.times, 0) for one in FAULTS if one.group == KILLED)
    return killed, sum((figures(one) or {}).get(one.lost, 0) for one in FAULTS)


def page() -> str:
    """The whole page as Markdown."""
    killed, lost = totals()
    return (
        "\n".join(
            [
                HEAD,
                (
                    f"{killed} kills; of what had been acknowledged, {lost} were lost in all "
                    "faults together."
                ),
                *_tables(),
                *lines(),
            ]
        )
        + "\n"
    )


def _tables() -> Iterator[str]:
    for group in dict.fromkeys(one.group for one in FAULTS):
        yield from (
            "",
            f"## {group}",
            "",
            "| fault | times | lost | found | on | test |",
            "|---|---|---|---|---|---|",
        )
        for one in FAULTS:
            if one.group == group:
                yield f"| {one.name} | {' | '.join(_found(one))} | `{one.test}` |"


def _found(fault: Fault) -> tuple[str, str, str, str]:
    whole = record(fault)
    if whole is None:
        return "in CI" if not fault.evidence else "not kept yet", "–", "", ""
    kept = whole["figures"]
    said = "; ".join(
        f"{key.replace('_', ' ')} {_shown(kept[key])}" for key in fault.says if key in kept
    )
    return (
        f"{kept[fault.times]:,}" if fault.times else "–",
        str(kept[fault.lost]) if fault.lost else "–",
        said,
        whole["date"][:10],
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(one)}" for key, one in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)

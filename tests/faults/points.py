"""Points that strangers' files, a stranger's hands and an engineer's doubts brought out, what is held about each, and the tests that hold
it: a part of the page docs/faults.md."""

from __future__ import annotations

from typing import NamedTuple


class Held(NamedTuple):
    """What is held of one point; `tests` are files and functions below tests/."""

    what: str
    tests: tuple[str, ...]


POINTS = (
    Held(
        "An address shows scheme, host, port and path, and every value in it is masked; what earlier versions stored is cleaned",
        (
            "hostile/test_credentials.py::test_no_form_of_a_password_is_stored_or_said",
            "capture/test_network_camera.py::test_no_password_of_an_rtsp_camera_reaches_error_log_or_terminal",
            "project/test_camera_passwords.py::test_a_repair_takes_a_password_out_of_everything_an_earlier_version_wrote",
            "test_logs.py::test_no_password_survives",
        ),
    ),
    Held(
        "A saved frame, a picture of the benchmark or a model that was changed is left out, asked again or refused, and said",
        (
            "workflows/footage/test_saved_frames.py::test_a_changed_frame_counts_nowhere_and_the_report_says_so",
            "workflows/footage/test_saved_frames.py::test_a_changed_frame_is_never_shown_suggested_on_or_exported",
            "workflows/models/test_run_model.py::test_a_picture_of_the_benchmark_that_was_changed_is_answered_again_and_others_are_not",
            "hostile/test_projects.py::test_a_model_that_is_another_one_now_is_asked_by_nobody",
        ),
    ),
    Held(
        "Headers, lengths and scans of a picture are held against limits before anything decodes; one keeps no other back",
        (
            "hostile/test_pictures.py::test_each_is_refused_by_every_reader",
            "hostile/test_pictures.py::test_none_of_them_is_decoded",
            "hostile/test_pictures.py::test_a_file_that_is_longer_than_any_picture_is_not_read",
            "hostile/test_pictures.py::test_they_keep_no_other_picture_from_an_import",
        ),
    ),
    Held(
        "An index that does not fit is set aside with one sentence, and the project opens; a journal that came along deletes nothing",
        (
            "hostile/test_indexes.py::test_whatever_stands_in_an_index_the_project_opens_in_time",
            "hostile/test_indexes.py::test_an_index_that_no_recorder_wrote_is_put_aside_and_said_once",
            "hostile/test_projects.py::test_a_journal_that_names_a_file_deletes_nothing",
        ),
    ),
    Held(
        "Footage that ends its decoder ends a child, in one sentence; a library that hangs does not bring the program down as it leaves",
        (
            "hostile/test_videos.py::test_a_video_that_ends_the_decoder_is_one_sentence",
            "hostile/test_videos.py::test_av1_is_told_by_its_name",
            "hostile/test_cameras.py::test_what_is_no_rtsp_is_one_sentence_of_a_program_that_ends",
            "test_main.py::test_a_thread_that_a_library_keeps_does_not_keep_or_abort_the_program",
        ),
    ),
    Held(
        "A folder that vanishes in use is one sentence in every command",
        (
            "hostile/test_pulled_sticks.py::test_a_command_whose_project_goes_is_one_sentence",
            "project/test_root_cause.py::test_whatever_fails_on_a_stick_that_was_pulled_out_is_told_as_that",
        ),
    ),
    Held(
        "One reader of JSON with limits of size, depth and numbers, for settings, locks, cards and values",
        (
            "test_plain_json.py::test_everything_else_is_refused_and_nothing_worse_happens",
            "hostile/test_settings.py::test_no_text_stops_anybody_and_settings_can_be_stored_again",
            "hostile/test_locks.py::test_a_lock_that_is_no_file_is_one_sentence_and_a_large_one_is_not_read",
            "hostile/test_cards.py::test_whatever_stands_in_a_card",
        ),
    ),
    Held(
        "A stream that takes no letters, no bytes or is closed is no bug",
        (
            "hostile/test_streams.py::test_a_redirected_stream_that_is_no_utf8_takes_every_answer",
            "hostile/test_streams.py::test_an_answer_that_finds_no_room_is_told",
            "hostile/test_streams.py::test_streams_that_are_closed_are_no_bug",
        ),
    ),
    Held(
        "Every inference has a limit of time and Ctrl-C reaches it, as it does who waits for a project",
        (
            "hostile/test_models.py::test_ctrl_c_reaches_a_run_that_does_not_end",
            "hostile/test_models.py::test_ctrl_c_reaches_who_waits_for_a_project",
            "hostile/test_models.py::test_a_run_that_does_not_end_is_told_with_its_limit",
        ),
    ),
    Held(
        "What leaves is whole or absent, and may be tried again",
        (
            "workflows/test_disk_full.py::test_an_export_that_finds_no_room_leaves_nothing_and_may_be_tried_again",
            "test_files.py::test_after_a_kill_in_the_middle_the_file_is_whole",
        ),
    ),
    Held(
        "One rule for names at every door; none acts in a terminal, a page or a document",
        (
            "hostile/test_names.py::test_no_door_stores_a_control_or_a_name_without_end",
            "hostile/test_class_names.py::test_every_door_takes_or_refuses_the_same_names",
            "hostile/test_streams.py::test_no_name_reaches_a_terminal_with_what_it_would_act_on",
            "hostile/test_fuzz.py::test_no_word_acts_in_a_page_a_table_a_document_or_a_terminal",
        ),
    ),
    Held("Nothing in the window reads markup", ("ui/test_plain_text.py::test_nothing_else_in_the_window_reads_markup",)),
    Held(
        "Backups stand in the order in which they were made; a repair says what it took back",
        (
            "hostile/test_clocks.py::test_a_clock_that_went_ahead_makes_no_later_backup_the_older_one",
            "cli/test_project.py::test_a_repair_says_which_rows_are_as_an_older_backup_held_them",
        ),
    ),
    Held(
        "A lighter copy that finds no room is one sentence",
        ("workflows/test_disk_full.py::test_a_lighter_copy_that_finds_no_room_leaves_nothing_and_may_be_tried_again",),
    ),
    Held(
        "What a command fails of is found by `check`, value by value and page by page",
        (
            "hostile/test_projects.py::test_no_value_is_a_bug_and_check_finds_what_others_fail_of",
            "hostile/test_projects.py::test_a_damaged_page_of_any_table_is_found_and_no_label_is_lost",
            "project/test_audit.py::test_each_is_found_by_check_named_by_whoever_fails_of_it_and_gone_from_the_repaired_copy",
        ),
    ),
    Held(
        "Leftovers of kills are swept",
        (
            "project/test_folder.py::test_temporary_folders_and_unfinished_projects_of_long_ago_are_swept_away",
            "inference/test_quantise.py::test_a_child_that_is_ended_leaves_no_folder_of_the_runtime",
        ),
    ),
    Held(
        "A chunk's length that is none ends the stream; fifty reconnects add no thread",
        (
            "capture/test_http_stream.py::test_a_chunk_whose_length_is_none_ends_the_stream_at_once",
            "capture/test_watchdog.py::test_fifty_reconnects_leave_no_thread_and_no_handle_behind",
        ),
    ),
    Held(
        "Sequences as answers, a disk without a byte, unreadable files, pipes, names of 10,000 letters, Backspace after an import",
        (
            "cli/test_check_model.py::test_a_model_that_answers_with_a_sequence_is_refused_in_a_sentence",
            "hostile/test_no_room.py::test_it_is_read_shown_checked_and_reported_elsewhere",
            "hostile/test_no_room.py::test_a_name_of_ten_thousand_letters_is_shortened_in_what_is_said",
            "project/test_check.py::test_files_that_are_gone_or_unreadable_are_found",
            "capture/test_recorder.py::test_a_disk_that_fills_up_ends_the_recording_with_whole_files",
            "hostile/test_pipes.py::test_no_door_opens_a_pipe",
            "ui/screens/label/test_presenter.py::test_backspace_takes_the_last_label_back_and_shows_its_frame",
        ),
    ),
    Held(
        "What the window promises after a kill, on a full disk, beside another program and with a camera that stands still",
        (
            "ui/test_when_things_go_wrong.py::test_after_a_kill_the_next_visit_says_that_nothing_was_lost_and_nothing_is",
            "ui/test_when_things_go_wrong.py::test_on_a_full_disk_labels_still_go_in_and_it_is_said",
            "ui/test_when_things_go_wrong.py::test_a_project_that_another_program_has_is_taken_over_once_it_lets_go",
            "ui/test_open_cameras.py::test_each_way_to_lose_a_camera_has_its_banner_and_it_goes_when_the_camera_is_back",
        ),
    ),
    Held(
        "Marked people, places and words of the camera stay here unless asked for",
        (
            "hostile/test_privacy.py::test_no_form_of_export_takes_along_a_place_or_a_person",
            "hostile/test_privacy.py::test_neither_does_a_runner_nor_a_pack",
            "hostile/test_privacy.py::test_nor_what_is_made_for_training",
            "workflows/evidence/test_pack_project.py::test_a_link_among_the_pictures_of_a_recording_takes_no_other_file_along",
        ),
    ),
    Held(
        "The doctor finds the same idle and beside ten busy loops; chance is a finding, a sound card of 0–255 is none",
        (
            "inference/doctor/test_faults.py::test_the_findings_are_the_same_idle_and_beside_busy_loops",
            "inference/doctor/test_examine.py::test_accuracy_at_chance_is_always_a_finding",
            "inference/doctor/test_examine.py::test_a_sound_card_of_grey_pictures_fed_0_to_255_is_no_false_alarm",
            "inference/doctor/test_class_order.py::test_a_usual_order_is_found_to_the_last_name_with_two_frames_a_class",
        ),
    ),
    Held(
        "A frame that was not written is unreadable; interlaced footage is refused and stops no other",
        (
            "capture/test_interlaced.py::test_an_interlaced_video_is_refused_with_what_to_do",
            "workflows/footage/test_import_many.py::test_a_video_that_becomes_interlaced_leaves_nothing_and_stops_no_other",
            "hostile/test_generated_videos.py::test_fifty_videos_are_read_as_ffprobe_reads_them_or_refused",
        ),
    ),
    Held(
        "Forty label folders with one trap each: the receipt is exact, or the set is refused",
        (
            "exchange/test_traps.py::test_the_receipt_is_exact_or_the_set_is_refused",
            "exchange/test_traps.py::test_strict_refuses_whatever_is_not_as_it_should_be",
        ),
    ),
    Held(
        "A claim has its metric and belongs to model and benchmark",
        (
            "workflows/models/test_claim.py::test_a_claim_belongs_to_the_model_it_was_made_of",
            "workflows/models/test_claim.py::test_a_detector_claimed_by_map_gets_a_verdict_in_map",
            "workflows/models/test_claim.py::test_a_candidate_is_compared_in_the_metric_of_the_model_before_it",
        ),
    ),
    Held(
        "A gate with an open set that was required does not pass; what the candidate has seen is said",
        (
            "cli/test_against.py::test_gate_exits_0_3_and_4",
            "cli/test_against.py::test_gate_can_be_told_what_has_to_be_decided_and_writes_files_for_servers",
            "cli/test_gate_files.py::test_a_required_set_that_is_open_or_not_there_has_failed",
            "workflows/models/test_gate.py::test_benchmark_pictures_that_the_candidate_was_trained_on_are_named",
        ),
    ),
    Held(
        "`new` that fails leaves nothing, a partial import tells what came in, Ctrl-C what is kept, an unknown head its shape",
        (
            "cli/test_project.py::test_new_that_fails_late_leaves_nothing_and_may_be_repeated",
            "cli/test_footage.py::test_what_cannot_be_read_stops_no_other_and_is_told_with_what_came_in",
            "cli/test_door.py::test_who_presses_ctrl_c_is_told_what_is_kept_and_how_to_go_on",
            "workflows/footage/test_import_many.py::test_the_count_is_of_pictures_over_all_files_and_never_goes_back",
            "inference/test_read_card.py::test_a_head_that_nothing_reads_is_told_with_its_shape_and_what_is_known",
        ),
    ),
    Held(
        "Quantising runs what it needs within a gigabyte and says what it cannot take; masks, COCO's pictures, `--version`, frames used",
        (
            "workflows/models/test_quantise.py::test_the_field_is_weighted_as_the_headline_is_and_what_was_not_run_yet_is_run",
            "journeys/test_memory.py::test_quantising_and_naming_a_benchmark_hold_a_gigabyte_at_most",
            "inference/test_quantise.py::test_what_is_light_already_is_refused",
            "workflows/models/test_try_model.py::test_a_segmentation_shows_its_masks_over_the_picture",
            "exchange/test_write.py::test_coco_carries_its_pictures_and_says_what_the_project_calls_them",
            "test_main.py::test_asking_for_the_version_takes_a_few_bare_starts_of_python",
            "inference/doctor/test_examine.py::test_the_labelled_frames_that_were_looked_at_are_counted",
        ),
    ),
)


def lines() -> list[str]:
    """The table as Markdown."""
    head = ["", "## Brought out by strangers", "", "| point | what is held | by |", "|---|---|---|"]
    return [*head, *(f"| {n} | {one.what} | {'<br>'.join(f'`{test}`' for test in one.tests)} |" for n, one in enumerate(POINTS, 1))]

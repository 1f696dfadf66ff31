"""Points that strangers' files, a stranger's hands and an engineer's doubts brought out, what is
held about each, and the tests that hold it: a part of the page docs/faults.md."""

from typing import NamedTuple


class Held(NamedTuple):
    """What is held of one point; `tests` are files and functions below tests/."""

    what: str
    tests: tuple[str, ...]


# What is held, and indented below it the tests that hold it.
TABLE = """\
An address shows scheme, host, port and path, and every value in it is masked; what earlier versions
stored is cleaned
    hostile/test_cameras.py::test_no_form_of_a_password_is_stored_or_said
    footage/camera/test_network_rtsp_mjpeg.py::test_no_password_of_an_rtsp_camera_reaches_error_log_or_terminal
    evidence/test_project_check.py::
        test_a_repair_takes_a_password_out_of_everything_an_earlier_version_wrote
    test_logging_and_crash.py::test_no_password_survives
A saved frame, a picture of the benchmark or a model that was changed is left out, asked again or
refused, and said
    footage/test_frame_pixels.py::test_a_changed_frame_counts_nowhere_and_the_report_says_so
    footage/test_frame_pixels.py::test_a_changed_frame_is_never_shown_suggested_on_or_exported
    models/test_run.py::
        test_a_picture_of_the_benchmark_that_was_changed_is_answered_again_and_others_are_not
    hostile/test_projects.py::test_a_model_that_is_another_one_now_is_asked_by_nobody
Headers, lengths and scans of a picture are held against limits before anything decodes; one keeps
no other back
    hostile/test_generated_videos.py::test_each_is_refused_by_every_reader
    hostile/test_generated_videos.py::test_none_of_them_is_decoded
    hostile/test_generated_videos.py::test_a_file_that_is_longer_than_any_picture_is_not_read
    hostile/test_generated_videos.py::test_they_keep_no_other_picture_from_an_import
An index that does not fit is set aside with one sentence, and the project opens; a journal that
came along deletes nothing
    hostile/test_locks.py::test_a_project_opens_in_time_with_any_index
    hostile/test_locks.py::test_an_index_of_no_recorder_is_put_aside_and_said_once
    hostile/test_projects.py::test_a_journal_that_names_a_file_deletes_nothing
Footage that ends its decoder ends a child, in one sentence; a library that hangs does not bring the
program down as it leaves
    hostile/test_generated_videos.py::test_a_video_that_ends_the_decoder_is_one_sentence
    hostile/test_generated_videos.py::test_av1_is_told_by_its_name
    hostile/test_cameras.py::test_what_is_no_rtsp_is_one_sentence_of_a_program_that_ends
    test_main.py::test_a_thread_that_a_library_keeps_does_not_keep_or_abort_the_program
A folder that vanishes in use is one sentence in every command
    hostile/test_pulled_sticks.py::test_a_command_whose_project_goes_is_one_sentence
    project/test_repair.py::test_whatever_fails_on_a_stick_that_was_pulled_out_is_told_as_that
One reader of JSON with limits of size, depth and numbers, for settings, locks, cards and values
    test_safe_json_yaml.py::test_everything_else_is_refused_and_nothing_worse_happens
    hostile/test_settings.py::test_no_text_stops_anybody_and_settings_can_be_stored_again
    hostile/test_locks.py::test_a_lock_that_is_no_file_is_one_sentence_a_large_one_unread
    hostile/test_cards.py::test_whatever_stands_in_a_card
A stream that takes no letters, no bytes or is closed is no bug
    hostile/test_locales.py::test_a_redirected_stream_that_is_no_utf8_takes_every_answer
    hostile/test_locales.py::test_an_answer_that_finds_no_room_is_told
    hostile/test_locales.py::test_streams_that_are_closed_are_no_bug
Every inference has a limit of time and Ctrl-C reaches it, as it does who waits for a project
    hostile/test_models.py::test_ctrl_c_reaches_a_run_that_does_not_end
    hostile/test_models.py::test_ctrl_c_reaches_who_waits_for_a_project
    hostile/test_models.py::test_a_run_without_end_is_told_with_its_limit
What leaves is whole or absent, and may be tried again
    models/test_disk_full.py::test_an_export_without_room_may_be_tried_again
    test_files.py::test_after_a_kill_in_the_middle_the_file_is_whole
One rule for names at every door; none acts in a terminal, a page or a document
    hostile/test_class_names.py::test_no_door_stores_a_control_or_a_name_without_end
    hostile/test_class_names.py::test_every_door_takes_or_refuses_the_same_names
    hostile/test_locales.py::test_no_name_reaches_a_terminal_with_what_it_would_act_on
    hostile/test_fuzz.py::test_no_word_acts_in_a_page_a_table_a_document_or_a_terminal
Nothing in the window reads markup
    ui/test_plain_text.py::test_nothing_else_in_the_window_reads_markup
Backups stand in the order in which they were made; a repair says what it took back
    hostile/test_locks.py::test_a_clock_that_went_ahead_makes_no_later_backup_the_older_one
    cli/test_project.py::test_a_repair_says_which_rows_are_as_an_older_backup_held_them
A lighter copy that finds no room is one sentence
    models/test_disk_full.py::test_a_lighter_copy_without_room_leaves_nothing_and_may_be_tried_again
What a command fails of is found by `check`, value by value and page by page
    hostile/test_projects.py::test_no_value_is_a_bug_and_check_finds_each
    hostile/test_projects.py::test_a_damaged_page_is_found_and_no_label_is_lost
    project/test_repair.py::
        test_each_is_found_by_check_named_by_whoever_fails_of_it_and_gone_from_the_repaired_copy
Leftovers of kills are swept
    project/test_folder.py::test_old_temporary_folders_and_unfinished_projects_are_swept_away
    models/test_quantise.py::test_a_child_that_is_ended_leaves_no_folder_of_the_runtime
A chunk's length that is none ends the stream; fifty reconnects add no thread
    footage/camera/test_http_stream.py::test_a_chunk_whose_length_is_none_ends_the_stream_at_once
    footage/camera/test_reconnect.py::test_fifty_reconnects_leave_no_thread_and_no_handle_behind
Sequences as answers, a disk without a byte, unreadable files, pipes, names of 10,000 letters,
Backspace after an import
    cli/test_model.py::test_a_model_that_answers_with_a_sequence_is_refused_in_a_sentence
    hostile/test_settings.py::test_it_is_read_shown_checked_and_reported_elsewhere
    hostile/test_settings.py::test_a_name_of_ten_thousand_letters_is_shortened_in_what_is_said
    evidence/test_project_check.py::test_files_that_are_gone_or_unreadable_are_found
    footage/test_recorder.py::test_a_disk_that_fills_up_ends_the_recording_with_whole_files
    hostile/test_pipes.py::test_no_door_opens_a_pipe
    ui/screens/label/test_presenter.py::test_backspace_takes_the_last_label_back_and_shows_its_frame
What the window promises after a kill, on a full disk, beside another program and with a camera that
stands still
    ui/test_when_things_go_wrong.py::
        test_after_a_kill_the_next_visit_says_that_nothing_was_lost_and_nothing_is
    ui/test_when_things_go_wrong.py::test_a_full_disk_still_takes_labels
    ui/test_when_things_go_wrong.py::
        test_a_project_that_another_program_has_is_taken_over_once_it_lets_go
    ui/test_open_cameras.py::
        test_each_way_to_lose_a_camera_has_a_banner_that_goes_with_it
Marked people, places and words of the camera stay here unless asked for
    hostile/test_privacy.py::test_no_form_of_export_takes_along_a_place_or_a_person
    hostile/test_privacy.py::test_neither_does_a_runner_nor_a_pack
    hostile/test_privacy.py::test_nor_what_is_made_for_training
    report/test_evidence_pack.py::
        test_a_link_among_the_pictures_of_a_recording_takes_no_other_file_along
The doctor finds the same idle and beside ten busy loops; chance is a finding, a sound card of 0–255
is none
    models/doctor/test_faults.py::test_the_findings_are_the_same_idle_and_beside_busy_loops
    models/doctor/test_examine.py::test_accuracy_at_chance_is_always_a_finding
    models/doctor/test_examine.py::test_a_sound_card_of_grey_pictures_fed_0_to_255_is_no_false_alarm
    models/doctor/test_search.py::
        test_a_usual_order_is_found_to_the_last_name_with_two_frames_a_class
A frame that was not written is unreadable; interlaced footage is refused and stops no other
    footage/video/test_reader.py::test_an_interlaced_video_is_refused_with_what_to_do
    footage/test_import_footage.py::
        test_a_video_that_becomes_interlaced_leaves_nothing_and_stops_no_other
    hostile/test_generated_videos.py::test_fifty_videos_are_read_as_ffprobe_reads_them_or_refused
Forty label folders with one trap each: the receipt is exact, or the set is refused
    labels/formats/test_traps.py::test_the_receipt_is_exact_or_the_set_is_refused
    labels/formats/test_traps.py::test_strict_refuses_whatever_is_not_as_it_should_be
A claim has its metric and belongs to model and benchmark
    models/test_claim.py::test_a_claim_belongs_to_the_model_it_was_made_of
    models/test_claim.py::test_a_detector_claimed_by_map_gets_a_verdict_in_map
    models/test_claim.py::test_a_candidate_is_compared_in_the_metric_of_the_model_before_it
A gate with an open set that was required does not pass; what the candidate has seen is said
    cli/test_against.py::test_gate_exits_0_3_and_4
    cli/test_against.py::test_gate_takes_what_has_to_be_decided_and_writes_files_for_servers
    cli/test_gate.py::test_a_required_set_that_is_open_or_not_there_has_failed
    analyses/test_release_gate.py::test_benchmark_pictures_that_the_candidate_was_trained_on_are_named
`new` that fails leaves nothing, a partial import tells what came in, Ctrl-C what is kept, an
unknown head its shape
    cli/test_project.py::test_new_that_fails_late_leaves_nothing_and_may_be_repeated
    cli/test_footage.py::test_unreadable_footage_stops_no_other_and_is_told
    cli/test_command.py::test_who_presses_ctrl_c_is_told_what_is_kept_and_how_to_go_on
    footage/test_import_footage.py::test_the_count_is_of_pictures_over_all_files_and_never_goes_back
    models/test_card.py::test_a_head_that_nothing_reads_is_told_with_its_shape_and_what_is_known
Quantising runs what it needs within a gigabyte and says what it cannot take; masks, COCO's
pictures, `--version`, frames used
    models/test_quantise.py::test_the_field_is_weighted_as_the_headline_and_what_was_not_run_is_run
    journeys/test_memory.py::test_quantising_and_benchmarks_hold_a_gigabyte_at_most
    models/test_quantise.py::test_what_is_light_already_is_refused
    models/test_try_model.py::test_a_segmentation_shows_its_masks_over_the_picture
    labels/formats/test_registry.py::
        test_coco_carries_its_pictures_and_says_what_the_project_calls_them
    test_main.py::test_asking_for_the_version_takes_a_few_bare_starts_of_python
    models/doctor/test_examine.py::test_a_sound_model_has_no_finding
The verifier of a pack imports nothing that lies beside it, a pack with code among its files is
refused, and a verifier that is not ours is told
    hostile/test_packs.py::test_no_file_beside_the_verifier_is_run
    evidence/test_archive.py::
        test_a_file_outside_the_folders_of_a_pack_is_named_before_writing
    hostile/test_packs.py::test_a_verifier_that_is_not_ours_is_told
A stranger's weights go to a device under neutral names in a folder of their own, the program
imports nothing beside it, and weights named like a program are refused at every entry
    hostile/test_attacks_runner.py::test_weights_that_are_named_like_a_program_are_refused
    hostile/test_attacks_runner.py::test_every_way_of_a_model_into_the_program_refuses_them
    hostile/test_attacks_runner.py::test_an_exported_folder_has_the_weights_under_names_of_its_own
    hostile/test_attacks_runner.py::test_an_exported_folder_runs_nothing_beside_its_program
Counted attacks on runner, weights and results: no bug, hang, escape or silent loss
    hostile/test_attacks_runner.py::
        test_no_attack_on_the_runner_on_weights_or_on_results_gets_through
An image that a log or a project names is decoded and shown in the window's own viewer, only from
below the folder of the log; nothing a stranger names is handed to another program
    hostile/test_settings.py::test_only_a_folder_that_the_program_wrote_is_opened_by_the_system
    ui/screens/monitor/test_presenter.py::test_the_image_key_opens_nothing_of_a_log
    monitoring/test_prediction_log.py::
        test_of_a_path_elsewhere_only_the_name_is_left_and_no_file_is_meant
A pack that names a golden set's or a log's folder on some computer is refused, also in its history
of edits
    project/test_repair.py::
        test_a_golden_set_on_some_computer_is_refused_also_where_undo_would_bring_it_back
A pack that names a place on a computer (picture of a shift, benchmark, report) is refused, and none
that we make names one
    project/test_repair.py::test_a_picture_on_some_computer_is_refused_and_none_of_ours_goes_there
    project/tables/test_redact.py::test_a_folder_of_this_computer_goes_along_by_its_last_part
`--keep-frames` decodes images below the log's folder and writes their pixels anew; links, devices,
pipes and everything elsewhere are refused
    monitoring/test_alarm_retention.py::test_only_images_below_the_folder_of_the_log_are_kept
    monitoring/test_alarm_retention.py::
        test_a_kept_frame_has_the_pixels_and_none_of_the_notes_of_its_camera
    monitoring/test_alarm_retention.py::
        test_a_link_in_the_place_of_the_folder_for_kept_frames_is_refused
A signed pack that was changed in any way (a manifest or statement listed in files, subjects fewer,
more or others, other payload or predicate types, keys of small order) fits no more, in the product
and in the verifier that a pack carries
    hostile/test_packs.py::test_a_signed_pack_that_was_changed_fits_no_more
    hostile/test_packs.py::test_a_key_of_small_order_fits_nothing
    evidence/test_signed_seal.py::test_a_signature_of_another_chain_is_found
    evidence/test_signed_seal.py::test_it_is_read_back_under_its_own_key_and_kind_only
A model with weights in other files is checked, packed, verified, unpacked, put back and replayed as
one thing
    hostile/test_models.py::
        test_check_finds_nothing_wrong_and_names_weights_that_changed_or_are_gone
    hostile/test_models.py::test_a_pack_holds_the_weights_and_unpacks_to_a_model_that_runs
    hostile/test_models.py::test_a_model_that_lies_elsewhere_in_the_project_is_put_back_whole
    hostile/test_models.py::test_a_run_is_not_repeated_with_other_weights
A pack of an older version that lacks a model's weights says so when it is unpacked
    hostile/test_models.py::test_an_older_pack_without_weights_unpacks_and_says_so
Rows of the future are set aside and counted; retention counts age by the clock, copies what it
drops into backups/ first, and restores it from there
    monitoring/test_alarm_retention.py::test_a_shift_of_the_future_ages_none_of_the_others
    monitoring/test_alarm_retention.py::test_what_is_dropped_is_copied_before_and_can_be_restored
    monitoring/test_log_monitor.py::
        test_rows_of_the_future_are_set_aside_and_a_log_of_nothing_else_is_refused
    cli/test_monitor.py::test_a_row_of_2099_drops_nothing_and_what_is_dropped_can_be_restored
A script that leaves its project open ends with everything stored, a forked process touches nothing,
and what is passed is checked by name
    hostile/test_scripts.py::
        test_a_script_that_does_not_close_its_project_ends_and_what_it_stored_stands
    hostile/test_scripts.py::test_a_forked_child_touches_nothing_and_the_parent_goes_on
    api/test_project.py::test_what_is_no_such_thing_is_refused_by_name_before_anything_is_done
    api/test_project.py::test_a_closed_project_says_so_to_every_method
A pack of an earlier schema is brought up to date in a copy and then looked through, at verify,
unpack and merge; one of a newer schema is refused by its own name
    hostile/test_packs.py::test_a_pack_of_an_earlier_schema_is_checked_at_every_door
    hostile/test_packs.py::test_a_pack_of_an_earlier_schema_is_verified_unpacked_and_merged
    project/test_repair.py::test_an_earlier_schema_is_brought_up_to_date_and_then_looked_through
    hostile/test_packs.py::test_a_pack_of_a_newer_schema_is_refused_by_its_own_name
A device's result is held to what a device can measure, each refusal one sentence within seconds
    hostile/test_bench_results.py::test_what_no_device_measures_is_one_sentence
    hostile/test_bench_results.py::test_a_run_of_days_is_taken_within_seconds
Sizes counted by pixels are refused by the trial on ones and noise, and what no trial shows ends at
a memory limit
    hostile/test_models.py::test_sizes_that_pixels_count_are_refused_by_the_trial
    hostile/test_models.py::test_sizes_that_no_trial_shows_end_at_the_memory_that_models_may_take
Decimal commas are recognised or refused with the row's number, as are unclosed quotes, rows without
a prediction and `true` as a time
    monitoring/test_prediction_log.py::test_what_would_be_read_wrongly_is_refused_with_its_row
    monitoring/test_prediction_log.py::test_a_quote_that_swallowed_a_row_into_a_name_is_refused
    monitoring/test_prediction_log.py::test_other_separators_and_their_decimal_commas_are_read
YAML is read by one reader within bounds of size, depth, values, aliases and figures
    test_safe_json_yaml.py::test_a_trick_is_refused_before_it_takes_anything
    test_safe_json_yaml.py::test_nothing_else_of_the_product_reads_yaml
518 attacks on scripts, their YAML and redirects of cameras: no bug, hang, escape, leak or loss
    hostile/test_attacks_scripts.py::test_attacks_on_scripts_end_in_a_sentence
A log of more than 2,000 classes, or 3,000 shifts, is refused with a sentence; the work is linear in
its rows
    monitoring/test_log_monitor.py::
        test_a_log_of_very_many_classes_or_shifts_is_refused_with_a_sentence
A pack with more than 256 signatures is refused before they are checked, and each takes 2 ms
    hostile/test_packs.py::test_as_many_signatures_as_a_pack_holds_are_checked_and_one_more_is_not
    hostile/test_packs.py::
        test_a_key_signs_what_it_has_not_signed_and_no_more_often_than_a_pack_holds
Characters that XML cannot hold are refused in class names and marked by the one function that
writes XML, and in the report's drawings
    hostile/test_label_files.py::test_label_files_are_read_whatever_a_class_or_a_picture_is_called
    hostile/test_label_files.py::test_the_gate_of_a_build_server_is_read
    hostile/test_label_files.py::test_drawings_and_pages_of_a_report_are_read
    test_csv_json_xml.py::test_no_other_module_writes_an_element_out_as_it_stands
    hostile/test_class_names.py::test_every_door_takes_or_refuses_the_same_names
No child process sees the camera's password or the PIN, whoever starts it
    hostile/test_children.py::test_every_child_is_started_with_the_scrubbed_environment
    hostile/test_children.py::test_no_child_that_runs_modules_or_commands_sees_a_secret
    hostile/test_children.py::test_the_program_that_an_alarm_calls_sees_no_secret
    hostile/test_children.py::
        test_the_program_takes_its_secrets_out_of_the_environment_and_still_knows_them
A camera leads the program to no other scheme, host or port, also not through FFmpeg and PyAV
    footage/camera/test_network_rtsp_mjpeg.py::test_no_form_of_a_redirect_leads_ffmpeg_away
    footage/camera/test_network_rtsp_mjpeg.py::test_the_copying_camera_is_led_nowhere_either
    footage/camera/test_http_stream.py::
        test_another_place_is_not_asked_and_is_named_without_what_is_secret
`monitor --source` on an address where no image comes from ends as an error with a sentence
    cli/test_monitor.py::
        test_a_silent_address_ends_as_an_error_and_the_shift_is_stored
A share that was killed anywhere is made by the next try, and nothing else is written over
    report/test_evidence_pack.py::test_a_share_that_was_killed_anywhere_is_made_by_the_next_try
    report/test_evidence_pack.py::
        test_a_share_killed_between_its_packs_is_made_and_nothing_else_overwritten
A pack without frames or model does not fit and is told by name, no sentence names a temporary
folder, and none is made of a project that lacks them
    hostile/test_packs.py::test_a_pack_without_its_frames_or_its_model_does_not_fit
    hostile/test_packs.py::test_a_pack_of_a_project_that_lacks_a_file_is_not_made
A full disk leaves no half of an exported runner
    hostile/test_attacks_runner.py::test_a_disk_that_fills_up_leaves_no_half_of_a_folder
Logs, settings, caches and images of trials are closed to other users, also those an older version
left open
    hostile/test_other_users.py::test_logs_settings_caches_and_images_of_trials_are_this_users_alone
    test_paths.py::test_a_private_folder_and_file_are_closed_to_others_also_where_they_were_open
A model without a card is proposed a kind only where it explains all outputs by shape and by
figures, else the kinds that fit are named (`--task`, `--kind`, or boxes of each kind on one image),
and the doctor looks at each proposal
    models/doctor/test_fit_card.py::test_proposals_for_exporters_are_right_or_asked_about
    models/doctor/test_fit_card.py::test_outputs_are_explained_whole_or_not_at_all
    models/doctor/test_fit_card.py::test_outputs_that_fit_several_kinds_or_none_are_asked_about
    models/doctor/test_fit_card.py::test_a_card_whose_shapes_fit_and_whose_figures_do_not_is_told
    cli/test_model.py::
        test_outputs_that_fit_several_kinds_need_an_option_that_says_which
    models/test_try_model.py::test_outputs_that_fit_several_kinds_are_chosen_among_on_one_picture
    models/test_try_model.py::test_the_doctor_looks_at_a_proposal
    ui/screens/home/test_model_card_presenter.py::
        test_a_reading_of_the_outputs_is_chosen_by_its_boxes_before_the_card_can_be_used
Every key that nobody says is marked as proposed, no card is quoted where none was given, sentences
name the keys to write, ONNX's image metadata is read, and a `yolox` card pads at the right and
below
    models/doctor/test_fit_card.py::test_every_key_that_nobody_says_is_marked_as_proposed
    models/doctor/test_findings.py::test_no_card_is_quoted_where_none_was_given
    models/doctor/test_findings.py::test_outputs_that_no_kind_explains_name_the_keys_to_write
    models/test_card.py::test_onnx_says_the_range_of_pixels_and_their_order
    models/test_card.py::
        test_what_onnx_says_of_pixels_is_neither_proposed_nor_replaced_by_a_known_recipe
    domain/test_model_card.py::test_a_border_that_a_card_leaves_out_lies_where_its_exporter_has_it
    models/doctor/test_examine.py::
        test_a_wrong_kind_is_told_what_could_stand_in_its_place_whatever_its_task
Ways of feeding that 96 labelled images leave open are followed on fresh ones, up to all, until the
answer is clear; a crop is found
    models/doctor/test_search.py::test_what_a_few_frames_leave_untold_is_told_by_more_of_them
    models/doctor/test_search.py::
        test_a_sound_card_stays_however_many_frames_there_are_and_not_all_are_needed
    models/doctor/test_search.py::test_nearly_equal_frames_count_once
    models/doctor/test_faults.py::test_a_crop_that_costs_is_found_among_more_frames
`model set`, the window and the Python door check a card against the benchmark and warn; a model
without a card takes that of a model with the same inputs and outputs, and it is said
    cli/test_project.py::
        test_the_benchmark_tells_a_card_that_feeds_a_model_wrongly
    cli/test_project.py::test_a_card_that_is_taken_from_another_model_is_told
    models/test_store.py::test_a_model_without_a_card_takes_that_of_one_with_the_same_tensors
    models/test_store.py::test_a_model_with_other_outputs_takes_no_card_of_the_project
    analyses/test_release_gate.py::test_a_candidate_without_a_card_takes_the_projects_and_that_is_told
    api/test_project.py::
        test_a_script_is_warned_of_a_borrowed_card_and_of_one_that_feeds_wrongly
    ui/screens/home/test_model_card_presenter.py::test_a_model_names_its_lent_card
LabelImg's `<annotation verified="yes">` is Pascal VOC: XML is told by its root element, whatever
stands before or in it
    labels/formats/test_untrusted_files.py::
        test_the_root_is_the_first_element_whatever_stands_before_it
    hostile/test_label_files.py::
        test_the_label_folders_of_others_come_in_whole_or_are_refused_with_a_reason
Key points of YOLO poses are counted as a loss; MVTec AD is read as its test part with classes and
masks
    labels/formats/test_mvtec_mask_folder.py::test_the_test_part_is_read_by_class_with_its_masks
    labels/formats/test_mvtec_mask_folder.py::
        test_a_model_that_gives_masks_is_held_to_the_masks_and_a_classifier_to_the_classes
    hostile/test_label_files.py::
        test_the_label_folders_of_others_come_in_whole_or_are_refused_with_a_reason
The part of a benchmark is asked for with its counts and never the training part by itself; a YAML
file that names no data, one box outside its image, CVAT's refusals and masks without class names
have their reason
    labels/formats/test_registry.py::
        test_training_alone_and_several_parts_are_asked_with_their_counts
    labels/formats/test_traps.py::test_the_receipt_is_exact_or_the_set_is_refused
    labels/formats/test_cvat.py::test_tracks_of_a_video_are_refused_with_what_to_export_instead
    errors/test_messages.py::
        test_every_reason_that_a_reader_gives_has_a_sentence_and_every_sentence_a_reader
    labels/formats/test_registry.py::test_it_is_refused_by_its_name_with_what_to_export_instead
125 label folders of others, laid out as their tools write them, come in box by box or are refused
with a reason
    hostile/test_label_files.py::
        test_the_label_folders_of_others_come_in_whole_or_are_refused_with_a_reason
`--classes` takes the names of a YOLO data file, not the lines of any YAML
    models/test_store.py::
        test_classes_of_yaml_are_the_names_of_a_yolo_data_file_and_no_lines_of_another
What to type stands in one pair of brackets, and a refused file says why, where and what to do
    errors/test_messages.py::test_what_to_type_stands_in_one_pair_of_brackets
    errors/test_messages.py::test_a_file_that_cannot_be_read_says_why_where_and_what_to_do
Losses that were silent are counted: turned boxes, parts, poses and attributes of VOC, flags of
labelme, choices of a region, CSV columns, files deep in sub-folders
    labels/formats/test_voc.py::test_a_turned_box_parts_poses_and_attributes_are_counted_as_lost
    labels/formats/test_labelme.py::test_files_however_deep_are_read_and_flags_of_shapes_are_counted
    labels/formats/test_label_studio.py::test_a_choice_of_a_region_is_no_class_of_the_picture
    labels/formats/test_csv_parquet.py::test_further_columns_are_counted_as_lost
    labels/formats/test_voc.py::test_files_of_sub_folders_count_where_the_folder_holds_some_itself
Each sub-folder of images is a recording of its own, as with FOLDER/*, and the receipt says so
    footage/test_import_footage.py::
        test_each_sub_folder_of_pictures_is_a_recording_as_if_each_had_been_named
    footage/test_import_footage.py::
        test_a_folder_that_was_imported_whole_is_known_and_not_divided_later
quantise converts a graph below opset 13 and holds its answers equal, or refuses
    models/test_quantise.py::test_a_graph_of_an_older_opset_is_converted_first
    models/test_calibrate.py::test_a_converted_graph_with_other_answers_is_refused
    models/test_calibrate.py::
        test_the_frames_that_a_converted_graph_is_compared_on_set_the_steps_too
A list of classes that names a background is asked about where the output has none, read where it
has one, and is no class to label; lists that are one off name the background
    models/test_card.py::test_a_list_from_a_background_is_asked_about_where_the_output_has_none
    models/test_card.py::test_lists_that_are_one_off_are_asked_about_with_the_background_in_mind
    models/decoders/test_decoder.py::
        test_a_card_that_names_the_last_class_as_no_object_is_read_as_one_that_does_not
    models/test_store.py::
        test_a_background_in_a_detectors_list_is_no_class_that_a_later_model_must_have
    models/doctor/test_fit_card.py::
        test_labels_from_0_are_asked_about_and_refused_where_a_card_counts_the_background
Class buttons stay in their window when undo repeats, and the key pressed then labels; widgets are
dropped by one helper, and fields being typed into are not emptied by a new reading
    ui/screens/label/test_view.py::
        test_repeated_undo_opens_no_windows
    ui/screens/label/test_view.py::
        test_buttons_replaced_before_they_were_shown_become_no_windows
    ui/widgets/test_layouts.py::test_a_dropped_widget_is_gone_without_ever_being_a_window
    ui/widgets/test_layouts.py::test_no_widget_of_the_window_is_taken_out_of_its_parent
    ui/screens/evidence/test_view.py::
        test_a_pin_that_is_being_typed_stays_when_the_evidence_is_read_again
    ui/screens/monitor/test_view.py::
        test_a_note_that_is_being_written_stays_when_the_shifts_are_read_again
While a screen reads, nothing is called missing, nothing of another project or screen stands there,
and the primary action waits for its body; every sentence that calls something missing is listed
with what must be so for it to be true
    ui/test_loading_states.py::
        test_nothing_false_and_nothing_stale_is_read_beside_four_busy_processes
    ui/test_loading_of_screens.py::test_every_screen_is_loading_until_it_is_read
    ui/test_loading_of_screens.py::
        test_nothing_of_another_project_stands_on_a_screen_that_is_loading
    ui/test_loading_of_screens.py::test_every_screen_says_that_a_project_opens
    ui/test_loading_of_screens.py::test_every_part_of_a_screen_is_loading_until_it_is_read
    ui/test_loading_of_screens.py::
        test_title_primary_and_body_of_another_screen_come_in_the_same_paint
    ui/test_loading_of_screens.py::
        test_every_sentence_that_calls_something_missing_is_held_to_what_is_so
    ui/widgets/test_pages.py::test_failed_says_what_happened_and_reads_again
    ui/test_current_project.py::
        test_what_was_read_before_a_change_is_not_shown_when_the_screen_is_entered_again
After the last label the errors of the result open in Explore, it comes again by key, button and
finder, an unsure frame keeps nothing back, and notes end by themselves
    ui/screens/label/test_round_result.py::
        test_errors_of_the_result_are_opened_in_explore
    ui/screens/label/test_round_result.py::
        test_run_the_model_is_done_while_its_screen_reads
    ui/screens/label/test_round_result.py::
        test_the_result_comes_again_by_key_button_and_finder
    ui/screens/label/test_round_result.py::test_one_unsure_frame_does_not_keep_the_result_back
    ui/screens/label/test_presenter.py::
        test_why_a_key_was_refused_goes_with_time_or_the_next_frame
Result page, Explore and report share figures that are worked out once for a state of the project;
pages are set once, finished though the screen is left, and exported as they are
    report/test_explore_data.py::test_explore_pages_and_report_share_figures_computed_once
    ui/screens/explore/test_presenter.py::
        test_what_the_result_showed_stands_at_once_while_the_rest_is_worked_out
    ui/screens/report/test_presenter.py::
        test_pages_that_are_begun_are_finished_though_the_screen_is_left_and_set_once
    report/test_assemble.py::
        test_the_files_that_were_made_with_the_pages_are_the_ones_that_are_written
    project/test_cache.py::test_who_asks_meanwhile_waits_for_the_same_and_can_be_stopped
Quitting, closing the project or opening another while a job writes asks first, goes by itself when
it is done, and leaves no half file when it is stopped
    ui/shell/test_window.py::
        test_quitting_while_a_job_writes_asks_first
    ui/shell/test_window.py::test_the_question_goes_by_itself_when_the_pack_is_whole
    ui/shell/test_window.py::test_closing_or_switching_the_project_asks_too
Toasts stay inside the window, a recent project names what is missing, a key on a project that is
only read says why beside one banner, gaps are no part of a length, every condition is shown with
its time, chips hold for one import, running jobs speak the window's language, and Explore's verdict
stays in the window at 175 % with gloves
    ui/shell/test_notifications.py::test_one_that_says_much_stays_inside_the_window
    project/test_recent_projects.py::
        test_what_is_missing_is_told_the_database_the_folder_or_one_above_it
    ui/shell/test_window.py::
        test_a_key_on_a_project_that_is_only_read_says_why_once_and_adds_no_banner
    footage/test_clips.py::test_gaps_are_no_part_of_what_was_recorded_wherever_its_length_stands
    ui/screens/capture/test_presenter.py::
        test_length_and_light_of_a_recording_with_gaps_and_conditions
    ui/screens/capture/test_presenter.py::
        test_the_light_is_said_of_one_import_alone
    ui/shell/test_window.py::test_a_running_job_is_named_in_the_current_language
    ui/screens/explore/test_view.py::
        test_the_verdict_is_visible_with_large_text_and_buttons
Help loads no command, the demo installs the product alone and needs no Qt without a window, no time
left below 5 %, shares may be percentages, receipts count empty classes, a home that cannot be
written names FIELDCHECK_HOME, errors of scripts say their sentence
    test_main.py::test_help_lists_every_command_and_loads_none_of_them
    packaging/test_setup.py::test_without_a_window_no_library_of_qt_is_missed
    packaging/test_setup.py::test_pins_of_the_product_and_of_its_building_are_those_of_the_tests
    test_progress.py::test_a_time_left_is_told_from_five_per_cent_and_two_seconds_on
    cli/test_values.py::test_what_is_no_share_says_how_to_write_it
    labels/test_messages.py::test_classes_without_a_label_are_counted_and_not_listed
    errors/test_messages.py::test_where_own_folders_cannot_be_written_the_way_to_others_is_told
    api/test_project.py::test_an_error_of_the_door_says_what_the_terminal_prints
`run` asks the model and nothing else; reports, packs, the demo and the window's background compare
benchmark and footage once for the same benchmark, frames and training folder, and Explore says
until then that it was not done
    analyses/test_domain_shift.py::
        test_running_the_model_asks_nothing_else_and_comparing_the_sets_does
    analyses/test_domain_shift.py::test_what_is_known_is_not_asked_again
    analyses/test_domain_shift.py::
        test_pictures_that_come_into_the_training_folder_are_looked_at_and_a_folder_that_is_gone_takes_nothing_along
    report/test_explore_data.py::test_where_field_and_benchmark_are_not_compared_yet_it_is_said
A model that misses its reference score is examined once, it is told how far that is, and what came
of it is said
    models/test_claim.py::test_a_new_model_that_misses_its_claim_is_told_how_far_at_once
    cli/test_project.py::
        test_the_search_after_a_missed_claim_is_said_even_without_result
326 attacks on the monitor and its window end without a bug, a hang, an escape or a silent loss
    hostile/test_monitor_attacks.py::
        test_no_attack_on_the_monitor_is_a_bug_a_hang_an_escape_or_a_silent_loss
380 attacks on packs at four doors: no bug, hang, escape, false "signed" or "fits", silent loss
    hostile/test_pack_attacks.py::test_no_attack_on_a_pack_comes_through_a_door
"""


def read_points(table: str) -> tuple[Held, ...]:
    """The points of a table; a test whose file and function take two lines is put together."""
    points: list[tuple[list[str], list[str]]] = []
    for line in table.splitlines():
        words = line.strip()
        if line.startswith(" "):
            tests = points[-1][1]
            if tests and tests[-1].endswith("::"):
                tests[-1] += words
            else:
                tests.append(words)
        elif points and not points[-1][1]:
            points[-1][0].append(words)
        else:
            points.append(([words], []))
    return tuple(Held(" ".join(what), tuple(tests)) for what, tests in points)


POINTS = read_points(TABLE)


def lines() -> list[str]:
    """The table as Markdown."""
    head = ["", "## Brought out by strangers", "", "| point | what is held | by |", "|---|---|---|"]
    return [
        *head,
        *(
            f"| {n} | {one.what} | {'<br>'.join(f'`{test}`' for test in one.tests)} |"
            for n, one in enumerate(POINTS, 1)
        ),
    ]

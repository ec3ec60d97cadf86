"""The matrix of faults, F1 to F25, and of documents that are no single file: by which tests each row is proved.

`tests.campaign` does as many of F1, F6, F8, F11, F12, F20, F21 and F25 as a release asks.
"""

from pathlib import Path

import pytest

from tests.hostile_documents import ODD_FILES, cases

TESTS = Path(__file__).parent
FAULTS = {
    1: (
        "test_two_hundred_random_kills_leave_a_whole_generation",
        "test_twenty_kills_leave_the_old_or_the_new_generation",
    ),
    2: ("test_a_kill_at_every_failpoint_leaves_the_old_or_the_new", "test_the_failpoints_are_those_of_the_source"),
    3: (
        "test_after_power_loss_at_any_moment_the_old_or_the_new_generation_is_whole",
        "test_no_sync_can_be_left_out",
    ),
    # Each begins beside what a killed writer left, and sweeps it, so it is killed while it recovers too.
    4: ("test_a_kill_at_every_failpoint_leaves_the_old_or_the_new",),
    5: (
        "test_an_interrupted_ingest_goes_on_without_embedding_again",
        "test_a_torn_checkpoint_keeps_its_sound_records",
    ),
    6: (
        "test_a_full_disk_leaves_what_was_served_and_says_what_is_wanting",
        "test_an_ingest_that_may_not_write_says_why_and_serves_one_whole_generation",
        "test_a_disk_that_fails_for_good_at_any_operation_serves_one_whole_generation",
        "test_a_full_disk_under_its_log_keeps_it_neither_from_starting_nor_from_answering",
    ),
    7: (
        "test_every_truncation_is_refused_and_the_file_named",
        "test_flipped_bits_and_cuts_of_every_file_of_a_real_index_are_refused",
    ),
    8: (
        "test_every_flipped_bit_is_refused_and_the_file_named",
        "test_flipped_bits_and_cuts_of_every_file_of_a_real_index_are_refused",
    ),
    9: (
        "test_a_substitution_is_refused_and_named",
        "test_appended_junk_is_refused_and_the_file_named",
        "test_a_pointer_that_was_not_written_by_us_is_refused",
    ),
    10: (
        "test_an_encoder_that_did_not_build_the_index_is_refused",
        "test_another_format_is_a_mismatch_that_states_both_values_and_the_fix",
        "test_an_altered_file_of_the_encoder_is_refused_by_name",
        "test_python_without_its_checks_is_refused",
    ),
    11: ("test_publishes_and_rollbacks_under_load_fail_no_answer_and_mix_none",),
    12: (
        "test_of_ten_writers_one_wins_and_the_others_name_it",
        "test_the_lock_of_a_killed_writer_needs_no_removal",
    ),
    13: (
        "test_a_refused_generation_leaves_the_old_one_serving",
        "test_an_index_that_does_not_fit_into_memory_leaves_the_old_one_serving",
    ),
    14: (
        "test_a_hostile_archive_is_refused_and_nothing_is_written",
        "test_rollback_to_an_altered_generation_changes_nothing",
    ),
    15: (
        "test_an_index_of_a_released_format_is_read",
        "test_a_sound_generation_that_is_laid_out_differently_is_refused_with_the_next_step",
    ),
    16: (
        "test_an_index_that_may_not_be_written_is_read_and_a_writer_is_told_why",
        "test_a_file_in_place_of_the_index_is_not_an_empty_index",
        "test_without_an_index_the_service_is_up_but_not_ready",
    ),
    17: (
        "test_the_clock_that_people_set_is_read_only_where_a_jump_does_no_harm",
        "test_generations_are_ordered_by_number_whatever_the_clock_says",
    ),
    18: (
        "test_told_twice_to_stop_it_answers_what_it_works_on_and_waits_for_nobody_else",
        "test_told_to_stop_while_it_takes_up_a_generation_it_stops",
        "test_told_to_stop_while_it_starts_it_stops",
    ),
    19: (
        "test_the_first_signal_interrupts_and_a_second_breaks_nothing_off",
        "test_a_question_whose_caller_has_gone_is_not_worked_on",
        "test_a_reader_who_leaves_frees_the_place",
        "test_output_that_no_disk_takes_ends_it_with_one_line",
    ),
    20: (
        "test_a_declared_size_is_refused_before_memory_is_asked_for",
        "test_a_want_of_memory_is_said_and_passes",
    ),
    21: ("test_while_every_thread_is_at_work_without_pause_it_says_truly_that_it_is_up_and_ready",),
    22: (
        "test_all_workers_read_one_copy_and_a_refused_generation_leaves_the_last_good_one",
        "test_a_worker_that_ends_is_replaced_and_all_end_when_the_service_is_told_to",
    ),
    23: ("test_a_broken_server_leaves_the_pages_own_words", "test_the_circuit_opens_and_the_server_is_left_alone"),
    24: (
        "test_a_vector_that_no_search_may_see_is_refused_before_one_does",
        "test_vectors_that_are_not_of_length_one_are_refused",
        "test_an_encoder_that_cannot_be_loaded_is_named",
    ),
    # A day is for the campaign; its arithmetic is proved here.
    25: ("test_the_slope_of_memory_is_a_share_of_its_mean_and_its_interval_grows_with_the_noise",),
}
DOCUMENTS = {
    26: ("test_the_second_of_two_roots_loses_a_page_that_both_hold",),
    27: ("test_files_of_one_address_and_different_words_are_named",),
    31: ("test_a_file_without_an_honest_size_is_not_taken_for_whole",),
    40: ("test_no_passage_is_longer_than_the_encoder_reads_and_each_is_a_slice",),
    48: (
        "test_a_collection_that_shrank_is_not_published_without_force",
        "test_nothing_readable_is_never_published",
    ),
    49: (
        "test_two_hundred_small_files_are_all_there",
        "test_a_tree_of_a_thousand_folders_is_walked",
        "test_an_index_in_its_collection_is_refused",
    ),
    50: ("test_documents_with_random_damage_have_one_outcome_each",),
}


@pytest.fixture(scope="module")
def sources() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in TESTS.glob("test_*.py"))


@pytest.mark.parametrize("row", range(1, 26))
def test_every_fault_has_its_tests(sources: str, row: int) -> None:
    assert [name for name in FAULTS[row] if f"def {name}(" not in sources] == []


def test_every_row_of_documents_is_a_file_or_has_its_tests(sources: str) -> None:
    files = {case.matrix_id for case in cases()} | {name.partition("-")[0].upper() for name in ODD_FILES}
    assert {f"D{row}" for row in range(1, 51)} == files | {f"D{row}" for row in DOCUMENTS}
    assert [name for names in DOCUMENTS.values() for name in names if f"def {name}(" not in sources] == []

"""A seeded sample of the faults that `make campaign` runs by the thousand."""

from pathlib import Path

from tests.fault_rounds import changes_under_load, flipped_bits, lock_rounds, random_kills


def test_two_hundred_random_kills_leave_a_whole_generation(tmp_path: Path) -> None:
    assert random_kills(tmp_path / "index", 200, seed=20_260_131) == []


def test_flipped_bits_and_cuts_of_every_file_of_a_real_index_are_refused(tmp_path: Path) -> None:
    assert flipped_bits(tmp_path, 25, seed=7) == []


def test_of_ten_writers_one_wins_and_the_others_name_it(tmp_path: Path) -> None:
    assert lock_rounds(tmp_path / "index", 3) == []


def test_publishes_and_rollbacks_under_load_fail_no_answer_and_mix_none(tmp_path: Path) -> None:
    assert changes_under_load(tmp_path, 10) == []

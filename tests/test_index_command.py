"""`footnoted index list|rollback|prune`: what is printed where, and the exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ingest.commands.index import index_group
from retriever.store.store import IndexStore
from tests.small_generations import served


def run(index_dir: Path, *arguments: str) -> Result:
    return CliRunner().invoke(index_group, [*arguments], env={"FOOTNOTED_INDEX": str(index_dir)})


def damage(index_dir: Path, generation: str) -> None:
    with (index_dir / generation / "dense.faiss").open("ab") as file:
        file.write(b"junk")


def test_list_shows_every_generation_and_which_is_served(index_dir: Path) -> None:
    result = run(index_dir, "list")
    assert result.exit_code == 0
    assert result.stderr == ""
    heading, newest, oldest = result.stdout.splitlines()
    assert heading.split()[:2] == ["Generation", "Served"]
    assert newest.split()[:6] == ["gen-000002", "yes", "2026-01-31", "12:00:00", "2", "5"]
    assert oldest.split()[:5] == ["gen-000001", "2026-01-31", "12:00:00", "2", "5"]
    assert oldest.split()[-1] == "ok"


def test_list_verified_refuses_a_sound_generation_that_a_service_could_not_read(index_dir: Path) -> None:
    assert run(index_dir, "list").exit_code == 0
    result = run(index_dir, "list", "--verify")  # these hold the bytes of no real index
    assert result.exit_code == 3
    assert "laid out its files differently" in result.stderr
    assert "run `footnoted ingest` again" in result.stderr


def test_list_as_json_is_one_object(index_dir: Path) -> None:
    result = run(index_dir, "list", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["current"], report["problem"]) == ("gen-000002", None)
    newest = report["generations"][0]
    size = newest.pop("bytes")
    assert size > 0
    assert newest == {
        "name": "gen-000002",
        "current": True,
        "state": "ok",
        "reason": None,
        "created": "2026-01-31T12:00:00Z",
        "documents": 2,
        "passages": 5,
        "has_vectors": True,
    }


def test_the_option_wins_over_the_environment(index_dir: Path, tmp_path: Path) -> None:
    result = run(tmp_path / "elsewhere", "list", "--json", "--index", str(index_dir))
    assert json.loads(result.stdout)["current"] == "gen-000002"


def test_list_of_a_refused_generation_says_why_and_ends_with_3(index_dir: Path) -> None:
    damage(index_dir, "gen-000001")
    result = run(index_dir, "list")
    assert result.exit_code == 3
    assert result.stdout.splitlines()[2].split()[-1] == "refused"
    assert result.stderr.startswith("Refused: gen-000001/dense.faiss is altered: it has ")


def test_list_verifies_the_bytes_when_asked(index_dir: Path) -> None:
    path = index_dir / "gen-000001" / "dense.faiss"
    path.write_bytes(path.read_bytes().replace(b"f", b"g"))
    assert run(index_dir, "list").exit_code == 0
    result = run(index_dir, "list", "--verify")
    assert result.exit_code == 3
    assert "gen-000001/dense.faiss is altered: its digest is" in result.stderr


def test_list_with_a_damaged_pointer_still_lists_and_ends_with_3(index_dir: Path) -> None:
    (index_dir / "CURRENT").write_bytes(b"")
    result = run(index_dir, "list", "--json")
    assert result.exit_code == 3
    report = json.loads(result.stdout)
    assert report["current"] is None
    assert "CURRENT is altered" in report["problem"]
    assert [info["current"] for info in report["generations"]] == [False, False]


def test_list_tells_of_a_pointer_to_a_generation_that_is_not_there(index_dir: Path) -> None:
    (index_dir / "gen-000002").rename(index_dir / "moved")
    result = run(index_dir, "list")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: CURRENT names gen-000002, which is not in ")


def test_list_of_an_empty_index_names_the_next_step(tmp_path: Path) -> None:
    result = run(tmp_path, "list")
    assert result.exit_code == 0
    assert "footnoted ingest PATH" in result.stdout
    assert json.loads(run(tmp_path, "list", "--json").stdout) == {
        "current": None,
        "problem": None,
        "generations": [],
    }


@pytest.mark.parametrize("arguments", [["list"], ["rollback"], ["prune"]])
def test_a_missing_directory_is_a_failure(tmp_path: Path, arguments: list[str]) -> None:
    result = run(tmp_path / "missing", *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: there is no directory ")


def test_rollback_says_what_is_served_now_and_before(index_dir: Path) -> None:
    result = run(index_dir, "rollback")
    assert result.exit_code == 0
    assert result.stdout == "gen-000001 is served now (before: gen-000002).\n"
    assert served(index_dir) == "gen-000001"


def test_rollback_to_a_named_generation_as_json(index_dir: Path) -> None:
    run(index_dir, "rollback")
    result = run(index_dir, "rollback", "--to", "gen-000002", "--json")
    assert json.loads(result.stdout) == {"before": "gen-000001", "current": "gen-000002"}


def test_rollback_to_a_damaged_generation_is_refused_with_3(index_dir: Path) -> None:
    damage(index_dir, "gen-000001")
    result = run(index_dir, "rollback")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "gen-000001/dense.faiss is altered" in result.stderr
    assert served(index_dir) == "gen-000002"


def test_rollback_mends_a_damaged_pointer(index_dir: Path) -> None:
    (index_dir / "CURRENT").write_bytes(b"\xff")
    assert run(index_dir, "rollback").stdout == "gen-000002 is served now (before: none).\n"


def test_rollback_beside_a_writer_is_refused_with_3(index_dir: Path) -> None:
    with IndexStore(index_dir).writer():
        result = run(index_dir, "rollback")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: process ")


def test_prune_names_what_it_removed(index_dir: Path) -> None:
    assert run(index_dir, "prune").stdout == "Nothing to remove.\n"
    assert run(index_dir, "prune", "--keep", "1").stdout == "Removed: gen-000001.\n"
    assert json.loads(run(index_dir, "prune", "--keep", "1", "--json").stdout) == {"removed": []}
    assert served(index_dir) == "gen-000002"


def test_prune_keeps_at_least_one(index_dir: Path) -> None:
    assert run(index_dir, "prune", "--keep", "0").exit_code == 2


@pytest.mark.parametrize("arguments", [[], ["list"], ["rollback"], ["prune"]])
def test_every_help_page_teaches(arguments: list[str]) -> None:
    result = CliRunner().invoke(index_group, [*arguments, "--help"])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 8

"""Synonyms: which phrases of a question are read as others, which tables are refused, and what it leads to."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.serve import command as serve
from retriever.index import Index
from retriever.query import Mode, Query
from retriever.questions.synonyms import SynonymsInvalid, default_synonyms, parse_synonyms, read_synonyms
from retriever.retrieve import Retriever
from tests.hashed_collection import ingested
from tests.hashing import HashingEncoder

PAGES = {
    "uterine.md": "# Uterine cancer\n\nBleeding between periods is a sign.",
    "bowel.md": "# Bowel cancer in men\n\nAn early sign is blood.",
    "small.md": "# Small intestine cancer\n\nIt is rare. Paracetamol helps, as do a tanning bed and a sun bed. "
    "Some feel it when urinating, or cannot. A blood smear is no smear.",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Pages that are called as doctors would, and one as people do."""
    return Index.open(ingested(tmp_path_factory, PAGES))


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("signs of Womb Cancer?", "signs of uterine cancer?"),
        ("signs of womb-cancer", "signs of uterine cancer"),
        ("the womb", "the womb"),  # no page is called after the uterus
        ("wombat cancer", "wombat cancer"),
        ("bowel cancer", "bowel cancer"),  # a page is called so
        ("small bowel cancer", "small intestine cancer"),  # not the shorter phrase in it
        ("acetaminophen", "paracetamol"),  # no page is called so, and one writes it
        ("paracetamol", "paracetamol"),
        ("weeing hurts", "urinating hurts"),
        ("it hurts to pee", "it hurts to urinate"),
        ("I can’t pee", "I cannot urinate"),  # as phones write the apostrophe
        ("smears", "smears"),  # no page is called after a Pap test
        ("on a sun bed", "on a sun bed"),  # written both ways
        ("a+b", "a+b"),
        ("", ""),
    ],
)
def test_a_phrase_is_read_as_pages_call_it(index: Index, asked: str, read: str) -> None:
    assert default_synonyms().applied(asked, index) == read


def test_a_table_of_ones_own_takes_the_place_of_the_programs(index: Index, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("# ours\n\nlady parts tumour, lady part tumour => uterine cancer # sure\n")
    own = read_synonyms(tmp_path / "own.txt")
    retriever = Retriever(index, HashingEncoder(), synonyms=own)

    hits = retriever.retrieve(Query("lady parts tumour", mode=Mode.LEXICAL)).hits

    assert hits[0].document.source_path == "uterine.md"
    assert retriever.as_meant("the womb").told == "the womb"
    assert own.applied("womb", index) == "womb"


def test_a_sign_in_the_table_is_read_as_it_stands(index: Index) -> None:
    assert parse_synonyms("& => + ").applied("rest&sleep", index) == "rest&sleep"


def test_an_empty_table_changes_nothing(index: Index) -> None:
    nothing = parse_synonyms("# none\n")
    assert Retriever(index, HashingEncoder(), synonyms=nothing).as_meant("gullet cancer").told == "gullet cancer"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("womb, uterus", "line 2 .* is no rule"),
        ("womb =>", "line 2 .* is no rule"),
        (", womb => uterus", "line 2 .* is no rule"),
        ("womb => uterus, matrix", "line 2 .* is no rule"),
        ("a => b => c", "line 2 .* is no rule"),
        ("Gullet => throat", "line 2 .* earlier line"),
    ],
)
def test_a_table_that_cannot_be_read_names_the_line(line: str, says: str) -> None:
    with pytest.raises(SynonymsInvalid, match=says):
        parse_synonyms(f"gullet => esophagus\n{line}\n")


def test_a_server_is_not_started_with_a_table_that_is_not_there(tmp_path: Path) -> None:
    given = CliRunner().invoke(serve, ["--index", str(tmp_path), "--synonyms", str(tmp_path / "none.txt")])

    assert given.exit_code == 2
    assert "cannot be read" in given.output

"""Typing errors of a question: what is mended, what is left, and what it does to the search."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.encoding.whole_words import WholeWords
from retriever.index import Index
from retriever.query import Mode, Query
from retriever.retrieve import Retriever
from retriever.search.english import is_english, slips
from retriever.search.phonetics import sound_of, within_edits
from retriever.search.spelling import MOST_UNKNOWN
from tests.hashed_collection import ingested
from tests.hashing import HashingEncoder


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """A page on a drug and one on falls."""
    pages = {
        "a.md": "# Denosumab\n\nThe injection is given twice a year.\n\n## Dose\n\nSixty milligrams, said Pullen. "
        "Fosamax is a tablet.",
        "b.md": "# Falls\n\nLoose rugs cause falls.",
    }
    return Index.open(ingested(tmp_path_factory, pages))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("is denosumba given twice", "is denosumab given twice"),
        ("DENOSUMAAB?", "denosumab?"),
        ("denosumab", "denosumab"),  # known
        ("fulls", "fulls"),  # too short to be sure
        ("ustekinumab", "ustekinumab"),  # another drug
        ("pollen", "pollen"),  # a name that stands once was hardly meant
        ("fosomax", "fosamax"),  # but where a vowel is another one
        ("fosumaks or fosamat", "fosumaks or fosamat"),
        ("deno5umab", "deno5umab"),
        ("", ""),
    ],
)
def test_a_word_one_edit_from_a_known_one_is_mended(index: Index, asked: str, searched: str) -> None:
    assert index.spelling.mended(asked) == searched


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("is it gievn twic a year", "is it given twice a year"),  # two letters exchanged, one lost, in short words
        ("is it giveen twicce", "is it given twice"),  # a letter doubled
        ("a yaar", "a yaar"),  # another letter in a short word: too many names are so near
        ("how many milligroms", "how many milligrams"),  # in a long one it is likely
        ("is Twicce safe", "is Twicce safe"),  # a name of its own
        ("Twicce Yearr", "twice year"),  # words of a title
        ("IS IT GIVEEN", "IS IT given"),
        ("Twicce", "twice"),
        ("roses and rungs", "roses and rungs"),  # English, though rugs are near
        ("freind", "freind"),  # a slip in a word that the collection does not hold
        ("gives", "gives"),
    ],
)
def test_a_slip_in_an_everyday_word_is_mended(index: Index, asked: str, searched: str) -> None:
    assert index.spelling.mended(asked) == searched


def test_of_a_text_of_unknown_words_no_more_are_looked_up_than_a_question_has(index: Index) -> None:
    strange = " ".join(f"qx{'yzjkwv'[one % 6]}{'abcdefgh'[one // 6]}vv" for one in range(MOST_UNKNOWN))
    assert index.spelling.mended(f"twicce {strange}").startswith("twice ")
    assert index.spelling.mended(f"{strange} twicce").endswith(" twicce")


def test_a_letter_more_at_the_end_is_no_slip_unless_it_is_doubled() -> None:
    assert [slip.meant for slip in slips("imperfecta") if slip.meant == "imperfect"] == []
    assert "careful" in {slip.meant for slip in slips("carefull")}


@given(st.sampled_from(["symptom", "bleeding", "medicine", "after"]), st.integers(1, 4), st.booleans())
def test_every_letter_lost_or_exchanged_within_a_word_can_be_mended(word: str, place: int, lost: bool) -> None:
    after = word[place + 1 :] if lost else word[place + 1 : place + 2] + word[place] + word[place + 2 :]
    slipped = word[:place] + after
    assert slipped == word or is_english(slipped) or word in {slip.meant for slip in slips(slipped)}


def test_a_misspelt_name_still_finds_its_page_by_words(index: Index) -> None:
    hits = Retriever(index, HashingEncoder()).retrieve(Query("denosumba", mode=Mode.LEXICAL)).hits
    assert {hit.document.source_path for hit in hits} == {"a.md"}


def test_a_search_by_meaning_alone_reads_the_question_as_it_stands(index: Index) -> None:
    retriever = Retriever(index, HashingEncoder())
    best = {
        mode: max(hit.dense or 0.0 for hit in retriever.retrieve(Query("denosumba", mode=mode)).hits)
        for mode in (Mode.DENSE, Mode.HYBRID)
    }
    assert best[Mode.DENSE] < best[Mode.HYBRID]


@pytest.fixture(scope="module")
def american(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Pages in American spelling, one of which cites a British title."""
    pages = {f"{n}.md": f"# Page {n}\n\nLeukemia, anemia and tumors: we analyze morning {n}." for n in range(16)}
    pages["cited.md"] = "# Sources\n\nLeukaemia in Leeds. Anaemia and tumours analysed. On mourning."
    return Index.open(ingested(tmp_path_factory, pages))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("Leukaemia in children", "leukemia in children"),
        ("is anaemia a tumour", "is anemia a tumor"),
        ("analysed leukaemia", "analyzed leukemia"),
        ("leukemia", "leukemia"),
        ("on mourning in Leeds", "on mourning in Leeds"),  # no spelling of "morning"
        ("does your source", "does your source"),
    ],
)
def test_a_word_is_searched_in_the_spelling_that_the_collection_mostly_has(
    american: Index, asked: str, searched: str
) -> None:
    assert american.spelling.mended(asked) == searched


@pytest.fixture(scope="module")
def cancer(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Pages with words that people write by ear."""
    said = "Chemotherapy for lymphoma, mesothelioma or colorectal cancer of Hodgkin with tamoxifen and diarrhea"
    pages = {
        f"{n}.md": f"# Page {n}\n\n{said} number {n}. Ki-67 and BRCA1; osteoporosis and callers."
        for n in range(20)
    }
    pages["other.md"] = "# Sources\n\nKi67 by BRCA 1."
    return Index.open(ingested(tmp_path_factory, pages))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("kemotherapy for lymfoma", "chemotherapy for lymphoma"),
        ("Mezotheleoma", "mesothelioma"),
        ("is tamoxiphen safe, diarhea", "is tamoxifen safe, diarrhea"),
        ("hodgekins or non-hodgekins", "hodgkin or non-hodgkin"),
        ("colorectle", "colorectal"),  # not the stem, which no page writes
        ("osteopetrosis", "osteopetrosis"),  # two edits away: another disease
        ("Kahler", "Kahler"),  # sounds like a caller, and is too short to be sure
        ("what is ki67", "what is ki-67"),
        ("BRCA 1 and brca-1", "BRCA1 and brca1"),
        ("page 3", "page 3"),
    ],
)
def test_a_word_written_by_ear_is_the_one_of_the_collection(cancer: Index, asked: str, searched: str) -> None:
    assert cancer.spelling.mended(asked) == searched


@pytest.fixture(scope="module")
def wrists(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Pages that write some words as one and others apart."""
    said = (
        "A splint keeps swollen wrists still overnight. The check up of the forehead, then health care. Turnover."
    )
    pages = {
        f"{n}.md": f"# Page {n}\n\n{said} Difference {n} of the eyelashes; long term care." for n in range(20)
    }
    pages["other.md"] = "# Sources\n\nFor the fore head. Longterm healthcare after eating."
    return Index.open(ingested(tmp_path_factory, pages))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("a sore fore head", "a sore forehead"),
        ("over night and eye-lashes", "overnight and eyelashes"),
        ("health care", "health care"),  # mostly written apart
        ("long term splint", "long term splint"),
        ("turn over the splint", "turn over the splint"),  # a verb, though there is such a noun
        ("after eating", "after eating"),  # of which the stem is that of "after"
        ("big arm", "big arm"),
    ],
)
def test_two_words_are_one_where_the_collection_writes_them_so(wrists: Index, asked: str, searched: str) -> None:
    assert wrists.spelling.mended(asked) == searched


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("wrsits that are swolen", "wrists that are swollen"),
        ("the diffrence", "the difference"),  # one edit in the word, two in its stem
        ("tursts", "tursts"),  # "trusts" is no word of the collection
        ("swollens", "swollens"),  # a form of a word is no typing error
    ],
)
def test_a_slip_is_mended_though_the_stem_has_no_neighbour(wrists: Index, asked: str, searched: str) -> None:
    assert wrists.spelling.mended(asked) == searched


@given(st.text("abcdehp", max_size=6), st.text("abcdehp", max_size=6))
def test_edits_are_counted_the_same_from_both_sides(one: str, other: str) -> None:
    for most in range(3):
        assert within_edits(one, other, most) == within_edits(other, one, most)
        assert within_edits(one, other, most) <= within_edits(one, other, most + 1)


@given(st.text("chempqy", max_size=12))
def test_a_word_sounds_the_same_with_a_letter_doubled(word: str) -> None:
    assert sound_of(word.replace("m", "mm")) == sound_of(word)


class LettersApart(HashingEncoder):
    """Takes every word apart into letters but the one that it knows."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [2 + sum(1 if one in {"word", "flower"} else len(one) for one in text.split()) for text in texts]


def test_a_word_that_the_encoder_has_as_one_piece_is_no_typing_error(index: Index) -> None:
    words = WholeWords(LettersApart())
    assert words.has("flower")
    assert not words.has("denosumba")
    assert index.spelling.mended("is denosumba given", words.has) == "is denosumab given"
    assert index.spelling.mended("is denosumba given", lambda word: word == "denosumba") == "is denosumba given"


def test_the_encoder_is_asked_once_for_a_word() -> None:
    asked: list[str] = []

    class Noting(LettersApart):
        def count_tokens(self, texts: Sequence[str]) -> list[int]:
            asked.extend(texts)
            return super().count_tokens(texts)

    words = WholeWords(Noting())
    assert [words.has(one) for one in ("flower", "fler", "flower", "fler")] == [True, False, True, False]
    assert [asked.count(one) for one in ("flower", "fler")] == [1, 1]


def test_an_encoder_that_has_every_word_as_one_piece_tells_nothing() -> None:
    assert not WholeWords(HashingEncoder()).has("flower")


@pytest.fixture(scope="module")
def nad(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Pages that cite one Teh, mean something by NAD, and write tis on every page."""
    pages = {
        f"{n}.md": f"# Page {n}\n\nStage Tis of melanoma, number {n}, when and what to do." for n in range(20)
    }
    pages["teh.md"] = "# Sources\n\nTeh A: melanoma. NAD is a molecule."
    return Index.open(ingested(tmp_path_factory, pages))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("waht is teh melanoma", "what is the melanoma"),
        ("when wil it", "when will it"),
        ("aand shoud thier", "and should their"),
        ("wud you", "wud you"),  # more than a letter lost
        ("Wil Smith", "Wil Smith"),
        ("nad", "nad"),  # NAD of the pages
        ("stage tis", "stage tis"),  # means something here
        ("hwo", "hwo"),  # who or how
        ("wat", "wat"),  # English has it
        ("hes ill, it wont stop", "he's ill, it won't stop"),
        ("Didnt it? i gotta know pls", "Didn't it? i have to know please"),
        ("WONT and its shell", "WONT and its shell"),  # a name by its capitals, and other words
    ],
)
def test_a_slip_in_a_word_of_every_sentence_is_mended(nad: Index, asked: str, searched: str) -> None:
    assert nad.spelling.mended(asked) == searched


@pytest.fixture(scope="module")
def cited(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Passages on small cells of cancer in adults, and one with names."""
    parts = "\n\n".join(
        f"## Part {one}\n\nSmall cells of cancer number {one} during a stage in an adult." for one in range(120)
    )
    cites = "# Trials\n\nIn ambient light. Cited are Sall J, Ault K and Du L; BRAV is a gene, Ambien a brand."
    return Index.open(ingested(tmp_path_factory, {"a.md": f"# Cells\n\n{parts}", "b.md": cites}))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("sall cells", "small cells"),  # in small letters, one letter from "small": nobody asks for an author
        ("ault cells", "adult cells"),
        ("duing a stage", "during a stage"),  # its stem is that of Du
        ("lung caner", "lung cancer"),  # English, and among the rarest of its words
        ("a cancel", "a cancel"),  # English, and no rare word
        ("is ambien safe", "is ambien safe"),  # "ambient" stands in no more passages
        ("brav", "brav"),
    ],
)
def test_a_slip_is_mended_though_a_name_or_the_dictionary_has_it(
    cited: Index, monkeypatch: pytest.MonkeyPatch, asked: str, searched: str
) -> None:
    monkeypatch.setattr("retriever.search.spelling.COMMON_SHARE", 0.01)  # as if they were thousands
    assert cited.spelling.mended(asked) == searched


def test_in_a_small_collection_a_name_that_stands_is_no_slip(index: Index) -> None:
    assert index.spelling.mended("what did pullen say") == "what did pullen say"

"""Answerability: evidence of a retrieval, typing errors, the decision and its reasons, stored calibrations."""

import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.commands.checks import check_judgment
from retriever.abstention.answerability import Assessor, Decision, Reason, assess, nothing_found, probability
from retriever.abstention.calibration import (
    CALIBRATION_FILE,
    FORMAT,
    Calibration,
    CalibrationState,
    CurvePoint,
    Weights,
    at_risk,
    decode_calibration,
    default_calibration,
    document_digests,
    encode_calibration,
    load_calibration,
    write_calibration,
)
from retriever.abstention.evidence import FEW_PASSAGES, Evidence, EvidenceReader
from retriever.errors import StorageFailed
from retriever.index import Index
from retriever.query import Condition, Meant, Mode, NoHits, Operator, Query, Retrieval
from retriever.questions.vocabulary import Vocabulary
from retriever.retrieve import Retriever
from retriever.search.spelling import one_edit_apart
from tests.hashed_collection import NO_EVIDENCE, ingested, retriever_of

PAGES = {
    f"{name}.md": f"---\ntitle: {name.title()}\n---\n\n# {name.title()}\n\n"
    f"{name.title()} is a medicine. It {does}.\n\n## Side effects\n\nThe side effects of {name} are {effects}.\n"
    for name, does, effects in (
        ("denosumab", "slows the loss of bone", "skin infections and low calcium"),
        ("imatinib", "blocks a growth signal", "swelling and cramps"),
        ("tamoxifen", "blocks oestrogen", "hot flushes and clots"),
        ("warfarin", "thins the blood", "bleeding and bruises"),
    )
}
BY_COSINE = Calibration(
    format=FORMAT,
    state=CalibrationState.CALIBRATED,
    weights=Weights(-5.0, replace(NO_EVIDENCE, cosine=10.0)),
    threshold=0.5,
    max_risk=0.05,
    answerable=10,
    unanswerable=10,
    questions="ten and ten",
    created="2026-11-22T12:00:00Z",
)


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four medicines, ingested."""
    return ingested(tmp_path_factory, PAGES)


@pytest.fixture(scope="module")
def retriever(index_dir: Path) -> Retriever:
    """The four medicines, open."""
    return retriever_of(index_dir)


@pytest.fixture(scope="module")
def reader(retriever: Retriever) -> EvidenceReader:
    """The evidence of the four medicines."""
    return EvidenceReader(retriever.index)


def evidence_of(retriever: Retriever, reader: EvidenceReader, query: Query) -> Evidence:
    """What the retrieval of one query tells."""
    return reader.read(query, retriever.retrieve(query))


def test_words_that_the_hits_hold_are_covered_and_none_is_missing(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    found = evidence_of(retriever, reader, Query("side effects of imatinib"))
    assert (found.covered, found.headed, found.named) == (1, 1, 1)
    assert (found.missing, found.unknown) == (0, 0)


def test_an_invented_name_is_unknown_missing_and_the_heaviest_word(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    found = evidence_of(retriever, reader, Query("zorbavelin and imatinib"))
    faded = 1 / (1 + (3 / 15) ** 3)
    assert found.unknown == pytest.approx(faded)  # in no passage: its idf is the largest there is, which counts 1
    assert found.missing == pytest.approx(faded)
    assert found.covered < 0.5
    assert found.named < 0.5


def test_a_phrase_counts_where_it_stands_as_it_was_asked(retriever: Retriever, reader: EvidenceReader) -> None:
    only = Condition(Operator.EQ, "source_path", "imatinib.md")
    as_written = evidence_of(retriever, reader, Query("growth signal", filters=only))
    turned = evidence_of(retriever, reader, Query("signal growth", filters=only))
    assert as_written.covered == turned.covered == 1
    assert as_written.phrased > turned.phrased == 0


def test_a_question_without_phrases_has_what_is_covered_in_their_place(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    found = evidence_of(retriever, reader, Query("what are the side effects?"))
    assert found.phrased == found.covered


def test_a_typing_error_is_not_an_unknown_word(retriever: Retriever, reader: EvidenceReader) -> None:
    assert evidence_of(retriever, reader, Query("side effects of imatinab")).unknown == 0
    assert evidence_of(retriever, reader, Query("side effects of imtainib")).covered == 1


def test_a_word_of_pages_that_a_filter_leaves_out_is_unknown(retriever: Retriever, reader: EvidenceReader) -> None:
    without = Condition(Operator.NIN, "source_path", ("imatinib.md",))
    assert evidence_of(retriever, reader, Query("imatinib", filters=without)).unknown > 0.9
    assert evidence_of(retriever, reader, Query("imatinib")).unknown == 0


def test_a_first_passage_that_holds_all_words_leads_by_its_score(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    query = Query("cramps")
    found = retriever.retrieve(query)
    first, second, *_ = found.hits
    assert "cramps" in first.passage.text
    of_two = replace(found, hits=(replace(first, score=0.9), replace(second, score=0.6)))
    fading = (1 + (1 / 15) ** 3) * (1 + len(retriever.index.document_of_row) / FEW_PASSAGES)
    assert reader.read(query, of_two).lead == pytest.approx(0.3 / fading)
    assert reader.read(replace(query, text="cramps and bruises"), replace(of_two, meant=None)).lead < 0.2 / fading
    assert reader.read(query, replace(of_two, hits=of_two.hits[::-1])).lead == 0


def test_a_lead_tells_less_the_more_passages_may_be_found(
    retriever: Retriever, reader: EvidenceReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = Condition(Operator.IN, "source_path", ("imatinib.md", "warfarin.md"))
    everywhere, found = Query("cramps"), retriever.retrieve(Query("cramps"))
    of_two = replace(
        found, hits=tuple(replace(hit, score=score) for hit, score in zip(found.hits, (0.9, 0.6), strict=False))
    )
    monkeypatch.setattr("retriever.abstention.evidence.FEW_PASSAGES", 4)
    passages = len(retriever.index.document_of_row)
    of_all = reader.read(everywhere, of_two).lead
    of_half = reader.read(replace(everywhere, filters=only), of_two).lead
    assert of_half / of_all == pytest.approx((1 + passages / 4) / (1 + passages / 2 / 4))


@pytest.mark.parametrize("mode", [Mode.LEXICAL, Mode.DENSE])
def test_no_lead_is_read_off_the_scores_of_one_search(
    retriever: Retriever, reader: EvidenceReader, mode: Mode
) -> None:
    assert evidence_of(retriever, reader, Query("cramps")).lead > 0
    assert evidence_of(retriever, reader, Query("cramps", mode=mode)).lead == 0


def test_one_passage_alone_and_one_on_two_compared_things_lead_nothing(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    found = retriever.retrieve(Query("cramps"))
    assert reader.read(Query("cramps"), replace(found, hits=found.hits[:1])).lead == 0
    assert reader.read(Query("cramps"), replace(found, untold_sides=1)).lead == 0
    assert reader.read(Query("cramps"), replace(found, is_reranked=True)).lead == 0
    assert reader.read(Query("cramps"), found).lead > 0


def test_words_by_the_way_count_little_in_a_long_message(retriever: Retriever, reader: EvidenceReader) -> None:
    short = evidence_of(retriever, reader, Query("imatinib and Tenerife?"))
    chat = "Hello there, my neighbour and I were flying to Tenerife last Saturday with our three dogs. "
    long = evidence_of(retriever, reader, Query(f"{chat * 2}What are the side effects of imatinib?"))
    assert long.unknown < 0.2 < short.unknown
    assert long.covered > short.covered


def test_of_a_long_message_the_asking_sentence_and_the_names_count(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    chat = (
        "We came home from the seaside on Monday and everybody was tired. My aunt has taken imatinib for years. "
    )
    only = Condition(Operator.EQ, "source_path", "imatinib.md")
    query = Query(f"{chat}Does it give cramps and swelling?", filters=only)
    found = evidence_of(retriever, reader, query)
    assert found.covered == 1


def test_a_word_is_missing_where_no_page_of_the_hits_holds_it(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    only = Condition(Operator.EQ, "source_path", "warfarin.md")
    found = retriever.retrieve(Query("does warfarin thin the blood", filters=only))
    first = replace(found, hits=found.hits[:1])
    (other,) = {"blood", "bleeding"} - set(first.hits[0].passage.text.lower().replace(".", "").split())
    assert reader.read(Query(f"warfarin {other}", filters=only), replace(first, meant=None)).missing == 0
    assert reader.read(Query("warfarin cramps", filters=only), replace(first, meant=None)).missing > 0


def test_an_unheard_of_name_that_the_question_leans_on_is_unknown(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    leaning, alone, misspelt = (
        evidence_of(retriever, reader, Query(f"My sister takes {name} at night. {question}"))
        for name, question in (
            ("zolbetrimab", "Does it cause clots?"),
            ("zolbetrimab", "Do hot flushes end?"),
            ("imatynyb", "Does it cause clots?"),
        )
    )
    assert leaning.unknown == 1
    assert max(alone.unknown, misspelt.unknown) < 1


def test_a_word_said_again_and_again_is_an_errand(retriever: Retriever, reader: EvidenceReader) -> None:
    assert evidence_of(retriever, reader, Query("clots clots clots of the clots")).errand == 1
    assert evidence_of(retriever, reader, Query("clots")).errand < 1


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_can_be_judged(retriever: Retriever, reader: EvidenceReader, mode: Mode) -> None:
    found = evidence_of(retriever, reader, Query("side effects of imatinib", mode=mode))
    assert found.covered == 1
    assert 0 < found.cosine <= 1


def test_a_question_without_words_has_evidence(retriever: Retriever, reader: EvidenceReader) -> None:
    found = evidence_of(retriever, reader, Query("?!"))
    assert (found.covered, found.missing, found.unknown) == (0, 0, 0)


def test_what_a_name_stands_for_is_judged_with_it(retriever: Retriever, reader: EvidenceReader) -> None:
    query = Query("does glivec cause nausea")
    found = retriever.retrieve(Query("does imatinib cause nausea"))
    asked = replace(found, meant=Meant(query.text, query.text))
    told = replace(found, meant=Meant("does glivec (imatinib) cause nausea", ""))
    assert reader.read(query, asked).named == 0
    assert reader.read(query, told).named > 0.2
    assert reader.read(query, told).length == reader.read(query, asked).length


def test_a_retrieval_without_hits_has_no_evidence(reader: EvidenceReader) -> None:
    nothing = Retrieval(hits=(), no_hits=NoHits.NO_MATCH, encode_ms=0, search_ms=0)
    with pytest.raises(ValueError, match="no_hits"):
        reader.read(Query("imatinib"), nothing)


@given(st.text("abcde", min_size=1, max_size=7), st.data())
def test_one_edit_is_recognised_whichever_it_is(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    inserted, deleted, replaced = (
        word[:at] + "x" + word[at:],
        word[:at] + word[at + 1 :],
        word[:at] + "x" + word[at + 1 :],
    )
    assert one_edit_apart(word, inserted)
    assert one_edit_apart(word, deleted)
    assert one_edit_apart(word, replaced)
    exchanged = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    assert one_edit_apart(word, exchanged) == (exchanged != word)
    assert not one_edit_apart(word, word)
    assert not one_edit_apart(word, f"{word}xx")


def test_two_edits_and_short_words_and_numbers_are_not_mended(retriever: Retriever) -> None:
    spelling = retriever.index.spelling
    assert spelling.meant("imatinab") == "imatinib"
    assert spelling.meant("imutinab") == "imutinab"
    assert spelling.meant("bome") == "bome"
    assert spelling.meant("imatini8") == "imatini8"


def test_the_vocabulary_counts_documents_and_their_passages(retriever: Retriever) -> None:
    documents, passages = Vocabulary(retriever.index).body.of("imatinib")
    assert [retriever.index.documents[place].source_path for place in documents] == ["imatinib.md"]
    assert passages.tolist() == [
        sum(
            "imatinib" in one.text.lower()
            for one in retriever.index.passages_of(retriever.index.documents[documents[0]].document_id)
        )
    ]


def test_the_probability_is_the_logistic_function_of_the_weighted_evidence() -> None:
    weights = Weights(-1.0, replace(NO_EVIDENCE, cosine=2.0, missing=-3.0))
    found = replace(NO_EVIDENCE, cosine=0.75, missing=0.5)
    assert probability(found, weights) == pytest.approx(1 / (1 + math.exp(1 - 1.5 + 1.5)), abs=1e-4)


def test_the_threshold_itself_is_answered_and_what_lies_below_is_not() -> None:
    at = assess(replace(NO_EVIDENCE, cosine=0.5), BY_COSINE)
    below = assess(replace(NO_EVIDENCE, cosine=0.499, covered=1.0), BY_COSINE)
    assert (at.decision, at.probability, at.reason) == (Decision.ANSWER, 0.5, None)
    assert (below.decision, below.reason) == (Decision.ABSTAIN, Reason.WEAK_EVIDENCE)


def test_what_neither_words_nor_meaning_speak_of_is_out_of_scope() -> None:
    assert assess(replace(NO_EVIDENCE, cosine=0.2, covered=0.1), BY_COSINE).reason is Reason.OUT_OF_SCOPE
    assert assess(replace(NO_EVIDENCE, cosine=0.45, covered=0.1), BY_COSINE).reason is Reason.WEAK_EVIDENCE


@pytest.mark.parametrize("why", NoHits)
def test_no_hits_is_an_abstention_with_the_retrievers_own_reason(why: NoHits) -> None:
    found = nothing_found(why, threshold=0.5)
    assert (found.decision, found.probability, found.reason) == (Decision.ABSTAIN, 0.0, Reason(why.value))


def test_filters_that_leave_nothing_are_named_as_the_reason(retriever: Retriever) -> None:
    query = Query("imatinib", filters=Condition(Operator.EQ, "source_path", "nowhere.md"))
    found = Assessor(retriever.index, BY_COSINE).assess(query, retriever.retrieve(query))
    assert found.reason is Reason.FILTERED_OUT


def test_the_default_weights_have_the_sign_of_what_they_measure() -> None:
    default = default_calibration()
    assert default.state is CalibrationState.DEFAULT
    for field in fields(Evidence):
        weight = getattr(default.weights.of, field.name)
        assert weight <= 0 if field.name in ("missing", "unknown", "neighbour", "errand") else weight >= 0
    assert 0.2 < default.threshold < 0.9


def test_the_default_prefers_a_covered_question_to_one_on_an_unknown_name(
    retriever: Retriever, reader: EvidenceReader
) -> None:
    weights = default_calibration().weights
    known = evidence_of(retriever, reader, Query("What are the side effects of imatinib?"))
    unknown = evidence_of(retriever, reader, Query("What are the side effects of zorbavelin?"))
    assert probability(known, weights) > probability(unknown, weights) + 0.3


def own(index: Index) -> Calibration:
    """A calibration made for this index."""
    manifest = index.manifest
    return replace(
        BY_COSINE,
        corpus_sha256=manifest.corpus_sha256,
        encoder=manifest.encoder,
        documents=document_digests(index),
    )


def test_without_a_calibration_the_default_is_loaded(retriever: Retriever, tmp_path: Path) -> None:
    assert load_calibration(tmp_path, retriever.index).state is CalibrationState.DEFAULT


def test_a_calibration_is_read_as_it_was_written(retriever: Retriever, tmp_path: Path) -> None:
    written = own(retriever.index)
    path = write_calibration(tmp_path, written)
    assert load_calibration(tmp_path, retriever.index) == written
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_calibration_for_another_encoder_is_not_used(retriever: Retriever, tmp_path: Path) -> None:
    encoder = replace(retriever.index.manifest.encoder, model_sha256="1" * 64)
    write_calibration(tmp_path, replace(own(retriever.index), encoder=encoder))
    assert load_calibration(tmp_path, retriever.index).state is CalibrationState.OTHER_COLLECTION


@pytest.mark.parametrize(
    ("kept", "state"), [(2, CalibrationState.CALIBRATED), (1, CalibrationState.OTHER_COLLECTION)]
)
def test_a_calibration_holds_while_half_of_the_documents_are_the_same(
    retriever: Retriever, tmp_path: Path, kept: int, state: CalibrationState
) -> None:
    documents = document_digests(retriever.index)[:kept]
    write_calibration(tmp_path, replace(own(retriever.index), corpus_sha256="2" * 64, documents=documents))
    assert load_calibration(tmp_path, retriever.index).state is state


@pytest.mark.parametrize("change", [{"format": 99}, {"threshold": 1.5}, {"weights": None}, {"encoder": 7}])
def test_a_damaged_calibration_is_not_used_and_said_to_be_unreadable(
    retriever: Retriever, tmp_path: Path, change: dict[str, object]
) -> None:
    content = json.loads(encode_calibration(own(retriever.index))) | change
    (tmp_path / CALIBRATION_FILE).write_text(json.dumps(content))
    assert load_calibration(tmp_path, retriever.index).state is CalibrationState.UNREADABLE


def test_an_altered_bit_of_a_calibration_is_noticed(retriever: Retriever, tmp_path: Path) -> None:
    # One bit makes a weight of 1.5 one of 1.7: well-formed, and other questions are answered.
    path = write_calibration(tmp_path, own(retriever.index))
    sound = path.read_bytes()
    for bit in range(0, len(sound) * 8, len(sound) // 16 | 1):
        altered = bytearray(sound)
        altered[bit // 8] ^= 1 << bit % 8
        path.write_bytes(altered)
        assert load_calibration(tmp_path, retriever.index).state is CalibrationState.UNREADABLE


def test_doctor_notes_a_calibration_that_is_not_used(retriever: Retriever, tmp_path: Path) -> None:
    assert check_judgment(retriever.index, tmp_path).fix is None
    write_calibration(tmp_path, replace(own(retriever.index), format=FORMAT - 1))
    note = check_judgment(retriever.index, tmp_path)
    assert note.ok
    assert "another version" in note.detail
    assert note.fix == "run `footnoted eval calibrate` again"
    write_calibration(tmp_path, own(retriever.index))
    assert check_judgment(retriever.index, tmp_path).detail == "by the calibration made for this collection"


def test_bytes_that_are_no_json_are_refused() -> None:
    with pytest.raises(ValueError, match="not a calibration"):
        decode_calibration(b"\xff{")


def test_a_calibration_that_cannot_be_read_stops(retriever: Retriever, tmp_path: Path) -> None:
    (tmp_path / CALIBRATION_FILE).mkdir()
    with pytest.raises(StorageFailed, match="cannot be read"):
        load_calibration(tmp_path, retriever.index)


def test_a_calibration_cannot_be_written_into_a_missing_directory(retriever: Retriever, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be written"):
        write_calibration(tmp_path / "nowhere", own(retriever.index))


def test_the_accepted_risk_chooses_the_lowest_threshold_that_keeps_it() -> None:
    points = tuple(CurvePoint(t, 1 - t, r, r, r) for t, r in ((0.2, 0.3), (0.4, 0.1), (0.6, 0.04), (0.8, 0.05)))
    curved = replace(BY_COSINE, curve=points)
    assert (at_risk(curved, 0.1).threshold, at_risk(curved, 0.1).max_risk) == (0.4, 0.1)
    assert at_risk(curved, 0.05).threshold == 0.6
    assert at_risk(curved, 0.01).threshold == 0.6  # nothing keeps it: the least risk there is


def test_a_threshold_is_not_chosen_without_a_curve() -> None:
    with pytest.raises(ValueError, match="curve"):
        at_risk(BY_COSINE, 0.1)


def test_the_calibration_that_comes_with_the_program_can_be_held_to_a_risk() -> None:
    assert at_risk(default_calibration(), 0.01).threshold > default_calibration().threshold

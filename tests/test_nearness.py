"""What a question's vector says of danger, by the examples of the routing rules."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from api.nearness_ahead import NearnessAhead
from api.query.answer_policy import AnswerPolicy
from api.query.answer_warnings import Said
from api.query.answers import answer_query
from api.query.request import QueryRequest
from api.query.response import QueryResponse
from api.snapshot import Snapshot, open_snapshot
from retriever.encoder import EncoderIdentity
from retriever.errors import EncoderUnavailable
from retriever.provenance.overdue import FreshnessPolicy
from retriever.query import Mode
from retriever.questions.direction import learnt_direction
from retriever.questions.example_vectors import (
    KEPT_FILE,
    STIFFNESS,
    Lesson,
    keep_lesson,
    kept_lesson,
)
from retriever.questions.nearness import MOST_SENTENCES, Nearness, learn_nearness
from retriever.questions.routing import RoutingRules, parse_rules, route
from tests.collections_on_disk import NOW, run_ingest, write_collection
from tests.hashing import IDENTITY, HashingEncoder, HashingLender

DANGER = ("roses wither here quickly", "roses droop and wither", "my roses wither now", "see, roses wither badly")
WARD = ("oaks split open loudly", "my oaks split today", "oaks crack and split", "see how oaks split")
ORDINARY = (
    "which soil suits tulips",
    "how is bread baked",
    "my neighbour sings quickly",
    "here stands a church",
    "see the long river now",
    "who wrote this letter",
    "what does sand cost",
    "my sentence about weather",
    "children and a large dog",
    "we came in spring",
    "a barking visitor",
    "how deep are lakes",
    "why do clocks tick",
    "where can boots be mended",
    "which bone is longest",
    "when is denosumab given",
    "how do falls happen at home",
    "are medicines sold today",
    "roses cost how much",
    "which oaks grow tall",
    "is paint loud or silent",
    "does rain fall badly",
    "when do trains leave",
    "what is the park like",
)
PATTERNS = """version = 1
[applies]
share = 0.2
words = ["bone"]
[words]
"""
RULES = f"""{PATTERNS}
[ordinary]
share = 0.05
told_by = ["\\\\bmy\\\\b"]
examples = {list(ORDINARY)}
[[rule]]
code = "emergency"
text = "Water them."
signs = ["never written"]
unless = ["last year"]
examples = {list(DANGER)}
[[rule]]
code = "self_harm"
text = "Prop them."
context = ["park"]
signs = ["never written"]
unless = []
examples = {list(WARD)}
"""


@dataclass
class CountingEncoder(HashingEncoder):
    """Remembers which questions it was asked to encode."""

    asked: list[str] = field(default_factory=list)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return super().encode_queries(texts)


class BlindEncoder:
    """Sees the same in every text."""

    identity: EncoderIdentity = IDENTITY

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), IDENTITY.dimension), IDENTITY.dimension**-0.5, dtype=np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_queries(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [3] * len(texts)


class BrokenEncoder(BlindEncoder):
    """Encodes nothing."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise EncoderUnavailable(f"{len(texts)} texts cannot be encoded")


def learnt(rules: RoutingRules, encoder: HashingEncoder) -> Nearness:
    nearness = learn_nearness(rules, encoder)
    assert nearness is not None
    return nearness


@pytest.fixture(scope="module")
def rules() -> RoutingRules:
    return parse_rules(RULES)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


def said(question: str, rules: RoutingRules, encoder: HashingEncoder) -> str | None:
    routing = learnt(rules, encoder).route(question, encoder.encode_queries([question])[0])
    return None if routing is None else routing.text


def test_what_is_like_an_example_is_routed_by_its_rule(rules: RoutingRules, encoder: CountingEncoder) -> None:
    assert route("so quickly roses wither", rules) is None
    assert said("so quickly roses wither", rules, encoder) == "Water them."
    assert said("which soil suits roses", rules, encoder) is None


def test_a_rule_with_a_context_speaks_only_where_it_is_named(
    rules: RoutingRules, encoder: CountingEncoder
) -> None:
    assert said("park: oaks split", rules, encoder) == "Prop them."
    assert said("oaks split", rules, encoder) != "Prop them."


@pytest.mark.parametrize("greeting", ["goodbye", "Hello again!", "hello, is anyone there?"])
def test_a_greeting_is_never_danger(rules: RoutingRules, encoder: CountingEncoder, greeting: str) -> None:
    alarmed = replace(learnt(rules, encoder), least=-np.inf)
    assert alarmed.route("my tulips", None) is not None
    assert alarmed.route(greeting, None) is None


def test_an_exception_holds_for_what_is_like_an_example(rules: RoutingRules, encoder: CountingEncoder) -> None:
    assert said("roses wither", rules, encoder) == "Water them."
    assert said("roses wither last year", replace(rules), encoder) is None


def test_one_sentence_of_a_long_message_is_enough(rules: RoutingRules, encoder: CountingEncoder) -> None:
    around = "We came here in spring with two children and a large dog that barks at all visitors. "
    assert said(f"{around} My roses wither. {around}", rules, encoder) == "Water them."
    assert said(f"{around} Roses wither. {around}", rules, encoder) is None  # nobody is spoken of


def test_a_question_costs_no_encoding_and_a_long_message_a_few(
    rules: RoutingRules, encoder: CountingEncoder
) -> None:
    nearness, vector = learnt(rules, encoder), encoder.encode_queries(["which soil"])[0]
    encoder.asked.clear()
    nearness.route("my one sentence", vector)
    assert encoder.asked == []
    nearness.route(" ".join(f"My sentence {number}." for number in range(9)), vector)
    assert encoder.asked == [f"My sentence {number}." for number in (6, 7, 8)]
    assert len(encoder.asked) == MOST_SENTENCES


def test_rules_without_examples_encode_nothing(encoder: CountingEncoder) -> None:
    table = '[[rule]]\ncode = "emergency"\ntext = "x"\nsigns = []\nunless = []\n'
    assert learn_nearness(parse_rules(PATTERNS + table), encoder) is None
    assert encoder.asked == []


def test_an_encoder_that_cannot_tell_danger_from_the_ordinary_is_not_used(
    rules: RoutingRules, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert learn_nearness(rules, BlindEncoder()) is None
    assert "only 0% of them are told from ordinary questions" in caplog.text


def test_where_the_examples_cannot_be_encoded_the_patterns_alone_decide(
    rules: RoutingRules, caplog: pytest.LogCaptureFixture
) -> None:
    assert NearnessAhead(rules, BrokenEncoder()).learnt() is None
    assert "the patterns alone decide" in caplog.text


def test_each_example_is_judged_by_what_the_others_teach() -> None:
    random = np.random.default_rng(0)
    vectors, is_danger = random.normal(size=(12, 4)), np.arange(12) < 5
    alone = learnt_direction(vectors, is_danger, stiffness=STIFFNESS)[1]
    level = np.where(is_danger, 1.0, -1.0).mean()
    for left_out in range(12):
        kept = np.arange(12) != left_out
        direction, _ = learnt_direction(vectors[kept], is_danger[kept], stiffness=STIFFNESS)
        centre, mean = vectors[kept].mean(axis=0), np.where(is_danger[kept], 1.0, -1.0).mean()
        expected = (vectors[left_out] - centre) @ direction + mean
        own, _ = learnt_direction(vectors, is_danger, stiffness=STIFFNESS)
        assert alone[left_out] + level - vectors.mean(axis=0) @ own == pytest.approx(expected)


@pytest.fixture
def snapshot(tmp_path: Path, rules: RoutingRules) -> Snapshot:
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    return open_snapshot(tmp_path / "index", rules=rules, lender=HashingLender())


def answered(snapshot: Snapshot, rules: RoutingRules, query: str, mode: Mode, *earlier: str) -> QueryResponse:
    request = QueryRequest(query=query, mode=mode)
    policy = AnswerPolicy(rules=rules, freshness=FreshnessPolicy.IGNORE)
    return answer_query(snapshot, request, policy, query_id="q_1", today=NOW.date(), said=Said(earlier))


def test_a_response_has_the_text_of_the_examples_rule_first(snapshot: Snapshot, rules: RoutingRules) -> None:
    warning = answered(snapshot, rules, "roses wither", Mode.HYBRID).warnings[0]
    assert (warning.code, warning.detail) == ("emergency", "Water them.")
    assert all(one.code != "emergency" for one in answered(snapshot, rules, "bone", Mode.HYBRID).warnings)


def test_a_cry_beside_the_question_is_heard(snapshot: Snapshot, rules: RoutingRules) -> None:
    found = answered(snapshot, rules, "roses wither, roses wither. is bone hard?", Mode.HYBRID)
    assert found.warnings[0].code == "emergency"


def test_where_only_words_are_searched_the_patterns_alone_decide(snapshot: Snapshot, rules: RoutingRules) -> None:
    found = answered(snapshot, rules, "roses wither", Mode.LEXICAL)
    assert all(one.code != "emergency" for one in found.warnings)


def test_in_a_conversation_what_was_written_last_is_looked_at_too(snapshot: Snapshot, rules: RoutingRules) -> None:
    found = answered(snapshot, rules, "bone medicines", Mode.HYBRID, "bone medicines", "roses wither")
    assert found.warnings[0].code == "emergency"


def test_the_next_generation_takes_over_what_was_learnt(
    snapshot: Snapshot, rules: RoutingRules, tmp_path: Path
) -> None:
    assert open_snapshot(tmp_path / "index", snapshot, rules=rules).nearness is snapshot.nearness is not None
    assert open_snapshot(tmp_path / "index", snapshot, rules=None).nearness is None


def test_what_was_learnt_is_kept_for_the_texts_and_the_model_that_it_was_learnt_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, texts = HashingEncoder(), [*DANGER, *WARD, *ORDINARY]
    dangers = len(DANGER) + len(WARD)
    assert kept_lesson(texts, dangers, encoder.identity) is None
    keep_lesson(texts, dangers, encoder, tmp_path / KEPT_FILE)
    monkeypatch.setattr("retriever.questions.example_vectors.resources.files", lambda _: tmp_path)
    kept = kept_lesson(texts, dangers, encoder.identity)
    assert kept is not None
    assert np.allclose(kept.vectors, encoder.encode_queries(texts), atol=1e-3)
    learnt = Lesson.of(kept.vectors, dangers)
    assert np.allclose(kept.direction, learnt.direction)
    assert np.allclose(kept.alone, learnt.alone)
    # The same texts, one of danger fewer: what is ordinary has changed, and what they teach with it.
    assert kept_lesson(texts, dangers - 1, encoder.identity) is None
    assert kept_lesson(texts[1:], dangers, encoder.identity) is None

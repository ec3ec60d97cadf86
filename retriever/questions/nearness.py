"""Nearness: which rule a question's vector speaks for, learnt from the examples of the routing rules.

Vectors of a general model hold the subject of a text first, and only then who speaks and whether it happens now:
the nearest example of "what is neutropenic fever" is somebody who has it. So not the nearest text decides but a
direction: the one along which the examples of danger and those that only sound like it lie furthest apart.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Encoder
from retriever.questions.example_vectors import Lesson, example_texts, kept_lesson
from retriever.questions.follow_ups import is_polite
from retriever.questions.routing import Routing, RoutingRules, excepted, has_context, sentences_of
from retriever.questions.signs import Sign

logger = logging.getLogger("footnoted.routing")

MOST_SENTENCES = 3
"""Sentences of a long message that are looked at alone, its last ones: each is one more short encoding."""
ENCODED_AT_ONCE = 16
LEAST_FOUND = 0.25
"""Share of its own examples, each judged without itself, below which an encoder is not trusted to find others."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """What was learnt from the examples with one encoder. Safe to share between threads.

    A text is dangerous whose vector lies above `least` along `direction`, shape (dimension,); a sentence alone
    has to lie above `least_alone`, since a message has several. `vectors`, shape (examples, dimension), and
    `rule_of`, shape (examples,), say which rule speaks then: that of the nearest example.
    """

    rules: RoutingRules
    encoder: Encoder
    direction: NDArray[np.float64]
    least: float
    least_alone: float
    vectors: NDArray[np.float32]
    rule_of: NDArray[np.int64]

    def route(
        self, question: str, vector: NDArray[np.float32] | None, before: Sequence[str] = ()
    ) -> Routing | None:
        """What to show beside the passages, by the vector of the question, shape (dimension,).

        `before` is what the person wrote earlier in a conversation.

        Encodes a question that comes without its vector, and at most MOST_SENTENCES of its sentences where it
        has several. Raises what the encoder raises.
        """
        if is_polite(question):
            return None  # a plain "goodbye" lies near the farewells among the examples
        if vector is None:
            vector = self.encoder.encode_queries([question])[0]
        whole = self._spoken_for((question, *before), question, vector, self.least)
        if whole is not None:
            return whole
        sentences = _told(question, self.rules.told_by)
        if not sentences:
            return None
        for sentence, alone in zip(sentences, self.encoder.encode_queries(sentences), strict=True):
            found = self._spoken_for((question, *before), sentence, alone, self.least_alone)
            if found is not None:
                return found
        return None

    def _spoken_for(
        self, told: Sequence[str], text: str, vector: NDArray[np.float32], least: float
    ) -> Routing | None:
        """The rule of the nearest example among the rules whose context was told."""
        if float(vector @ self.direction) <= least:
            return None
        open_to = [number for number, rule in enumerate(self.rules.rules) if has_context(told[0], rule, told[1:])]
        near = np.where(np.isin(self.rule_of, open_to), self.vectors @ vector, -np.inf)
        nearest = int(near.argmax())
        if near[nearest] == -np.inf:
            return None
        rule = self.rules.rules[int(self.rule_of[nearest])]
        return None if excepted(text, rule) else Routing(rule.code, rule.text)


def learn_nearness(rules: RoutingRules, encoder: Encoder) -> Nearness | None:
    """What the examples of the rules say in this encoder's vectors; None without examples, or where they fail.

    Nothing here is a cosine of one model. How high a text must lie is read off the ordinary examples, each judged
    by what the others teach: at most `ordinary_share` of them may lie above. An encoder that then finds fewer than
    LEAST_FOUND of the examples of danger is not used for this. Raises what the encoder raises.
    """
    rule_of = [number for number, rule in enumerate(rules.rules) for _ in rule.examples]
    if not rule_of:
        return None
    texts = example_texts(rules)
    lesson = kept_lesson(texts, len(rule_of), encoder.identity) or Lesson.of(
        _encoded(texts, encoder), len(rule_of)
    )
    danger, ordinary = lesson.alone[: len(rule_of)], lesson.alone[len(rule_of) :]
    least, least_alone = (
        float(np.quantile(ordinary, 1 - share))
        for share in (rules.ordinary_share, rules.ordinary_share / MOST_SENTENCES)
    )
    found = float(np.mean(danger > least))
    if found < LEAST_FOUND:
        logger.warning(
            "the routing rules' examples are not used: with this encoder only %.0f%% of them are told from "
            "ordinary questions; the patterns alone decide",
            100 * found,
        )
        return None
    return Nearness(
        rules=rules,
        encoder=encoder,
        direction=lesson.direction,
        least=least,
        least_alone=least_alone,
        vectors=lesson.vectors[: len(rule_of)],
        rule_of=np.array(rule_of, dtype=np.int64),
    )


def _encoded(texts: list[str], encoder: Encoder) -> NDArray[np.float32]:
    """A few at a time, of like length: questions that are asked meanwhile wait for no more than that."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    vectors = np.empty((len(texts), encoder.identity.dimension), dtype=np.float32)
    for start in range(0, len(order), ENCODED_AT_ONCE):
        places = order[start : start + ENCODED_AT_ONCE]
        vectors[places] = encoder.encode_queries([texts[place] for place in places])
    return vectors


def _told(question: str, told_by: tuple[Sign, ...]) -> list[str]:
    """The last sentences of a message of several that speak of a person."""
    sentences = sentences_of(question)
    if len(sentences) < 2:
        return []
    told = [one.text for one in sentences if not told_by or any(sign.is_in(one) for sign in told_by)]
    return told[-MOST_SENTENCES:]

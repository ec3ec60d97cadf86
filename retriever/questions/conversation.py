"""A conversation's last question made whole: what "it" stands for, taken from the questions before it.

No language model. A question that stands alone is left to the letter; only one that leans on what was said
before gets the subject of the last question that had one. Where it is in doubt it is left alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retriever.query import MAX_QUERY_CHARS
from retriever.questions.facets import Facet, facets_of_question
from retriever.questions.leaning import (
    NARROWING_TERMS,
    ellipsis_of,
    is_content,
    is_polite,
    is_setting,
    points_at_several,
    points_back,
    without_polite,
)
from retriever.questions.subject_phrases import MAX_PHRASES, subject_phrases
from retriever.questions.subjects import Subjects
from retriever.search.analyze import terms

MAX_TURNS = 20
"""How many of the person's messages are looked at, the last ones."""
LONGEST_LEANING_WORDS = 15
"""A longer question says what it is about."""
LONGEST_CARRIED_WORDS = 12
LONGEST_OTHER_TERMS = 4

_INSTANCES = frozenset({Facet.PREVENTION, Facet.CAUSES, Facet.INTERACTIONS, Facet.TREATMENT})
"""Sides of a subject that other things answer: "what about surgery?" after "how is it treated?" asks for one."""
_WORD = re.compile(r"[^\W_]+")
_STAGE = re.compile(r"\b(stage|grade)\s+(?:[0-5]|i{1,3}|iv)[abc]?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """`text` is the question to search; `carried` what was added to it from earlier, None where nothing was."""

    text: str
    carried: str | None


@dataclass(frozen=True, slots=True)
class _Turn:
    """A question as it was understood, and the phrases that name what it is about."""

    text: str
    phrases: tuple[str, ...]
    carried: str | None

    @property
    def subject(self) -> str:
        return " and ".join(self.phrases)


def resolve_question(turns: Sequence[str], subjects: Subjects) -> Resolved:
    """The last of a person's messages as a question that can be searched alone.

    `turns` are the person's messages, oldest first, at least one, each through `normalise_question`. The same
    turns and subjects give the same question. Raises ValueError without a turn.
    """
    if not turns:
        raise ValueError("a conversation without a message has no question")
    earlier: _Turn | None = None
    resolved = Resolved(turns[-1], None)
    for text in turns[-MAX_TURNS:]:
        turn = _understood(text, earlier, subjects)
        resolved = Resolved(turn.text, turn.carried)
        if len(resolved.text) > MAX_QUERY_CHARS:
            resolved = Resolved(text, None)
        if turn.phrases and not is_polite(text):
            earlier = turn
    return resolved


def _understood(text: str, earlier: _Turn | None, subjects: Subjects) -> _Turn:
    asked = without_polite(text)
    if earlier is None or is_polite(text) or len(asked.split()) > LONGEST_LEANING_WORDS:
        return _alone(text, earlier, subjects)
    stage = _STAGE.search(asked)
    if stage is not None:
        earlier = _restaged(earlier, stage)
    rest = ellipsis_of(asked)
    if stage is not None and rest is not None and rest.strip(" ?.!") == stage[0] and stage[0] in earlier.text:
        return replace(earlier, carried=earlier.text)
    if rest is not None:
        return _completed(asked, rest, earlier, subjects)
    if points_back(asked, subjects.names):
        return _led_by(earlier.text if points_at_several(asked) else earlier.subject, asked, earlier)
    if all(frozenset(terms(word)) <= NARROWING_TERMS for word in _content(asked)):
        return _led_by(earlier.subject, asked, earlier)
    return _alone(text, earlier, subjects)


def _restaged(earlier: _Turn, stage: re.Match[str]) -> _Turn:
    """The earlier question with the stage that is asked about now in place of its own, where it names one."""
    own = [one for one in _STAGE.finditer(earlier.text) if one[1].lower() == stage[1].lower()]
    if len(own) != 1:
        return earlier
    text, *phrases = (one.replace(own[0][0], stage[0]) for one in (earlier.text, *earlier.phrases))
    return replace(earlier, text=text, phrases=tuple(phrases))


def _alone(text: str, earlier: _Turn | None, subjects: Subjects) -> _Turn:
    is_guessed = earlier is None or Facet.WHAT_IS in facets_of_question(text)
    return _Turn(text, subject_phrases(text, subjects, is_guessed=is_guessed), None)


def _completed(asked: str, rest: str, earlier: _Turn, subjects: Subjects) -> _Turn:
    """A question without its verb: another side of the subject, other people or settings, or another subject."""
    content = _content(rest)
    if not content or points_back(rest, subjects.names):
        return _led_by(earlier.subject, asked, earlier)
    if all(frozenset(terms(word)) <= NARROWING_TERMS for word in content) or is_setting(rest):
        return _led_by(earlier.text, asked, earlier)
    other = re.sub(r"^(?:(?:for|of|on|with|the|a|an)\s+)+", "", rest.strip(" ?.!"), flags=re.IGNORECASE)
    place = earlier.text.find(earlier.phrases[0])
    if len(earlier.phrases) > 1 or place < 0 or not _is_another(other, earlier, subjects):
        led = _led_by(earlier.text, asked, earlier)
        added = subject_phrases(other, subjects, is_guessed=False)
        return replace(led, phrases=tuple(dict.fromkeys((*earlier.phrases, *added)))[:MAX_PHRASES])
    before, after = earlier.text[:place], earlier.text[place + len(earlier.phrases[0]) :]
    carried = " ... ".join(part for part in (before.strip(), after.strip(" ?.!")) if part)
    return _Turn(f"{before}{other}{after}", (other,), carried)


def _is_another(other: str, earlier: _Turn, subjects: Subjects) -> bool:
    """Whether a phrase takes the place of the earlier subject rather than adding to the earlier question."""
    found = terms(other)
    if len(found) > LONGEST_OTHER_TERMS or not subjects.heads_a_page(other):
        return False
    if found[-1] == terms(earlier.phrases[0])[-1] and len(found) > 1:
        return True
    return not _INSTANCES & frozenset(facets_of_question(earlier.text))


def _led_by(carried: str, asked: str, earlier: _Turn) -> _Turn:
    """What was carried, a colon, and what was asked. Of what was led itself, one level is kept."""
    if carried.count(":") > 1 or len(carried.split()) > LONGEST_CARRIED_WORDS:
        carried = earlier.subject
    carried = carried.replace(": ", ", ").rstrip(" ?.!,;:")
    return _Turn(f"{carried}: {asked}", earlier.phrases, carried)


def _content(text: str) -> list[str]:
    """The words of a question that could be its subject."""
    return [word for word in _WORD.findall(text) if is_content(word)]

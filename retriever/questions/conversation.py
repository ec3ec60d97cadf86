"""A conversation's last question made whole: what "it" stands for, taken from the questions before it.

No language model. A question that stands alone is left to the letter; only one that leans on what was said
before gets the subject of the last question that had one. Where it is in doubt it is left alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retriever.query import MAX_QUERY_CHARS
from retriever.questions.facets import Facet, facets_of_question
from retriever.questions.follow_ups import (
    NARROWING_TERMS,
    acts_too,
    adds,
    agent_of,
    asks_what_is_needed,
    ellipsis_of,
    group_of,
    is_about_people,
    is_another_stage,
    is_content,
    is_polite,
    is_question,
    is_setting,
    points_at_people,
    points_at_person_only,
    points_at_several,
    points_at_two,
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
LONGEST_BARE_WORDS = 3
"""A question as short as this, that names no subject, leans: "who pays?"."""
LONGEST_OTHER_TERMS = 4

_INSTANCES = frozenset({Facet.PREVENTION, Facet.CAUSES, Facet.INTERACTIONS, Facet.TREATMENT})
"""Sides of a subject that other things answer: "what about surgery?" after "how is it treated?" asks for one."""
_WORD = re.compile(r"[^\W_]+")
_STAGE = re.compile(r"\b(stage|grade)\s+(?:[0-5]|i{1,3}|iv)[abc]?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """`text` is the question to search; `carried` what was added to it from earlier, None where nothing was.

    `otherwise` is how the message may be read too: what to search where the collection does not answer `text`.
    """

    text: str
    carried: str | None
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    """A question as it was understood, and the phrases that name what it is about.

    `agent` is what does something in it, `before` what the turn before was about, `group` the people it asks of.
    """

    text: str
    phrases: tuple[str, ...]
    carried: str | None
    agent: str | None = None
    before: tuple[str, ...] = ()
    otherwise: str | None = None
    group: str = ""

    @property
    def subject(self) -> str:
        subject = " and ".join(self.phrases)
        return f"{subject} in {self.group}" if self.group and self.group not in subject else subject


def resolve_question(turns: Sequence[str], subjects: Subjects) -> Resolved:
    """The last of a person's messages as a question that can be searched alone.

    `turns` are the person's messages, oldest first, at least one, each through `normalise_question`. The same
    turns and subjects give the same question. Raises ValueError without a turn.
    """
    if not turns:
        raise ValueError("a conversation without a message has no question")
    earlier: _Turn | None = None
    latest = ""
    resolved = Resolved(turns[-1], None)
    for text in turns[-MAX_TURNS:]:
        turn = _understood(text, earlier, latest, subjects)
        resolved = Resolved(turn.text, turn.carried, turn.otherwise)
        if len(resolved.text) > MAX_QUERY_CHARS:
            resolved = Resolved(text, None)
        if is_polite(text):
            continue
        latest = "" if turn.phrases or not is_question(text) else text
        if turn.phrases:
            earlier = turn
    return resolved


def _understood(text: str, earlier: _Turn | None, latest: str, subjects: Subjects) -> _Turn:
    """A message in the light of the last turn with a subject and of `latest`, a question since that has none."""
    asked = without_polite(text)
    if earlier is None or is_polite(text) or len(asked.split()) > LONGEST_LEANING_WORDS:
        return _alone(text, earlier, subjects)
    if group_of(asked):  # "and in women?" is not about men
        earlier = replace(earlier, group="")
    stage = _STAGE.search(asked)
    if stage is not None and not is_another_stage(asked[: stage.start()]):
        earlier = _restaged(earlier, stage)
    rest = ellipsis_of(asked)
    if stage is not None and rest is not None and rest.strip(" ?.!") == stage[0] and stage[0] in earlier.text:
        return replace(earlier, carried=earlier.text)
    if rest is not None:
        return _completed(asked, rest, replace(earlier, text=latest) if latest else earlier, subjects)
    if earlier.agent is not None and acts_too(asked):
        own = subject_phrases(asked, subjects, is_guessed=False)
        return replace(_led_by(earlier.agent, asked, earlier), phrases=(earlier.agent, *own)[:MAX_PHRASES])
    if points_back(asked, subjects.names):
        led = _led_by(_pointed_at(asked, earlier), asked, earlier)
        return replace(led, otherwise=text) if points_at_person_only(asked) else led
    if asks_what_is_needed(asked):
        return replace(_led_by(earlier.subject, asked, earlier), otherwise=text)
    if adds(asked) or all(frozenset(terms(word)) <= NARROWING_TERMS for word in _content(asked)):
        return _led_by(earlier.subject, asked, earlier)
    alone = _alone(text, earlier, subjects)
    is_bare = not alone.phrases and (stage is not None or len(asked.split()) <= LONGEST_BARE_WORDS)
    return _led_by(earlier.subject, asked, earlier) if is_bare else alone


def _pointed_at(asked: str, earlier: _Turn) -> str:
    """What the pronouns of a question stand for."""
    if points_at_two(asked):
        return " and ".join(dict.fromkeys((*earlier.before, *earlier.phrases)))
    is_of_things = points_at_several(asked) and not (earlier.group and points_at_people(asked))
    return earlier.text if is_of_things else earlier.subject


def _restaged(earlier: _Turn, stage: re.Match[str]) -> _Turn:
    """The earlier question with the stage that is asked about now in place of its own, where it names one."""
    own = [one for one in _STAGE.finditer(earlier.text) if one[1].lower() == stage[1].lower()]
    if len(own) != 1:
        return earlier
    text, *phrases = (one.replace(own[0][0], stage[0]) for one in (earlier.text, *earlier.phrases))
    return replace(earlier, text=text, phrases=tuple(phrases))


def _alone(text: str, earlier: _Turn | None, subjects: Subjects) -> _Turn:
    """A question that says what it is about, or that nothing shows to lean on an earlier one."""
    is_guessed = earlier is None or Facet.WHAT_IS in facets_of_question(text)
    phrases = subject_phrases(text, subjects, is_guessed=is_guessed)
    agent = agent_of(text)
    if agent is not None and not any(agent in phrase or phrase in agent for phrase in phrases):
        phrases = (agent, *phrases)[:MAX_PHRASES]
    group = group_of(text)
    if earlier is None:
        return _Turn(text, phrases, None, agent, group=group)
    may_lean = not phrases and is_about_people(text) and not is_polite(text)
    otherwise = _led_by(earlier.subject, text, earlier).text if may_lean else None
    return _Turn(text, phrases, None, agent, earlier.phrases, otherwise, group)


def _completed(asked: str, rest: str, earlier: _Turn, subjects: Subjects) -> _Turn:
    """A question without its verb: another side of the subject, other people or settings, or another subject."""
    content = _content(rest)
    if not content or points_back(rest, subjects.names):
        return _led_by(earlier.subject, asked, earlier)
    if all(frozenset(terms(word)) <= NARROWING_TERMS for word in content) or is_setting(rest):
        return _led_by(earlier.text, asked, earlier)
    other = re.sub(r"^(?:(?:for|of|on|with|the|a|an)\s+)+", "", rest.strip(" ?.!"), flags=re.IGNORECASE)
    replaced = _replaced_by(other, earlier, subjects)
    if replaced is None:
        led = _led_by(earlier.text, asked, earlier)
        added = subject_phrases(other, subjects, is_guessed=False)
        return replace(led, phrases=tuple(dict.fromkeys((*earlier.phrases, *added)))[:MAX_PHRASES])
    before, after = earlier.text.split(replaced, 1)
    carried = " ... ".join(part for part in (before.strip(), after.strip(" ?.!")) if part)
    phrases = tuple(other if phrase == replaced else phrase for phrase in earlier.phrases)
    agent = other if earlier.agent == replaced else earlier.agent
    return _Turn(f"{before}{other}{after}", phrases, carried, agent, earlier.phrases, group=earlier.group)


def _replaced_by(other: str, earlier: _Turn, subjects: Subjects) -> str | None:
    """The phrase of the earlier question whose place another takes; None where it adds to that question."""
    found = terms(other)
    if len(found) > LONGEST_OTHER_TERMS or not subjects.heads_a_page(other):
        return None
    said = [phrase for phrase in earlier.phrases if phrase in earlier.text]
    like = [phrase for phrase in said if len(found) > 1 and terms(phrase)[-1:] == found[-1:]]
    if like:
        return like[0]
    is_instance = bool(_INSTANCES & frozenset(facets_of_question(earlier.text)))
    return said[0] if len(earlier.phrases) == 1 and said and not is_instance else None


def _led_by(carried: str, asked: str, earlier: _Turn) -> _Turn:
    """What was carried, a colon, and what was asked. Of what was led itself, one level is kept."""
    if carried.count(":") > 1 or len(carried.split()) > LONGEST_CARRIED_WORDS:
        carried = earlier.subject
    carried = carried.replace(": ", ", ").rstrip(" ?.!,;:")
    group = group_of(asked) or earlier.group
    return _Turn(f"{carried}: {asked}", earlier.phrases, carried, earlier.agent, earlier.before, group=group)


def _content(text: str) -> list[str]:
    """The words of a question that could be its subject."""
    return [word for word in _WORD.findall(text) if is_content(word)]

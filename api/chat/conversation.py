"""From the messages of a chat to the question that is searched."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.chat.request import ChatMessage
from api.http.problems import FieldError, invalid
from api.query.answer_warnings import Said
from retriever.errors import QueryInvalid
from retriever.questions.conversation import MAX_TURNS, Resolved, resolve_question
from retriever.questions.normalise import normalise_question
from retriever.questions.routing import Routing, RoutingRules
from retriever.questions.subjects import Subjects


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the person wrote, normalised, oldest first; `unanswered` of it, the last, no assistant replied to.

    `place` is that of the last message of the user among all messages, `last` how it was written. `replies` are
    those to the last `MAX_TURNS` messages.
    """

    turns: tuple[str, ...]
    unanswered: tuple[str, ...]
    place: int
    last: str
    replies: tuple[str, ...]

    def said(self, rules: RoutingRules | None) -> Said:
        """What was said around the question. A reply that these rules began is known by their text."""
        begun = (
            Routing(rule.code, rule.text)
            for reply in reversed(self.replies)
            for rule in (() if rules is None else rules.rules)
            if _one_line(reply).startswith(_one_line(rule.text))
        )
        before = self.turns[: len(self.turns) - len(self.unanswered)][-MAX_TURNS:]
        return Said(self.unanswered, before, next(begun, None))

    def as_written(self, question: str) -> str:
        """A question with its ends of lines, where it is the last message as it stands."""
        return self.last if question == self.turns[-1] else question

    def question(self, subjects: Subjects) -> Resolved:
        """The last message, made whole from those before it."""
        return resolve_question(self.turns, subjects)


def read_conversation(messages: Sequence[ChatMessage]) -> Conversation:
    """The user's side of a chat. Raises Problem 422 where there is no question, or it cannot be read."""
    asked = [place for place, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise invalid(
            [
                FieldError(
                    "/messages", "question_missing", "no message is of the role user; add the question as one"
                )
            ]
        )
    last = asked[-1]
    replied = max((place for place, message in enumerate(messages) if message.role == "assistant"), default=-1)
    turns: list[str] = []
    unanswered: list[str] = []
    for place in asked:
        try:
            text = normalise_question(messages[place].text)
        except QueryInvalid as error:
            if place == last:
                raise QueryInvalid(str(error), code=error.code, pointer=f"/messages/{place}/content") from None
            continue
        turns.append(text)
        if place > replied or place == last:
            unanswered.append(text)
    replies = (message.text for message in messages[asked[-MAX_TURNS:][0] : last] if message.role == "assistant")
    return Conversation(tuple(turns), tuple(unanswered), last, messages[last].text, tuple(replies))


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Small talk: messages that ask nothing of the pages, such as thanks, and what is replied. It is a file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import Field

from api.policy_file import PolicyTable, checked, read_policy, tables_of

SMALL_TALK_FILE = "small_talk.toml"
LONGEST_WORDS = 16
"""A longer message is searched."""
_WHAT = "the small talk"
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class SmallTalkInvalid(ValueError):
    """A file of small talk cannot be used; the message names the key and the cause."""


class _Reply(PolicyTable):
    to: list[str] = Field(min_length=1)
    text: str = Field(min_length=1)


class _File(PolicyTable):
    version: Literal[1]
    said_along: list[str] = Field(default_factory=list)
    reply: list[_Reply] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """The texts to reply with, and of each phrase, as its words, which of them is given; None for none alone."""

    texts: tuple[str, ...]
    replies: Mapping[tuple[str, ...], int | None]

    def reply_to_all(self, messages: Sequence[str]) -> str | None:
        """The text for the last of these messages where all of them are small talk, else None.

        A greeting behind a question that nobody has replied to must not keep it from being read.
        """
        replies = [self.reply_to(message) for message in messages]
        return replies[-1] if replies and None not in replies else None

    def reply_to(self, message: str) -> str | None:
        """The text that a message of nothing but these phrases gets, placeholders and all; None for others."""
        words = _words(message)
        if not words or len(words) > LONGEST_WORDS:
            return None
        longest = max(map(len, self.replies), default=0)
        # Of the first `end` words, whatever phrases they are made of, the reply that stands first in the file.
        best: list[int | None] = [len(self.texts), *[None] * len(words)]
        for end in range(1, len(best)):
            for start in range(max(0, end - longest), end):
                phrase, before = words[start:end], best[start]
                if before is None or phrase not in self.replies:
                    continue
                said = self.replies[phrase]
                found = before if said is None else min(before, said)
                best[end] = found if (known := best[end]) is None else min(known, found)
        chosen = best[-1]
        return None if chosen is None or chosen == len(self.texts) else self.texts[chosen]


def read_small_talk(path: Path | None) -> SmallTalk:
    """The small talk in a file, or the program's own. Raises SmallTalkInvalid, also where it cannot be read."""
    if path is None:
        return _packaged()
    return read_policy(path, parse_small_talk, what=_WHAT, refused=SmallTalkInvalid)


def parse_small_talk(content: str) -> SmallTalk:
    """The small talk in the text of such a file. Raises SmallTalkInvalid naming what is wrong."""
    tables = tables_of(content, what=_WHAT, refused=SmallTalkInvalid)
    file = checked(tables, _File, what=_WHAT, refused=SmallTalkInvalid)
    replies: dict[tuple[str, ...], int | None] = dict.fromkeys(map(_words, file.said_along))
    for number, reply in enumerate(file.reply):
        for phrase in reply.to:
            replies.setdefault(_words(phrase), number)
    if () in replies:
        raise SmallTalkInvalid("the small talk has a phrase without a word; remove it")
    return SmallTalk(tuple(reply.text for reply in file.reply), replies)


@cache
def _packaged() -> SmallTalk:
    return parse_small_talk(resources.files(__package__).joinpath(SMALL_TALK_FILE).read_text(encoding="utf-8"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.casefold().replace("’", "'") for word in _WORD.findall(text))

"""Messages in lines: which ends of lines end what is said, and that what is searched and shown stays one line."""

import pytest

from api.chat.conversation import read_conversation
from api.chat.request import ChatMessage
from api.query.request import QueryRequest
from retriever.questions.normalise import lines_as_sentences
from tests.fakes_api import TODAY

BROKEN = (
    "I was given alendronate tablets by my doctor last week and want to know\n"
    "whether calcium goes with them, since the leaflet that I read on the\n"
    "train says that it does not.\nThanks"
)
PROSE = (
    "We came home late. Since then I have been wondering if I should freeze\n"
    "my eggs before the treatment for these Chronic Myeloproliferative\nNeoplasms begins?"
)


@pytest.mark.parametrize(
    ("message", "sentences"),
    [
        ("hello\nmy aunt has a dog\ncan i drink coffee", "hello. my aunt has a dog. can i drink coffee"),
        ("Dear all,\r\n\r\nCan I drink coffee?\u2028Jim", "Dear all, Can I drink coffee? Jim"),
        ("questions:\n- is tea allowed\n2) and coffee", "questions: is tea allowed. and coffee"),
        ("what is\nosteoporosis", "what is osteoporosis"),
        ("\n\nwhat is osteoporosis\n \u200b\n", "what is osteoporosis"),
        (BROKEN, f"{' '.join(BROKEN.split())}"),
        ("is 2 mg enough\n-1 or\n+1", "is 2 mg enough. -1 or +1"),
        ("?\n!", ""),
        # A line may be as long as the others without being broken.
        (
            "what is the outlook for lymphoma in older people now\nkind regards, M",
            "what is the outlook for lymphoma in older people now. kind regards, M",
        ),
        (f"{BROKEN}\n\nkind regards", f"{' '.join(BROKEN.split())}. kind regards"),
        (PROSE, " ".join(PROSE.split())),
    ],
)
def test_the_end_of_a_line_ends_a_sentence_unless_it_goes_on(message: str, sentences: str) -> None:
    assert lines_as_sentences(message) == sentences


def test_a_message_in_one_line_has_no_ends_of_lines() -> None:
    assert lines_as_sentences("hello can i drink coffee") is None


def test_a_query_keeps_one_line_to_be_searched_and_shown() -> None:
    query = QueryRequest(query="hello\ncan i drink  coffee").core_query(today=TODAY)
    assert (query.text, query.sentences) == ("hello can i drink coffee", "hello. can i drink coffee")


def test_the_last_message_of_a_chat_keeps_its_ends_of_lines_where_nothing_is_carried_into_it() -> None:
    written = "hello\ncan i drink coffee"
    conversation = read_conversation([ChatMessage(role="user", content=written)])
    assert conversation.turns == ("hello can i drink coffee",)
    assert conversation.as_written("hello can i drink coffee") == written
    assert conversation.as_written("coffee: is it safe?") == "coffee: is it safe?"

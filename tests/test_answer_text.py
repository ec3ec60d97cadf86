"""How `footnoted ask` shows an answer to a person: marks, footnotes, colours where they belong."""

import io
from typing import Any

from rich.console import Console

from api.commands.answer_text import print_response
from api.query.answer_policy import AnswerPolicy
from api.query.answers import answer_query
from api.query.request import QueryRequest
from api.query.response import QueryResponse
from api.snapshot import Snapshot
from retriever.document import Metadata
from retriever.provenance.overdue import FreshnessPolicy
from retriever.questions.routing import default_rules
from tests.fakes_api import PAGES, TODAY, MemoryIndex, snapshot_of

BOLD_UNDERLINE = "\x1b[1;4m"


def response_to(question: str, pages: Any = PAGES, **asked: Any) -> QueryResponse:
    snapshot: Snapshot = snapshot_of(MemoryIndex("gen-000001", pages))
    policy = AnswerPolicy(rules=default_rules(), freshness=FreshnessPolicy.WARN)
    request = QueryRequest.model_validate({"query": question, **asked})
    return answer_query(snapshot, request, policy, query_id="q", today=TODAY)


def shown(response: QueryResponse, *, terminal: bool = False, width: int = 100, **console: Any) -> tuple[str, str]:
    """What stands on standard output and on standard error."""
    data, talk = io.StringIO(), io.StringIO()
    options = {"force_terminal": terminal, "width": width, "color_system": "truecolor" if terminal else None}
    print_response(
        response,
        data=Console(file=data, **{**options, **console}),
        talk=Console(file=talk, **{**options, **console}),
    )
    return data.getvalue(), talk.getvalue()


def test_a_pipe_gets_plain_words_without_any_escape() -> None:
    out, _ = shown(response_to("does denosumab lower calcium?"))
    assert "\x1b" not in out
    assert "It lowers calcium levels." in out
    assert "[1] Denosumab > About" in out
    assert "REVIEW OVERDUE (due 2026-03-30)" in out
    assert not [line for line in out.splitlines() if line != line.rstrip()]


def test_on_a_terminal_the_quoted_words_are_marked_in_their_passage() -> None:
    response = response_to("does denosumab lower calcium?")
    assert response.answer is not None
    quote = response.answer.text[: response.answer.spans[0].end_char].splitlines()[0]
    out, _ = shown(response, terminal=True)
    marked = [line for line in out.splitlines() if BOLD_UNDERLINE in line]
    assert marked
    assert quote.lstrip("- ").split()[0] in " ".join(marked)
    assert "Denosumab is used" not in " ".join(marked) or "Denosumab is used" in response.answer.text


def test_another_place_of_the_same_words_is_named_with_its_address() -> None:
    out, _ = shown(response_to("mammogram"))
    assert "    also in: Notes (javascript:alert(1))\n" in out


def test_without_colours_the_marks_stay_and_the_colours_go() -> None:
    out, _ = shown(response_to("does denosumab lower calcium?"), terminal=True, no_color=True)
    assert BOLD_UNDERLINE in out
    assert "\x1b[1;36m" not in out
    assert "\x1b[33m" not in out


def test_abstention_is_said_as_such_and_the_nearest_pages_follow() -> None:
    question = "calcium zebra giraffe lion tiger elephant rhino hippo crocodile snake cobra mamba"
    out, _ = shown(response_to(question))
    assert out.startswith("Not found in this collection. These are the nearest pages:\n\n[1] ")
    nothing, talk = shown(response_to("zebra"))
    assert nothing == "Not found in this collection.\n"
    assert talk.startswith("Note: ")


def test_an_emergency_is_said_first_and_beside_the_answer() -> None:
    response = response_to("I took too much denosumab and have chest pain and cannot breathe")
    assert "emergency" in {warning.code.value for warning in response.warnings}
    _, talk = shown(response, terminal=True)
    assert "\x1b[1;31m" in talk


def test_a_terminal_is_not_told_what_to_do_by_a_page() -> None:
    hostile = ((Metadata(title="A\x1b]0;owned\x07page", source="\x1b[2J"), "Words \x1b[31mred\x07 about bones."),)
    out, talk = shown(response_to("words about bones", hostile))
    assert "\x1b" not in out + talk
    assert "\x07" not in out + talk


def test_lines_are_no_wider_than_the_terminal_but_for_addresses_and_titles() -> None:
    pages = (
        (
            Metadata(title="T"),
            " ".join(["bones need calcium and light"] * 40) + " https://example.org/" + "x" * 90,
        ),
    )
    out, _ = shown(response_to("bones need calcium", pages), terminal=True, width=50, color_system=None)
    wide = [line for line in out.splitlines() if len(line) > 50]
    assert all("https://example.org/" in line for line in wide)
    assert "https://example.org/" + "x" * 90 in out


def test_the_lines_of_a_table_keep_their_columns() -> None:
    row = "medicine\tdose\thow often it is given to people with osteoporosis and how many years in all it is given"
    out, _ = shown(response_to("medicine dose", ((Metadata(title="T"), f"{row}\n{row}"),)))
    assert out.count("how many years in all it is given\n") >= 2


def test_a_link_is_made_only_of_a_web_address() -> None:
    out, _ = shown(response_to("mammogram", PAGES), terminal=True)
    assert "https://example.org/mammography#:~:text=" in out
    assert "]8;id" in out
    assert "javascript:alert(1)\x1b\\" not in out.replace("    ", "")


def test_a_table_stands_in_columns() -> None:
    table = "Use\tDose\nBone loss and more\t5 mg of denosumab\nMyeloma\t4 mg of denosumab"
    response = response_to("denosumab dose", [(Metadata(title="Doses"), table)])
    for terminal in (True, False):
        lines = shown(response, terminal=terminal, no_color=True)[0].splitlines()
        assert {line.index("mg") for line in lines if "mg of" in line and line.startswith("    ")} == {26}


def test_a_page_without_an_address_is_named_by_its_file() -> None:
    pages = ((Metadata(title="Parking"), "Visitors park in row C."),)
    data, _ = shown(response_to("where do visitors park?", pages))
    assert "    file: pages/doc-0.md\n" in data


def test_a_passage_of_a_pdf_is_named_with_its_page() -> None:
    pages = ((Metadata(title="Parking"), "Visitors park in row C."),)
    response = response_to("where do visitors park?", pages)
    (first,) = response.passages
    paged = first.model_copy(update={"citation": first.citation.model_copy(update={"page": 5})})
    data, _ = shown(response.model_copy(update={"passages": [paged]}))
    assert "    file: pages/doc-0.md (page 5)\n" in data


def test_the_lines_of_an_item_stand_below_its_first_word() -> None:
    text = "Visitors park:\n\n- in row C, which is the one behind the bakery and the old mill\n- or at home"
    response = response_to("where do visitors park?", [(Metadata(title="Parking"), text)])
    lines = shown(response, terminal=True, width=40, color_system=None)[0].splitlines()
    first = lines.index("    - in row C, which is the one")
    assert lines[first + 1 : first + 3] == ["      behind the bakery and the old mill", "    - or at home"]

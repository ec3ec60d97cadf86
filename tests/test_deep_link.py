"""Deep links: how a fragment is written, and that a browser scrolls to the quote and marks it."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.omissions import Omissions, omissions_of
from retriever.provenance.deep_link import deep_link, text_directive
from tests.browsing import needs_chromium, tab
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

URL = "https://example.org/denosumab"
PAGE = """Denosumab

Denosumab is an antibody. It is given as an injection every six months.

Side effects

Known side effects include:

- Skin infections
- Low blood-calcium levels, with cramps & tingling
- Pain in the back

Call your doctor at once.

Stopping

Bones thin quickly when the injections stop. Call your doctor at once. Do not wait, even for a week.

Doses

Use\tDose\tHow often
Osteoporosis\t60 mg\tevery six months
Bone metastases\t120 mg\tevery four weeks

Before surgery

Call your doctor at once.

A very long sentence tells what happens next: the injection is put off, the teeth are looked at, the calcium is
measured, the kidneys are checked, the vitamin D is topped up, the other medicines are written down, the date of
the next visit is fixed, and the letter to the family doctor goes out on the same day, so that nobody forgets it.
"""


def span(quoted: str, nth: int = 1) -> tuple[int, int]:
    """Where the quoted text stands in the page for the nth time."""
    start = -1
    for _ in range(nth):
        start = PAGE.index(quoted, start + 1)
    return start, start + len(quoted)


LIST = PAGE[PAGE.index("Known side effects") : PAGE.index("\n\nCall your doctor")]
TABLE = PAGE[PAGE.index("Use\tDose") : PAGE.index("\n\nBefore surgery")]
LONG = PAGE[PAGE.index("A very long") :].strip()


def test_a_short_quote_that_stands_once_is_given_whole() -> None:
    link = deep_link(URL, PAGE, *span("Denosumab is an antibody."))
    assert link == f"{URL}#:~:text=Denosumab%20is%20an%20antibody."


def test_dashes_commas_and_ampersands_are_encoded() -> None:
    directive = text_directive(PAGE, *span("Low blood-calcium levels, with cramps & tingling"))
    assert directive == "text=Low%20blood%2Dcalcium%20levels%2C%20with%20cramps%20%26%20tingling"


def test_the_mark_of_a_list_item_is_no_part_of_the_link() -> None:
    assert text_directive(PAGE, *span("- Skin infections")) == "text=Skin%20infections"


@pytest.mark.parametrize(
    ("nth", "expected"),
    [
        (1, "text=back-,Call%20your%20doctor%20at%20once."),
        (2, "text=stop.-,Call%20your%20doctor%20at%20once."),
        (3, "text=surgery-,Call%20your%20doctor%20at%20once."),
    ],
)
def test_a_quote_that_stands_more_than_once_gets_the_words_around_it(nth: int, expected: str) -> None:
    assert text_directive(PAGE, *span("Call your doctor at once.", nth)) == expected


def test_a_quote_over_several_blocks_is_named_by_its_two_ends() -> None:
    assert text_directive(PAGE, *span(LIST)) == "text=Known%20side%20effects%20include%3A,Pain%20in%20the%20back"


KEY_POINTS = """Leukemia

About leukemia

Key Points

- Leukemia is a cancer of the blood.
- Many people feel tired.

Treatment

Key Points

- Drugs are given first, and later more drugs.
- Some people get a transplant.
"""


def test_a_heading_that_stands_elsewhere_too_is_told_by_the_words_below_it_and_not_by_those_above() -> None:
    # Between "Treatment" and "Key Points" a page may show a link that the reading text does not have.
    start = KEY_POINTS.rindex("Key Points")
    directive = text_directive(KEY_POINTS, start, len(KEY_POINTS.rstrip()))
    assert directive == (
        "text=Key%20Points,-Drugs&text=Drugs%20are%20given%20first%2C%20and,Some%20people%20get%20a%20transplant"
    )


def test_the_title_of_a_page_is_told_by_the_words_below_it() -> None:
    end = KEY_POINTS.index("- Leukemia")
    assert text_directive(KEY_POINTS, 0, end) == "text=Leukemia,-About&text=About%20leukemia,Key%20Points"
    assert text_directive(KEY_POINTS, 0, len("Leukemia")) == "text=Leukemia,-About"


def test_a_page_that_begins_with_a_sentence_is_marked_from_there() -> None:
    text = "Bones need calcium.\n\nMilk has some."
    assert text_directive(text, 0, len(text)) == "text=Bones%20need%20calcium.,Milk%20has%20some"


def test_a_list_whose_lines_come_again_below_needs_no_words_around_it() -> None:
    text = "Page\n\nIntro\n\nKey Points\n\n- Cells grow fast.\n\nCells grow fast.\n\nKey Points\n\n- Other"
    end = text.index("\n\nCells")
    assert text_directive(text, text.index("Key"), end) == "text=Key%20Points,Cells%20grow%20fast"


def test_more_words_are_taken_where_five_stand_elsewhere_too() -> None:
    text = "A\n\nSurgery to remove the tumour, then rest.\n\nB\n\nSurgery to remove the tumour, then drugs.\n\nEnd"
    start = text.rindex("Surgery")
    assert (
        text_directive(text, start, len(text))
        == "text=Surgery%20to%20remove%20the%20tumour%2C%20then%20drugs.,End"
    )


def test_a_long_quote_leaves_out_where_pages_show_the_numbers_of_references() -> None:
    text = (
        "Surgery\n\nPeople who were operated early lived longer, with fewer falls. It helps most people.[Level A1]"
        "\n\nOther people, who were operated later, did as well as those who were not, "
        "so that it may wait for long."
    )
    last = text.index("Other")
    assert (
        text_directive(text, last, len(text))
        == "text=Other%20people%2C%20who%20were%20operated,it%20may%20wait%20for%20long"
    )
    quoted = text_directive(text, text.index("People"), last - 2)
    assert quoted == "text=People%20who%20were%20operated%20early,%5BLevel%20A1%5D"


def test_a_long_sentence_is_named_by_its_two_ends() -> None:
    directive = text_directive(PAGE, *span(LONG))
    assert directive is not None
    assert len(directive) < 200
    assert directive.startswith("text=A%20very%20long%20sentence%20tells,")
    assert directive.endswith("nobody%20forgets%20it")


def test_a_long_sentence_is_never_parted_within_an_address() -> None:
    address = "https://example.org/treatment/side-effects/" + "bone-health/" * 9
    assert text_directive(f"See also: {address}", 0, len(address) + 10) == (
        f"text=See%20also%3A,{address.replace(':', '%3A').replace('/', '%2F').replace('-', '%2D')}"
    )
    assert text_directive(address, 0, len(address)) == (
        f"text={address.replace(':', '%3A').replace('/', '%2F').replace('-', '%2D')}"
    )


REFERRED = """Stage I

Three courses of chemotherapy are given.

Surgery helps some, many, and most people.

Stage II

Four courses of chemotherapy are given.

Surgery helps some, many, and most people.
"""
"""On the page a number stands behind each sentence and, in brackets, within the second one of both stages."""
NO_BLANKS = np.zeros(0, np.int32)
OMITTED = Omissions(
    tuple(match.end() for match in re.finditer(r"given\.|people\.|some,|many,", REFERRED)), NO_BLANKS, NO_BLANKS
)


def test_words_are_not_joined_over_what_the_reading_text_leaves_out() -> None:
    start = REFERRED.index("Four courses")
    end = REFERRED.index("given.", start) + len("given.")
    assert text_directive(REFERRED, start, end, omissions=OMITTED) == (
        "text=Four%20courses%20of%20chemotherapy%20are%20given."
    )
    long = "Surgery helps some, many, and most people."
    only = REFERRED[: REFERRED.index("Stage II")]
    start = only.index(long)
    places = tuple(place for place in OMITTED.references if place < len(only))
    assert text_directive(only, start, start + len(long), omissions=Omissions(places, NO_BLANKS, NO_BLANKS)) == (
        "text=Surgery%20helps%20some%2C,and%20most%20people"
    )


def test_where_only_words_beyond_an_omission_tell_quotes_apart_the_mark_begins_with_them() -> None:
    start = REFERRED.rindex("Surgery helps some,")
    directive = text_directive(REFERRED, start, start + len("Surgery helps some,"), omissions=OMITTED)
    # As a prefix they would have to be next to the quote, and the page shows a number between.
    assert directive == "text=Four%20courses%20of%20chemotherapy%20are%20given.,Surgery%20helps%20some"


def test_where_no_words_near_tell_quotes_apart_a_browser_has_a_second_directive() -> None:
    section = "Drugs\n\nDrugs help some people, and many of them for long. " + "They are well known by now. " * 20
    text = f"{section}\n\nTake rest.\n\nStage II\n\n{section}\n\nTake rest.\n\nThe end"
    start = text.rindex("Take rest.")
    omissions = Omissions((start + len("Take rest."),), NO_BLANKS, NO_BLANKS)
    directive = text_directive(text, start, start + len("Take rest."), omissions=omissions)
    assert directive == "text=Take%20rest.,-The&text=Take%20rest."


def test_the_last_words_of_a_quote_are_others_than_those_before_without_their_full_stop() -> None:
    text = "Stages\n\nCancer is found in lungs or the area of the chest (a).\n\nIt is in the area of the chest."
    directive = text_directive(text, text.index("Cancer"), len(text))
    # The full stop is left out, since the page may show the number of a reference before it.
    assert directive == "text=Cancer%20is%20found%20in%20lungs,in%20the%20area%20of%20the%20chest"


def test_words_that_differ_in_accents_or_quotation_marks_only_are_the_same_words() -> None:
    text = "Help\n\nThe unit's caf\u00e9 is open.\n\nThe unit\u2019s cafe is open.\n\nEnd"
    start = text.rindex("The")
    directive = text_directive(text, start, text.index("\n\nEnd"))
    assert directive == "text=open.-,The%20unit%E2%80%99s%20cafe%20is%20open."


LISTED = (
    "Guide\n\nFirst words.\n\nWhat may I eat?\n\nYou may eat all that you like.\n\nMeals\n\nEat what you like."
)
OUTLINE = ((0, "Guide"), (1, "What may I eat?"), (1, "Meals"))
"""A site may show it as a table of contents above the text: the browser would find the headings there."""


def test_a_heading_that_a_table_of_contents_may_hold_is_told_by_the_words_below_it() -> None:
    start, end = LISTED.index("What"), LISTED.index("\n\nMeals")
    assert text_directive(LISTED, start, end) == "text=What%20may%20I%20eat%3F,eat%20all%20that%20you%20like"
    assert text_directive(LISTED, start, end, outline=OUTLINE) == (
        "text=What%20may%20I%20eat%3F,-You&text=You%20may%20eat%20all%20that%20you%20like."
    )


def test_a_heading_is_not_told_by_the_heading_next_to_it_since_they_are_listed_in_a_row() -> None:
    text = "Guide\n\nFirst words.\n\nMeals\n\nBreakfast\n\nPorridge is fine for everybody."
    outline = ((0, "Guide"), (1, "Meals"), (2, "Breakfast"))
    directive = text_directive(text, text.index("Meals"), len(text), outline=outline)
    assert directive == "text=words.-,Meals&text=Breakfast,-Porridge&text=Porridge%20is%20fine%20for%20everybody."


def test_a_sentence_that_begins_like_a_heading_further_down_is_told_by_more_words() -> None:
    text = "Guide\n\nCare of broken hips at home goes on for weeks.\n\nRest\n\nCare of broken hips at home\n\nEnd"
    outline = ((0, "Guide"), (1, "Rest"), (1, "Care of broken hips at home"))
    start, end = text.index("Care"), text.index("\n\nRest")
    long = text.replace(
        "for weeks.", "for weeks and weeks, and nobody can tell how many of them it will be in the end."
    )
    assert text_directive(text, start, end, outline=outline) == (
        "text=Care%20of%20broken%20hips%20at%20home%20goes%20on%20for%20weeks."
    )
    directive = text_directive(long, start, long.index("\n\nRest"), outline=outline)
    assert directive == "text=Care%20of%20broken%20hips%20at%20home%20goes,will%20be%20in%20the%20end"


def test_where_a_quote_is_made_of_headings_of_a_low_level_they_are_taken_for_unlisted() -> None:
    text = "Guide\n\nKey Points\n\n- Bones thin.\n- Bones break.\n\nBones thin.\n\nYes.\n\nBones break.\n\nYes."
    outline = ((0, "Guide"), (2, "Key Points"), (2, "Bones thin."), (2, "Bones break."))
    directive = text_directive(text, 0, text.index("\n\nBones thin."), outline=outline)
    assert directive == "text=Guide,-Key&text=Key%20Points,Bones%20break"


def test_blocks_that_stand_elsewhere_too_are_marked_by_directives_of_their_own() -> None:
    text = (
        "Stages\n\nStage I\n\nTreatment may include:\n\n- Surgery alone.\n- Rest.\n\n"
        "Stage II\n\nTreatment may include:\n\n- Drugs, given first.\n- Rest.\n\nStage III\n\nNothing."
    )
    start, end = text.index("Treatment", text.index("Stage II")), text.index("\n\nStage III")
    # As the beginning of one directive it would mark the first stage too.
    assert (
        text_directive(text, start, end)
        == "text=Treatment%20may%20include%3A,-Drugs%2C&text=Drugs%2C%20given%20first.,Rest"
    )


def test_last_words_that_come_again_in_the_quote_are_marked_by_a_directive_of_their_own() -> None:
    text = (
        "Ways\n\nIt grows into the nerves, and so it may come to other parts of the body, or it "
        "gets into lymph vessels, and comes through them to other parts of the body.\n\nOnce there it grows."
    )
    wide = np.array([text.rindex(" to other")], np.int32)
    end = text.index("\n\nOnce")
    directive = text_directive(text, text.index("It"), end, omissions=Omissions((), wide, wide))
    assert directive == (
        "text=It%20grows%20into%20the%20nerves%2C,vessels%2C%20and%20comes%20through%20them"
        "&text=to%20other%20parts%20of%20the%20body."
    )


def test_no_word_of_a_link_lies_beyond_a_mark_of_emphasis_that_readers_show() -> None:
    source = "Guide\n\n**Pump:**Pumps are good for many people at home."
    text = "Guide\n\nPump: Pumps are good for many people at home."
    rows = np.array([(0, 0, 5), (7, 9, 5), (13, 16, len(text) - 13)], np.int32)
    assert (source[:5] + "\n\n" + source[9:14] + " " + source[16:]) == text
    directive = text_directive(text, text.index("Pump"), len(text), omissions=omissions_of(rows, text))
    assert directive == "text=Pump%3A,for%20many%20people%20at%20home"


def test_the_last_words_lie_between_blanks_that_may_be_wider_on_the_page() -> None:
    text = (
        "Stage\n\nIt has grown into the wall, or it has long caused kidney problems, "
        "and sits in many lymph nodes of both sides."
    )
    wide = np.array([text.index(" of both")], np.int32)
    directive = text_directive(text, text.index("It"), len(text), omissions=Omissions((), wide, wide))
    # Nor do they begin at one, which may be one that parts no words for a browser.
    assert directive == "text=It%20has%20grown%20into%20the,both%20sides"


def test_a_few_words_more_are_taken_where_a_blank_may_be_none_on_the_page() -> None:
    text = (
        "Stage\n\nIt has grown into some of the wall, or it has long caused problems of the kidneys, "
        "and sits in many lymph nodes of both sides."
    )
    narrow = np.array([text.index(" some"), text.index(" of the"), text.index(" lymph")], np.int32)
    directive = text_directive(text, text.index("It"), len(text), omissions=Omissions((), narrow, NO_BLANKS))
    assert directive == "text=It%20has%20grown%20into%20some%20of,many%20lymph%20nodes%20of%20both%20sides"


def test_the_first_words_do_not_go_beyond_a_blank_that_may_be_wider_on_the_page() -> None:
    text = "Summaries\n\nSummary of roots and leaves | patient | professional\n\nAll of them are free of charge."
    wide = np.array([text.index(" |"), text.index(" patient")], np.int32)
    directive = text_directive(text, text.index("Summary"), len(text), omissions=Omissions((), wide, wide))
    assert directive == "text=Summary%20of%20roots%20and%20leaves,them%20are%20free%20of%20charge"


def test_links_that_end_each_line_are_left_unmarked_where_only_words_before_them_tell_the_last_line() -> None:
    lines = [f"Summary of {name} (PDQ) patient | health professional" for name in ("herbs", "roots", "leaves")]
    text = "Summaries\n\nThey are kept\n\n" + "\n\n".join(lines)
    places = [place.start() for place in re.finditer(r" (?=patient|\||health)", text)]
    wide = np.array(places, np.int32)
    directive = text_directive(text, text.index("They"), len(text), omissions=Omissions((), wide, wide))
    assert directive is not None
    assert directive.startswith("text=They%20are%20kept,Summary%20of%20leaves%20%28PDQ%29&")


def test_what_a_page_shows_besides_its_reading_text_is_told_by_what_its_source_holds_besides() -> None:
    slices = ["Take it.", "Wait and", "see.", "Rest", "well", "now.", "Go"]
    between = ["[[1](#cit/1)]\n\n", " **", "**", " ", "\n\n[Up](#up)\n" + "- [Down](#down)\n" * 20, "\u00a0 "]
    text, source, rows = "", "", []
    for part, shown, left in zip(slices, ["\n\n", " ", "", " ", "\n\n", " ", ""], [*between, ""], strict=True):
        rows.append((len(text), len(source), len(part)))
        text, source = text + part + shown, source + part + left
    found = omissions_of(np.array(rows, np.int32), text)
    assert text == "Take it.\n\nWait and see.Rest well\n\nnow. Go"
    # What is left out behind "now." may be marks of emphasis that the page shows.
    assert found.references == (
        text.index("\n\nWait"),
        text.index("Rest"),
        text.index("\n\nnow"),
        text.index(" Go"),
    )
    wide = [text.index(one) for one in ("\n\nWait", " see", "\n\nnow", " Go")]
    assert found.wide.tolist() == wide
    assert found.blanks.tolist() == sorted([*wide, text.index(" well")])


def test_a_fragment_that_is_there_already_is_kept() -> None:
    link = deep_link(f"{URL}#use", PAGE, *span("Denosumab is an antibody."))
    assert link == f"{URL}#use:~:text=Denosumab%20is%20an%20antibody."
    again = deep_link(link, PAGE, *span("Denosumab is an antibody."))
    assert again == link


def test_a_pdf_is_linked_by_its_page() -> None:
    assert deep_link("https://example.org/a.pdf", PAGE, 0, 9, page=3) == "https://example.org/a.pdf#page=3"


def test_a_page_without_an_address_has_no_link() -> None:
    assert deep_link(None, PAGE, 0, 9) is None


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://example.org/a",
        ),
        *("//example.org/a", "/a", "example.org/a", "https:", "https://", "https:///a", "https:javascript", ""),
        *("https ://example.org", "httpsx://example.org", "mailto:a@example.org"),
    ],
)
def test_an_address_that_is_not_of_the_web_is_never_linked(url: str) -> None:
    assert deep_link(url, PAGE, *span("Denosumab is an antibody.")) is None
    assert deep_link(url, PAGE, 0, 9, page=3) is None


def test_the_scheme_may_be_written_in_capitals() -> None:
    assert deep_link("HTTPS://example.org/a", PAGE, 0, 9) is not None


def test_a_span_without_a_word_leads_to_the_page() -> None:
    assert deep_link(URL, "- \n\n...", 0, 7) == URL


@given(st.text(alphabet="ab-,& \n\t.é", min_size=1, max_size=80), st.data())
def test_what_is_written_can_be_read_back_from_the_page(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    directive = text_directive(text, start, end)
    if directive is None:
        assert not re.search(r"\w", text[start:end]) or re.search(r"[a-z][.)]", text)
        return
    parts = directive.removeprefix("text=").partition("&text=")[0].split(",")
    terms = [unquote(part) for part in parts if not part.startswith("-") and not part.endswith("-")]
    assert 1 <= len(terms) <= 2
    collapsed = " ".join(text[start:end].split())
    assert all(term in collapsed for term in terms)


def _render(text: str) -> str:
    """A tall page whose blocks are those of the reading text; what is marked is pure red."""
    html = ["<!doctype html><meta charset=utf-8><style>p,li,tr,h2{margin:900px 0;display:block}"]
    html.append("td{display:table-cell}::target-text{background:rgb(255,0,0);color:rgb(255,0,0)}</style>")
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        if "\t" in block:
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in line.split("\t")) for line in lines)
            html.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        elif lines[0].startswith("- "):
            html.append("<ul>" + "".join(f"<li>{escape(line[2:])}</li>" for line in lines) + "</ul>")
        elif len(block) < 30 and not block.endswith((".", ":")):
            html.append(f"<h2>{escape(block)}</h2>")
        else:
            html.append(f"<p>{escape(block)}</p>")
    return "\n".join(html)


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("pages")
    (root / "page.html").write_text(_render(PAGE), encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(root))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/page.html"
        server.shutdown()


@pytest.fixture(scope="module")
def reader(browser: "Browser") -> Iterator["Page"]:
    with tab(browser, viewport={"width": 800, "height": 600}) as opened:
        yield opened


@pytest.fixture(scope="module")
def counter(browser: "Browser") -> Iterator["Page"]:
    """A tab that looks at pictures."""
    with tab(browser) as opened:
        yield opened


_TOP_OF_THE_BLOCK = """([text, nth]) => {
  const same = [...document.querySelectorAll('p,li,td,h2')].filter(one => one.textContent.includes(text));
  return same[nth - 1].getBoundingClientRect().top;
}"""
_RED_SHARE = """async (url) => {
  const image = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const seen = context.getImageData(0, 0, image.width, image.height).data;
  let red = 0;
  for (let i = 0; i < seen.length; i += 4) if (seen[i] > 250 && seen[i + 1] < 5 && seen[i + 2] < 5) red += 1;
  return red;
}"""


def _red_pixels(counter: "Page", page: "Page") -> int:
    """How many pixels of what is in view are marked."""
    picture = b64encode(page.screenshot()).decode()
    return int(counter.evaluate(_RED_SHARE, f"data:image/png;base64,{picture}"))


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize(
    ("quoted", "nth", "first_block"),
    [
        ("It is given as an injection every six months.", 1, "It is given as an injection"),
        ("- Low blood-calcium levels, with cramps & tingling", 1, "Low blood-calcium"),
        ("Call your doctor at once.", 1, "Call your doctor at once."),
        ("Call your doctor at once.", 2, "Call your doctor at once."),
        ("Call your doctor at once.", 3, "Call your doctor at once."),
        ("Do not wait, even for a week.", 1, "Do not wait"),
        (LIST, 1, "Known side effects include:"),
        (TABLE, 1, "Use"),
        (LONG, 1, "A very long sentence"),
        ("Side effects\n\n" + LIST, 1, "Side effects"),
    ],
)
def test_a_browser_scrolls_to_the_quote_and_marks_it(
    reader: "Page", counter: "Page", address: str, quoted: str, nth: int, first_block: str
) -> None:
    link = deep_link(address, PAGE, *span(quoted, nth))
    assert link is not None
    reader.goto("about:blank")
    reader.goto(link)
    reader.wait_for_function("window.scrollY > 0", timeout=PATIENCE_S * 1_000)
    assert -300 < reader.evaluate(_TOP_OF_THE_BLOCK, [first_block, nth]) < 600
    assert _red_pixels(counter, reader) > 100


@pytest.mark.browser
@needs_chromium
def test_a_browser_does_not_move_for_a_quote_that_is_not_there(
    reader: "Page", counter: "Page", address: str
) -> None:
    reader.goto("about:blank")
    reader.goto(f"{address}#:~:text=Nobody%20wrote%20this.")
    reader.wait_for_timeout(500)
    assert reader.evaluate("window.scrollY") == 0
    assert _red_pixels(counter, reader) == 0

"""HTML: the text that a reader sees, with headings, lists and tables; all else drops out, nothing is fetched."""

import re
import socket
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DocumentSkipped, DocumentWarningCode, SkipReason
from ingest.reading.read_text import ReadDocument, read_text
from ingest.reading.source_type import SourceType
from tests.proportion import assert_in_proportion


def read(content: str | bytes) -> ReadDocument:
    raw = content.encode() if isinstance(content, str) else content
    return read_text(raw, "0" * 64, source_type=SourceType.HTML, stem="page")


def text(content: str | bytes) -> str:
    return read(content).reading_text.text


def test_headings_become_sections() -> None:
    document = read("<h1>Bones</h1><p>Intro.</p><h2>Falls</h2><p>Light.</p><h2>Doses</h2><p>5 mg.</p>")
    assert [section.headings for section in document.reading_text.sections] == [
        ("Bones",),
        ("Bones", "Falls"),
        ("Bones", "Doses"),
    ]
    assert document.metadata.title == "Bones"


def test_a_page_says_its_address_language_site_and_title() -> None:
    document = read(
        "<html lang='en-GB'><head><title> Falls at\n home </title>"
        "<meta property='og:site_name' content='Bone Site'><link rel=canonical href='https://example.org/falls'>"
        "</head><body><p>Good light prevents falls.</body></html>"
    )
    metadata = document.metadata
    assert (metadata.title, metadata.language, metadata.source) == ("Falls at home", "en-GB", "Bone Site")
    assert metadata.url == "https://example.org/falls"


def test_meta_elements_give_metadata_under_the_names_of_front_matter() -> None:
    document = read(
        "<meta name=lastReviewed content=2025-01-02><meta name=status content=Active><body><p>Text.</p>"
    )
    assert (str(document.metadata.last_reviewed), document.metadata.status) == ("2025-01-02", "active")


def test_an_address_that_may_not_be_a_link_is_left_out_and_told() -> None:
    document = read("<link rel=canonical href='javascript:alert(1)'><body><p>Text.</p>")
    assert document.metadata.url is None
    assert DocumentWarningCode.URL_INVALID in {warning.code for warning in document.warnings}


def test_lists_keep_their_marks_and_their_depth() -> None:
    shown = text("<ul><li>One<ul><li>inner</li></ul></li><li><p>Two</p></li></ul><ol><li>a<li>b</ol>")
    assert shown == "- One\n  - inner\n- Two\n\n1. a\n2. b"


@pytest.mark.parametrize(
    "figure",
    [
        "<figure><a href=/big.jpg>Enlarge</a><img src=/a.jpg><figcaption>A lung.</figcaption></figure>",
        "<p><img src=/a.jpg> <a href='/big.png?w=9'>View larger</a></p><p>A lung.</p>",
        "<a href=/big.jpg><img src=/a.jpg>Zoom</a><p>A lung.</p>",
    ],
)
def test_the_words_of_a_link_that_enlarges_a_picture_are_not_read(figure: str) -> None:
    assert text(f"<h1>Lungs</h1>{figure}") == "Lungs\n\nA lung."


@pytest.mark.parametrize(
    "link", ["<a href=/lung.jpg>the drawing</a> of it", "<img src=/a.jpg><a href=/page>Read on</a>"]
)
def test_other_links_about_a_picture_are_read(link: str) -> None:
    assert text(f"<p>See {link}</p>") == "See " + re.sub("<[^>]*>", "", link)


def test_the_rows_of_a_table_stay_readable() -> None:
    shown = text("<table><tr><th>Drug<th>Dose</tr><tr><td>A<td><p>5 mg</p><p>daily</p></tr><tr><td><td>x</table>")
    assert shown == "Drug\tDose\nA\t5 mg daily\n\tx".replace("\n\tx", "\nx")


def test_a_break_is_a_line_and_a_power_stays_apart() -> None:
    assert (
        text("<p>one<br>two &amp; 10<sup>9</sup>&nbsp;cells, H<sub>2</sub>O</p>") == "one\ntwo & 10 9 cells, H2O"
    )


def test_preformatted_text_keeps_its_lines() -> None:
    assert text("<p>x</p><pre>a\n  b  c\n</pre>") == "x\n\na\n  b  c"


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>SECRET</script>",
        "<style>SECRET</style>",
        "<noscript>SECRET</noscript>",
        "<template>SECRET</template>",
        "<!-- SECRET -->",
        "<svg><text>SECRET</text></svg>",
        "<iframe>SECRET</iframe>",
        "<nav>SECRET</nav>",
        "<div role=navigation>SECRET</div>",
        "<form><button>SECRET</button><textarea>SECRET</textarea><select><option>SECRET</select></form>",
        "<img alt=SECRET src='http://169.254.169.254/'>",
        "<a title=SECRET onclick='SECRET'></a>",
        "<div hidden>SECRET</div>",
        "<div aria-hidden='true'><p>SECRET</p></div>",
        "<p style='color:red; DISPLAY : none'>SECRET</p>",
        "<p style='visibility:hidden'>SECRET</p>",
        "<p style='opacity:0.0'>SECRET</p>",
        "<p style='font-size:0px;'>SECRET</p>",
        "<p style='color:#fff;background-color:#FFF'>SECRET</p>",
        "<math><annotation-xml encoding='text/html'><script>SECRET</script></annotation-xml></math>",
        "<![CDATA[SECRET]]>",
        "<dialog>SECRET</dialog>",
    ],
)
def test_what_no_reader_sees_drops_out(unseen: str) -> None:
    assert text(f"<p>before</p>{unseen}<p>after</p>") == "before\n\nafter"


@pytest.mark.parametrize(
    "page",
    [
        "<noscript>SECRET</noscript><p>seen</p>",
        "<html><head><title>T</title><NoScript ><p>SECRET</p></NoScript ></head><body><p>seen</p></body></html>",
        "<head><noscript><img src='http://169.254.169.254/'>SECRET</noscript></head><p>seen</p>",
    ],
)
def test_what_stands_in_for_scripts_drops_out_at_the_beginning_of_a_page_too(page: str) -> None:
    assert text(page) == "seen"


def test_text_that_the_page_hides_is_told() -> None:
    document = read("<p>Seen.</p><p style='display:none'>buy now</p>")
    details = [one.detail for one in document.warnings if one.code is DocumentWarningCode.HIDDEN_TEXT_REMOVED]
    assert details == ["6 characters that the page hides from its readers are not taken in"]


def test_half_transparent_and_small_text_stays() -> None:
    assert text("<p style='opacity:0.5;font-size:0.8em;color:#fff;background:#000'>seen</p>") == "seen"


def test_nothing_of_a_page_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    references = (
        "<base href='http://169.254.169.254/'><meta http-equiv=refresh content='0;url=http://169.254.169.254/'>"
        "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><img src=http://169.254.169.254/><frame src=http://x.org>"
        "<link rel=stylesheet href=http://169.254.169.254/><p>text &x;</p><object data=http://169.254.169.254/></object>"
    )
    assert text(references) == "]>\n\ntext &x;"  # what a browser shows


def test_the_encoding_is_utf8_or_what_the_page_declares() -> None:
    declared = b"<meta charset='windows-1252'><p>5 \xb5g caf\xe9"
    assert text(declared) == "5 µg café"
    assert text("<meta charset='windows-1252'><p>5 µg".encode()) == "5 µg"
    with pytest.raises(DocumentSkipped) as caught:
        read(b"<p>5 \xb5g caf\xe9")
    assert caught.value.reason is SkipReason.ENCODING_INVALID
    with pytest.raises(DocumentSkipped) as caught:
        read(b"<meta charset='rot13'><p>5 \xb5g caf\xe9")
    assert caught.value.reason is SkipReason.ENCODING_INVALID


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", SkipReason.EMPTY),
        ("<html><body><script>x</script></body></html>", SkipReason.EMPTY),
        ("<p>\0</p>", SkipReason.BINARY_CONTENT),
        ("<div>" * 100_000, SkipReason.PARSE_LIMIT),
        ("%PDF-1.7", SkipReason.WRONG_TYPE),
        ("PK\x03\x04", SkipReason.WRONG_TYPE),
    ],
    ids=["nothing", "no-text", "nul", "deep", "pdf", "zip"],
)
def test_a_page_that_cannot_be_read_has_a_reason(content: str, reason: SkipReason) -> None:
    with pytest.raises(DocumentSkipped) as caught:
        read(content)
    assert caught.value.reason is reason


COSTLY: dict[str, tuple[Callable[[int], str], int]] = {
    "attribute": (lambda size: "<p a='" + "x" * size + "'>text", 5_000_000),
    "entities": (lambda size: "&lt;" * size + "text", 200_000),
    "formatting": (lambda size: "<b><p>" * size + "text", 2_000),
    "tables": (lambda size: "<table><tr><td>" * size + "text", 300),
    "paragraphs": (lambda size: "<p>" * size + "text", 20_000),
    "items": (lambda size: "<li>" * size + "text", 20_000),
    "declarations": (lambda size: "<!" * size + "<p>text", 100_000),
    "nested": (lambda size: "<div>" * size + "text", 4_000),
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_page_is_read_in_time_in_proportion(name: str) -> None:
    page, size = COSTLY[name]
    assert text(page(size)).endswith("text")
    assert_in_proportion(lambda part: text(page(part)), size)


@given(st.text(alphabet=st.sampled_from("<>/!-= '\"&;apulidvtrhb1 \n\t[]")))
def test_any_page_is_read_or_has_a_reason(content: str) -> None:
    try:
        document = read(content)
    except DocumentSkipped:
        return
    reading = document.reading_text
    assert reading.text.strip()
    assert "".join(reading.text[s.start_char : s.end_char] for s in reading.sections) == reading.text


AROUND = "<a href=/>Home</a><h2>We value your privacy</h2><p>We use cookies to improve your visit.</p>"
CONTENT = "<h1>Shingles vaccine</h1><p>Adults aged 50 and older should get two doses.</p>"


@pytest.mark.parametrize(
    "around",
    [
        f"<div id=onetrust-banner-sdk>{AROUND}</div>",
        f"<div class='site cookie-notice'>{AROUND}</div>",
        f"<div class=CookieBanner>{AROUND}</div>",
        f"<div role=dialog>{AROUND}</div>",
        f"<section aria-modal=true>{AROUND}</section>",
        f"<div role=contentinfo>{AROUND}</div>",
        f"<footer>{AROUND}</footer>",
        f"<div><footer>{AROUND}</footer></div>",
        f"<ol id=breadcrumbs><li>{AROUND}</ol>",
        f"<div class='toc noprint'>{AROUND}</div>",
        f"<div class=printfooter>{AROUND}</div>",
    ],
)
def test_what_the_site_puts_around_a_page_is_not_the_page(around: str) -> None:
    for page in (around + CONTENT, CONTENT + around):
        document = read(page)
        assert document.metadata.title == "Shingles vaccine"
        assert document.reading_text.text == "Shingles vaccine\n\nAdults aged 50 and older should get two doses."


@pytest.mark.parametrize(
    "kept",
    [
        "<article><p>Take it with water.</p><footer>Reviewed by a nurse.</footer></article>",
        "<div class=informed-consent><p>Reviewed by a nurse.</p></div>",
        "<div class=cookie-banner><h1>Cookies</h1><p>Reviewed by a nurse.</p></div>",
        "<body class=has-cookie-banner><p>Reviewed by a nurse.</p></body>",
        "<aside><p>Reviewed by a nurse.</p></aside>",
        "<body class=toc><p>Reviewed by a nurse.</p></body>",
        "<div class=noprint><h1>Doses</h1><p>Reviewed by a nurse.</p></div>",
        "<p><a href=#nurse>Reviewed by a nurse.</a> Yes.</p>",
    ],
)
def test_what_only_looks_like_a_frame_stays(kept: str) -> None:
    assert "Reviewed by a nurse." in text(kept)


@pytest.mark.parametrize(
    "mark",
    [
        "<a class=headerlink href=#doses title=Permalink>¶</a>",
        "<a href='#doses'>#</a>",
        "<span class=mw-editsection>[<a href=/edit>edit</a>]</span>",
    ],
)
def test_a_heading_is_read_without_its_permalink(mark: str) -> None:
    document = read(f"<h1>Doses{mark}</h1><p>Two doses are given.</p>")
    assert document.metadata.title == "Doses"
    assert document.reading_text.text == "Doses\n\nTwo doses are given."


@pytest.mark.parametrize("mark", ["<sup><a href=#n1>[1]</a></sup>", "<a href='#fn-a'><sup>12</sup></a>"])
def test_a_raised_mark_of_a_footnote_is_no_figure(mark: str) -> None:
    assert text(f"<p>Take 10{mark} drops of 10<sup>2</sup> units (<a href=#t2>2</a>).</p>") == (
        "Take 10 drops of 10 2 units (2)."
    )


def test_the_main_part_of_a_page_is_the_page() -> None:
    page = f"<div>{AROUND}</div><main>{CONTENT}</main><div>Terms of use</div>"
    assert text(page) == "Shingles vaccine\n\nAdults aged 50 and older should get two doses."
    assert text(page.replace("<main>", "<div role=main>").replace("</main>", "</div>")) == text(page)


def test_the_title_above_a_main_part_without_one_stays() -> None:
    above = "<header><h1>Shingles vaccine</h1><p>Call us</p></header>"
    document = read(f"{above}<main><h2>Doses</h2><p>Two doses are given.</p></main>")
    assert document.metadata.title == "Shingles vaccine"
    assert document.reading_text.text == "Shingles vaccine\n\nDoses\n\nTwo doses are given."


@pytest.mark.parametrize(
    "page",
    [
        "<main>Welcome.</main><p>{}</p>",
        "<main><p>First half of it all.</p></main><main><p>{}</p></main>",
        "<div hidden><main><p>A secret of many more words than this page shows.</p></main></div><p>{}</p>",
        "<noscript><main><p>Switch on JavaScript, please, it says here.</p></main></noscript><p>{}</p>",
    ],
)
def test_a_main_part_that_is_none_leaves_nothing_out(page: str) -> None:
    shown = "Adults aged 50 and older should get two doses of it."
    assert shown in text(page.format(shown))
    assert "secret" not in text(page.format(shown))

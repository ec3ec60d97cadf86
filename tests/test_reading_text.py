"""Reading text: what a person reads of a page, made of slices of the source and tiled by sections."""

from collections.abc import Callable
from functools import partial
from math import isqrt
from operator import mul

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import DocumentSkipped, DocumentWarningCode, SkipReason
from ingest.processes.read import ReadDocument, read_text
from ingest.reading.read_text import title_of_name
from ingest.reading.reading_text import Reading, make_reading_text
from ingest.reading.source_type import SourceType
from tests.proportion import assert_in_proportion


def read(source: str, source_type: SourceType = SourceType.MARKDOWN) -> Reading:
    return make_reading_text(source, 0, source_type)


def text(source: str) -> str:
    return read(source).reading_text.text


def check(source: str, reading: Reading) -> None:
    """The promises of a reading text, whatever the page."""
    reading_text = reading.reading_text
    covered = bytearray(len(reading_text.text))
    source_map = reading_text.source_map
    end_in_reading = end_in_source = 0
    for start, source_start, length in zip(
        source_map.reading_starts, source_map.source_starts, source_map.lengths, strict=True
    ):
        assert length > 0
        assert start >= end_in_reading
        assert source_start >= end_in_source
        assert reading_text.text[start : start + length] == source[source_start : source_start + length]
        covered[start : start + length] = b"x" * length
        end_in_reading, end_in_source = start + length, source_start + length
    assert all(mark or char.isspace() for mark, char in zip(covered, reading_text.text, strict=True))
    assert (
        "".join(reading_text.text[s.start_char : s.end_char] for s in reading_text.sections) == reading_text.text
    )
    assert reading_text.sections[0].start_char == 0
    assert not set(reading_text.text) & set("\x00\x07\x1b\r\x0b\x0c\u00ad\u200b\u202e\u2066\ufeff")
    assert reading_text.text == reading_text.text.rstrip()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('see [the leaflet](/a_b?c=d "title") now', "see the leaflet now"),
        ("a [link (with) brackets](/x_(y)) b", "a link (with) brackets b"),
        ("[one [two]](/x)", "one [two]"),
        ("[see [the page](/a)](/b)", "see the page"),
        ("before ![alt *text*](/i.png) after", "before after"),
        ("[![alt](/i.png)](/page) text", "text"),
        ("an **important** and *small* word, snake_case", "an important and small word, snake_case"),
        ("**Exercise.**The right type", "Exercise. The right type"),
        ("cells.**[Targeted](/t) drugs** work.[Lymph](/l) nodes", "cells. Targeted drugs work. Lymph nodes"),
        ("v1.*x* and a:**b** and A::*BCL* stay", "v1.x and a:b and A::BCL stay"),
        ("in the lungs.[Enlarge](/a.jpg)![a lung](/a-750.jpg)", "in the lungs."),
        ("![a lung](/a.png) [Zoom in](/a.png?w=9) Next", "Next"),
        ("[![a lung](/a.png) View larger](/b.webp) Next", "Next"),
        ("[Enlarge](/a.jpg)Drawing of a lung", "Drawing of a lung"),
        ("see [the drawing](/a.jpg) of it", "see the drawing of it"),
        ("![a lung](/a.png) [Read on](/page.html)", "Read on"),
        (
            "![a lung](/a.png) [A lung with a tumour in its upper lobe](/a.png)",
            "A lung with a tumour in its upper lobe",
        ),
        ("**Note**:** text", "Note:** text"),
        ("levels*, causing; see below*", "levels*, causing; see below*"),
        ("2 * 3 * 4 and 2**3", "2 * 3 * 4 and 2**3"),
        ("5 \\* 3 \\[not a link\\](x)", "5 * 3 [not a link](x)"),
        ("`code *as is*` and ``a`b``", "code *as is* and a`b"),
        ("costs $5 and *not* $10", "costs $5 and not $10"),
        ("about ~5 mg, ~~struck~~ out, ~10", "about ~5 mg, struck out, ~10"),
        ("<https://example.org/a_b_c> x", "https://example.org/a_b_c x"),
        ("a <b>bold</b> <!-- hidden --> word<br>next", "a bold word\nnext"),
        ("a<script>alert(1)</script> b", "a b"),
        ("p <0.05, Accessed <MM/DD/YYYY>, List<T>", "p <0.05, Accessed <MM/DD/YYYY>, List<T>"),
        ("10<sup>9</sup> cells, CO<sub>2</sub>", "10 9 cells, CO2"),
        ("A&amp;B&nbsp;C &lt; D", "A&B C &lt; D"),
        ("first  \nsecond\\\nthird\nstill third", "first\nsecond\nthird still third"),
        ("as shown.[[12](#cit/section_1.12),[13](#cit/section_1.13)] Next", "as shown. Next"),
        ("as shown ([3](#r3), [4](#r4)–[6](#r6)).", "as shown."),
        ("see Question [17](#question17)", "see Question 17"),
        ("[Level of evidence: 5](#l5) and [note]", "Level of evidence: 5 and [note]"),
        ('J Oncol, 2007. [[PUBMED Abstract]](http://example.org "x")', "J Oncol, 2007."),
        ("[the leaflet][a] and [A] but [b]\n\n[a]: /x 'title'", "the leaflet and A but [b]"),
        ("a\u200bb\u00adc\u202ed\x07e", "abcde"),
        (
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
    ],
)
def test_marks_within_a_line_drop_out(source: str, expected: str) -> None:
    assert text(source) == expected
    check(source, read(source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# One #\n\ntext\nmore\n\n***\n\nTwo\n===\n\nend", "One\n\ntext more\n\nTwo\n\nend"),
        ("- a\n- b\n  - c\n\n  d\n1. e\n2. f", "- a\n- b\n  - c\n  d\n\n1. e\n2. f"),
        ("* a\n\n* b\n\nafter", "* a\n* b\n\nafter"),
        ("- [ ] open\n- [x] done", "- [ ] open\n- [x] done"),
        ("> quoted\n> text\n\n> > twice", "quoted text\n\ntwice"),
        ("- >75 years: 3.\n- >1x\u20133x: 1.\n- > 3 g", "- >75 years: 3.\n- >1x\u20133x: 1.\n- > 3 g"),
        (
            "| Stage | Size |\n| --- | ---: |\n| I | **2** cm |\n|  |  |\n| II | a \\| b |",
            "Stage\tSize\nI\t2 cm\nII\ta | b",
        ),
        ("Caption\n| | B |\n|---|---|\n| x | |\n| --- | --- |\n| y |", "Caption\n\n\tB\nx\ny"),
        ("```py\nif a:\n    b\n\n\nc\n```\nend", "if a:\n    b\n\nc\n\nend"),
        ("text\n\n    a\n      b", "text\n\na\n  b"),
        (
            "<div>\n<h2>Head</h2>\n<p>One &amp; two</p><p>three</p>\n</div>\n\nend",
            "Head\n\nOne & two\n\nthree\n\nend",
        ),
        ("<style>\np {}\n\nq {}\n</style>\n\nend", "end"),
        ("Brand names\n\nProlia\nXgeva\n", "Brand names\n\nProlia\nXgeva"),
        ("- [![i](/a.png)\n\n  Title\n\n  About it.](/x)\n- b", "- Title\n  About it.\n- b"),
        ("- [![i](/a.png)\n\nTitle\n\nAbout it.](/x)\n- b", "Title\n\nAbout it.\n\n- b"),
        ("---\n\ntext", "text"),
        ("1.\n\ntext", "1.\n\ntext"),
    ],
)
def test_blocks_keep_a_shape_that_reads_well(source: str, expected: str) -> None:
    assert text(source) == expected
    check(source, read(source))


@pytest.mark.parametrize(
    ("sign", "levels"),
    [
        ("- **Cars** that:\n- are red\n- Honk\n- **Bikes** too", "0110"),
        ("- Cars may be:\n- red\n- very old\n- Bikes are blue", "0110"),
        ("- bikes\n- cars, such as:\n- Small ones\n- Large ones\n- trains", "00110"),
        ("- Cars: they are:\n- Fast.\n- Loud.\n- Bikes: they are slow.", "0110"),
        ("- They roll.\n- The kinds are:\n- Car\n- Bike\n- All of them have wheels.", "00110"),
        ("- Cars may be:\n- red; or\n- Blue.\n- Bikes are slow here.", "0110"),
        ("- **Toys** are:\n- balls, which are:\n- Red\n- Blue\n- **Tools** too", "01220"),
        ("1. one\n2. two\n3. three:\n1. a\n2. b\n4. four", "000110"),
    ],
)
def test_a_list_whose_inner_lists_were_flattened_gets_its_levels_back(sign: str, levels: str) -> None:
    lines = [line.lstrip("- *").replace("**", "") for line in sign.splitlines()]
    shown = text(sign).split("\n")
    assert [line.lstrip("- ") for line in shown] == lines
    assert "".join(str((len(line) - len(line.lstrip(" "))) // 2) for line in shown) == levels
    check(sign, read(sign))


@pytest.mark.parametrize(
    "source",
    [
        "- physical problems:\n- teeth\n- hearing\n- changes of mood",
        "- Cars.\n- Kinds of cars:\n- Fast cars.\n- Slow cars.\n- Bikes.",
        "- Conditions:\n- high pressure\n- Asthma\n- smoking",
        "1. a:\n1. b\n1. c",
        "1. a\n2. b\n1. c\n2. d\n3. e",
        "- a\n- b:",
    ],
)
def test_a_list_stays_flat_where_nothing_tells_how_far_an_inner_one_goes(source: str) -> None:
    assert text(source) == source


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_line_ends_of_other_systems_read_the_same(line_break: str) -> None:
    source = "# Head ##\n\npara  \nnext\n\n- a\n- b\n\n| a | b |\n|---|---|\n| c | d |\n\n```\nx\n\ny\n```\n"
    assert text(source.replace("\n", line_break)) == text(source)


def test_noise_of_scraped_pages_drops_out() -> None:
    source = (
        "# Denosumab - NCI\n\n# Denosumab\n\nPlaceholder slot\n\n[Go to Patient Version](/p)\n\n"
        "On This Page\n\n- [Use](#use)\n- [More](#more)\n\n##\n\nUse in cancer\n\nDenosumab is used.\n\n"
        "[Enlarge](/i.png)\n\n## Video\n\nVideo"
    )
    assert text(source) == "Denosumab\n\nUse in cancer\n\nDenosumab is used.\n\nVideo"
    check(source, read(source))


@pytest.mark.parametrize(
    "source",
    [
        "The line says: Placeholder slot",
        "You can go to patient version",
        "- [Use](#use) of it\n- [More](#more)",
        "# Bone cancer\n\n# Lung cancer",
    ],
)
def test_what_only_resembles_noise_stays(source: str) -> None:
    words = set(source.replace("(#use)", "").replace("(#more)", "").replace("[", "").replace("]", "").split()) - {
        "#"
    }
    assert words <= set(text(source).split())


def test_sections_carry_their_headings_and_an_empty_one_joins_the_next() -> None:
    source = "lead\n\n# A\n\n## B\n\nb\n\n#### C\n\nc\n\n## D\n\nd\n\n## E"
    reading = read(source).reading_text
    assert [(reading.text[s.start_char : s.end_char], s.headings) for s in reading.sections] == [
        ("lead", ()),
        ("\n\nA\n\nB\n\nb", ("A", "B")),
        ("\n\nC\n\nc", ("A", "B", "C")),
        ("\n\nD\n\nd\n\nE", ("A", "D")),
    ]
    assert reading.title == "A"


def test_a_page_of_nothing_but_headings_is_one_section() -> None:
    reading = read("# A\n\n## B").reading_text
    assert [(s.start_char, s.end_char, s.headings) for s in reading.sections] == [(0, 4, ("A", "B"))]


def test_offsets_count_the_characters_of_the_whole_file() -> None:
    source = "---\ntitle: T\n---\n\u00e9\U0001f600 **b\u00f6ld** [x](/y)"
    document = read_text(source.encode(), "", source_type=SourceType.MARKDOWN, stem="s")
    text = document.reading_text.text
    assert text == "\u00e9\U0001f600 b\u00f6ld x"
    assert source[slice(*document.reading_text.source_map.source_span(3, 7))] == "b\u00f6ld"
    assert source[slice(*document.reading_text.source_map.source_span(3, 9))] == "b\u00f6ld** [x"


def test_plain_text_has_cautious_headings_and_lists() -> None:
    source = (
        "Living with it\n\nA first paragraph of the page.\n\nWho should take it?\n\nMost people. But not:\n\n"
        "  \u2022 you\n  \u2022 them, because\n    \u2022 of this\n\nNot a heading:\n\nTail\n"
    )
    reading = read(source, SourceType.PLAIN_TEXT)
    assert reading.reading_text.text == (
        "Living with it\n\nA first paragraph of the page.\n\nWho should take it?\n\nMost people. But not:\n\n"
        "\u2022 you\n\u2022 them, because\n  \u2022 of this\n\nNot a heading:\n\nTail"
    )
    assert [section.headings for section in reading.reading_text.sections] == [
        ("Living with it",),
        ("Living with it", "Who should take it?"),
    ]
    check(source, reading)


def test_lines_that_a_program_wrapped_are_joined_and_others_are_not() -> None:
    wrapped = "\n".join(["word " * 14 + "end"] * 2 + ["short"])
    assert "\n" not in read(wrapped, SourceType.PLAIN_TEXT).reading_text.text
    assert read("12 High Street\nTown\n", SourceType.PLAIN_TEXT).reading_text.text == "12 High Street\nTown"


def test_many_short_lines_are_no_headings() -> None:
    source = "Intro text.\n\nBread\n\nMilk\n\nEggs\n\nCheese\n\nThese are what to buy.\n"
    headings = {section.headings for section in read(source, SourceType.PLAIN_TEXT).reading_text.sections}
    assert headings == {(), ("Cheese",)}


def document(source: str, stem: str = "file-name") -> ReadDocument:
    return read_text(source.encode(), "0" * 64, source_type=SourceType.MARKDOWN, stem=stem)


def test_the_title_is_the_front_matters_else_a_heading_else_the_name_else_the_first_sentence() -> None:
    assert document("---\ntitle: Front\n---\n# Head\n\ntext").metadata.title == "Front"
    assert document("text\n\n## Head").metadata.title == "Head"
    assert document("First sentence. Second one.").metadata.title == "file name"
    assert document("First sentence. Second one.", "index").metadata.title == "First sentence."
    assert document("word " * 40, "1").metadata.title == "word " * 22 + "word\u2026"


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("my-note_2024", "my note 2024"),
        ("2024-03-05 Visit to Dr. Smith", "2024-03-05 Visit to Dr. Smith"),
        ("Migraine", "Migraine"),
        ("notes-2", None),
        ("2024-03-05", None),
        ("3fa85f64-5717-4562-b3fc-2c963f66afa6", None),
    ],
)
def test_a_name_is_a_title_where_somebody_gave_it(stem: str, title: str | None) -> None:
    assert title_of_name(stem) == title


def test_front_matter_never_changes_the_reading_text() -> None:
    body = "# A - Site\n\n# A\n\ntext\n"
    with_title = document(f"---\ntitle: A\nlanguage: en\n---\n{body}")
    without = document(body)
    assert with_title.reading_text.text == without.reading_text.text
    assert with_title.body_sha256 == without.body_sha256


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"caf\xe9", SkipReason.ENCODING_INVALID),
        ("text".encode("utf-16-le"), SkipReason.BINARY_CONTENT),
        (b"\xff\xfea", SkipReason.ENCODING_INVALID),
        (b"a\0b", SkipReason.BINARY_CONTENT),
        (b"", SkipReason.EMPTY),
        (b" \n\t\r\n", SkipReason.EMPTY),
        ("\ufeff\u200b\u2060 ".encode(), SkipReason.EMPTY),
        (b"---\ntitle: T\n---\n \n", SkipReason.NO_BODY),
        (b"![only an image](/a.png)", SkipReason.EMPTY),
    ],
)
def test_a_file_without_readable_text_is_skipped_with_a_reason(content: bytes, reason: SkipReason) -> None:
    with pytest.raises(DocumentSkipped) as caught:
        read_text(content, "", source_type=SourceType.MARKDOWN, stem="s")
    assert caught.value.reason is reason


def test_an_invalid_byte_is_named_by_its_place() -> None:
    with pytest.raises(DocumentSkipped, match="byte 3"):
        read_text(b"caf\xe9", "", source_type=SourceType.MARKDOWN, stem="s")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_understood_and_counts_as_a_character(encoding: str) -> None:
    content = "---\ntitle: T\n---\ncaf\u00e9".encode(encoding)
    page = read_text(content, "", source_type=SourceType.MARKDOWN, stem="s")
    assert (page.metadata.title, page.reading_text.text) == ("T", "caf\u00e9")
    assert page.reading_text.source_map.source_starts == (18,)


def test_odd_pages_are_taken_in_with_a_warning() -> None:
    prose = "These are words enough for a page that people can read. "
    codes = {
        name: [(warning.code, warning.line) for warning in read(source).warnings]
        for name, source in {
            "fence": f"{prose}\n\n```\ncode",
            "control": f"{prose}\x1b[31m",
            "digits": "12345 67890 " * 20,
            "blob": "x" * 5_000,
            "lost": f"{prose}Take 5 \ufffdg.",
            "binary": "BOOKMOBI \ufffd \ufffd H ,d 4\ufffd\ufffd <# C\ufffd\ufffd\ufffd KK R\ufffd\ufffd [",
            "fine": prose,
        }.items()
    }
    assert codes == {
        "fence": [(DocumentWarningCode.UNCLOSED_FENCE, 3)],
        "control": [(DocumentWarningCode.CONTROL_CHARACTERS_REMOVED, None)],
        "digits": [(DocumentWarningCode.LOW_TEXT, None)],
        "blob": [(DocumentWarningCode.LOW_TEXT, None)],
        "lost": [(DocumentWarningCode.CHARACTERS_LOST, None)],
        "binary": [(DocumentWarningCode.CHARACTERS_LOST, None), (DocumentWarningCode.LOW_TEXT, None)],
        "fine": [],
    }


REPEATED = [
    *((mark, 16_000) for mark in ("[", "*", "`", "_", ">", "(", "<", "&", "#", "|", "~", "!", "\\", " ", "\t")),
    *(
        (piece, 8_000)
        for piece in (
            "*a ",
            "_a*b",
            "**a_ ",
            "[a](",
            "![",
            "](",
            "<a ",
            "<!--",
            "`a",
            "&a",
            "[a]: b\n",
            "| a ",
            "|a\n",
            "> ",
            "- ",
            "1. ",
            "# a\n",
            "- a\n",
            "```\n",
            "<div>",
            "<div>\n\n",
            "[[1](#a)",
            "([1](#a)",
            '](/a "',
            "a  \n",
            "a\n\n",
        )
    ),
]
GROWING = [
    *((partial(mul, piece), times) for piece, times in REPEATED),
    (lambda size: "".join(" " * (2 * depth) + "- a\n" for depth in range(isqrt(size))), 90_000),
    (lambda size: "|a" * size + "|\n" + "|-" * size + "|\n" + "|b" * size, 5_000),
]


@pytest.mark.parametrize(("markup", "size"), GROWING)
def test_hostile_markup_takes_time_in_proportion(markup: Callable[[int], str], size: int) -> None:
    assert_in_proportion(lambda part: read(markup(part)), size)
    source = markup(size // 8)
    check(source, read(source))
    check(source, read(source, SourceType.PLAIN_TEXT))


MARKDOWN = st.lists(
    st.sampled_from(
        [
            "word",
            "caf\u00e9",
            "\U0001f600",
            "5 mg",
            "\n",
            "\n\n",
            "\r\n",
            "\r",
            " ",
            "    ",
            "\t",
            "#",
            "## ",
            "- ",
            "1. ",
            "* ",
            "*",
            "**",
            "_",
            "`",
            "```\n",
            "~~",
            "[",
            "]",
            "](",
            "](#r1)",
            "[3](#r3)",
            "[[1](#c1)]",
            "(/x)",
            "![",
            "|",
            "| a | b |\n|---|---|\n",
            "> ",
            ">7",
            "---\n",
            "===\n",
            "<b>",
            "</b>",
            "<br>",
            "<div>\n",
            "<!--",
            "-->",
            "<MM/DD>",
            "<script>",
            "</script>",
            "&amp;",
            "&nbsp;",
            "&lt;",
            "\\",
            "\\*",
            "\u200b",
            "\u202e",
            "\xa0",
            "\x07",
            "\u2028",
            "[a]: /x\n",
            "Placeholder slot",
            "$",
            "~",
            "<https://e.org>",
        ]
    ),
    max_size=40,
).map("".join)


def test_a_greater_than_before_the_number_of_an_item_stays_before_it() -> None:
    source = ">71. word"
    reading = read(source)
    check(source, reading)
    assert reading.reading_text.text == ">71. word"


@settings(max_examples=400)
@given(MARKDOWN)
def test_any_markdown_keeps_the_promises_of_a_reading_text(source: str) -> None:
    reading = read(source)
    check(source, reading)
    assert read(source) == reading


@settings(max_examples=200)
@given(MARKDOWN | st.text(max_size=200))
def test_any_plain_text_keeps_every_visible_character(source: str) -> None:
    reading = read(source, SourceType.PLAIN_TEXT)
    check(source, reading)
    hidden = set("\u200b\u202e\x07\u00ad\ufeff")
    kept = [char for char in source if not char.isspace() and char not in hidden and char.isalnum()]
    assert [char for char in reading.reading_text.text if char.isalnum()] == kept


@settings(max_examples=200)
@given(
    st.lists(
        st.from_regex(r"[a-z]{1,8}|\*\*[a-z]{1,5}\*\*|- [a-z]{1,4}|## [A-Z]{1,4}", fullmatch=True), max_size=12
    )
)
def test_no_word_of_a_page_gets_lost(lines: list[str]) -> None:
    source = "\n\n".join(lines)
    letters = [char for char in source if char.isalpha()]
    assert [char for char in text(source) if char.isalpha()] == letters

"""Dialects of Markdown: what their pages show is read, what they do not show is not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.reading_text import make_reading_text
from ingest.reading.source_type import SourceType
from tests.proportion import assert_in_proportion


def text(source: str) -> str:
    """The reading text; every visible character of it is checked to stand where its map says."""
    read = make_reading_text(source, 0, SourceType.MARKDOWN).reading_text
    spans = zip(
        read.source_map.reading_starts, read.source_map.source_starts, read.source_map.lengths, strict=True
    )
    slices = [(read.text[start : start + length], source[at : at + length]) for start, at, length in spans]
    assert all(shown == written for shown, written in slices)
    assert re.sub(r"\s", "", "".join(shown for shown, _ in slices)) == re.sub(r"\s", "", read.text)
    return read.text


@pytest.mark.parametrize(
    "source",
    [
        "Take one. %%ask Bob%% Rest.",
        "Take one.%%ask\nBob%% Rest.",
        "%% ask Bob %%\nTake one. Rest.",
        "%%\nask Bob\n\n```\nand Ann\n```\n\n%%\n\nTake one. Rest.",
        "> %% ask Bob %%\n\nTake one. Rest.",
        "{/* ask\n\nBob */}\n\nTake one. Rest.",
        "{{/* ask Bob */}}Take one. Rest.",
        "{% comment %}\nask Bob\n\n{% include bob.html %}\n{% endcomment %}\nTake one. Rest.",
        "{{% comment %}}ask Bob{{% /comment %}}Take one. Rest.",
        "{::comment}\nask Bob\n{:/comment}\n\nTake one. Rest.",
        "{::comment}ask Bob{:/}Take one. Rest.",
    ],
)
def test_a_comment_is_not_read(source: str) -> None:
    assert text(source) == "Take one. Rest."


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("see [[Headaches|all headaches]], [[Migraine]]", "see all headaches, Migraine"),
        ("| a | b |\n|---|---|\n| [[Page\\|one]] | two |", "a\tb\none\ttwo"),
        ("![[scan.png]] Rest ==**two** days==.", "Rest two days."),
        ("Rest. ^a1b2c3", "Rest."),
        ("> [!warning] Take *care*\n> Do not drive.\n> - or ride", "Take care\n\nDo not drive.\n\n- or ride"),
        ("> [!WARNING]\n> Do not drive.", "WARNING\n\nDo not drive."),
        ("- a\n  > [!tip]- Folded\n  > b", "- a\n  Folded\n  b"),
        ("a\n:::tip Before\nb\n\n- c\n:::\nd", "a\n\nBefore\n\nb\n\n- c\n\nd"),
        (":::danger[Call *now*]\nb\n:::", "Call now\n\nb"),
        ("::: {.column}\n::: warning\nb\n:::\n:::", "warning\n\nb"),
        ("::::{admonition} Before\n:class: tip\nb\n::::", "Before\n\nb"),
        ("/// tip | Before *you* go\n    open: True\n\nb\n///", "Before you go\n\nb"),
        ("/// html | div.card\nb\n///", "b"),
        (
            '!!! note inline "Part *time*"\n    Half.\n\n    - a\n    - b\n\nc',
            "Part time\n\nHalf.\n\n- a\n- b\n\nc",
        ),
        ("a\n!!! warning\n    b\n    c\n\nd", "a\n\nwarning\n\nb c\n\nd"),
        ('???+ tip ""\n\n\tb\n\n    ~~~\n    c\n\n      !!! d\n    ~~~\n', "b\n\nc\n\n  !!! d"),
        (
            '=== "One"\r\n\r\n    a **b**\r\n\r\n=== "T"\r\n\r\n    | c | d |\r\n    |---|---|\r\n    | e | f |',
            "One\n\na b\n\nT\n\nc\td\ne\tf",
        ),
        ("1. a\n\n    !!! tip\n        b\n\n2. c", "1. a\n  tip\n  b\n2. c"),
        ("!!! note\n    !!! tip\n        a\n\n    b %%c%%\n\n    # D", "note\n\ntip\n\na\n\nb\n\nD"),
        ('{{< figure src="x" >}}\n\nTake {{% b %}}one{{% /b %}}.', "Take one."),
        ("{% include nav.html %}\na {%- if x -%}b{% endif %}", "a b"),
        ("Rest.\n{: .note }\n\n## Dose {#dose}\n\none", "Rest.\n\nDose\n\none"),
        ('[a](/b){: target="_blank"} *c*{.d} ![e](/f){width=50%}', "a c"),
        ("import A from './a'\nimport {B} from \"b\";\n\n# T\n\nexport const c = {\n  d: 1\n}\n\ne", "T\n\ne"),
        ('<Tabs>\n<Tab label="a">\n\n*b*\n\n</Tab>\n</Tabs>\n\n<Clock />', "b"),
    ],
)
def test_of_a_mark_what_a_reader_sees_is_read(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "100%% sure, 5%% of them",
        "%% without an end",
        "x[[1]] and [[2]]",
        "a == b and c == d, a==b==c",
        "10 ^100000 and ^2",
        ":::tip without an end",
        "/// tip | without an end",
        "!!! note",
        "Wait!!! note this",
        "??? of what",
        "a ::: b",
        "{{ phone }} {%5, 10%} {a} {#1}",
        "the sum_{i=1} of f(x){i=1}",
        "A {#id} within words",
        "import 'lead' into bones",
        "export default values, which matter",
        "Dear <Name>, rest",
        "{% without an end",
        "Rest [!warning] here",
    ],
)
def test_what_is_no_whole_mark_is_text(source: str) -> None:
    assert text(source) == source


def test_a_box_that_is_shown_as_code_stays_code() -> None:
    source = '!!! note "a"\n    b'
    assert text(f"```\n{source}\n```") == source
    indented = "\n".join(f"    {line}" for line in source.split("\n"))
    assert text(f"x\n\n{indented}") == f"x\n\n{source}"


@pytest.mark.parametrize("mark", ["%% a %%", "[[a|b]]", "==a==", "{% a %}", "{{< a >}}", "{: .a}", "{/* a */}"])
def test_code_keeps_its_marks(mark: str) -> None:
    assert text(f"Write `{mark}` so.") == f"Write {mark} so."
    assert text(f"a\n\n```\n{mark}\n```\n") == f"a\n\n{mark}"
    assert text(f"a\n\n    {mark}\n") == f"a\n\n{mark}"
    assert text(f"!!! note\n    a\n\n        {mark}\n") == f"note\n\na\n\n{mark}"
    assert text(f"Write <code>{mark}</code> so.") == f"Write {mark} so."


_PIECES = [
    "%%",
    "[[",
    "]]",
    "==",
    "> [!note]",
    "!!! note",
    "    ",
    "\t",
    "\r\n",
    "/// tip",
    ":::",
    ":::tip ",
    "{{<",
    ">}}",
    "{%",
    "%}",
    "{:",
    "}",
    "{#",
    "|",
    "`",
]


@given(st.lists(st.sampled_from([*_PIECES, "word", " ", "\n", "\n\n", "# "]), max_size=25))
def test_any_mixture_of_marks_gives_slices_of_the_source(pieces: list[str]) -> None:
    text("".join(pieces))


@given(
    st.lists(st.sampled_from([*(sign for sign in _PIECES if len(sign) < 4 and sign != "`"), "word"]), max_size=25)
)
def test_a_page_without_whole_marks_keeps_every_word(pieces: list[str]) -> None:
    # Nothing that could end a mark is left: a line of its own for each.
    source = "\n\n".join(f"w{number} {piece} w{number}" for number, piece in enumerate(pieces))
    words = re.findall(r"w\d+|word", source)
    assert re.findall(r"w\d+|word", text(source)) == words


@pytest.mark.parametrize(
    "piece",
    [
        "%% ",
        "%%a\n\n",
        "[[a|",
        "==a",
        "{{< a ",
        "{% a ",
        "{% comment %}",
        "{: .a",
        "a){b=c}",
        ":::a b :\n",
        "- >  [!a",
        "!!! a ",
        "!!! a\n",
        "!!!         ",
        '=== "a',
        "    !!! a\n        ",
    ],
)
def test_marks_without_an_end_take_time_in_proportion(piece: str) -> None:
    assert_in_proportion(lambda count: text(piece * count), 16_000)

"""Front matter: what is read, what is left out with a warning, and what keeps a page out."""

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DocumentSkipped, DocumentWarningCode, FrontMatterInvalid, SkipReason
from ingest.reading.front_matter import FrontMatter, read_front_matter
from retriever.document import ReviewFrequency
from tests.proportion import assert_in_proportion


def read(block: str) -> FrontMatter:
    return read_front_matter(f"---\n{block}\n---\nBody\n")


def refusal(block: str) -> SkipReason:
    with pytest.raises(FrontMatterInvalid) as caught:
        read(block)
    return caught.value.reason


def test_all_fields_are_read_under_the_names_that_collections_write() -> None:
    page = read(
        "title: Denosumab\nurl: https://example.org/denosumab\nsource: NCI\nsourceType: core\n"
        "citation: NCI, 2025\nlicense: public_domain\nlanguage: en\naudienceLevel: patient\n"
        "status: active\nversion: v1\nlastReviewed: '2025-12-30'\nreviewFrequency: quarterly\ntags:\n- treatment\n"
        "cancerTypes: [breast, prostate]"
    )
    metadata = page.metadata(fallback_title="unused")
    assert (metadata.title, metadata.url, metadata.source) == ("Denosumab", "https://example.org/denosumab", "NCI")
    assert (metadata.source_type, metadata.citation, metadata.license) == ("core", "NCI, 2025", "public_domain")
    assert (metadata.language, metadata.audience_level, metadata.status) == ("en", "patient", "active")
    assert (metadata.version, metadata.last_reviewed) == ("v1", date(2025, 12, 30))
    assert metadata.review_frequency is ReviewFrequency.QUARTERLY
    assert (metadata.tags, metadata.cancer_types) == (("treatment",), ("breast", "prostate"))
    assert (page.warnings, metadata.extra) == ((), {})


def test_snake_case_names_are_read_as_well() -> None:
    metadata = read("last_reviewed: 2025-01-02\naudience_level: professional").metadata(fallback_title="t")
    assert (metadata.last_reviewed, metadata.audience_level) == (date(2025, 1, 2), "professional")


def test_both_names_of_one_field_are_a_duplicate() -> None:
    assert refusal("lastReviewed: 2025-01-02\nlast_reviewed: 2024-01-02") is SkipReason.YAML_DUPLICATE_KEY


def test_a_page_without_front_matter_has_a_body_from_its_first_character() -> None:
    page = read_front_matter("# Title\n\n---\n\ntext\n---\n")
    assert (page.title, page.body_start, page.warnings) == (None, 0, ())
    assert page.metadata(fallback_title="Title").title == "Title"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["---", "...", "--- \t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_body_begins_below_the_end_mark(line_break: str, end: str, mark: str) -> None:
    source = mark + line_break.join(["---", "title: T", end, "# Body", "---", "rest"])
    page = read_front_matter(source)
    assert page.title == "T"
    assert source[page.body_start :] == line_break.join(["# Body", "---", "rest"])


def test_scalars_stay_the_strings_that_stand_in_the_file() -> None:
    extra = read("a: no\nb: 012\nc: 12:30:45\nd: 1e3\ne: 2025-01-01\nf: .nan\ng: " + "9" * 5000).untitled.extra
    assert [extra[key] for key in "abcdef"] == ["no", "012", "12:30:45", "1e3", "2025-01-01", ".nan"]
    assert extra["g"] == "9" * 5000


def test_unknown_keys_are_kept_with_their_lists_and_mappings() -> None:
    extra = read("audience: {level: [a, b], note: null}\nempty:").untitled.extra
    assert extra == {"audience": {"level": ["a", "b"], "note": None}}


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("- a\n- b", SkipReason.FRONT_MATTER_NOT_MAPPING),
        ("only words", SkipReason.FRONT_MATTER_NOT_MAPPING),
        ("", SkipReason.FRONT_MATTER_NOT_MAPPING),
        ("# a comment", SkipReason.FRONT_MATTER_NOT_MAPPING),
        ("a: 1\n--- {c: 2}", SkipReason.FRONT_MATTER_NOT_MAPPING),
        ("a: [", SkipReason.YAML_INVALID),
        ("a: b: c", SkipReason.YAML_INVALID),
        ("? [a]\n: b", SkipReason.YAML_INVALID),
        ('a: "\\UFFFFFFFF"', SkipReason.YAML_INVALID),
        ("a: \x07", SkipReason.YAML_INVALID),
        ("a: !!python/object/apply:os.system [id]", SkipReason.YAML_TAG),
        ("a: !custom b", SkipReason.YAML_TAG),
        ("a: &x [1]\nb: *x", SkipReason.YAML_ALIAS),
        ("a: &x b", SkipReason.YAML_ALIAS),
        ("<<: {a: b}", SkipReason.YAML_ALIAS),
        ("a: 1\nb: 2\na: 3", SkipReason.YAML_DUPLICATE_KEY),
        ("a: {b: 1, b: 2}", SkipReason.YAML_DUPLICATE_KEY),
        ('a: "\\ud800"', SkipReason.INVALID_UNICODE),
        ("a: " + "[" * 17 + "]" * 17, SkipReason.FRONT_MATTER_TOO_DEEP),
        ("a: " + "[" * 25_000, SkipReason.FRONT_MATTER_TOO_DEEP),
        ("a: " + "x" * 64_000, SkipReason.FRONT_MATTER_TOO_LARGE),
        ("status: [active]", SkipReason.STATUS_INVALID),
        ("status: {a: b}", SkipReason.STATUS_INVALID),
        ('status: "act\\nive"', SkipReason.STATUS_INVALID),
    ],
)
def test_a_broken_block_keeps_the_page_out(block: str, reason: SkipReason) -> None:
    assert refusal(block) is reason


def test_front_matter_without_an_end_keeps_the_page_out() -> None:
    with pytest.raises(FrontMatterInvalid) as caught:
        read_front_matter("---\ntitle: T\n\n# Body\n")
    assert caught.value.reason is SkipReason.FRONT_MATTER_UNCLOSED


def test_the_library_itself_would_run_into_what_is_refused_here() -> None:
    # The guard is needed: the library's own safe loader follows merge keys and takes the last of two keys.
    assert yaml.safe_load("a: 1\na: 2") == {"a": 2}
    assert yaml.safe_load("<<: {a: 1}") == {"a": 1}


def test_a_merge_bomb_is_refused_before_it_is_unfolded() -> None:
    bomb = "a0: &a0 {k: v}\n" + "".join(f"a{n + 1}: &a{n + 1} {{<<: [{f'*a{n}, ' * 9}*a{n}]}}\n" for n in range(9))
    assert refusal(bomb) is SkipReason.YAML_ALIAS  # unfolded, it would be ten to the ninth keys


def test_many_keys_take_time_in_proportion() -> None:
    def read_keys(count: int) -> None:
        assert len(read("\n".join(f"k{n}: v" for n in range(count))).untitled.extra) == count

    assert_in_proportion(read_keys, 7_000)


@pytest.mark.parametrize("frequency", ["semi-annual", "semi_annual", "semiannual", "Semi Annual", "SEMI-ANNUALLY"])
def test_spellings_of_a_review_frequency_are_understood(frequency: str) -> None:
    assert read(f"reviewFrequency: {frequency}").untitled.review_frequency is ReviewFrequency.SEMI_ANNUAL


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [("yearly", "annual"), ("Annually", "annual"), ("as needed", "as_needed"), ("monthly", "monthly")],
)
def test_other_words_for_a_review_frequency_are_understood(frequency: str, expected: str) -> None:
    assert read(f"reviewFrequency: {frequency}").untitled.review_frequency == expected


@pytest.mark.parametrize(
    "day",
    [
        "2025-02-30",
        "10/12/2025",
        "2025",
        "0000-01-01",
        "9999-12-31",
        "25:61",
        "20250102",
        "2025-1-2",
        "[2025-01-02]",
    ],
)
def test_a_date_that_is_none_is_left_out_with_a_warning(day: str) -> None:
    page = read(f"version: v1\nlastReviewed: {day}")
    assert page.untitled.last_reviewed is None
    assert [(warning.code, warning.line) for warning in page.warnings] == [(DocumentWarningCode.DATE_INVALID, 3)]


def test_the_day_of_a_date_with_a_time_is_taken_as_it_stands() -> None:
    assert read("lastReviewed: 2025-01-02T23:30:00-05:00").untitled.last_reviewed == date(2025, 1, 2)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example",
        "\\\\evil",
        "/relative",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org/a b",
        "https://ex\u0430mple.org/",
        "https://example.org:port/",
        "http://[broken",
        "https://example.org/" + "a" * 2_000,
        "[https://example.org/]",
        '"https://example.org/\\u202e"',
        '"java\\nscript:x"',
    ],
)
def test_an_address_that_is_not_safe_to_show_is_left_out(url: str) -> None:
    page = read(f"url: {url}")
    assert page.untitled.url is None
    assert [warning.code for warning in page.warnings] == [DocumentWarningCode.URL_INVALID]


@pytest.mark.parametrize("field", ["title", "source", "sourceType", "citation", "license", "language", "version"])
@pytest.mark.parametrize("value", ["[a]", "{a: b}", '"two\\nlines"', '"nul\\0"', '"bidi \\u202e"', "x" * 1_001])
def test_a_field_of_the_wrong_type_is_left_out_with_a_warning(field: str, value: str) -> None:
    page = read(f"{field}: {value}")
    assert page.metadata(fallback_title="fallback").title == "fallback"
    assert [(warning.code, warning.line) for warning in page.warnings] == [(DocumentWarningCode.FIELD_INVALID, 2)]


@pytest.mark.parametrize("value", ["[[a]]", "{a: b}", "[a, null]"])
def test_a_list_of_anything_but_strings_is_left_out_with_a_warning(value: str) -> None:
    page = read(f"tags: {value}")
    assert page.untitled.tags == ()
    assert [warning.code for warning in page.warnings] == [DocumentWarningCode.FIELD_INVALID]


def test_a_lone_string_is_a_list_of_one() -> None:
    assert read("tags: bone").untitled.tags == ("bone",)


def test_a_warning_shows_forty_characters_of_a_value_at_most_and_escaped() -> None:
    page = read("lastReviewed: " + "\u00e9" * 500)
    (warning,) = page.warnings
    assert "\\xe9" * 40 in warning.detail
    assert "\\xe9" * 41 not in warning.detail
    assert warning.detail.isascii()


def test_strings_are_trimmed_and_composed() -> None:
    assert read('title: "  cafe\\u0301 "').title == "caf\u00e9"


def test_a_status_is_compared_without_regard_to_case() -> None:
    assert read("status: Active").untitled.status == "active"


@pytest.mark.parametrize("value", ["", "null", "''", "~"])
def test_an_empty_field_is_not_known_and_nothing_to_warn_of(value: str) -> None:
    page = read(f"title: {value}\nurl: {value}\nlastReviewed: {value}\nreviewFrequency: {value}\nstatus: {value}")
    assert (page.title, page.untitled.url, page.untitled.last_reviewed) == (None, None, None)
    assert (page.untitled.review_frequency, page.untitled.status, page.warnings) == (None, None, ())


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!<>|'\"\\u0\n\t #%@`?,.~\u00e9\x07"), max_size=60))
def test_any_block_is_read_or_refused_with_a_reason(block: str) -> None:
    try:
        body_start = read(block).body_start
        detail = ""
    except DocumentSkipped as refused:
        body_start = 0
        detail = refused.detail
    assert bool(body_start) != bool(detail)
    assert len(detail) < 300


HUGO = (
    '+++\ntitle = "Warfarin and food"\nlastReviewed = 2025-11-01\ndraft = false\n'
    'weight = 3\ntags = ["diet", "blood"]\n[params]\nward = "A"\n+++\nBody\n'
)


def test_toml_between_plus_signs_is_read_as_yaml_between_dashes() -> None:
    page = read_front_matter(HUGO)
    metadata = page.metadata(fallback_title="unused")
    assert (metadata.title, metadata.last_reviewed) == ("Warfarin and food", date(2025, 11, 1))
    assert metadata.tags == ("diet", "blood")
    assert metadata.extra == {"draft": "false", "weight": "3", "params": {"ward": "A"}}
    assert HUGO[page.body_start :] == "Body\n"
    assert read_front_matter(HUGO.replace("\n", "\r\n")).untitled == page.untitled


def test_a_bad_field_of_toml_is_told_with_its_line() -> None:
    (warning,) = read_front_matter('+++\ntitle = "t"\nurl = "ftp://x"\n+++\nBody\n').warnings
    assert (warning.code, warning.line) == (DocumentWarningCode.URL_INVALID, 3)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("title = Warfarin", SkipReason.TOML_INVALID),
        ("status = [1]", SkipReason.STATUS_INVALID),
        ("a = " + "[" * 30 + "]" * 30, SkipReason.FRONT_MATTER_TOO_DEEP),
        ("a = " + "[" * 30_000, SkipReason.FRONT_MATTER_TOO_DEEP),
        ("a = 1\n" + "#" * 64_000, SkipReason.FRONT_MATTER_TOO_LARGE),
    ],
)
def test_toml_that_cannot_be_trusted_keeps_a_page_out(block: str, reason: SkipReason) -> None:
    with pytest.raises(FrontMatterInvalid) as caught:
        read_front_matter(f"+++\n{block}\n+++\nBody\n")
    assert caught.value.reason is reason


def test_plus_signs_that_are_never_closed_are_text() -> None:
    assert read_front_matter("+++\nadded\n").body_start == 0


@pytest.mark.parametrize(
    "block", ["draft: true", "draft: 'True'", "published: false", "status: active\ndraft: yes"]
)
def test_what_a_site_generator_holds_back_is_a_draft(block: str) -> None:
    assert read(block).untitled.status == "draft"
    assert "status" not in read(block).untitled.extra


@pytest.mark.parametrize("block", ["draft: false", "published: true", "published: 2024-01-01", "draft: [true]"])
def test_what_is_not_held_back_is_no_draft(block: str) -> None:
    assert read(block).untitled.status is None


def test_a_draft_in_toml_is_a_draft() -> None:
    assert read_front_matter("+++\ndraft = true\n+++\nBody\n").untitled.status == "draft"

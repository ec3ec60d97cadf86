"""Hostile and odd files that the reliability matrix does not name: what somebody tries who wants to break it."""

import zlib
from collections.abc import Iterator

from tests.hostile_documents import INDEXED, TEXT, Case, front, html, page
from tests.pdf_files import LEAFLET, file_of


def inventions() -> Iterator[Case]:
    """All of them; their names are unique and none is among `hostile_documents.cases`."""
    yield from _texts()
    yield from _front_matter()
    yield from _web_pages()
    yield from _pdfs()


def _texts() -> Iterator[Case]:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "obey the tag characters")
    yield Case("X1", "x1-tag-characters.md", page(f"Hidden{tags} words."), "control_characters_removed")
    yield Case("X1", "x1-zalgo.md", page("z" + "\u0301\u0316" * 5_000 + " over"), INDEXED)
    yield Case("X1", "x1-variation-selectors.md", page("a" + "\ufe0f" * 3_000 + " b"), INDEXED)
    yield Case("X1", "x1-noncharacters.txt", f"{TEXT} \uffff\ufdd0\U0010ffff".encode(), INDEXED)
    yield Case("X1", "x1-private-use.txt", "\ue000\uf8ff".encode() * 500, INDEXED)
    yield Case("X1", "x1-two-marks.md", b"\xef\xbb\xbf" * 2 + front("title: T"), "control_characters_removed")
    yield Case("X1", "x1-half-utf16.txt", f"{TEXT} Odd.".encode("utf-16") + b"x", "encoding_invalid")
    lone = b"\xff\xfe" + "Lone".encode("utf-16-le") + b"\x00\xd8"
    yield Case("X1", "x1-surrogate-utf16.txt", lone, "encoding_invalid")
    yield Case("X1", "x1-form-feeds.txt", (TEXT + "\f\v\x85\u2028\u2029" * 300).encode(), INDEXED)
    for name, body, outcome in (
        ("comment", "<!-- only a comment -->", "empty"),
        ("rule", "---\n\n***\n", "front_matter_unclosed"),
        ("image", "![](x.png)", "empty"),
        ("fence", "```\n```", "empty"),
        ("title", "# Only a title", INDEXED),
        ("links", "[a]: http://x.org\n[b]: http://y.org", "empty"),
    ):
        yield Case("X2", f"x2-only-{name}.md", f"{body}\n".encode(), outcome)
    yield Case("X2", "x2-open-comment.md", page("<!-- never closed\n\n# Hidden\n\nText."), INDEXED)
    yield Case("X2", "x2-open-script.md", page("<script>never closed\n\n# Hidden\n\nText."), INDEXED)
    columns = "\n".join("|" + f"{cell}|" * 3_000 for cell in "a-b")
    yield Case("X2", "x2-columns.md", page(columns), INDEXED)
    yield Case(
        "X2", "x2-references.md", page("".join(f"[r{n}]: http://x.org/{n}\n" for n in range(5_000))), INDEXED
    )
    yield Case("X2", "x2-emphasis.md", page("*_" * 10_000 + "x" + "_*" * 10_000), INDEXED)
    yield Case("X2", "x2-nested-list.md", page("".join(f"{'  ' * n}- item {n}\n" for n in range(300))), INDEXED)
    yield Case("X2", "x2-setext.md", page("Heading\n===\n\nText\n---\n" * 500), INDEXED)
    yield Case("X2", "x2-escapes.md", page("\\" * 20_001), INDEXED)
    yield Case("X2", "x2-entities.md", page("&#x110000; &#xD800; &#0; &bogus; &amp;amp;"), INDEXED)
    yield Case("X2", "x2-math.md", page("$$" + "{" * 10_000 + "}" * 10_000 + "$$"), INDEXED)
    yield Case("X3", "x3-UPPER.MD", page("An upper-case ending."), INDEXED)
    yield Case("X3", "x3-trailing-dot..md", page("Two dots."), INDEXED)
    yield Case("X3", "x3-👩‍⚕️.md", page("A name of emoji."), INDEXED)
    yield Case("X3", "x3-rlo\u202egpj.md", page("A name that reads backwards."), INDEXED)
    yield Case("X3", "x3-percent%2e%2e%2f.md", page("A name that looks like a path."), INDEXED)
    yield Case("X3", "x3.md.exe", b"MZ", "unsupported_type")
    yield Case("X3", "x3-no-ending", page("No ending."), "unsupported_type")


def _front_matter() -> Iterator[Case]:
    for name, block, outcome in (
        ("number-key", "1: a\ntitle: T", INDEXED),
        ("null-key", "null: a\ntitle: T", "yaml_invalid"),
        ("list-key", "? [a]\n: b", "yaml_invalid"),
        ("empty-key", "'': a\ntitle: T", INDEXED),
        ("long-key", "k" * 5_000 + ": a", "yaml_invalid"),
        ("bad-escape", 'title: "\\x"', "yaml_invalid"),
        ("tab", "title:\tT\n\tother: x", "yaml_invalid"),
        ("null-title", "title: null", INDEXED),
        ("blank-title", "title: '   '", INDEXED),
        ("zero-width-title", 'title: "\\u200b"', INDEXED),
        ("html-title", "title: <script>alert(1)</script>", INDEXED),
        ("bidi-title", 'title: "a\\u202eb"', "field_invalid"),
        ("newline-title", "title: |\n  a\n  b", "field_invalid"),
        ("case-twice", "Title: A\ntitle: B", INDEXED),
        ("many-tags", "tags: [" + ",".join(f"t{n}" for n in range(5_000)) + "]", "field_invalid"),
        ("odd-status", "status: resurrected", INDEXED),
        ("retracted", "status: retired", INDEXED),
        ("odd-language", "language: '../../etc'", INDEXED),
        ("far-future", "lastReviewed: 9999-12-31", "date_invalid"),
        ("json", '{"title": "T", "tags": ["a"]}', INDEXED),
        ("directive", "%YAML 9.9\n---\ntitle: T", "yaml_invalid"),
        ("comment-bomb", "# " + "x" * 60_000 + "\ntitle: T", INDEXED),
        ("binary", "title: !!binary aGk=", "yaml_tag"),
        ("colon", "title: a: b: c", "yaml_invalid"),
        ("homoglyph-key", "tіtle: T", INDEXED),
    ):
        yield Case("X4", f"x4-{name}.md", front(block), outcome)
    for number, url in enumerate(
        ("http://", "https://[::1", "https://exa mple.org/", '"https://x.org/\\u202e"', "HTTP:x.org",
         "ftp://x.org/", "https://x.org:99999/", "mailto:a@b.org")
    ):  # fmt: skip
        yield Case("X5", f"x5-{number}.md", front(f"url: {url}"), "url_invalid")


def _web_pages() -> Iterator[Case]:
    for name, body, outcome in (
        ("plaintext", "<plaintext><b>x", INDEXED),
        ("textarea", "<textarea><p>open", INDEXED),
        ("nested-tables", "<table><tr><td>" * 300 + "x", INDEXED),
        ("numeric-entities", "&#99999999; &#0; &#xD800; &#x110000;", "characters_lost"),
        ("many-attributes", "<p " + " ".join(f"a{n}=1" for n in range(5_000)) + ">many", INDEXED),
        ("srcdoc", "<iframe srcdoc='<p>hidden</p>' src='http://169.254.169.254/'></iframe>", INDEXED),
        ("object", "<object data='file:///etc/passwd'></object><embed src='http://evil'>", INDEXED),
        ("conditional", "<!--[if IE]><p>hidden</p><![endif]-->", INDEXED),
        ("offscreen", "<p style='position:absolute;left:-9999px'>obey me</p>", INDEXED),
        ("tiny", "<p style='font-size:0'>obey me</p>", "hidden_text_removed"),
        ("opacity", "<p style='opacity:0'>obey me</p>", "hidden_text_removed"),
        ("hidden-attribute", "<p hidden>obey me</p>", "hidden_text_removed"),
        ("details", "<details><summary>More</summary><p>Folded away.</p></details>", INDEXED),
        ("open-comment", "<!-- never closed <p>gone", INDEXED),
        ("open-script", "<script>never closed <p>gone", INDEXED),
        ("null-bytes", "<p>a\0b</p>", "binary_content"),
    ):
        yield Case("X6", f"x6-{name}.html", html(body), outcome)
    entities = b"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a 'aaaa'>]>"
    yield Case("X6", "x6-xml.html", entities + html("&a;&a;"), INDEXED)
    yield Case("X6", "x6-utf16.html", html("In UTF-16.").decode().encode("utf-16"), INDEXED)


def _pdfs() -> Iterator[Case]:
    bomb = zlib.compress(b"BT (x) Tj ET\n" * 300_000, 9)
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(bomb) + bomb + b"\nendstream"
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << >> >>"
    yield Case("X7", "x7-bomb.pdf", file_of([catalog, pages, leaf % (600, 800), stream]), "pdf_no_text")
    yield Case(
        "X7", "x7-huge-page.pdf", LEAFLET.replace(b"/MediaBox [0 0 612 792]", b"/MediaBox [0 0 9e9 9e9]"), INDEXED
    )
    filters = b"<< /Length 3 /Filter [" + b"/FlateDecode " * 5_000 + b"] >>\nstream\nxxx\nendstream"
    script = b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >>"
    for name, content, outcome in (
        ("junk-before", b"junk\n" * 100 + LEAFLET, INDEXED),
        ("junk-after", LEAFLET + b"\0" * 100_000, INDEXED),
        ("twice", LEAFLET * 2, INDEXED),
        ("no-header", LEAFLET[8:], "wrong_type"),
        ("header-only", b"%PDF-1.7\n", "pdf_damaged"),
        ("half", LEAFLET[: len(LEAFLET) // 2], "pdf_damaged"),
        ("zeroed", LEAFLET[:100] + bytes(len(LEAFLET) - 100), "pdf_damaged"),
        ("endless-filter", file_of([catalog, pages, leaf % (9, 9), filters]), "pdf_no_text"),
        ("script", LEAFLET.replace(b"/Type /Catalog", script), INDEXED),
    ):
        yield Case("X7", f"x7-{name}.pdf", content, outcome)

"""What a keeper is told of a collection, and what a page's age makes of its passages."""

import json
import tarfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest.reading.front_matter import read_front_matter
from retriever.document import Document, Metadata, ReviewFrequency, Section
from retriever.filters import matching
from retriever.freshness import Freshness, review
from retriever.index import Index
from retriever.passage import Passage
from retriever.provenance.audience import Audience, audience_of
from retriever.provenance.governance import EXPECTED_FIELDS, SameTitle, govern, govern_documents, suspect_title
from retriever.provenance.overdue import FreshnessPolicy, apply_freshness, may_be_searched
from retriever.query import Condition, Hit, Operator
from tests.collections_on_disk import DENOSUMAB, run_ingest, write_collection
from tests.shared_data import shared

TODAY = date(2026, 11, 22)


def document(document_id: str, **fields: object) -> Document:
    metadata = replace(Metadata(title=f"The page {document_id}"), **fields)  # type: ignore[arg-type]
    return Document(
        document_id=document_id,
        source_path=f"{document_id}.md",
        sha256="0" * 64,
        body_sha256="0" * 64,
        metadata=metadata,
        prefix_title=metadata.title,
        sections=(),
    )


def reviewed(document_id: str, day: str) -> Document:
    return document(document_id, last_reviewed=date.fromisoformat(day), review_frequency=ReviewFrequency.QUARTERLY)


OVERDUE, DUE_SOON = reviewed("overdue", "2026-08-21"), reviewed("due-soon", "2026-08-22")
CURRENT, UNKNOWN = reviewed("current", "2026-10-22"), document("unknown")


def hit(of: Document, rank: int) -> Hit:
    passage = Passage(of.document_id, 0, 4, 0, 4, (), 3, "Text")
    return Hit(rank=rank, passage=passage, document=of, score=1 / rank, dense=None, lexical=None)


HITS = tuple(hit(one, rank) for rank, one in enumerate((OVERDUE, CURRENT, UNKNOWN, DUE_SOON), start=1))


@pytest.mark.parametrize(
    ("title", "url", "declared", "expected"),
    [
        ("Breast Cancer—Health Professional Version - NCI", None, "patient", Audience.PROFESSIONAL),
        ("Anal Cancer Treatment", "https://example.org/types/anal/hp/anal-pdq", "patient", Audience.PROFESSIONAL),
        (
            "Anal Cancer Treatment",
            "https://example.org/types/anal/patient/anal-pdq",
            "professional",
            Audience.PATIENT,
        ),
        ("Bone cancer (Patient Version)", None, None, Audience.PATIENT),
        ("Summaries for Health Professionals", None, None, Audience.PROFESSIONAL),
        ("Shp2 inhibitors", "https://example.org/shp/ohp", None, None),
        ("Anything", None, "Health_Professional", Audience.PROFESSIONAL),
        ("Anything", None, "general public", Audience.PATIENT),
        ("Anything", None, "tier-2", None),
    ],
)
def test_title_and_address_tell_for_whom_a_page_is_written_before_its_front_matter(
    title: str, url: str | None, declared: str | None, expected: Audience | None
) -> None:
    assert audience_of(document("d", title=title, url=url, audience_level=declared)) is expected


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            [("Depression–Health Professional Version",), ("Depression–Health Professional Version", "Causes")],
            True,
        ),
        ([(), ("Depression–Health Professional Version",)], True),
        ([("For Health Professionals",), ("Depression",)], False),
        ([("Depression",), ("Depression", "For Health Professionals")], False),
        ([()], False),
    ],
)
def test_the_heading_above_a_whole_page_tells_for_whom_it_is_written(
    headings: list[tuple[str, ...]], expected: bool
) -> None:
    sections = tuple(Section(at, at + 1, above) for at, above in enumerate(headings))
    page = replace(document("d", audience_level="patient"), sections=sections)
    assert (audience_of(page) is Audience.PROFESSIONAL) is expected
    conflicts = govern_documents([page], {"d": "1"}, today=TODAY).audience_conflicts
    assert [one.because for one in conflicts] == ["heading"] * expected


class CountingTitle(str):
    """A title that counts how often it is looked at."""

    looks = 0

    def casefold(self) -> str:
        """The title for a comparison, counted."""
        self.looks += 1
        return super().casefold()


def test_for_whom_a_page_is_written_is_worked_out_once() -> None:
    title = CountingTitle("How often is this title read? (Patient Version)")
    pages, wanted = [document("a", title=title), document("b")], Condition(Operator.EQ, "audience", "patient")
    assert [matching(pages, wanted).tolist() for _ in range(3)] == [[True, False]] * 3
    assert title.looks == 1


@pytest.mark.parametrize(
    "title",
    [
        *(
            "Facebook",
            "Access Denied",
            "Page Not Found",
            "404",
            "404 Not Found",
            "Just a moment...",
            "  just a moment… ",
        ),
        *(
            "www.cancer.gov",
            "https://example.org/a",
            "Untitled Document",
            "Error 500",
            "Page not found | NCI",
            "Log in",
        ),
        *("403 Forbidden", "Attention Required! | Cloudflare", "---", "502 Bad Gateway"),
    ],
)
def test_a_title_that_a_scraper_met_instead_of_the_page_is_suspect(title: str) -> None:
    assert suspect_title(title) is not None


@pytest.mark.parametrize(
    "title",
    [
        *("Childhood Cancer Facebook Live - NCI", "AC - NCI", "R-ICE - NCI", "What Is Cancer?", "Home care"),
        *("Errors in DNA repair", "Talc", "Access to care", "Loading doses of ibandronate", "Vitamin D", "HER2"),
    ],
)
def test_a_title_that_only_resembles_one_is_not(title: str) -> None:
    assert suspect_title(title) is None


@pytest.mark.parametrize(
    ("day", "freshness"),
    [
        ("2026-11-22", Freshness.CURRENT),
        ("2026-11-23", Freshness.CURRENT),  # where the page was written it may be tomorrow
        ("2026-11-24", Freshness.UNKNOWN),
        ("2999-12-31", Freshness.UNKNOWN),
    ],
)
def test_a_review_that_is_still_to_come_makes_no_page_current(day: str, freshness: Freshness) -> None:
    assert review(reviewed("page", day).metadata, today=TODAY).freshness is freshness


def test_pages_are_listed_by_their_freshness() -> None:
    report = govern_documents([OVERDUE, UNKNOWN, DUE_SOON, CURRENT], dict.fromkeys(_ids(), ""), today=TODAY)
    assert report.freshness == {
        Freshness.CURRENT: ("current",),
        Freshness.DUE_SOON: ("due-soon",),
        Freshness.OVERDUE: ("overdue",),
        Freshness.UNKNOWN: ("unknown",),
    }


def _ids() -> list[str]:
    return ["overdue", "unknown", "due-soon", "current"]


def test_what_a_page_does_not_say_is_listed_by_field() -> None:
    pages = [document("a", url="https://example.org", tags=("bone",)), document("b")]
    report = govern_documents(pages, {"a": "1", "b": "2"}, today=TODAY)
    assert set(report.missing) == set(EXPECTED_FIELDS)
    assert report.missing["url"] == report.missing["tags"] == ("b",)
    assert report.missing["license"] == ("a", "b")


def test_pages_of_one_text_or_one_title_are_listed_together() -> None:
    pages = [document("c", title="Facebook"), document("b"), document("a", title=" Facebook")]
    report = govern_documents(pages, {"a": "1", "b": "1", "c": "2"}, today=TODAY)
    assert report.same_text == (("a", "b"),)
    assert report.same_title == (SameTitle("Facebook", ("a", "c")),)
    assert [(one.document_id, one.reason) for one in report.suspect_titles] == [
        ("a", "it is the name of a web site"),
        ("c", "it is the name of a web site"),
    ]


def test_an_audience_that_contradicts_the_page_is_reported_with_what_tells() -> None:
    pages = [
        document("a", audience_level="patient", url="https://example.org/types/bone/hp"),
        document("b", audience_level="patient", url="https://example.org/types/bone/patient"),
        document("c", url="https://example.org/types/bone/hp"),
    ]
    conflicts = govern_documents(pages, {"a": "1", "b": "2", "c": "3"}, today=TODAY).audience_conflicts
    assert [(one.document_id, one.declared, one.found, one.because) for one in conflicts] == [
        ("a", Audience.PATIENT, Audience.PROFESSIONAL, "url")
    ]


def test_an_index_is_reported_on_by_the_texts_it_holds(tmp_path: Path) -> None:
    copy = DENOSUMAB.replace("title: Denosumab", "title: Another")
    run_ingest(write_collection(tmp_path / "corpus", {"a.md": DENOSUMAB, "b.md": copy}), tmp_path / "index")
    report = govern(Index.open(tmp_path / "index"), today=TODAY)
    assert report.documents == 2
    assert [len(ids) for ids in report.same_text] == [2]
    assert len(report.freshness[Freshness.OVERDUE]) == 2


@pytest.mark.parametrize("policy", [FreshnessPolicy.IGNORE, FreshnessPolicy.WARN])
def test_ignore_and_warn_leave_the_hits_as_they_are(policy: FreshnessPolicy) -> None:
    assert apply_freshness(HITS, policy, today=TODAY) == HITS
    assert may_be_searched([OVERDUE, CURRENT], policy, today=TODAY) == (True, True)


def test_demote_puts_overdue_passages_last() -> None:
    demoted = apply_freshness(HITS, FreshnessPolicy.DEMOTE, today=TODAY)
    assert [(one.rank, one.document.document_id) for one in demoted] == [
        (1, "current"),
        (2, "unknown"),
        (3, "due-soon"),
        (4, "overdue"),
    ]


def test_exclude_leaves_overdue_passages_out() -> None:
    kept = apply_freshness(HITS, FreshnessPolicy.EXCLUDE, today=TODAY)
    assert [(one.rank, one.document.document_id) for one in kept] == [
        (1, "current"),
        (2, "unknown"),
        (3, "due-soon"),
    ]
    assert may_be_searched([OVERDUE, CURRENT], FreshnessPolicy.EXCLUDE, today=TODAY) == (False, True)


@pytest.mark.slow
def test_the_audience_of_every_real_page_is_the_catalogs(tmp_path: Path) -> None:
    with tarfile.open(shared("corpora/nci-kb.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    root = tmp_path / "nci-kb"
    wrong = []
    for line in (root / "catalog.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        source = (root / "docs" / page["id"]).read_bytes().decode().removeprefix("\ufeff")
        metadata = read_front_matter(source).metadata(fallback_title="none")
        found = audience_of(document("d", **{f: getattr(metadata, f) for f in ("title", "url", "audience_level")}))
        if (found is Audience.PROFESSIONAL) is not (page["level"] == "professional"):
            wrong.append(page["id"])
    assert wrong == []

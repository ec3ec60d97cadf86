"""Lint: what the keeper of files should look at before they are ingested; no model and no index is needed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from ingest.errors import DocumentSkipped
from ingest.files import FoundFiles
from ingest.processes.read import read_document
from ingest.progress import Progress
from ingest.report import NO_FAULT
from ingest.shared_addresses import shared_addresses
from retriever.document import Document
from retriever.freshness import Freshness, is_to_come, review
from retriever.provenance.governance import GovernanceReport, govern_documents, words_digest


class Severity(StrEnum):
    """Whether somebody has to mend something."""

    FAULT = "fault"
    NOTE = "note"


class LintCode(StrEnum):
    """What is found beside the reasons to skip a file and the warnings on it, which have codes of their own."""

    REVIEW_OVERDUE = "review_overdue"
    REVIEW_DUE_SOON = "review_due_soon"
    REVIEW_TO_COME = "review_to_come"
    TITLE_SUSPECT = "title_suspect"
    AUDIENCE_CONTRADICTED = "audience_contradicted"
    SAME_TEXT = "same_text"
    SAME_TITLE = "same_title"
    SAME_ADDRESS = "same_address"
    METADATA_MISSING = "metadata_missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; `paths` are below their roots, and several only where files are alike.

    `line` counts lines of the file from 1, None where it concerns the whole file.
    """

    severity: Severity
    code: str
    paths: tuple[str, ...]
    detail: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LintReport:
    """What was found in the files on one day, faults first, then by code and path."""

    today: date
    documents: int
    findings: tuple[Finding, ...]

    def has_faults(self) -> bool:
        """Whether somebody has to mend something."""
        return any(finding.severity is Severity.FAULT for finding in self.findings)

    def as_json(self) -> dict[str, object]:
        """The object that `footnoted lint --json` prints."""
        counts = Counter(finding.code for finding in self.findings)
        return {
            "today": self.today.isoformat(),
            "documents": self.documents,
            "faults": sum(finding.severity is Severity.FAULT for finding in self.findings),
            "notes": sum(finding.severity is Severity.NOTE for finding in self.findings),
            "counts": dict(sorted(counts.items())),
            "findings": [asdict(finding) for finding in self.findings],
        }


def lint(found: FoundFiles, *, today: date, progress: Progress) -> LintReport:
    """Reads every file as an ingest would, and says what is odd about it on `today`."""
    findings = [_skipped(one.source_path, str(one.reason), one.detail) for one in found.skipped]
    documents: list[Document] = []
    digests: dict[str, str] = {}
    for done, candidate in enumerate(found.candidates):
        progress.update("reading", done, len(found.candidates), "files")
        try:
            read = read_document(candidate)
        except DocumentSkipped as skipped:
            findings.append(_skipped(candidate.source_path, str(skipped.reason), skipped.detail))
            continue
        findings += [
            Finding(Severity.FAULT, str(one.code), (candidate.source_path,), one.detail, one.line)
            for one in read.warnings
        ]
        documents.append(read.document(candidate.document_id, candidate.source_path))
        digests[candidate.document_id] = words_digest(read.reading_text.text)
    by_id = {document.document_id: document for document in documents}
    findings += _governed(govern_documents(documents, digests, today=today), by_id)
    findings.sort(key=lambda finding: (finding.severity, finding.code, finding.paths, finding.line or 0))
    return LintReport(today=today, documents=len(documents), findings=tuple(findings))


def _skipped(path: str, reason: str, detail: str) -> Finding:
    severity = Severity.NOTE if reason in NO_FAULT else Severity.FAULT
    return Finding(severity, reason, (path,), f"skipped: {detail}")


def _governed(report: GovernanceReport, documents: dict[str, Document]) -> Iterator[Finding]:
    """What a governance report says, about files."""

    def paths(*document_ids: str) -> tuple[str, ...]:
        return tuple(sorted(documents[document_id].source_path for document_id in document_ids))

    standings = (
        (Freshness.OVERDUE, Severity.FAULT, LintCode.REVIEW_OVERDUE, "review was due on"),
        (Freshness.DUE_SOON, Severity.NOTE, LintCode.REVIEW_DUE_SOON, "review is due on"),
    )
    for freshness, severity, code, says in standings:
        for document_id in report.freshness[freshness]:
            due = review(documents[document_id].metadata, today=report.today).due
            yield Finding(severity, code, paths(document_id), f"{says} {due}")
    for document_id, document in documents.items():
        reviewed = document.metadata.last_reviewed
        if reviewed is not None and is_to_come(reviewed, today=report.today):
            detail = f"it was last reviewed on {reviewed}, which is still to come; correct lastReviewed"
            yield Finding(Severity.FAULT, LintCode.REVIEW_TO_COME, paths(document_id), detail)
    for suspect in report.suspect_titles:
        detail = f"the title does not look like one: {suspect.reason}"
        yield Finding(Severity.FAULT, LintCode.TITLE_SUSPECT, paths(suspect.document_id), detail)
    for conflict in report.audience_conflicts:
        shows = "address" if conflict.because == "url" else conflict.because
        detail = f"it declares {conflict.declared}, its {shows} shows {conflict.found}"
        yield Finding(Severity.FAULT, LintCode.AUDIENCE_CONTRADICTED, paths(conflict.document_id), detail)
    for group in report.same_text:
        yield Finding(Severity.FAULT, LintCode.SAME_TEXT, paths(*group), "these files hold the same words")
    for same in report.same_title:
        yield Finding(Severity.NOTE, LintCode.SAME_TITLE, paths(*same.document_ids), "these files have one title")
    for alike in shared_addresses(documents.values()):
        detail = "these files give one address and hold different words: their citations lead to one page"
        found = paths(*(document.document_id for document in alike))
        yield Finding(Severity.FAULT, LintCode.SAME_ADDRESS, found, detail)
    missing: dict[str, list[str]] = {}
    for field, document_ids in report.missing.items():
        for document_id in document_ids:
            missing.setdefault(document_id, []).append(field)
    alike_in: dict[tuple[str, ...], list[str]] = {}
    for document_id, unsaid in missing.items():
        alike_in.setdefault(tuple(unsaid), []).append(document_id)
    for said, wanting in alike_in.items():
        detail = f"the front matter does not say: {', '.join(said)}"
        yield Finding(Severity.NOTE, LintCode.METADATA_MISSING, paths(*wanting), detail)

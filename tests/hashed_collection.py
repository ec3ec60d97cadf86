"""A small collection under the hashing encoder, ingested and open, and the evidence that says nothing."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from retriever.abstention.evidence import Evidence, EvidenceReader
from retriever.index import Index
from retriever.query import Query
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

NO_EVIDENCE = Evidence(**{field.name: 0.0 for field in fields(Evidence)})


def ingested(factory: pytest.TempPathFactory, pages: Mapping[str, str] | None = None) -> Path:
    """The index directory of these pages; of one page of each form without any."""
    folder = factory.mktemp("index")
    run_ingest(write_collection(factory.mktemp("pages"), None if pages is None else dict(pages)), folder)
    return folder


def retriever_of(index_dir: Path) -> Retriever:
    """What is published there, open."""
    return Retriever(Index.open(index_dir), HashingEncoder())


def evidence_of(index: Index, question: str) -> Evidence:
    """What the retrieval of a question tells."""
    query = Query(question)
    return EvidenceReader(index).read(query, Retriever(index, HashingEncoder()).retrieve(query))

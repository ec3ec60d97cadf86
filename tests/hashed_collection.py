"""A small collection under the hashing encoder, ingested and open, and the evidence that says nothing."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from retriever.abstention.evidence import Evidence
from retriever.index import Index
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

NO_EVIDENCE = Evidence(**{field.name: 0.0 for field in fields(Evidence)})


def ingested(factory: pytest.TempPathFactory, pages: Mapping[str, str]) -> Path:
    """The index directory of these pages."""
    folder = factory.mktemp("index")
    run_ingest(write_collection(factory.mktemp("pages"), dict(pages)), folder)
    return folder


def retriever_of(index_dir: Path) -> Retriever:
    """What is published there, open."""
    return Retriever(Index.open(index_dir), HashingEncoder())

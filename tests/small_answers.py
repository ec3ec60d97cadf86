"""Answers from a few pages, and quotes made by hand."""

from pathlib import Path

from retriever.answers.answer import Answer, Answerer
from retriever.answers.quotable.quotes import Quote
from retriever.document import Document, Metadata
from retriever.index import Index
from retriever.passage import Passage
from retriever.query import Hit, Query
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

PAGE = Document("d", "d.md", "0" * 64, "0" * 64, Metadata(title="Breast cancer"), "Breast cancer", ())


def answer_of(tmp_path: Path, files: dict[str, str], question: str) -> Answer | None:
    """The answer to a question from a small collection, ingested with the hashing encoder."""
    run_ingest(write_collection(tmp_path / "corpus", files), tmp_path / "index", chunk_size=600)
    index = Index.open(tmp_path / "index")
    query = Query(question)
    retrieval = Retriever(index, HashingEncoder()).retrieve(query)
    return Answerer(index, HashingEncoder()).answer(retrieval.in_place(query), retrieval.hits)


def quote_below(heading: str, text: str) -> Quote:
    """A quote that is all of its passage."""
    passage = Passage("d", 0, len(text), 0, len(text), (heading,), 9, text)
    hit = Hit(rank=1, passage=passage, document=PAGE, score=1.0, dense=None, lexical=None)
    return Quote(hit, 0, len(text), 0, units=1, is_list=False, continues=False, text=text)

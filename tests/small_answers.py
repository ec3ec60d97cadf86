"""Answers from a few pages, quotes made by hand, and what a question seeks without a collection."""

from pathlib import Path

from retriever.answers.answer import Answer, Answerer
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quotes import quotes_of
from retriever.answers.wanted.sought import Sought, read_sought
from retriever.document import Document, Metadata, Section
from retriever.index import Index
from retriever.passage import Passage
from retriever.query import Hit, Query, Retrieval
from retriever.questions.facets import facets_of_question
from retriever.questions.question import Question
from retriever.retrieve import Retriever
from retriever.search.analyze import terms
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

PAGE = Document("d", "d.md", "0" * 64, "0" * 64, Metadata(title="Breast cancer"), "Breast cancer", ())
INJECTIONS = """# Denosumab

Denosumab is an antibody against bone loss.

## How often

Denosumab is given every six months. A nurse gives the injection.

## Side effects

Known side effects of denosumab include:

- skin infections
- low blood calcium
"""
TABLETS = """# Ibandronate

Ibandronate is a tablet against bone loss.

## How much and how often

- tablet: 150 mg once a month
- injection: 3 mg every three months

## Side effects

- heartburn
- fever
"""


def answer_of(tmp_path: Path, files: dict[str, str], question: str) -> Answer | None:
    """The answer to a question from a small collection, ingested with the hashing encoder."""
    run_ingest(write_collection(tmp_path / "corpus", files), tmp_path / "index", chunk_size=600)
    index = Index.open(tmp_path / "index")
    query = Query(question)
    retrieval = Retriever(index, HashingEncoder()).retrieve(query)
    return Answerer(index, HashingEncoder()).answer(retrieval.in_place(query), retrieval.hits)


def asked(tmp_path: Path, files: dict[str, str], question: str) -> tuple[Answer | None, Retrieval, Index]:
    """The answer to a question from a small collection, ingested with the hashing encoder."""
    run_ingest(write_collection(tmp_path / "corpus", files), tmp_path / "index", chunk_size=600)
    index = Index.open(tmp_path / "index")
    retrieval = Retriever(index, HashingEncoder()).retrieve(Query(question))
    return Answerer(index, HashingEncoder()).answer(question, retrieval.hits), retrieval, index


def sought_by(question: str) -> Sought:
    """What a question seeks where each of its terms weighs one and no title is known."""
    weights = dict.fromkeys(terms(question), 1.0)
    return read_sought(question, Question(weights, facets_of_question(question), {}, is_long=False))


def quote_below(heading: str, text: str, *, introduction: str | None = None) -> Quote:
    """A quote that is all of its passage, a list where an introduction to its items is given."""
    passage = Passage("d", 0, len(text), 0, len(text), (heading,), 9, text)
    hit = Hit(rank=1, passage=passage, document=PAGE, score=1.0, dense=None, lexical=None)
    is_list = introduction is not None
    core = len(introduction or "")
    return Quote(hit, 0, len(text), core, units=1, is_list=is_list, continues=False, text=text)


def quotes_in(text: str, *, start: int = 0, end: int | None = None, heading: str | None = None) -> list[Quote]:
    """What may be quoted of a page whose passage is the given part of it."""
    end = len(text) if end is None else end
    headings = (heading,) if heading else ()
    section = Section(0, len(text), headings)
    document = Document("d", "d.md", "0" * 64, "0" * 64, Metadata(title="Page"), "Page", (section,))
    passage = Passage("d", start, end, start, end, headings, 9, text[start:end])
    hit = Hit(rank=1, passage=passage, document=document, score=1.0, dense=None, lexical=None)
    return quotes_of(hit, text, section)


def texts_in(text: str, *, start: int = 0, end: int | None = None, heading: str | None = None) -> list[str]:
    """What may be quoted there, as text."""
    return [quote.text for quote in quotes_in(text, start=start, end=end, heading=heading)]

"""How passages are ranked: what each part of the evidence counts, in collections of two kinds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from retriever.document import Document
from retriever.index import Index
from retriever.query import Mode
from retriever.questions.question import asks

SECTIONS_OF_A_PAGE = 3.0
"""Headings that a document has at least, on average, in a collection of pages; one of texts has fewer."""
TITLES_LOOKED_AT = 200
"""About how many documents tell whether the texts of a collection have titles: all of them would cost a start."""

PARAGRAPH_WORDS = 50
"""From so many words on a query that asks nothing is a paragraph: it shares some words with any text."""


class CollectionKind(StrEnum):
    """What a collection is made of, which decides how it is ranked."""

    PAGES = "pages"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Priors:
    """What speaks for or against a passage before anything is searched; 0 leaves it out."""

    facet: float = 0.1
    """Added where the heading announces the side of its subject that the question asks about."""
    professional: float = 0.2
    """Taken off a passage of a page that is written for health professionals: patients' pages come first where
    both answer."""
    title: float = 0.1
    """Taken off where the page is named for what the question does not ask, and again where the question asks for
    what other pages are named for; a part of it for a part of the name."""
    children: float = 0.1
    """Taken off a passage of a page that is named as one on children, where the question speaks of none."""
    boilerplate: float = 0.2
    """Taken off a passage that stands, word for word, in many documents; a part of it for a part of that."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights of the parts, by mode, and the priors.

    The parts: `dense`, cosine of the passage; `body`, BM25 of its text; `headings`, BM25 of title and headings;
    `heading_dense`, cosine of its heading prefix; `coverage`, the share of what the question asks that stands in
    text, title or headings; `document_dense` and `document_body`, the best such score of a candidate of the same
    document.
    """

    weights: Mapping[Mode, Mapping[str, float]]
    priors: Priors = field(default_factory=Priors)
    of_statements: Mapping[str, float] | None = None
    """The weights of hybrid search for a query that asks nothing (a claim, key words), unless it is a whole
    paragraph; None for the same ones."""
    unnamed: "Ranking | None" = None
    """How a query is ranked that names no page; None for the same way."""
    knows_likely_words: bool = False
    """Whether what a question asks is covered in part by how pages say it, see `likely_words`."""
    reads_on_by_name: bool = False
    """Whether who wants many hits gets what is called as the first ones are, see `tail`."""

    def weights_for(self, query: str, mode: Mode, named: float = 1.0) -> Mapping[str, float]:
        """The weights of the parts for this query; `named` says how far it names a page, 0 to 1."""
        own = self.weights[mode]
        if mode is Mode.HYBRID and self.of_statements is not None and not (asks(query) or _is_long(query)):
            own = self.of_statements
        if self.unnamed is None or named >= 1:
            return own
        other = self.unnamed.weights_for(query, mode)
        shares = {part: named * weight / sum(own.values()) for part, weight in own.items()}
        for part, weight in other.items():
            shares[part] = shares.get(part, 0.0) + (1 - named) * weight / sum(other.values())
        return shares

    def priors_for(self, named: float) -> Priors:
        """The priors for a query that names a page so far, 0 to 1."""
        if self.unnamed is None or named >= 1:
            return self.priors
        return Priors(
            **{
                prior.name: named * getattr(self.priors, prior.name)
                + (1 - named) * getattr(self.unnamed.priors, prior.name)
                for prior in fields(Priors)
            }
        )


OF_TEXTS = Ranking(
    weights={
        Mode.HYBRID: {
            "dense": 0.8,
            "document_dense": 0.1,
            "body": 0.15,
            "coverage": 0.15,
            "headings": 0.1,
            "heading_dense": 0.05,
        },
        Mode.DENSE: {"dense": 1.0},
        Mode.LEXICAL: {"body": 0.2, "coverage": 0.2, "headings": 0.05},
    },
    of_statements={"dense": 0.6, "body": 0.25, "coverage": 0.15, "headings": 0.07},
    priors=Priors(facet=0.0, professional=0.1, title=0.0, children=0.0, boilerplate=0.05),
)
"""Short texts: what they say counts, what they are called says less. A question has other words than its answer,
so its meaning leads; a claim or key words have those of the text. Of a paragraph the meaning leads again."""
OF_UNTITLED_TEXTS = replace(
    OF_TEXTS,
    weights={
        Mode.HYBRID: {"dense": 0.8, "document_dense": 0.1, "body": 0.15, "coverage": 0.15},
        Mode.DENSE: {"dense": 1.0},
        Mode.LEXICAL: {"body": 0.2, "coverage": 0.2},
    },
    of_statements={"dense": 0.6, "body": 0.25, "coverage": 0.15},
)
"""Short texts that are called by their first words: these stand in the text already and name nothing."""
OF_ANSWERS = replace(
    OF_TEXTS,
    weights={
        **OF_TEXTS.weights,
        Mode.HYBRID: {
            "dense": 0.5,
            "headings": 0.3,
            "heading_dense": 0.3,
            "body": 0.15,
            "coverage": 0.15,
            "document_dense": 0.1,
        },
    },
    of_statements=None,
    reads_on_by_name=True,
    unnamed=replace(
        OF_TEXTS,
        weights={
            **OF_TEXTS.weights,
            Mode.HYBRID: {
                "dense": 0.5,
                "headings": 0.2,
                "heading_dense": 0.2,
                "body": 0.25,
                "coverage": 0.15,
                "document_dense": 0.1,
            },
        },
    ),
)
"""Short texts that are called by the questions that they answer: what is asked is held against these as much as
against the answers. Where it names none of them the answer's own words count as well, and a claim is ranked as
among texts."""
OF_UNNAMED_PAGES = Ranking(
    weights={
        **OF_TEXTS.weights,
        Mode.HYBRID: {
            "dense": 0.5,
            "coverage": 0.22,
            "body": 0.17,
            "heading_dense": 0.06,
            "document_dense": 0.05,
        },
    },
    priors=Priors(facet=0.05, title=0.02, boilerplate=0.15),
)
"""Pages with sections, for a question as people type it: what a passage says counts, and that it holds all that is
asked; titles and headings have other words. Questions, key words and messages are weighed the same."""
OF_PAGES = Ranking(
    weights={
        Mode.HYBRID: {
            "dense": 0.4,
            "document_dense": 0.3,
            "heading_dense": 0.2,
            "headings": 0.1,
            "coverage": 0.1,
            "document_body": 0.1,
        },
        Mode.DENSE: {"dense": 1.0},
        Mode.LEXICAL: {"headings": 0.1, "coverage": 0.1, "document_body": 0.1},
    },
    unnamed=OF_UNNAMED_PAGES,
    knows_likely_words=True,
)
"""Pages with sections: words lead to the page, its headings to the section. The passage's own BM25 does not count,
for passages that repeat the question's words would go before those that answer it.

That holds where a question names its page and the section that it asks for. Who describes a thing without its name
(a manual is called by its command), or asks in words of their own, would be led astray by titles and headings."""


def kind_of(index: Index) -> CollectionKind:
    """What kind of collection this is, by the headings that its documents have."""
    is_of_pages = index.heading_prefixes >= SECTIONS_OF_A_PAGE * len(index.documents)
    return CollectionKind.PAGES if is_of_pages else CollectionKind.TEXTS


def ranking_of(index: Index) -> Ranking:
    """The ranking for the kind of collection that this is, and for how its texts are called: by titles of their
    own, by the questions that they answer, or by nothing."""
    if kind_of(index) is CollectionKind.PAGES:
        return OF_PAGES
    looked_at = index.documents[:: max(1, len(index.documents) // TITLES_LOOKED_AT)]
    if 2 * sum(map(_is_called_by_a_question, looked_at)) > len(looked_at):
        return OF_ANSWERS
    untitled = sum(_is_untitled(document, index) for document in looked_at)
    return OF_UNTITLED_TEXTS if 2 * untitled > len(looked_at) else OF_TEXTS


def _is_long(query: str) -> bool:
    return len(query.split()) >= PARAGRAPH_WORDS


def _is_called_by_a_question(document: Document) -> bool:
    """Whether the title or a heading of a document is a question."""
    called = [document.metadata.title, *(heading for section in document.sections for heading in section.headings)]
    return any(name.rstrip().endswith("?") for name in called)


def _is_untitled(document: Document, index: Index) -> bool:
    """Whether a document has no heading and is called by the beginning of its own text."""
    if any(section.headings for section in document.sections):
        return False
    first_words = document.metadata.title.removesuffix("…")
    return index.reading_text(document.document_id).lstrip().startswith(first_words)


def coverage(weights: Mapping[str, float], told: NDArray[np.bool_] | NDArray[np.float32]) -> NDArray[np.float32]:
    """The share of the question that each candidate's text, title and headings hold, 0 to 1, shape (candidates,).

    By idf mass: `weights` are the question's `subject_weights`, `told` says how far each of them is told in each
    candidate, 0 to 1, shape (terms, candidates). Once is enough.
    """
    held = np.zeros(told.shape[1], dtype=np.float64)
    for idf, where in zip(weights.values(), told, strict=True):
        held += idf * where
    return (held / max(sum(weights.values()), 1e-12)).astype(np.float32)


def best_of_document(scores: NDArray[np.float32], documents: NDArray[np.int32]) -> NDArray[np.float32]:
    """For each candidate the best of these scores among the candidates of its document, shape (len(scores),)."""
    best = np.full(int(documents.max(initial=-1)) + 1, -np.inf, dtype=np.float32)
    np.maximum.at(best, documents, scores)
    return best[documents]

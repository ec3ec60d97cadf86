"""Questions made from a collection itself: some that it answers and some that it cannot, in several wordings."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eval.datasets.wordings import WORDINGS, worded
from retriever.document import Document
from retriever.index import Index
from retriever.questions.facets import Facet, facets_of_heading
from retriever.questions.question import FACET_TERMS
from retriever.questions.vocabulary import Vocabulary
from retriever.ranking.boilerplate import COMMON_DOCUMENTS, COMMON_SHARE
from retriever.search.analyze import terms

NEAR_COPY = 0.85
"""Cosine of two documents' mean directions from which one may answer in the other's place."""
OFTEN_MENTIONED = 3
"""Passages of a document that mention a subject, from which on it may answer questions on it."""
MOST_LEFT_OUT = 0.5
"""A subject that more than this share of the collection speaks of is not asked for: nothing would be left."""
LEFT_OUT, INVENTED = "left_out", "invented"
"""Why a question has no answer: its pages are left out, or it asks for something that does not exist."""
SHARES = (0.5, 0.2, 0.3)

ASKED = (
    "What is {subject}?",
    "What should I know about {subject}?",
    "{subject}",
    "{side} {subject}",
    "{subject}: {side}",
    "What does this say on {side} with regard to {subject}?",
    "Tell me about {subject}, {side}",
)
_BARE = 3
"""So many of the forms ask for the subject alone."""
OF_FACET: Mapping[Facet, str] = {
    Facet.SYMPTOMS: "What are the symptoms of {subject}?",
    Facet.TREATMENT: "What are the treatments for {subject}?",
    Facet.DIAGNOSIS: "How is {subject} diagnosed?",
    Facet.STAGES: "What are the stages of {subject}?",
    Facet.OUTLOOK: "What is the outlook for {subject}?",
    Facet.CAUSES: "What causes {subject}?",
    Facet.PREVENTION: "Can {subject} be prevented?",
    Facet.WHO: "Who is at risk of {subject}?",
    Facet.SIDE_EFFECTS: "What are the side effects of {subject}?",
    Facet.DOSE: "What is the usual dose of {subject}?",
    Facet.HOW_TAKEN: "How should I take {subject}?",
    Facet.HOW_LONG: "How long does {subject} last?",
}
"""How people ask for a side of a subject that a heading of its page announces."""
ASKED_BY_FACET = 0.5
"""Share of the questions that are asked so, where the page has such a heading."""
WITH_INVENTED = (
    "What does {subject} cost at {word}?",
    "Who sells {word} for {subject}?",
    "How does {word} work in {subject}?",
    "Is {word} better than anything else for {subject}?",
    "{side} of {word} with {subject}",
    "What are the side effects of {word}?",
)
_SYLLABLES = ("za", "vel", "tri", "mo", "xa", "lor", "bi", "nex", "qua", "dri", "ful", "kep", "so", "wim", "ra")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PIECE = re.compile(r"\s[-|–—]\s|[:?()®]|\s*–\s*|\.\s")
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Generated:
    """One question, whether the collection answers it, and the source paths that its search has to leave out.

    `kind` says how it is worded, or why it has no answer: `LEFT_OUT` or `INVENTED`. Questions of one `group` are
    about one page.
    """

    text: str
    answerable: bool
    kind: str
    group: str
    left_out: tuple[str, ...] = ()


def generate(index: Index, *, questions: int, seed: int) -> list[Generated]:
    """That many questions, half of them answerable; always the same for a collection and a seed.

    None for a collection of which nothing can be left out.
    """
    random = np.random.default_rng(seed)
    vocabulary = Vocabulary(index)
    subjects = _subjects(index, vocabulary, _centroids(index))
    made: list[Generated] = []
    while subjects and len(made) < questions:
        for place in random.permutation(len(subjects))[: (questions - len(made) + 1) // 2].tolist():
            made += _pair(index, vocabulary, subjects[place], random)
    return made[:questions]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A page's subject, and the source paths of all pages that may answer questions on it."""

    document: int
    title: str
    near: tuple[str, ...]


def _subjects(index: Index, vocabulary: Vocabulary, centroids: NDArray[np.float32]) -> list[_Subject]:
    pieces = Counter(piece for one in index.documents for piece in dict.fromkeys(_pieces(one.prefix_title)))
    most = max(COMMON_DOCUMENTS, COMMON_SHARE * len(index.documents))
    found: dict[str, _Subject] = {}
    for place, document in enumerate(index.documents):
        title = next((piece for piece in _pieces(document.prefix_title) if pieces[piece] < most), "")
        if not title or title in found or not index.passage_count(document.document_id):
            continue
        near = _near(index, vocabulary, centroids, place)
        if len(near) <= MOST_LEFT_OUT * len(index.documents):
            found[title] = _Subject(place, title, near)
    return list(found.values())


def _pieces(title: str) -> list[str]:
    return [piece.strip() for piece in _PIECE.split(title) if _WORD.search(piece)]


def _near(index: Index, vocabulary: Vocabulary, centroids: NDArray[np.float32], place: int) -> tuple[str, ...]:
    """The page, its near copies, and all with the rarest word of its title in a heading or in many passages."""
    near = centroids @ centroids[place] >= NEAR_COPY
    near[place] = True
    titled = [
        term for term in dict.fromkeys(terms(index.documents[place].prefix_title)) if term not in FACET_TERMS
    ]
    if titled:
        rarest = min(titled, key=lambda term: (len(vocabulary.headings.of(term)[0]), term))
        documents, passages = vocabulary.body.of(rarest)
        near[documents[passages >= OFTEN_MENTIONED]] = True
        near[vocabulary.headings.of(rarest)[0]] = True
    return tuple(index.documents[other].source_path for other in np.flatnonzero(near).tolist())


def _pair(index: Index, vocabulary: Vocabulary, subject: _Subject, random: np.random.Generator) -> list[Generated]:
    """An answerable question and an unanswerable one on the same subject, in the same wording."""
    side = _side(index, subject, random)
    forms = ASKED if side else ASKED[:_BARE]
    asked = forms[int(random.integers(len(forms)))].format(subject=subject.title, side=side)
    facets = _facets(index.documents[subject.document])
    if facets and random.random() < ASKED_BY_FACET:
        asked = OF_FACET[facets[int(random.integers(len(facets)))]].format(subject=_bare(subject.title))
    gap, kind, left_out = asked, LEFT_OUT, subject.near
    if random.random() < 0.5:
        form = WITH_INVENTED[int(random.integers(len(WITH_INVENTED)))]
        word = _invented(vocabulary, random)
        gap, kind, left_out = form.format(subject=subject.title, side=side or "effects", word=word), INVENTED, ()
    wording = WORDINGS[int(random.choice(len(WORDINGS), p=SHARES))]
    state = int(random.integers(2**32))
    yes, no = (worded(text, wording, np.random.default_rng(state)) for text in (asked, gap))
    return [
        Generated(yes, True, wording, subject.title),
        Generated(no, False, kind, subject.title, left_out),
    ]


def _facets(document: Document) -> Sequence[Facet]:
    """The sides of its subject that a page's headings announce, of those that can be asked for."""
    headings = {heading for section in document.sections for heading in section.headings[1:]}
    announced = {facet for heading in headings for facet in facets_of_heading(heading)}
    return [facet for facet in OF_FACET if facet in announced]


def _bare(title: str) -> str:
    """A title without the words at its ends that name a side: "Rectal Cancer" of "Rectal Cancer Treatment"."""
    kept = title.split()
    while len(kept) > 1 and FACET_TERMS.issuperset(terms(kept[-1])):
        kept.pop()
    while len(kept) > 1 and FACET_TERMS.issuperset(terms(kept[0])):
        kept.pop(0)
    return " ".join(kept)


def _side(index: Index, subject: _Subject, random: np.random.Generator) -> str:
    """What is asked of the subject: a heading of its page, or some words of one of its sentences."""
    document = index.documents[subject.document]
    if random.random() < 0.5:
        paths = [section.headings[1:] for section in document.sections]
        headings = [one for one in dict.fromkeys(one for path in paths for one in path) if len(one.split()) <= 8]
        return _drawn(headings, random).rstrip("?.: ").lower()
    text = index.reading_text(document.document_id)
    sentence = _drawn([one for one in _SENTENCE.split(text) if 6 <= len(one.split()) <= 30], random)
    words = [word for word in _WORD.findall(sentence.lower()) if len(word) > 3]
    kept = sorted(random.permutation(len(words))[: int(random.integers(2, 6))].tolist())
    return " ".join(words[place] for place in kept)


def _drawn(texts: Sequence[str], random: np.random.Generator) -> str:
    return texts[int(random.integers(len(texts)))] if texts else ""


def _invented(vocabulary: Vocabulary, random: np.random.Generator) -> str:
    """A word that the collection does not hold, nor one like it."""
    while True:
        drawn = random.integers(len(_SYLLABLES), size=int(random.integers(3, 5)))
        word = "".join(_SYLLABLES[place] for place in drawn)
        if not vocabulary.spelling.knows(vocabulary.spelling.meant(terms(word)[0])):
            return word


def _centroids(index: Index) -> NDArray[np.float32]:
    """The mean direction of each document's passages, shape (documents, dimension), of length one."""
    bounds = np.searchsorted(index.document_of_row, np.arange(len(index.documents) + 1))
    centroids = np.zeros((len(index.documents), index.dense.vectors.shape[1]), dtype=np.float32)
    for place, (start, end) in enumerate(pairwise(bounds.tolist())):
        mean = index.dense.vectors[start:end].mean(axis=0) if end > start else centroids[place]
        centroids[place] = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return centroids

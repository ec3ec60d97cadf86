"""Pseudo questions: training groups that nobody wrote, from a collection's headings or from questions and answers.

They teach what a question and its answer look like before a person's few thousand questions teach which sentence
it is. What they call wrong comes from a search, so some of it does answer: they count less, and come first alone.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from eval.datasets.document_names import identifier_of
from eval.datasets.lines import objects
from eval.errors import ComparisonRefused, DatasetInvalid
from eval.pair_reader.group import Draft, Group
from eval.pair_reader.question_forms import asked_of_heading, asked_of_pair
from retriever.answers.quotable.units import sentence_spans
from retriever.document import Document, Section
from retriever.errors import QueryInvalid
from retriever.query import Hit, Query
from retriever.questions.normalise import normalise_question
from retriever.retrieve import Retriever

FEWEST_WRONG, MOST_WRONG = 3, 5
SHORTEST = 40
"""Characters below which a text says too little to be right or wrong."""
WHOLE_CHARS, SENTENCES_CHARS = 520, 420
SENTENCES = (1, 1, 2, 3)
SECTIONS_OF_A_PAGE = 9
KINDS = 7
"""No kind of question makes up more than one part in so many of the pairs."""
_TAIL_OF_TITLE = re.compile(r"\s*(?:\([^)]*\))?\s*(?:[|–—]|\s-\s).*$|\s*\([^)]*\)\s*$", re.DOTALL)
_LEADS_ELSEWHERE = re.compile(
    r"reference|clinical trial|more information|about this|related|view details|learn more", re.IGNORECASE
)


class Pair(msgspec.Struct, frozen=True):
    """A question and its answer; `focus` is the subject, `qtype` one of MedQuAD's kinds."""

    id: str
    focus: str
    qtype: str
    question: str
    text: str


class _Candidate(NamedTuple):
    prefix: str
    text: str


def read_pairs(path: Path) -> dict[str, Pair]:
    """The pairs of a JSON-lines file by their ids. Raises DatasetInvalid, naming file and line."""
    pairs: dict[str, Pair] = {}
    for number, pair in objects(path, Pair):
        if pair.id in pairs:
            raise DatasetInvalid(f"{path}:{number}: the id {pair.id!r} stands twice; ids must be unique")
        pairs[pair.id] = pair
    return pairs


def pair_groups(pairs: dict[str, Pair], retriever: Retriever, *, most: int, seed: int) -> Iterator[Group]:
    """Up to `most` groups of pairs: each answer against answers to other questions, those on its subject first.

    The retriever's index is of the pages that `footnoted eval prepare` wrote of them. Raises ComparisonRefused
    where it has none of these.
    """
    random = np.random.default_rng(seed)
    known = {_pair_id(document): document for document in retriever.index.documents}
    chosen = [pair for pair in pairs.values() if pair.id in known]
    if not chosen:
        raise ComparisonRefused(
            "no pair has a page in the index; write them with `footnoted eval prepare` and ingest these pages"
        )
    made, kinds = 0, Counter[str]()
    for place in random.permutation(len(chosen)):
        pair = chosen[place]
        if made >= most:
            return
        if kinds[pair.qtype] > most // KINDS:
            continue
        group = _of_pair(pair, pairs, retriever, random)
        if group is not None:
            kinds[pair.qtype] += 1
            made += 1
            yield group


def heading_groups(retriever: Retriever, *, most: int, seed: int) -> Iterator[Group]:
    """Up to `most` groups of headings: what stands below one against the rest of its page and other pages."""
    random = np.random.default_rng(seed)
    drawn: list[tuple[Document, Section]] = []
    for document in retriever.index.documents:
        sections = [section for section in document.sections if _has_own_subject(section)]
        drawn += ((document, sections[at]) for at in random.permutation(len(sections))[:SECTIONS_OF_A_PAGE])
    made = 0
    for place in random.permutation(len(drawn)):
        if made >= most:
            return
        document, section = drawn[place]
        group = _of_heading(document, section, retriever, random)
        if group is not None:
            made += 1
            yield group


def _of_pair(
    pair: Pair, pairs: dict[str, Pair], retriever: Retriever, random: np.random.Generator
) -> Group | None:
    hits = _hits(retriever, pair.question, top_k=24, per_document=4)
    answer = next((_body(hit) for hit in hits if _pair_id(hit.document) == pair.id and _body(hit)), pair.text)
    is_short, is_titled = random.random() < 0.5, random.random() < 0.6
    same: list[_Candidate] = []
    others: list[_Candidate] = []
    for hit in hits:
        other = pairs.get(_pair_id(hit.document))
        if other is None or other.question == pair.question or other.id == pair.id:
            continue
        is_same = other.focus.casefold() == pair.focus.casefold()
        if not (is_same and other.qtype == pair.qtype):
            (same if is_same else others).append(_Candidate(other.focus if is_titled else "", _body(hit)))
    right = _Candidate(pair.focus if is_titled else "", answer)
    asked = asked_of_pair(pair.question, subject=pair.focus, kind=pair.qtype, random=random)
    wrong = [*_shuffled(same, random)[:FEWEST_WRONG], *_shuffled(others, random)]
    return _group(asked, right, wrong, random, right_cut="first" if is_short else "", wrong_cut="any" * is_short)


def _of_heading(
    document: Document, section: Section, retriever: Retriever, random: np.random.Generator
) -> Group | None:
    text = retriever.index.reading_text(document.document_id)
    heading, name = section.headings[-1], _name(document)
    asked = asked_of_heading(heading, name=name, random=random)
    hits = _hits(retriever, asked, top_k=20, per_document=6)
    headings = (0, 1, 2)[int(np.searchsorted((0.55, 0.8), random.random()))]
    is_short, depth = random.random() < 0.55, len(section.headings)

    def prefix(page: Document, path: tuple[str, ...]) -> str:
        shown = path[-2:-1] if headings == 1 else path[-2:] if headings else ()
        return " > ".join((page.prefix_title, *shown))

    same, others = [], []
    for hit in hits:
        path = hit.passage.headings
        one = _Candidate(prefix(hit.document, path), _body(hit))
        if hit.document.document_id == document.document_id:
            if path[:depth] != section.headings:
                same.append(one)
        elif not _is_named_alike(hit, heading, name, is_read=headings == 2):
            others.append(one)
    elsewhere = [
        _Candidate(prefix(document, other.headings), _below_heading(other, text))
        for other in document.sections
        if other.headings and other.headings[:depth] != section.headings
    ]
    right = _Candidate(prefix(document, section.headings), _below_heading(section, text))
    wrong = [*_shuffled(same, random)[:2], *_shuffled(elsewhere, random)[:2], *others[:8:2]]
    return _group(asked, right, wrong, random, right_cut="first" if is_short else "", wrong_cut="any" * is_short)


def _group(
    question: str,
    right: _Candidate,
    wrong: Sequence[_Candidate],
    random: np.random.Generator,
    *,
    right_cut: str,
    wrong_cut: str,
) -> Group | None:
    """A group of one text that answers and several that do not, each cut to a quote's length."""
    told = [one for one in wrong if len(one.text) > SHORTEST][:MOST_WRONG]
    if len(right.text) <= SHORTEST or len(told) < FEWEST_WRONG:
        return None
    draft = Draft(question)
    draft.add_answer(right.prefix, _cut(right.text, right_cut, random))
    for one in told:
        draft.add_wrong(one.prefix, _cut(one.text, wrong_cut, random))
    return draft.group()


def _cut(text: str, where: str, random: np.random.Generator) -> str:
    """The beginning of a text, or one to three sentences that ask nothing: its `first` ones, or `any`."""
    sentences = sentence_spans(text, 0, len(text)) if where else []
    spans = [(start, end) for start, end in sentences if not text[start:end].endswith("?")]
    if not spans:
        return " ".join(text.split())[:WHOLE_CHARS]
    first = int(random.integers(len(spans))) if where == "any" else 0
    last = min(len(spans), first + SENTENCES[int(random.integers(len(SENTENCES)))]) - 1
    return text[spans[first][0] : spans[last][1]][:SENTENCES_CHARS]


def _hits(retriever: Retriever, question: str, *, top_k: int, per_document: int) -> tuple[Hit, ...]:
    try:
        text = normalise_question(question)
    except QueryInvalid:
        return ()
    return retriever.retrieve(Query(text, top_k=top_k, max_per_document=per_document)).hits


def _body(hit: Hit) -> str:
    """A passage without the lines that repeat its page's title and its headings."""
    named = {" ".join(one.split()) for one in (*hit.passage.headings, hit.document.metadata.title)}
    lines = (line for line in hit.passage.text.split("\n") if " ".join(line.split()) not in named)
    return "\n".join(lines).strip()


def _below_heading(section: Section, text: str) -> str:
    whole = text[section.start_char : section.end_char]
    before, heading, below = whole.partition(section.headings[-1])
    return (below if heading else before).strip()


def _has_own_subject(section: Section) -> bool:
    return bool(section.headings) and not _LEADS_ELSEWHERE.search(section.headings[-1])


def _is_named_alike(hit: Hit, heading: str, name: str, *, is_read: bool) -> bool:
    """Whether a passage of another page stands under the same heading, where that may make it an answer too."""
    path = hit.passage.headings
    if not path or path[-1].casefold() != heading.casefold():
        return False
    return is_read or _name(hit.document).casefold() == name.casefold()


def _name(document: Document) -> str:
    """A page's title without what stands behind a bar, a dash or in brackets: its publisher, its readers."""
    title = document.metadata.title
    return _TAIL_OF_TITLE.sub("", title).strip() or title


def _pair_id(document: Document) -> str:
    return identifier_of(document.source_path.rsplit("/", 1)[-1])


def _shuffled(some: Sequence[_Candidate], random: np.random.Generator) -> list[_Candidate]:
    return [some[place] for place in random.permutation(len(some))]

"""Named things: what a collection has pages on, which of them a question names, and what these are kinds of."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from retriever.document import Document
from retriever.index import Index
from retriever.late_pattern import late_pattern
from retriever.method_cache import remembering
from retriever.questions.introductions import subject_of_title
from retriever.questions.question import FACET_TERMS, SAYS_OF_SUBJECT
from retriever.search.analyze import terms

MOST_TITLES = 3
"""A word in more titles than this, and than `MOST_SHARE` of them, names no single thing."""
MOST_SHARE = 0.01
OPENING_PASSAGES = 2
"""So many first passages of a page are read for what its thing is a kind of."""
LONGEST_NAME = 2
"""A title of more terms names no single thing."""
LARGE_FOLDER = 50
"""In a folder of more pages those are of one kind whose addresses differ in the last part alone; else all are."""
COMMON_SHARE = 0.02
SURELY_RARE = 20
"""A word in more passages than both names no single thing."""
_KEPT = 4_096
_IS_A = late_pattern(
    r"\b(?:belongs? to (?:the|a)(?: (?:group|class|family) of)?"
    r"|(?:type|kind|class|group|family) of (?:[\w-]+ ){1,4}?called(?: an?)?|is the \w+est|is one of the"
    r") (?P<kind>[\w-]+(?: (?:inhibitor|blocker|antibod|modulator|agonist|antagonist|therap)\w*)?)"
    r"|\bof the (?P<group>[\w-]+) (?:group|class|family)\b|\bis an? (?P<like>[\w-]+), like\b",
    re.IGNORECASE,
)
_DEFINES = late_pattern(
    r"(?P<thing>[^.;:?!]{1,60}?)(?:,[^.;:?!]{1,60},)? (?:is|are) (?:an?|the|one)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Named:
    """The things with pages of their own that a question names, by the term that their pages' titles begin with.

    `kinds` has those of them whose pages say what they are, each with the terms of what it is a kind of;
    `siblings` are what the other pages of their folder are named for, and those that `is_thing` finds to be told
    what they are, which reads pages, are rivals.
    """

    things: frozenset[str]
    kinds: Mapping[str, tuple[frozenset[str], ...]]
    siblings: frozenset[str]
    is_thing: Callable[[str], bool]

    def has_rival(self, found: Collection[str]) -> bool:
        """Whether one of these terms is a rival."""
        return any(self.is_thing(term) for term in self.siblings.intersection(found))

    def told(self, found: frozenset[str], page: frozenset[str]) -> frozenset[str]:
        """These terms, and each thing that they name by what it is a kind of; `page` are the terms of their page's
        name, and what that says of a kind is said of its own thing.
        """
        if self.has_rival(page):
            return found
        named = {thing for thing, kinds in self.kinds.items() if any(kind <= found for kind in kinds)}
        return found | named if named else found


NOTHING_NAMED = Named(frozenset(), {}, frozenset(), lambda _: False)


class NamedThings:
    """The things that one generation's pages are named for. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        """Reads the titles of all pages once."""
        self._index = index
        pages: dict[str, list[Document]] = defaultdict(list)
        titles: Counter[str] = Counter()
        for document in index.documents:
            titles.update(frozenset(terms(document.prefix_title)))
            name = [term for term in terms(subject_of_title(document.prefix_title)) if term not in FACET_TERMS]
            if 0 < len(name) <= LONGEST_NAME:
                pages[name[0]].append(document)
        most = max(MOST_TITLES, MOST_SHARE * len(index.documents))
        rare = max(SURELY_RARE, COMMON_SHARE * index.body.rows)
        self._pages = {
            term: of
            for term, of in pages.items()
            if titles[term] <= most and term not in SAYS_OF_SUBJECT and index.body.rows_with(term) <= rare
        }
        in_folder = Counter(map(_folder, index.documents))
        self._folders = {
            term: frozenset(
                _address(one) if in_folder[_folder(one)] > LARGE_FOLDER else _folder(one) for one in of
            )
            for term, of in self._pages.items()
        }
        self._in_folder: dict[str, set[str]] = defaultdict(set)
        for term, of in self._folders.items():
            for folder in of:
                self._in_folder[folder].add(term)
        self._kinds = remembering(self._read_kinds, most=_KEPT)

    def named(self, question: str) -> Named:
        """The things that a question names."""
        asked = frozenset(terms(question))
        things = asked.intersection(self._pages)
        kinds = {thing: of for thing in things if (of := self._kinds(thing)) is not None}
        folders = frozenset[str]().union(*(self._folders[thing] for thing in kinds))
        siblings = frozenset().union(*(self._in_folder[folder] for folder in folders)) - asked
        return Named(things, kinds, siblings, self._is_thing)

    def _is_thing(self, term: str) -> bool:
        return self._kinds(term) is not None

    def _read_kinds(self, thing: str) -> tuple[frozenset[str], ...] | None:
        """What a thing is a kind of, None where its pages do not begin with what it is: a word, and no thing."""
        openings = [
            passage.text
            for document in self._pages[thing]
            for passage in self._index.passages_of(document.document_id)[:OPENING_PASSAGES]
        ]
        if not any(thing in terms(found["thing"]) for text in openings for found in _DEFINES.finditer(text)):
            return None
        said = (found for text in openings for found in _IS_A.finditer(text))
        kinds = {frozenset(terms(found["kind"] or found["group"] or found["like"])) for found in said}
        return tuple(sorted((kind for kind in kinds if kind and thing not in kind), key=sorted))


def _address(document: Document) -> str:
    """What the page's address has before its last part."""
    return (document.metadata.url or "").rstrip("/").rpartition("/")[0]


def _folder(document: Document) -> str:
    return document.source_path.rpartition("/")[0]

"""The question as the answer sees it: its subject, the side of it that is asked for, what its words weigh."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from retriever.index import Index
from retriever.late_pattern import late_pattern
from retriever.questions.contractions import without_contractions
from retriever.questions.facets import Facet, facets_of_question
from retriever.search.analyze import terms, words

LONG_QUESTION_WORDS = 15
FACET_TERMS = frozenset(
    terms(
        "side effects symptoms signs causes risks treatment therapy dose dosage test tests stage stages "
        "prevention diagnosis screening outlook prognosis stopping taking how often long much many "
        "general information about page patient patients health professional version medicine medicines "
        "drug drugs people problems questions what which who whom when where why can could do does did "
        "done have has had after before during from with into one two three first last make makes made "
        "get gets give given giving use used using need needs think change changed changes will would "
        "should may might must your you my me our we know tell find like work works good best better more "
        "most new other than out over under up down off on it its this that them they us "
        "i me mine he she her hers him his am im ive dont doesnt isnt cant be been being was were so just very "
        "happen happens happened dangerous bad safe okay normal possible true really still ever always please "
        "inherited inherit hereditary genetic deal deals dealing cope coping handle handling manage managing "
        "way ways "
        "thanks hello hi dear mum mom dad wife husband told said say says asked ask wondering worried help "
    )
)
"""Words of titles that name a side of a subject or hold a sentence together, and are never the subject."""
SAYS_OF_SUBJECT = frozenset(
    terms(
        "treat treats treated treating prevent prevents prevented diagnose diagnoses diagnosed spread spreads "
        "early late later advanced cured cure curable cause caused live lives living survive surviving differ "
        "different difference differences between versus vs compare compared same lower reduce raise raises "
        "increase increases chance chances safe ask asks question right start starts starting age ages when "
        "done works option options choice choices rate rates"
    )
)
"""Words of titles that say something of a subject, and do not name it in a question."""
_NO_NAME = FACET_TERMS | SAYS_OF_SUBJECT
_ASKS = late_pattern(
    r"\?|(?:^|[.!;:]\s+)(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|am|do|does|did|can|could"
    r"|should|would|will|may|must|has|have|had)(?=\s+\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """The question's terms with their idf, the facets it asks about, and its names.

    A name is a term that stands in the title of some page: what the question is about, as far as titles tell. A
    number is none.
    `names` holds their idf among titles. In a long message one name may be by the way, in a short one it is not.
    """

    weights: Mapping[str, float]
    facets: tuple[Facet, ...]
    names: Mapping[str, float]
    is_long: bool

    def coverage(self, found: frozenset[str]) -> float:
        """The share of the question's idf mass that stands among these terms."""
        return share(self.weights, found)

    def names_it(self, subject: frozenset[str]) -> bool:
        """Whether these terms hold the question's rarest term: only then are two statements about one thing."""
        rarest = max(self.weights.values(), default=0.0)
        return bool(self.names) and any(
            term in subject for term, weight in self.weights.items() if weight == rarest
        )


class QuestionReader:
    """Reads questions against one open generation. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        """Reads the titles of all pages once."""
        self._index = index
        self._titles = Counter(
            term for document in index.documents for term in frozenset(terms(document.prefix_title))
        )

    def read(self, question: str) -> Question:
        """The question's terms, facets and names; `question` has gone through `normalise_question`."""
        weights = question_weights(question, self._index)
        pages = len(self._index.documents)
        names = {
            term: log(1 + pages / self._titles[term])
            for term in weights
            if term in self._titles and term not in _NO_NAME and not term.isdigit()
        }
        is_long = len(question.split()) > LONG_QUESTION_WORDS
        return Question(weights, facets_of_question(question), names, is_long)


def asks(query: str) -> bool:
    """Whether a query asks something, by a question mark or by how a sentence of it begins.

    A claim and a few key words do not.
    """
    return _ASKS.search(query) is not None


def question_weights(question: str, index: Index) -> dict[str, float]:
    """Each term of the question with its idf among the passages' texts: ln(1 + N / (1 + df))."""
    question = without_contractions(question)
    wanted = frozenset(terms(question))
    weights: dict[str, float] = {}
    for word in words(question):
        term = terms(word)[0]
        if term in wanted and term not in weights:
            weights[term] = log(1 + index.body.rows / (1 + index.body.rows_with(term)))
    return weights


def subject_weights(question: str, index: Index) -> dict[str, float]:
    """The same, without the words that only say which side of a subject is asked."""
    return {term: idf for term, idf in question_weights(question, index).items() if term not in FACET_TERMS}


def share(weights: Mapping[str, float], found: frozenset[str]) -> float:
    """The part of the weights that stands on these terms, 0 to 1."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in found) / total if total else 0.0

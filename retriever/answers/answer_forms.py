"""Forms of answers: whether a sentence defines what was asked for, and whether it tells of research or opinion."""

import re
from collections.abc import Mapping, Sequence

from retriever.questions.leaning import ASIDE_TERMS
from retriever.questions.question import FACET_TERMS
from retriever.search.analyze import terms

_ASKS_WHAT = re.compile(
    r"(?:what(?:['’]s| is| are| is \(are\))|define|meaning of|definition of|explain|tell me (?:what|about))"
    r"\s+(?:an?\s|the\s)?\s*(.+?)(?:\s+(?:and|,)\s+(?:how|why|what|when|who)\b.*)?[\s?.!]*\Z"
    r"|what (?:does|do)\s+(.+?)\s+(?:mean|stand for)\b.*\Z"
    r"|((?!.*\b(?:and|but|or|i|my)\b)[^,.;:?!]+?),?\s+what (?:is|are) (?:it|they|that|those)[\s?.!]*\Z",
    re.IGNORECASE,
)
_ASKS_FOR_WORDS = re.compile(
    r"\bwhat (?:does|do|is|are)\s+(?:an?\s|the\s)?(?P<short>\S+)\s+(?:stand|short|an? abbreviation) for\b",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"(?P<before>(?:[\w'’/-]+\s+){1,8})\((?P<inside>[^()]{2,80})\)")
_LETTER_ROW = re.compile(r"^\W*(\w)\s*[=:\t–-]", re.MULTILINE)
_STATED = re.compile(
    r"(?:(?:i|i['’]ve|we|he|she|my (?:\w+ )?\w+)\b[^,.;:?!]*\b(?:have|has|had|got|diagnosed with)"
    r"|(?:newly |just )?diagnosed with)\s+(?:an?\s)?"
    r"(?P<thing>(?:(?!(?:that|which|and|but|or|since|after|for|in|on|to|been|no|not|never|a|the|last|this|just"
    r"|today|yesterday)\b)[\w'’-]+\s*){1,6})"
    r"(?:\b(?:last|this) \w+|today|yesterday)?[\s.!]*\Z",
    re.IGNORECASE,
)
"""That someone has something, and no word more."""
_ASKS_HOW_DONE = re.compile(
    r"how (?:is|are|do they do|do you do)\s+(?:an?\s|the\s)?\s*(?P<thing>[^,.?!]+?)\s+"
    r"(?:usually\s+)?(?:done|performed|carried out|made|taken)\b"
    r"|(?:what (?:happens|(?:do they|do doctors|do you) do|is done)"
    r" (?:during|in|at|for)|what to expect (?:during|from|at))"
    r"\s+(?:an?\s|the\s)?(?P<other>[^,.?!]+?)[\s?.!]*\Z",
    re.IGNORECASE,
)
_NAMED_PROCEDURE = re.compile(
    r"\w.*[\s-](?:therap(?:y|ies)|biops(?:y|ies)|tests?|scans?|surger(?:y|ies)|x-rays?|transplants?|screening"
    r"|exams?|care"
    r"|vaccines?|treatment)[\s?.!]*\Z",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"\s(for|of|in|to|with|between|after|before|from|during|against)\s")
_USED_FOR = re.compile(r"\b(?:for\s*\Z|used\b|brand names?\b|trade names?\b)", re.IGNORECASE)
_BARE_WORDS = 4
"""A question of at most so many words without a verb is taken as the name of what it asks for."""
_VERB_IN_QUESTION = re.compile(
    r"\b(?:is|are|do|does|did|can|could|should|will|would|may|how|why|when|where|who|which|get|have|has)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)
_PARENTHESIS = re.compile(
    r"\s*\(([^()]*)\)|,\s+(?:also|or|sometimes|often|which (?:is|are))\b([^,]*),|\s*\[[^\[\]]*\]"
)
_DEFINES = re.compile(
    r"(?P<subject>[^.;:?!]{1,90}?),?\s+(?:(?:is|are)\s+(?:(?:also|usually|often|sometimes|now)\s+)?"
    r"(?P<kind>(?:an?|any|the|one|when|what|where|cancers?|tumou?rs?|substances?|drugs?|proteins?|cells"
    r"|procedures?"
    r"|conditions?|changes|tests?|types?|treatments?|diseases?|care|medicines?|growths?)\b"
    r"|(?:[\w'’/-]+\s+){1,4}?(?:that|which|in which|in the|in a|of|caused by|made|where|when)\b)"
    r"|(?:refers? to|means|describes?|happens? when|occurs? when|is (?:used|made|caused|defined|called|given))\b)",
    re.IGNORECASE,
)
_NOT_A_KIND = re.compile(r"\s*(?:most|second|third|leading|main|same|only|first|one of the)\b", re.IGNORECASE)
_DOES = re.compile(
    r"(?P<subject>[^.;:?!,]{1,60}?)\s+(?:uses?|works?|treats?|measures?|involves?|kills?|forms?|begins?|starts?"
    r"|combines?|helps?|looks?|checks?|targets?|blocks?|develops?|affects?)\b",
    re.IGNORECASE,
)
_GLOSS = re.compile(r"(?P<subject>[A-Z][^:.;?!\n]{1,80}):\s+(?:An?|The|Any|One)\s+\w")
_BESIDE = re.compile(
    r"(?P<subject>[^,.;:?!]{2,90}), an? (?:\w+ ){0,2}(?:type|kind|form|procedure|drug|disease|protein|test"
    r"|condition|treatment"
    r"|substance|cancer) (?:of|that|in which|used|which|to)\b",
    re.IGNORECASE,
)
_BESIDE_SHARE = 0.8
_DOES_SHARE = 0.6
_SUBJECT_FITS = 0.4

_PERSON = re.compile(
    r"\b(?:Dr|Drs|Prof)\.\s+[A-Z]|\b(?:M\.D|Ph\.D|R\.N|M\.P\.H|MPH|Sc\.D|D\.V\.M)\b"
    r"|[\"”’,]\s+(?:he|she|they|[A-Z]\w+)\s+(?:said|says|explained|noted|added|continued|stressed|wrote"
    r"|reported)\b"
    r"|\b(?:said|says|explained|noted|added|commented)\s+(?:[A-Z]\w+|study|lead|senior)\b"
    r"|\baccording to (?:Dr|the (?:study|trial)|[A-Z]\w+ [A-Z]\w+)"
    r"|\b(?:I|we|my|our|me|us)\b(?=[^.]*[\"”])",
)
_RESEARCH = re.compile(
    r"\b(?:study|studies|trials?|researchers?|investigators?|scientists|authors?|findings|participants|enrolled"
    r"|randomi[sz]ed|cohort|placebo|mice|preclinical|meta-analys[ei]s|published|journal|phase (?:[1-4]|I{1,3}V?)"
    r"|level of evidence|Food and Drug Administration|FDA|approval|approved(?! (?:to|for)\b)"
    r"|hazard ratio|odds ratio|relative risk|confidence interval|95% CI|P\s*[<=]\s*[.0]|n\s*=\s*\d)\b",
    re.IGNORECASE,
)
_ASKS_FOR_RESEARCH = re.compile(
    r"\b(?:stud(?:y|ies)|trials?|research\w*|evidence|findings|investigat\w*|approv\w*|FDA|results?)\b",
    re.IGNORECASE,
)


def asked_thing(question: str) -> frozenset[str]:
    """The terms of what a question wants to have defined ("What is X?", "X").

    None where it asks another thing, a side of X included ("What are the symptoms of X?").
    """
    found = _ASKS_WHAT.match(question)
    if found is not None:
        thing = found[1] or found[2] or found[3] or ""
        if _USED_FOR.search(thing):
            return frozenset()
        head, preposition, _ = (
            _PREPOSITION.split(thing, maxsplit=1) if _PREPOSITION.search(thing) else (thing, "", "")
        )
        is_side = preposition and frozenset(terms(head)) <= FACET_TERMS | ASIDE_TERMS
        return frozenset() if is_side else frozenset(terms(thing))
    if len(question.split()) <= _BARE_WORDS and not _VERB_IN_QUESTION.search(question):
        return frozenset(terms(question))
    return frozenset()


def stated_thing(message: str) -> str | None:
    """What a message says that someone has, where it says and asks nothing else ("my aunt has gout")."""
    found = _STATED.match(message)
    return None if found is None else found["thing"].strip()


def abbreviation_asked(question: str) -> str | None:
    """The letters of an abbreviation, in lower case, whose words a question wants ("What does GDP stand for?")."""
    found = _ASKS_FOR_WORDS.match(question)
    return None if found is None else _letters(found["short"])


def spells_out(text: str, abbreviation: str) -> bool:
    """Whether a text gives the words of an abbreviation: beside it in brackets, or a row for each letter."""
    if "".join(_LETTER_ROW.findall(text)).lower() == abbreviation:
        return True
    for found in _BRACKETED.finditer(text):
        before = found["before"].replace("-", " ").split()
        inside = found["inside"].replace("-", " ").split()
        if _letters(found["inside"]) == abbreviation and _initials(before).endswith(abbreviation):
            return True
        if _letters(found["before"].split()[-1]) == abbreviation and _initials(inside).startswith(abbreviation):
            return True
    return False


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _initials(words: Sequence[str]) -> str:
    return "".join(_letters(word)[:1] for word in words)


def asks_what_a_procedure_is(question: str) -> bool:
    """Whether a question wants a test or treatment explained that it names by such a word ("bone scan")."""
    found = _ASKS_WHAT.match(question)
    thing = "" if found is None else found[1] or found[2] or ""
    return _NAMED_PROCEDURE.match(thing) is not None and _PREPOSITION.search(thing) is None


def procedure_asked(question: str) -> frozenset[str]:
    """The terms of a test or treatment that a question wants to hear the course of ("How is a scan done?")."""
    found = _ASKS_HOW_DONE.match(question)
    return frozenset() if found is None else frozenset(terms(found["thing"] or found["other"]))


def defines(sentence: str, asked: frozenset[str], weights: Mapping[str, float]) -> float:
    """How well a sentence says what a thing is, 0 to 1: its form, and whether its subject is that thing.

    `weights` holds what each of the question's terms weighs; a word that is not asked for weighs their mean.
    """
    if not asked:
        return 0.0
    aliases = " ".join(filter(None, (name for pair in _PARENTHESIS.findall(sentence) for name in pair)))
    plain = _PARENTHESIS.sub("", without_label(sentence))
    found, form = _GLOSS.match(plain) or _DEFINES.match(plain), 1.0
    if found is None or ("kind" in found.groupdict() and found["kind"] and _NOT_A_KIND.match(plain, found.end())):
        found, form = _DOES.match(plain), _DOES_SHARE
    if found is None or not asked & frozenset(terms(found["subject"])):
        found, form = _BESIDE.search(plain), _BESIDE_SHARE
    if found is None:
        return 0.0
    subject = frozenset(terms(_ARTICLE.sub("", found["subject"], count=1)))
    if form == _BESIDE_SHARE:
        subject = frozenset(terms(found["subject"])[-len(asked) :])
    known = subject | frozenset(terms(aliases)) if aliases else subject
    each = {term: weights.get(term, 0.0) for term in asked}
    mean = sum(each.values()) / len(each) or 1.0
    said = sum(weight or mean for term, weight in each.items() if term in known)
    wanted = sum(weight or mean for weight in each.values()) + mean * len(subject - asked)
    fit = said / wanted
    return form * fit if fit >= _SUBJECT_FITS else 0.0


def is_glossed(item: str) -> bool:
    """Whether an item defines a term as a dictionary does: "Biopsy: The removal of ..."."""
    return _GLOSS.match(item) is not None


def without_label(item: str) -> str:
    """An item without the name before its colon where its sentence repeats it: "Radon: Radon is a gas."."""
    label, colon, said = item.partition(": ")
    named, first = terms(label), terms(" ".join(said.split()[:3]))
    return said if colon and "\n" not in label and named[:1] == first[:1] else item


def tells_an_opinion(sentence: str) -> bool:
    """Whether a sentence reports what a person said."""
    return _PERSON.search(sentence) is not None


def tells_of_research(sentence: str) -> bool:
    """Whether a sentence tells of a study, of its figures or of an approval, not of the matter itself."""
    return _RESEARCH.search(sentence) is not None


def asks_for_research(question: str) -> bool:
    """Whether a question wants to hear of studies."""
    return _ASKS_FOR_RESEARCH.search(question) is not None

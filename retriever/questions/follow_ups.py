"""Follow-up questions: the forms by which a question says that its subject stands in an earlier one."""

import re
from collections.abc import Callable

from retriever.late_pattern import late_pattern
from retriever.questions.question import FACET_TERMS
from retriever.search.analyze import terms

ASIDE_TERMS = frozenset(
    terms(
        "cure cures curable cured survival survive chance chances last lasts lasting spread spreads recur "
        "recurs recurrence return returns hereditary inherited contagious serious common rare hurt hurts "
        "painful cost costs fatal deadly complication complications effect effects option options "
        "alternative alternatives kind kinds type types detail details example examples again sure instead "
        "else anything something everything normally usually exactly mean means explain difference disease "
        "condition illness drug medicine injection tablet pill rate rates involve work works long short "
        "term both too treat treats treated diagnose diagnosed prevent prevents prevented live lives living "
        "suffer suffers suffering mother father sister brother daughter son grandmother grandfather aunt "
        "uncle friend drink eat today tonight tomorrow yesterday next week weeks month months year years soon "
        "ago between"
    )
)
"""Words that say something of a subject and are hardly ever the subject of a question."""
NARROWING_TERMS = frozenset(
    terms(
        "men man women woman children child kids babies infants teenagers teens adults adult elderly older "
        "old younger young people person pregnant pregnancy breastfeeding smokers vegetarians vegans "
        "relatives family home early late advanced metastatic localized winter summer night morning stage "
        "stages grade high low risk age"
    )
) | frozenset(
    (
        *(str(number) for number in range(120)),
        *(f"{stage}{part}" for stage in ("1", "2", "3", "4", "i", "ii", "iii", "iv") for part in ("", *"abc")),
    )
)
"""Words that narrow a question and do not change its subject."""

_STOPPED = FACET_TERMS | ASIDE_TERMS
_POLITE = frozenset(
    (
        *("thanks", "thank", "you", "ok", "okay", "hello", "hi", "hey", "bye", "goodbye", "great", "good"),
        *("perfect", "cool", "nice", "yes", "please", "very", "so", "a", "lot", "many", "much", "cheers", "right"),
        *("fine", "understood", "got", "it", "that", "s", "helpful", "was", "is", "all", "i", "see", "alright"),
        *("well", "oh", "morning", "afternoon", "evening", "night", "there", "sorry"),
        *("again", "anyone", "me"),
    )
)
_GENERIC = (
    r"(?:drugs?|medicines?|medications?|treatments?|therap(?:y|ies)|tests?|scans?|procedures?|operations?"
    r"|surger(?:y|ies)|cancers?|diseases?|conditions?|illness(?:es)?|injections?|shots?|infusions?|tablets?|pills?"
    r"|tumou?rs?|types?|symptoms?|side.effects?|effects?|stages?|vaccines?|supplements?|results?|signs?|doses?)"
)
_VERB = (
    r"(?:is|are|was|were|be|work|works|last|lasts|hurt|take|takes|cause|causes|start|starts|stop|affect|help|go)"
)
_BOTH = (
    rf"\b(?:the\s+two|(?:them\s+)?both)(?=\s*(?:[?.!,]|$|\b{_VERB}\b))|\bare\s+both\b"
    r"|\bwhich\s+(?:one|of\s+(?:them|these|those|the\s+two))\b"
    r"|\bwhich\s+is\s+(?:\w+er|worse|(?:more|less)\s+\w+)\s*[?.!]*$"
    r"|\bwhich\s+(?!is\b)\w+\s+(?:fewer|more|less|better|worse|the\s+(?:most|least))(?:\s+[\w-]+){0,2}\s*[?.!]*$"
    r"|\b(?:the|any|a)\s+differences?\s*[?.!]*$|\bdo\s+they\s+differ\b"
)
_POINTING = late_pattern(
    r"\b(?:its?|itself|they|them|their|theirs|these|those|he|she|him|his|her|hers)\b"
    rf"|\b(?:this|that)(?=\s+{_GENERIC}\b)"
    rf"|\bthis\b(?=\s*(?:[?.!,]|$|\b(?:{_VERB}|mean|happen|get|come|run)\b))"
    r"|\b(?:is|was|are|does|do|did|about|of|with|for|like|after|before|to|from|causes?|mean|by)\s+that\b"
    r"(?!\s+(?:the|a|an|i|you|we|my|your|people|there)\b)"
    rf"|\bthe\s+(?:{_GENERIC}|same|latter|former|other one)(?=\s*(?:[?.!,]|$|\b{_VERB}\b))"
    r"|\b(?:which|what|another|other|any|this|that|how many)\s+ones?\b"
    r"|(?<!\bno )(?<!\bday )(?<!\btype )(?<!stage )(?<!grade )(?<!phase )\bones?(?=\s*[?.!]*$)"
    rf"|{_BOTH}",
    re.IGNORECASE,
)
_OBJECT = late_pattern(
    r"\b(?:with|on|from|to|than|during|taking|take|having|after|before|by|of|for|about|like|as)\s+"
    r"(?:it|them|this|that)\s*[?.!]*$",
    re.IGNORECASE,
)
_DUMMY = late_pattern(
    r"\b(?:is|was|will|would|can|could|does|has)\s+it\s+(?:be\s+|ever\s+|really\s+)?"
    r"(?:\w+\s+){1,2}?(?:to|that|if|for|when)\b"
    r"|\bit(?:['’]s|\s+is)\s+(?:\w+\s+){1,2}?(?:to|that|if|for|when)\b"
    r"|\b(?:does|do|will|can|would)\s+it\s+(?:take|matter|make sense|mean)\s+"
    r"(?:to|for|before|until|if|when|that|how|whether|which)\b"
    r"|\bthat['’]s\b",
    re.IGNORECASE,
)
_TWO = late_pattern(_BOTH, re.IGNORECASE)
_PERSON = late_pattern(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_THING = late_pattern(r"\b(?:its?|they|them|their|theirs|this|that|these|those)\b", re.IGNORECASE)
_ADDING = late_pattern(r"\b(?:also|instead|as\s+well|at\s+the\s+same\s+time)\b|\btoo\s*[?.!]*$", re.IGNORECASE)
_PEOPLE = late_pattern(r"\b(?:i|i['’]m|me|my|we|us|our|he|she|him|his|her)\b", re.IGNORECASE)
_RECORD = late_pattern(r"\b(?:is|was|are|were|did|has|have|had)\s+(?:my|our|his|her)\b", re.IGNORECASE)
_GROUP = late_pattern(
    r"\b(?:men|women|children|kids|toddlers|babies|infants|newborns|teenagers|teens|adolescents|young adults"
    r"|adults|smokers|pregnancy)\b",
    re.IGNORECASE,
)
_THEY_DO = late_pattern(
    r"\bthey\s+(?:(?:also|still|ever|really|always|usually)\s+)?"
    r"(?:get|have|need|take|feel|live|survive|die|go|eat|drink|receive|lose|recover|notice)\b",
    re.IGNORECASE,
)
_NEEDS = late_pattern(
    r"\b(?:do|does|did|will|would)\s+(?:i|we|he|she|they)\s+(?:(?:really|still|also|ever)\s+)?need\b",
    re.IGNORECASE,
)
_DOES = (
    r"(?:(?:really|also|ever|even|then|still|not)\s+)*+(?:caus|increas|rais|lower|reduc|help|prevent|treat|cur|affect"
    r"|lead|trigger|protect|interact|interfer|work|mak|giv|feed|kill|stop|slow|harm|damag|worsen)(?:e|es|s|ed|ing)?\b"
)
_AUXILIARY = r"(?:(?:and|so|but|or)\s+)?(?:do|does|did|can|could|will|would|may|might)"
_ACTS = late_pattern(
    rf"{_AUXILIARY}\s+(?!(?:i|you|we|my|your|it|they|he|she|this|that|these|those|there)\b)"
    rf"((?:[\w'’-]+\s+){{1,4}}?){_DOES}",
    re.IGNORECASE,
)
_ACTS_TOO = late_pattern(rf"{_AUXILIARY}\s+(?:it|they|this|that|these|those)\s+{_DOES}", re.IGNORECASE)
_ASKED_OF_IT = late_pattern(
    r"(?:(?:and|so|but)\s+)?(?:what|which|how\s+many|how\s+much)\s+"
    r"(?:(?!(?:do|does|did|can|could|will|would|should|has|have|is|are|was|were)\b)[\w'’-]+\s+){1,3}"
    r"(?:do|does|did|can|could|will|would|should|has|have|is|are|was|were)\s+(?:it|they)\b",
    re.IGNORECASE,
)
_FROM_A_STAGE = late_pattern(
    r"\b(?:than|from|into|to|becom\w+|reach\w*|turn\w*|vs\.?|versus|with|like)\s+(?:a\s+)?$", re.IGNORECASE
)
_SEVERAL = late_pattern(r"\b(?:they|them|their|theirs|these|those)\b", re.IGNORECASE)
_CLAUSE = late_pattern(r"\b(?:and|if|when|but|because|so|while|who|which|although)\b|[,;.]", re.IGNORECASE)
_QUESTION_WORD = (
    r"(?:what|how|when|why|where|which|who|whose|can|could|should|shall|do|does|did|is|are|was|were|will|would|may"
    r"|might|must|has|have|had|i|i['’]m|my|we|tell|if|it|they|he|she|please|explain)\b"
)
_JOINED = r"(?:(?:and|but|or|so|then|also)\b[\s,]*+)"
_QUESTION = late_pattern(
    rf"{_JOINED}*(?!(?:i|i['’]m|my|we|it|they|he|she|please)\b){_QUESTION_WORD}", re.IGNORECASE
)
_CORRECTED = r"(?:(?:no|oh|oops|sorry|actually)\b[\s,.]*+)*+(?:i\s+meant|i\s+mean|make\s+that)\b"
_ELLIPSES = (
    late_pattern(rf"{_JOINED}*(?:what|how)\s+about\s+(.+)$", re.IGNORECASE),
    late_pattern(rf"{_JOINED}++(?!{_QUESTION_WORD})(.+)$", re.IGNORECASE),
    late_pattern(rf"{_CORRECTED}[\s,:]*+(?!{_QUESTION_WORD})(.+)$", re.IGNORECASE),
    late_pattern(r"((?:for|in|with|during)\s+(?:\w+\s+){0,2}\w+\s*\?*)$", re.IGNORECASE),
)
_SETTING = late_pattern(r"(?:in|during|at|after|before|while|without)\b", re.IGNORECASE)
_WORD = late_pattern(r"[^\W_]+(?:[-'’][^\W_]+)*")
_SENTENCE = late_pattern(r"[^.!?]+[.!?]*\s*")


def is_polite(text: str) -> bool:
    """Whether a message asks nothing: thanks, a greeting, a yes."""
    return all(word.lower() in _POLITE for word in re.findall(r"[^\W_]+", text))


def without_polite(text: str) -> str:
    """A message without the thanks and greetings that it begins with."""
    sentences = _SENTENCE.findall(text)
    while len(sentences) > 1 and is_polite(sentences[0]):
        sentences = sentences[1:]
    kept = "".join(sentences) or text
    return (
        re.sub(r"^(?:(?:thanks|thank you|ok|okay|great|right|i see)[\s,]+)+", "", kept, flags=re.IGNORECASE)
        or text
    )


def ellipsis_of(text: str) -> str | None:
    """What a question without a verb of its own asks about: "men" of "and what about men?". None for others."""
    for pattern in _ELLIPSES:
        match = pattern.match(text)
        if match is not None:
            return match[1]
    return None


def is_setting(rest: str) -> bool:
    """Whether a phrase says in which circumstances: "during pregnancy", "at home"."""
    return _SETTING.match(rest) is not None


def points_back(text: str, names: Callable[[str], bool]) -> bool:
    """Whether a pronoun, or a noun such as "the drug", stands for something that this question does not name.

    `names` says of a word whether it names a subject. A pronoun behind such a name stands for it.
    """
    said = _DUMMY.sub(lambda match: "-" * len(match[0]), text)
    pointer = _POINTING.search(said)
    if pointer is None:
        return False
    if _ASKED_OF_IT.match(said):
        return True
    named = [word for word in _WORD.finditer(said) if may_name(word[0]) and names(word[0])]
    if not any(word.start() < pointer.start() for word in named):
        return True
    last = _OBJECT.search(said)
    return last is not None and not any(
        clause.start() > named[0].start() for clause in _CLAUSE.finditer(said[: last.start()])
    )


def points_at_several(text: str) -> bool:
    """Whether the pronoun is a plural, which may stand for what was asked of the subject, not for the subject."""
    return _SEVERAL.search(text) is not None


def points_at_people(text: str) -> bool:
    """Whether "they" do what people do: "do they get tamoxifen too?"."""
    return _THEY_DO.search(text) is not None


def points_at_two(text: str) -> bool:
    """Whether a question weighs two things without naming them: "which one is worse?"."""
    return _TWO.search(text) is not None


def points_at_person_only(text: str) -> bool:
    """Whether every pronoun stands for a person: "will she lose her hair?" may be asked of anybody."""
    return _PERSON.search(text) is not None and _THING.search(text) is None


def adds(text: str) -> bool:
    """Whether a question says that it adds to what was spoken of: "will I need radiation too?"."""
    return is_question(text) and agent_of(text) is None and _ADDING.search(text) is not None


def is_question(text: str) -> bool:
    """Whether a message asks in the form of a question, and tells nothing first."""
    return _QUESTION.match(text) is not None


def is_about_people(text: str) -> bool:
    """Whether a question is about the person who asks or one they speak of, not about what a file says of them."""
    return _PEOPLE.search(text) is not None and _RECORD.search(text) is None


def group_of(text: str) -> str:
    """The people that a question asks of: "men" of "can men get breast cancer?". Empty where it names none."""
    match = _GROUP.search(text)
    return "" if match is None else match[0].lower()


def asks_what_is_needed(text: str) -> bool:
    """Whether a question asks what somebody needs, which the disease decides: "do I need a biopsy?"."""
    return _NEEDS.search(text) is not None


def agent_of(text: str) -> str | None:
    """What does something in a question: "smoking" of "does smoking cause bladder cancer?". None without one."""
    match = _ACTS.match(text)
    return None if match is None else match[1].strip()


def acts_too(text: str) -> bool:
    """Whether a pronoun does something: "does it cause kidney cancer?" asks of the agent before, not its work."""
    return _ACTS_TOO.match(text) is not None


def is_another_stage(before: str) -> bool:
    """Whether a stage with these words before it is set against the one that was spoken of: "worse than"."""
    return _FROM_A_STAGE.search(before) is not None


def is_content(word: str) -> bool:
    """Whether a word could be, or narrow, the subject of a question."""
    # The search drops stop words, but not from a text of nothing else: hence the second word.
    is_counted = len(terms(f"{word} footnote")) > 1
    return is_counted and not frozenset(terms(word)) <= _STOPPED


def may_name(word: str) -> bool:
    """Whether a word could name the subject of a question by itself."""
    return is_content(word) and not frozenset(terms(word)) <= NARROWING_TERMS and len(word) > 1

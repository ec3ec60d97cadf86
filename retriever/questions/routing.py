"""Routing: questions that read as an emergency or as self-harm get a fixed text beside the passages.

The rules are data (`routing.toml`, replaceable as a whole): patterns, exceptions, texts, and examples to compare
vectors with (`nearness`). They look for what is happening to somebody now; a question for information about the
same thing is none. They diagnose nothing.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources

from retriever.document import Document
from retriever.errors import FootnotedError
from retriever.provenance.audience import declared_audience
from retriever.questions.required_words import WordTable
from retriever.questions.signs import Sentence, Sign, Signs, present_in, table_of

RULES_FILE = "routing.toml"
RULES_VERSION = 1
LEAST_ORDINARY = 20
MOST_EXAMPLES = 2_000
# A point between digits ends no sentence: "a temperature of 38.2".
_SENTENCE = re.compile(r"(?:[^.!?\n;]|(?<=\d)\.(?=\d))+[.!?\n;]*")
_NAME = re.compile(r"\{([a-z]+)\}")
_WORD = re.compile(r"[^\W_]+")


class RoutingRulesInvalid(FootnotedError, ValueError):
    """A file of routing rules cannot be used; the message names the table and the cause."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: it fires on a sentence where a sign is found and no exception is.

    Where it has a `context`, one of these patterns must be found somewhere in the question, too. `examples` are
    what somebody writes to whom it happens.
    """

    code: str
    text: str
    context: tuple[Sign, ...]
    signs: Signs
    unless: tuple[Sign, ...]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """Rules in the order in which they are tried, and what makes a collection one about health.

    `ordinary` are texts that no example may be taken for, though they may sound like one; `ordinary_share` of them
    may be. `told_by` are the patterns of a sentence in which somebody speaks of a person. `words` are
    looked for before any sign is.
    """

    rules: tuple[Rule, ...]
    words: WordTable
    health_words: frozenset[str]
    health_share: float
    ordinary: tuple[str, ...] = ()
    ordinary_share: float = 0.0
    told_by: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class Routing:
    """What to show beside the passages; `code` is the rule's."""

    code: str
    text: str


@cache
def default_rules() -> RoutingRules:
    """The rules that come with the program. Their patterns are known to be sound, and compiled when needed."""
    return _parsed(resources.files(__package__).joinpath(RULES_FILE).read_text(encoding="utf-8"), Sign.of)


def parse_rules(content: str) -> RoutingRules:
    """The rules in the text of such a file. Raises RoutingRulesInvalid naming what is wrong."""
    return _parsed(content, Sign.compiled)


def _parsed(content: str, sign_of: Callable[[str], Sign]) -> RoutingRules:
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise RoutingRulesInvalid(f"the routing rules are not TOML: {error}; mend that line") from error
    try:
        if tables["version"] != RULES_VERSION:
            raise RoutingRulesInvalid(
                f"the routing rules are of version {tables['version']}; this program reads version {RULES_VERSION}"
            )
        signs_of = partial(_signs_of, words=_resolved(tables["words"]), sign_of=sign_of)
        rules = tuple(_rule(table, signs_of) for table in tables["rule"])
        compared = tables.get("ordinary", {})
        return RoutingRules(
            rules=rules,
            words=table_of(sign for rule in rules for sign in rule.signs.each),
            health_words=frozenset(str(word).casefold() for word in tables["applies"]["words"]),
            health_share=float(tables["applies"]["share"]),
            ordinary=_ordinary(compared, sum(len(rule.examples) for rule in rules)),
            ordinary_share=_share(compared["share"]) if compared else 0.0,
            told_by=signs_of(compared.get("told_by", []), "[ordinary]"),
        )
    except (KeyError, TypeError) as error:
        raise RoutingRulesInvalid(
            f"the routing rules lack a table or a key, or it is of a wrong type: {error}"
        ) from error


def route(question: str, rules: RoutingRules, before: Sequence[str] = ()) -> Routing | None:
    """The first rule that fires on a sentence of the question; None where none does.

    `before` is what the person wrote earlier in a conversation: a rule's context may stand there.
    """
    sentences: list[Sentence] = []
    present = present_in(question, rules.words)
    for rule in rules.rules:
        possible = rule.signs.possible(present)
        sentences = sentences or (sentences_of(question) if possible else [])
        if not possible or not has_context(question, rule, before):
            continue
        for sentence in sentences:
            if _found(possible, sentence) and not _found(rule.unless, sentence):
                return Routing(rule.code, rule.text)
    return None


def may_fire(text: str, rules: RoutingRules) -> bool:
    """Whether a rule could fire on any part of a text: one that holds a question, in whatever form, will do."""
    present = present_in(text, rules.words)
    return any(rule.signs.possible(present) for rule in rules.rules)


def sentences_of(question: str) -> list[Sentence]:
    """The sentences of a question, as patterns are searched for in them."""
    return [Sentence.of(match[0]) for match in _SENTENCE.finditer(question)]


def has_context(question: str, rule: Rule, before: Sequence[str] = ()) -> bool:
    """Whether a question, or what was written `before` it, names what the rule is for, if it is for something."""
    return not rule.context or any(
        _found(rule.context, sentence) for text in (question, *before) for sentence in sentences_of(text)
    )


def excepted(text: str, rule: Rule) -> bool:
    """Whether the rule has an exception for every sentence of a text."""
    return all(_found(rule.unless, sentence) for sentence in sentences_of(text))


def concerns_health(documents: Sequence[Document], rules: RoutingRules) -> bool:
    """Whether the metadata of enough documents say that they are about health; without documents they do not."""
    said = sum(_says_health(document, rules.health_words) for document in documents)
    return said > 0 and said >= rules.health_share * len(documents)


def _found(signs: Sequence[Sign], sentence: Sentence) -> bool:
    return any(sign.is_in(sentence) for sign in signs)


def _says_health(document: Document, words: frozenset[str]) -> bool:
    metadata = document.metadata
    if metadata.cancer_types or declared_audience(metadata.audience_level) is not None:
        return True
    said = " ".join((*metadata.tags, metadata.source_type or "", metadata.source or "", metadata.title))
    return any(word.casefold() in words for word in _WORD.findall(said))


def _resolved(words: Mapping[str, str]) -> dict[str, str]:
    """The named patterns, each with the names in it replaced by those that stand above it."""
    resolved: dict[str, str] = {}
    for name, pattern in words.items():
        resolved[name] = _filled(pattern, resolved)
    return resolved


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise RoutingRulesInvalid(f"a routing pattern uses {match[0]}, which [words] does not have above it")
        return words[match[1]]

    return _NAME.sub(replacement, pattern)


def _rule(table: Mapping[str, object], signs_of: Callable[[object, str], tuple[Sign, ...]]) -> Rule:
    code = str(table["code"])
    return Rule(
        code=code,
        text=str(table["text"]),
        context=signs_of(table.get("context", []), code),
        signs=Signs.of(signs_of(table["signs"], code)),
        unless=signs_of(table["unless"], code),
        examples=_examples(table.get("examples", []), f"the rule {code}"),
    )


def _ordinary(table: Mapping[str, object], examples: int) -> tuple[str, ...]:
    """The texts that are none of danger: enough to read off how high one lies, where any rule has examples."""
    ordinary = _examples(table["examples"], "[ordinary]") if table else ()
    if examples and len(ordinary) < LEAST_ORDINARY:
        raise RoutingRulesInvalid(
            f"a rule has examples, and [ordinary] has {len(ordinary)}; give at least {LEAST_ORDINARY} texts there "
            "that sound like them and are no danger"
        )
    if examples + len(ordinary) > MOST_EXAMPLES:
        raise RoutingRulesInvalid(
            f"the routing rules have {examples + len(ordinary):,} examples; at most {MOST_EXAMPLES:,} are read"
        )
    return ordinary


def _share(share: object) -> float:
    if isinstance(share, int | float) and 0 < share <= 0.5:
        return float(share)
    raise RoutingRulesInvalid("the share in [ordinary] is no number above 0 and up to 0.5")


def _examples(examples: object, owner: str) -> tuple[str, ...]:
    if not isinstance(examples, list) or not all(isinstance(one, str) and one.strip() for one in examples):
        raise RoutingRulesInvalid(f"{owner} has examples that are not a list of texts")
    return tuple(examples)


def _signs_of(
    patterns: object, code: str, *, words: Mapping[str, str], sign_of: Callable[[str], Sign]
) -> tuple[Sign, ...]:
    if not isinstance(patterns, list):
        raise RoutingRulesInvalid(f"the rule {code} has patterns that are not a list")
    try:
        return tuple(sign_of(_filled(str(pattern), words)) for pattern in patterns)
    except re.error as error:
        raise RoutingRulesInvalid(f"the rule {code} has a pattern that is not one: {error}") from error

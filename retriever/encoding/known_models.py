"""Sentence models that are known to want words before a question or a passage, where their files do not say so.

A wrong prefix loses points and gives no error, so each line names where its authors say what it is.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompts:
    """What stands before a question and before a passage when they are encoded; often nothing."""

    query: str
    passage: str


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A family of models by the last part of their names."""

    family: str
    names: re.Pattern[str]
    prompts: Prompts


def _family(family: str, names: str, query: str, passage: str = "") -> KnownModel:
    return KnownModel(family, re.compile(names, re.IGNORECASE), Prompts(query, passage))


_SEARCH_PASSAGES = "Represent this sentence for searching relevant passages: "
KNOWN_MODELS: tuple[KnownModel, ...] = (
    # Source: model cards of intfloat/e5-* and intfloat/multilingual-e5-*; the instruct form has a task instead.
    _family(
        "multilingual-e5-*-instruct",
        r"multilingual-e5-\w+-instruct",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
    ),
    _family(
        "e5, multilingual-e5",
        r"(?:multilingual-)?e5-(?:small|base|large)(?:-v2|-unsupervised)?",
        "query: ",
        "passage: ",
    ),
    # Source: model cards of BAAI/bge-*-en and BAAI/bge-*-en-v1.5; bge-m3 wants none.
    _family("bge (English)", r"bge-(?:small|base|large)-en(?:-v1\.5)?", _SEARCH_PASSAGES),
    # Source: model card of BAAI/bge-*-zh.
    _family("bge (Chinese)", r"bge-(?:small|base|large)-zh(?:-v1\.5)?", "为这个句子生成表示以用于检索相关文章："),
    # Source: model cards of Snowflake/snowflake-arctic-embed-*; version 2.0 has a shorter one.
    _family("snowflake-arctic-embed 2", r"snowflake-arctic-embed-[ml]-v2\.0", "query: "),
    _family("snowflake-arctic-embed", r"snowflake-arctic-embed-(?:xs|s|m|l|m-v1\.5|m-long)", _SEARCH_PASSAGES),
    # Source: model cards of mixedbread-ai/mxbai-embed-*.
    _family("mxbai-embed", r"mxbai-embed-(?:xsmall|large|2d-large)-v1", _SEARCH_PASSAGES),
    # Source: model cards of nomic-ai/nomic-embed-text-* and nomic-ai/modernbert-embed-base.
    _family(
        "nomic-embed-text, modernbert-embed",
        r"(?:nomic-embed-text-v[12](?:\.5|-moe)?|modernbert-embed-(?:base|large))",
        "search_query: ",
        "search_document: ",
    ),
    # Source: model cards of ibm-granite/granite-embedding-*, thenlper/gte-*, and of sentence-transformers' own.
    _family("gte", r"gte-(?:small|base|large)", ""),
    _family("bge-m3", r"bge-m3", ""),
    _family("sentence-transformers", r"(?:all|multi-qa|msmarco|paraphrase)-[\w.-]+", ""),
)


def known_model(name: str) -> KnownModel | None:
    """The family of a model by the last part of its name or of its folder's; None for one that is not known."""
    last = name.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1]
    return next((family for family in KNOWN_MODELS if family.names.fullmatch(last)), None)


def prompts_of(name: str, stated: Prompts | None) -> Prompts:
    """The prompts that a model is used with: those that its own files state, else those of its known family.

    A model that states none and is not known gets none.
    """
    if stated is not None:
        return stated
    family = known_model(name)
    return Prompts("", "") if family is None else family.prompts

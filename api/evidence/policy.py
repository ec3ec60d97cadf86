"""The evidence policy: which pages are trusted, and how much evidence a type of question needs. It is a file."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import Field

from api.policy_file import PolicyTable, checked, read_policy, tables_of

POLICY_FILE = "evidence.toml"
_WHAT = "the evidence policy"


class EvidencePolicyInvalid(ValueError):
    """A file of the policy cannot be used; the message names the key and the cause."""


class Tier(PolicyTable):
    """Pages whose `sourceType` fits the pattern have this tier; 1 is the best."""

    source_type: str
    tier: int = Field(ge=1, le=9)


class Trust(PolicyTable):
    """The tiers, in the order in which they are tried."""

    trusted: int = Field(ge=1, le=9)
    otherwise: int = Field(ge=1, le=9)
    tiers: list[Tier]

    def tier_of(self, source_type: str | None) -> int:
        """The tier of a page."""
        said = (source_type or "").casefold()
        fitting = (each.tier for each in self.tiers if fnmatchcase(said, each.source_type.casefold()))
        return next(fitting, self.otherwise)


class Chunks(PolicyTable):
    """How chunks are chosen; `below_best` is a difference of cosines."""

    per_document: int = Field(ge=1, le=50)
    below_best: float = Field(ge=0, le=2)


class Strong(PolicyTable):
    """What makes evidence strong."""

    probability: float = Field(ge=0, le=1)
    tier: int = Field(ge=1, le=9)


class CancerTypes(PolicyTable):
    """How types of cancer are told from one another; see the file."""

    bonus: float = Field(ge=0, le=1)
    generic: list[str]
    general: list[str]
    known: list[str]


class Minimum(PolicyTable):
    """The least evidence for a type of question; see the file."""

    tier: int = Field(ge=1, le=9)
    documents: int = Field(ge=1, le=50)
    sources: int = Field(ge=1, le=50)
    similarity: float = Field(ge=0, le=1)
    max_review_age_days: int = Field(ge=0, le=36_500)
    undated: bool

    def and_also(self, other: "Minimum") -> "Minimum":
        """What satisfies both."""
        ages = [age for age in (self.max_review_age_days, other.max_review_age_days) if age > 0]
        return Minimum(
            tier=min(self.tier, other.tier),
            documents=max(self.documents, other.documents),
            sources=max(self.sources, other.sources),
            similarity=max(self.similarity, other.similarity),
            max_review_age_days=min(ages, default=0),
            undated=self.undated and other.undated,
        )


class EvidencePolicy(PolicyTable):
    """The whole policy. `minimum` holds `default` and the types of question under their plain names."""

    version: Literal[1]
    trust: Trust
    chunks: Chunks
    strong: Strong
    cancer_type: CancerTypes
    minimum: Mapping[str, Minimum]

    def minimum_for(self, *question_types: str | None) -> Minimum:
        """The least evidence for a question that is of all these types; None and unknown types say nothing."""
        names = [_plain(each) for each in question_types if each is not None]
        known = [self.minimum[name] for name in names if name in self.minimum]
        if not known:
            return self.minimum["default"]
        strictest = known[0]
        for each in known[1:]:
            strictest = strictest.and_also(each)
        return strictest


def evidence_policy(path: Path | None) -> EvidencePolicy:
    """The policy in a file, or the program's own. Raises EvidencePolicyInvalid, also where it cannot be read."""
    if path is None:
        return _packaged()
    return read_policy(path, parse_policy, what=_WHAT, refused=EvidencePolicyInvalid)


def parse_policy(content: str) -> EvidencePolicy:
    """The policy in the text of such a file. Raises EvidencePolicyInvalid naming what is wrong."""
    tables = tables_of(content, what=_WHAT, refused=EvidencePolicyInvalid)
    minimum = tables.get("minimum")
    if not isinstance(minimum, dict) or not all(isinstance(each, dict) for each in minimum.values()):
        raise EvidencePolicyInvalid("the evidence policy needs tables [minimum.default], [minimum.NAME]")
    if "default" not in minimum:
        raise EvidencePolicyInvalid("the evidence policy lacks the table [minimum.default]")
    filled = {_plain(name): {**minimum["default"], **table} for name, table in minimum.items()}
    return checked({**tables, "minimum": filled}, EvidencePolicy, what=_WHAT, refused=EvidencePolicyInvalid)


@cache
def _packaged() -> EvidencePolicy:
    return parse_policy(resources.files(__package__).joinpath(POLICY_FILE).read_text(encoding="utf-8"))


def _plain(name: str) -> str:
    """A type of question without what its spellings differ in: `sideEffects`, `side_effects`, `Side effects`."""
    return "".join(character for character in name.casefold() if character.isalnum())

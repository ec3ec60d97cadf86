"""The answer policy: what the keeper of a service decides about its answers, whatever the generation."""

from dataclasses import dataclass
from pathlib import Path

from api.policy_file import read_policy
from api.query.response import WarningCode
from retriever.provenance.overdue import FreshnessPolicy
from retriever.questions.routing import RoutingRules, RoutingRulesInvalid, default_rules, parse_rules

ROUTING_CODES = frozenset({WarningCode.EMERGENCY, WarningCode.SELF_HARM})
"""The codes that a rule may have: programs that show the warnings know these."""


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """`rules` are None where routing is switched off."""

    rules: RoutingRules | None
    freshness: FreshnessPolicy


def routing_rules(path: Path | None) -> RoutingRules:
    """The rules in a file, or those that come with the program.

    Raises RoutingRulesInvalid where they cannot be used, a file that cannot be read included.
    """
    if path is None:
        return default_rules()
    rules = read_policy(path, parse_rules, what="the routing rules", refused=RoutingRulesInvalid)
    if any(rule.code not in ROUTING_CODES for rule in rules.rules):
        allowed = " or ".join(sorted(ROUTING_CODES))
        raise RoutingRulesInvalid(f"a rule in {path} has a code that is unknown here; use {allowed}")
    return rules

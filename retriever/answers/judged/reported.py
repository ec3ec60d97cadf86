"""Reported: sentences that tell what a person said, what a study found or what nobody knows, not what is so."""

import re

from retriever.late_pattern import late_pattern

_PERSON = late_pattern(
    r"\b(?:Dr|Drs|Prof)\.\s+[A-Z]|\b(?:M\.D|Ph\.D|R\.N|M\.P\.H|MPH|Sc\.D|D\.V\.M)\b"
    r"|[\"”’,]\s+(?:he|she|they|[A-Z]\w+)\s+(?:said|says|explained|noted|added|continued|stressed|wrote"
    r"|reported)\b"
    r"|\b(?:said|says|explained|noted|added|commented)\s+(?:[A-Z]\w+|study|lead|senior)\b"
    r"|\baccording to (?:Dr|the (?:study|trial)|[A-Z]\w+ [A-Z]\w+)"
    r"|\b(?:I|we|my|our|me|us)\b(?=[^.]*[\"”])",
)
_RESEARCH = late_pattern(
    r"\b(?:study|studies|trials?|researchers?|investigators?|scientists|authors?|findings|participants|enrolled"
    r"|randomi[sz]ed|cohort|placebo|mice|preclinical|meta-analys[ei]s|published|journal|phase (?:[1-4]|I{1,3}V?)"
    r"|level of evidence|Food and Drug Administration|FDA|approval|approved(?! (?:to|for)\b)"
    r"|hazard ratio|odds ratio|relative risk|confidence interval|95% CI|P\s*[<=]\s*[.0]|n\s*=\s*\d)\b",
    re.IGNORECASE,
)
_LEAVES_OPEN = late_pattern(
    r"(?:whether|if)\b.*\b(?:is|are) (?:(?:still|also) )?"
    r"(?:not (?:yet )?(?:known|clear|certain|understood)|un(?:known|clear|certain))"
    r"|it is (?:not (?:yet )?(?:known|clear|certain)|un(?:known|clear|certain)) (?:whether|if)\b",
    re.IGNORECASE,
)


def tells_an_opinion(sentence: str) -> bool:
    """Whether a sentence reports what a person said."""
    return _PERSON.search(sentence) is not None


def tells_of_research(sentence: str) -> bool:
    """Whether a sentence tells of a study, of its figures or of an approval, not of the matter itself."""
    return _RESEARCH.search(sentence) is not None


def leaves_open(quote: str) -> bool:
    """Whether a quote says that nobody knows whether something is so: an answer only to who asks for yes or no."""
    return _LEAVES_OPEN.match(quote) is not None

"""Asked figures: the time, the interval or the share that a question wants, and how a quote words one."""

import re

from retriever.late_pattern import late_pattern

_TIME = late_pattern(
    r"\b(?:(?:second|minute|hour|day|night|week|month|year|decade)s?|age[ds]?|daily|weekly|monthly|yearly|annual\w*"
    r"|chronic|permanent\w*|lifelong|lifetime|forever|never|indefinite\w*|rest of|long[ -]?(?:term|lasting|time)"
    r"|short[ -]?term|temporary|until|as long as|always|right away|immediately)\b",
    re.IGNORECASE,
)

_FIGURES = (
    (
        late_pattern(
            r"\bhow (?:long|soon|quickly|many (?:days|weeks|months|years))\b(?!.*\b(?:live|survive|left)\b)"
            r"|\bwhen (?:do|does|can|could|should|will|may)\b.*\bafter\b",
            re.IGNORECASE,
        ),
        _TIME,
    ),
    (
        late_pattern(r"\bhow (?:often|frequently|many times)\b(?!.*\b(?:happen|occur)s?\b)", re.IGNORECASE),
        late_pattern(
            r"\b(?:(?<!out of )every|each|once|twice|daily|weekly|monthly|yearly|annual\w*|times|regular\w*|often"
            r"|frequent\w*|again"
            r"|repeat\w*|(?:a|per|an) (?:hour|day|week|month|year)|(?:hour|day|week|month|year)s apart|rarely"
            r"|never|only)\b",
            re.IGNORECASE,
        ),
    ),
    (
        late_pattern(
            r"\bhow (?:common|rare|likely|many (?:people|patients|women|men|children))\b|\bpercent\w*"
            r"|\bwhat(?:['’]?s| is| are) (?:\w+ ){0,4}(?:chances?|odds|share|\w+ rates?)\b",
            re.IGNORECASE,
        ),
        late_pattern(
            r"\d|%|\b(?:percent|rare|rarely|common\w*|uncommon|most|half|third|quarter|few|fewer|likely|unlikely|usually"
            r"|often|high|low|good|poor|one|two|three|four|five|six|seven|eight|nine|ten|thousands?|millions?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        late_pattern(r"\bhow (?:often|frequently)\b.*\b(?:happen|occur)s?\b", re.IGNORECASE),
        late_pattern(
            r"%|\b(?:percent|\w+ (?:in|out of) (?:every |about )?(?:\d|a |one |two |three |ten )|rare|rarely"
            r"|seldom|common\w*|uncommon|unusual|most|half|third|quarter|few|fewer|likely|unlikely|usually"
            r"|(?<!how )(?:often|frequent\w*))\b",
            re.IGNORECASE,
        ),
    ),
)
"""What asks for a time, for how often or for a share, each with what a quote that gives one says."""


def asked_figures(question: str) -> tuple[re.Pattern[str], ...]:
    """What finds a figure of each kind that a question asks for."""
    return tuple(gives for asks, gives in _FIGURES if asks.search(question))

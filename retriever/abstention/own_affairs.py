"""Own affairs: questions on one's own results and on the time one has left, known by their form.

"What did the scan show on my liver" and "what does a scan of the liver show" are about the same things, and their
vectors lie side by side. What tells them apart is grammar: whose scan it was, that it is over, that somebody's own
time is asked for. So these few forms are patterns, beside the learnt direction of `errands.py`.
"""

import re

from retriever.late_pattern import late_pattern

_WHOSE = r"(?:my|our|his|her|their)"
_PERSON = (
    r"(?:(?:grand|step)?(?:mother|father|son|daughter|child|ma|pa)|mum|mom|dad|wife|husband|partner|sister|brother"
    r"|aunt|uncle|nan|gran|baby|boy|girl|kid|friend|cousin)"
)
_WHO = rf"(?:i|he|she|we|they|{_WHOSE} {_PERSON})"
_TOLD_BY = (
    r"(?:they|scan|x-?ray|mri|ct|ultrasound|biopsy|tests?|samples?|results?|report|letter|notes?|records?|pictures?"
    r"|chart|lab|doctor|dr|surgeon|nurse|oncologist|consultant|specialist|radiologist|pathologist)"
)
_TOLD = r"(?:show(?:n|ed)?|f(?:i|ou)nd|seen?|sa(?:y|id)|tell|told|mean|wr(?:ite|ote|itten)|given?)"
_ILLNESS = r"(?:cancer|tumou?rs?|lumps?|illness|disease|growths?|infection)"
_CHANGED = r"(?:gone|spread|grow(?:n|ing)?|shr[aiu]nk|shrinking|smaller|bigger|come back|returned)"
_TIME = r"(?:long|much (?:more )?time|many (?:more )?(?:days|weeks|months|years))"
_FORMS = (
    # What was found or said: the past tense alone tells that it was once, of one person.
    rf"\b(?:what|which)(?: \w+){{0,2}} (?:did|has)(?: \w+){{0,4}}? {_TOLD_BY}\b.* {_TOLD}\b",
    rf"\bwhat do(?:es)? {_WHOSE}(?: \w+){{0,2}} {_TOLD_BY}\b(?: \w+){{0,4}} (?:show|say|tell)\b",
    rf"\bwhat (?:is|was|are|were) {_WHOSE} (?:\w+ ){{0,2}}(?:scores?|results?|counts?|levels?|stage|grade)\W*$",
    rf"\b(?:are|is|have|has|did) {_WHOSE}(?: \w+){{0,4}} (?:results?|biopsy|reports?|scans?)"
    r" (?:come )?(?:back|ready|in)\b",
    rf"\b(?:(?:has|have) the|(?:has|have|did|is|are) {_WHOSE}) (?:\w+ )?{_ILLNESS}(?: \w+){{0,2}} {_CHANGED}\b",
    # How long one has left, or whether one lives.
    rf"\bhow {_TIME} (?:have|has|do|does|will|would) {_WHO}(?: still)? (?:got|have|live|last)\b"
    r"(?! to (?!live\b))",
    rf"\bhow {_TIME} (?:have|has) {_WHO} (?:left|got)\b",
    rf"\b(?:will|would|am|is|are) {_WHO} (?:still |going to )*"
    r"(?:be alive|be here|dying|die|survive|live to see|live until)\b",
)
_OWN_AFFAIR = late_pattern("|".join(_FORMS), re.IGNORECASE)


def asks_of_own_affairs(question: str) -> bool:
    """Whether a question asks what somebody's own results say, or how long somebody has left to live."""
    return _OWN_AFFAIR.search(question) is not None

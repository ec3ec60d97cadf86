"""Words of general English that say how much, how good, how likely or what is done, and name nothing.

That no page found holds one of them tells nothing: "does talc raise the risk" is answered by a page on what
increases it, "is it worse" by one that says how bad it is. Hand-made; what could be the subject of a question
(hurt, drive, cost, drink) is left out on purpose, as among the words that tell a story.
"""

from retriever.search.analyze import terms

_DEGREES = """
    too far fully partly mostly mainly nearly almost hardly barely slightly slight extremely properly proper plain
    plainly simply simple quick quickly quicker slow slowly slower sooner sudden suddenly constant constantly
    permanent permanently forever eventually final finally entire entirely overall exact roughly directly
    altogether absolutely definitely certain certainly supposedly apparently generally typical typically commonly
    commonest somewhat thoroughly merely solely initially gradually
"""
_HOW_LARGE_OR_GOOD = """
    big bigger biggest small smaller smallest large larger largest tiny massive worse worst stronger strongest
    weaker harder hardest easier easiest safer safest gentle gentler rough rougher harsh harsher mild milder tough
    tougher ordinary odd odder weird strange brilliant wary kinder decent main actual likely unlikely suitable
    recommended proven proof prove proved evidence worth worthwhile useful helpful pointless necessary essential
    impossible unusual obvious reliable rarer serious severe extra official
"""
_DONE_TO_IT = """
    matter matters raise raises raised raising lower lowers lowered lowering increase increases increased
    increasing reduce reduces reduced reducing boost boosts worsen worsens improve improves improved catch caught
    recognise recognize trust blame fail fails failed suspect suspected act acts choose chose chosen decide
    decided deciding allow allows allowed expect expected settle figure avoid avoiding return returns returned
    prefer preferred tempted struggle struggling
"""
_WAYS_TO_SEE_IT = """
    chance chances odds word words option options choice choices trouble issue issues fact example examples list
    step steps bunch guideline guidelines downside downsides upside drawback drawbacks pros cons purpose role
    fault idea sense luck truth warning
"""
_SMALL = """
    itself ourselves another several various otherwise anywhere everywhere somewhere nowhere along apart besides
    afterward afterwards beforehand til everyday nearby further rather through those none plus
"""
_NUMBERS = "four five six seven eight nine ten twenty thirty forty fifty hundred dozen percent per quarter halfway"

GENERAL_TERMS = frozenset(
    term
    for words in (_DEGREES, _HOW_LARGE_OR_GOOD, _DONE_TO_IT, _WAYS_TO_SEE_IT, _SMALL, _NUMBERS)
    for term in terms(words)
)

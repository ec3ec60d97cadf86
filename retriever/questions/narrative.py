"""Words that tell how somebody came to ask, and say nothing of what is asked for.

A page need not hold them to answer: that nothing in the collection speaks of a mother, of last Tuesday or of being
worried is no sign that it has no answer. Hand-made from how people write to health services; words that may be
the subject of a question (pain, sleep, cost, dog) are left out on purpose.
"""

from retriever.search.analyze import terms

_PEOPLE = """
    mother mum mummy mom mommy dad daddy father husband wife partner boyfriend girlfriend fiance brother sister
    sibling son daughter uncle aunt auntie nan nana gran granny grandma grandmother grandpa grandfather grandad
    granddad grandson granddaughter grandchildren cousin nephew niece friend neighbour neighbor colleague
    coworker boss lady ladies gentleman chap bloke guy folks parents somebody someone anyone anybody nobody
    everybody everyone who whose whos yourself myself himself herself themselves doctor doc dr gp nurse consultant
    specialist pharmacist oncologist physician
"""
_TIMES = """
    today tonight tomorrow yesterday morning afternoon evening night weekend monday tuesday wednesday thursday
    friday saturday sunday january february march april may june july august september october november december
    spring summer autumn winter christmas easter birthday lunchtime day days week weeks month months year years
    yr yrs yo hour hours minute minutes ago since lately recently soon now then already yet later nowadays past
    next until till never once again longer anymore half finish finished finishing
"""
_FEELINGS = """
    worried worry worries worrying scared scary afraid anxious nervous upset desperate frightened
    terrified embarrassed embarrassing ashamed sorry silly glad happy sad furious angry shocked shock hate love
    lovely awful terrible horrible horrid honest honestly hope hoping wish fed alone curious nice great fine
    like dear
"""
_TELLING = """
    go goes going gone went come comes came coming want wants wanted wanting know knows knew known think thinks
    thought thinking believe feel feels feeling felt hear heard read reads reading see saw seen sees look looks
    looked looking seem seems seemed try tries tried trying start starts started starting begin began keep kept
    keeps keeping put let lets call calls called calling ring rang write writes writing wrote talk talked
    talking speak spoke mention mentioned explain explained understand understood suggest suggested advise
    advised reply respond answer answers appreciate bother live lives lived lost found took taken bring brought
    show shows showed turn turned sit sat stand stood ask asks asking tell telling say saying says got gotten
    getting having gave given wait waiting wonder wondering suppose supposed leave left become becomes add added
    move moved pass passed carry carrying mind booked due google googled online internet magazine newspaper
    forum
"""
_SMALL_WORDS = """
    hello hi hiya hey greetings regards cheers sincerely thanks thank please kindly advance bless sir madam team
    yes ok okay alright right well really quite rather maybe perhaps probably actually basically anyway also
    even only however although though while because enough lot lots bit little huge whole every each some any
    all both couple few many else thing things something anything nothing everything stuff here there back away
    around round off per against about during without within among across behind beyond toward towards upon via
    near between long same own am old kind sort sure exactly whether whatever whenever instead able unable don
    doesn didn isn wasn aren weren haven hasn hadn couldn shouldn wouldn mustn needn ain cannot shall u ur
    eg ie etc
"""
_SHAPES = """
    affect affects effect influence amount maximum minimum level number usual usually reason reasons wrong
    difference different compare compared count counted counts difficult easy easily hard important special
    especially advice truly correct correctly normally straight clean total totally complete completely point
    case cases care careful keen mean means meant meaning whats wheres hows
"""
"""How much, how usual, how different: what is asked of a subject, in words that its answer need not repeat."""

NARRATIVE_TERMS = frozenset(
    term for words in (_PEOPLE, _TIMES, _FEELINGS, _TELLING, _SMALL_WORDS, _SHAPES) for term in terms(words)
)

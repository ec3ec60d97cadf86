"""Forms of one word that its stem does not show: "itchy" and "itching", "forgot" and "forget", "chemo".

Of children and sexes also the other names: what is said of a child is said of a boy.
"""

from collections.abc import Collection

from retriever.search.analyze import is_short_for, terms

SHORTEST_FORM = 4
"""Letters of the shortest stem that may begin another form of its word."""
LONGEST_ENDING = 2
"""Letters by which two forms of a word may differ at their end."""
_IRREGULAR = """
    ate eat eaten; bit bite bitten; bled bleed; blew blow blown; broke break broken; caught catch;
    chose choose chosen; drank drink drunk; drove drive driven; fell fall fallen; fought fight;
    forgot forget forgotten;
    froze freeze frozen; grew grow grown; hid hide hidden; held hold; lay lie lain; lost lose; ran run;
    rose rise risen;
    shook shake shaken; shrank shrink shrunk; slept sleep; spat spit; stuck stick; stung sting; swam swim swum;
    swollen swell; threw throw thrown; tore tear torn; woke wake woken; wore wear worn; wept weep;
    child children boy girl; tooth teeth; foot feet; man men male; woman women female
"""
_FORMS = {term: group for group in map(frozenset, map(terms, _IRREGULAR.split(";"))) for term in group}


def other_forms(term: str) -> frozenset[str]:
    """The terms of the irregular forms of a term, itself among them."""
    return _FORMS.get(term, frozenset((term,)))


def has_form(term: str, found: Collection[str]) -> bool:
    """Whether a term or a form of it is among these."""
    if any(form in found for form in other_forms(term)):
        return True
    if len(term) < SHORTEST_FORM:
        return False
    short, long = max(SHORTEST_FORM, len(term) - LONGEST_ENDING), len(term) + LONGEST_ENDING
    return any(
        (short <= len(other) <= long and (other.startswith(term) or term.startswith(other)))
        or is_short_for(term, other)
        for other in found
    )

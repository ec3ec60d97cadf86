"""Dictionary form: items that name a thing before a colon and say what it is behind it."""

import re

from retriever.search.analyze import terms

GLOSS = re.compile(r"(?P<subject>[A-Z][^:.;?!\n]{1,80}):\s+(?:An?|The|Any|One)\s+\w")


def is_glossed(item: str) -> bool:
    """Whether an item defines a term as a dictionary does: "Biopsy: The removal of ..."."""
    return GLOSS.match(item) is not None


def without_label(item: str) -> str:
    """An item without the name before its colon where its sentence repeats it: "Radon: Radon is a gas."."""
    label, colon, said = item.partition(": ")
    if not colon or "\n" in label:
        return item
    return said if terms(label)[:1] == terms(" ".join(said.split()[:3]))[:1] else item

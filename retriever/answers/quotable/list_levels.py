"""List levels: which item of a list belongs to which, and how much of one may be quoted without parting them."""

from collections.abc import Sequence

from retriever.answers.quotable.units import Unit, UnitKind


def lead_in(text: str, units: Sequence[Unit], item: Unit) -> Unit | None:
    """What introduces an item: the one that it stands below, or what stands before its list; None without either.

    In a list whose levels are not known it may be any item above it that ends with a colon.
    """
    at = next(place for place, unit in enumerate(units) if unit.start_char == item.start_char)
    while at and units[at - 1].block == item.block and units[at - 1].kind is item.kind:
        at -= 1
        above = units[at]
        if above.level < item.level or (
            above.level == item.level == units[at + 1].level and _introduces(text, above)
        ):
            return above
    return units[at - 1] if at else None


def inner_end(units: Sequence[Unit], place: int) -> int:
    """The place of the last item that stands below the one at `place`; `place` itself where none does."""
    last = place
    while (
        last + 1 < len(units)
        and units[last + 1].block == units[place].block
        and units[last + 1].level > units[place].level
    ):
        last += 1
    return last


def as_far_as_fits(text: str, units: Sequence[Unit], inside: Sequence[Unit], place: int, *, end_char: int) -> int:
    """The place in `inside` of the last item up to which the list that begins at `place` is quoted, to `end_char`.

    None that introduces others stands last; where two or more are left, no item stands without all that stand
    below it. One before `place` where nothing fits: not even two items of a list that goes on.
    """
    last = place
    while last + 1 < len(inside) and inside[last + 1].block == inside[place].block:
        last += 1
    whole = last
    while last >= place and (inside[last].end_char > end_char or _introduces(text, inside[last])):
        last -= 1
    level = inside[place].level
    uncut = last
    while uncut > place and _level_behind(units, inside[uncut]) > level:
        uncut -= 1
    while uncut > place and _introduces(text, inside[uncut]):
        uncut -= 1
    if uncut > place:
        return uncut
    return last if last > place or last == whole else place - 1


def begins_before(units: Sequence[Unit], opening: Unit) -> bool:
    """Whether the list of this unit has others before it, outside of the passage."""
    return any(
        unit.block == opening.block and unit.kind is opening.kind and unit.start_char < opening.start_char
        for unit in units
    )


def _level_behind(units: Sequence[Unit], item: Unit) -> int:
    """The level of what follows an item in its list; -1 behind the last one."""
    following = next((unit for unit in units if unit.start_char > item.start_char), None)
    return following.level if following is not None and following.block == item.block else -1


def _introduces(text: str, unit: Unit) -> bool:
    return unit.kind is UnitKind.ITEM and text[unit.start_char : unit.end_char].endswith(":")

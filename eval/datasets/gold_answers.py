"""Where an answer stands, or what only looks like one, as a line of labelled questions gives it."""

from typing import Annotated

import msgspec

from eval.datasets.dataset import GoldPlace, GoldQuote, GoldSlice, Span
from eval.errors import DatasetInvalid


class GoldFields(msgspec.Struct, kw_only=True):
    """One answer: `quote`, or `start`, `end` and `digest`."""

    source_path: str | None = None
    quote: str | None = None
    start: Annotated[int, msgspec.Meta(ge=0)] | None = None
    end: Annotated[int, msgspec.Meta(ge=1)] | None = None
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{12}$")] | None = None


class FurtherGold(GoldFields, kw_only=True, forbid_unknown_fields=True):
    """One of the `quotes` of a line, which answer it as well, or of its `distractors`.

    It is of the line's own page where it names none.
    """


class WindowFields(msgspec.Struct, forbid_unknown_fields=True):
    """The `window` of a line: code points of the source file, half-open."""

    start: Annotated[int, msgspec.Meta(ge=0)]
    end: Annotated[int, msgspec.Meta(ge=1)]


def gold_answers(first: GoldFields, further: tuple[FurtherGold, ...], where: str) -> tuple[GoldPlace, ...]:
    """The answers of a line, none where it names no more than a page. Raises DatasetInvalid with `where`."""
    places = [place for place in [_place(first, where)] if place is not None]
    if further and not places:
        raise DatasetInvalid(f"{where}: `quotes` are further ones; give the first in the line itself")
    places += _all_places(further, first.source_path, where, name="quotes")
    if len(set(places)) < len(places):
        raise DatasetInvalid(f"{where}: a quote stands twice; keep one")
    return tuple(places)


def distractors(
    first: GoldFields, looks_alike: tuple[FurtherGold, ...], answers: tuple[GoldPlace, ...], where: str
) -> tuple[GoldPlace, ...]:
    """What looks like an answer of a line and is none. Raises DatasetInvalid with `where`."""
    places = _all_places(looks_alike, first.source_path, where, name="distractors")
    if len(set(places)) < len(places):
        raise DatasetInvalid(f"{where}: a distractor stands twice; keep one")
    if any(_overlap(place, answer) for place in places for answer in answers):
        raise DatasetInvalid(f"{where}: a distractor overlaps an answer; shorten one of them or leave it out")
    return tuple(places)


def window(
    first: GoldFields, given: WindowFields | None, answers: tuple[GoldPlace, ...], where: str
) -> Span | None:
    """What the author of a line read through of its page. Raises DatasetInvalid with `where`."""
    if given is None:
        return None
    if first.source_path is None or not answers:
        raise DatasetInvalid(f"{where}: a `window` is of a page with its answer; add them or leave it out")
    if given.start >= given.end:
        raise DatasetInvalid(f"{where}: the window from {given.start} to {given.end} is empty; correct it")
    answer = answers[0]
    if isinstance(answer, GoldSlice) and not given.start <= answer.start_char < answer.end_char <= given.end:
        raise DatasetInvalid(f"{where}: the answer lies outside of the window that it was found in; correct one")
    return Span(first.source_path, given.start, given.end)


def _overlap(one: GoldPlace, other: GoldPlace) -> bool:
    if isinstance(one, GoldSlice) and isinstance(other, GoldSlice) and one.document == other.document:
        return one.start_char < other.end_char and other.start_char < one.end_char
    return one == other


def _all_places(given: tuple[FurtherGold, ...], page: str | None, where: str, *, name: str) -> list[GoldPlace]:
    places = []
    for fields in given:
        place = _place(fields, where, page=page)
        if place is None:
            raise DatasetInvalid(
                f"{where}: one of the `{name}` holds neither `quote` nor `start`, `end` and `digest`; add them"
            )
        places.append(place)
    return places


def _place(fields: GoldFields, where: str, *, page: str | None = None) -> GoldPlace | None:
    start, end, digest = fields.start, fields.end, fields.digest
    if fields.quote is None and start is None and end is None and digest is None:
        return None
    page = fields.source_path or page
    if page is None:
        raise DatasetInvalid(f"{where}: an answer needs the `source_path` of its page; add it")
    if start is None and end is None and digest is None and fields.quote is not None:
        return GoldQuote(page, fields.quote)
    if fields.quote is not None or start is None or end is None or digest is None:
        raise DatasetInvalid(
            f"{where}: an answer is given as `quote` alone or as `start`, `end` and `digest` together; "
            "write one of the two"
        )
    if start >= end:
        raise DatasetInvalid(f"{where}: the span from {start} to {end} is empty; correct it")
    return GoldSlice(page, start, end, digest)

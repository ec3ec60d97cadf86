"""Where an answer stands, as a line of labelled questions gives it: a quotation, or a span with its digest."""

from typing import Annotated

import msgspec

from eval.datasets.dataset import GoldPlace, GoldQuote, GoldSlice
from eval.errors import DatasetInvalid


class GoldFields(msgspec.Struct, kw_only=True):
    """One answer: `quote`, or `start`, `end` and `digest`."""

    source_path: str | None = None
    quote: str | None = None
    start: Annotated[int, msgspec.Meta(ge=0)] | None = None
    end: Annotated[int, msgspec.Meta(ge=1)] | None = None
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{12}$")] | None = None


class FurtherGold(GoldFields, kw_only=True, forbid_unknown_fields=True):
    """One of the `quotes` of a line, which answer it as well."""


def gold_answers(first: GoldFields, further: tuple[FurtherGold, ...], where: str) -> tuple[GoldPlace, ...]:
    """The answers of a line, none where it names no more than a page. Raises DatasetInvalid with `where`."""
    places = [place for place in [_place(first, where)] if place is not None]
    if further and not places:
        raise DatasetInvalid(f"{where}: `quotes` are further ones; give the first in the line itself")
    for fields in further:
        place = _place(fields, where)
        if place is None:
            raise DatasetInvalid(
                f"{where}: one of the `quotes` holds neither `quote` nor `start`, `end` and `digest`; add them"
            )
        places.append(place)
    if len(set(places)) < len(places):
        raise DatasetInvalid(f"{where}: a quote stands twice; keep one")
    return tuple(places)


def _place(fields: GoldFields, where: str) -> GoldPlace | None:
    start, end, digest = fields.start, fields.end, fields.digest
    if fields.quote is None and start is None and end is None and digest is None:
        return None
    if fields.source_path is None:
        raise DatasetInvalid(f"{where}: an answer needs the `source_path` of its page; add it")
    if start is None and end is None and digest is None and fields.quote is not None:
        return GoldQuote(fields.source_path, fields.quote)
    if fields.quote is not None or start is None or end is None or digest is None:
        raise DatasetInvalid(
            f"{where}: an answer is given as `quote` alone or as `start`, `end` and `digest` together; "
            "write one of the two"
        )
    if start >= end:
        raise DatasetInvalid(f"{where}: the span from {start} to {end} is empty; correct it")
    return GoldSlice(fields.source_path, start, end, digest)

"""Filters over a document's metadata, applied before any search."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retriever.document import Document, Metadata
from retriever.errors import QueryInvalid
from retriever.freshness import review
from retriever.provenance.audience import audience_of
from retriever.query import Compound, Condition, Filter, Junction, Operator, ReviewStanding

Scalar = str | int | float | bool

_FIELDS = frozenset(Metadata.__dataclass_fields__) - {"extra"} | {"document_id", "source_path", "audience"}
_DATES = frozenset({"last_reviewed"})
_RANGES: Mapping[Operator, Callable[[object, object], bool]] = {
    Operator.GT: lambda a, b: a > b,  # type: ignore[operator]
    Operator.GTE: lambda a, b: a >= b,  # type: ignore[operator]
    Operator.LT: lambda a, b: a < b,  # type: ignore[operator]
    Operator.LTE: lambda a, b: a <= b,  # type: ignore[operator]
}


def filter_keys(documents: Sequence[Document]) -> frozenset[str]:
    """Every key that a filter on these documents may name: the metadata fields, for whom a page is written
    (`audience`, see `audience_of`), and what `extra` holds.

    A key of `extra` goes by `extra.KEY`, and by `KEY` where no field has that name.
    """
    extras = {name for document in documents for name, _ in _flat(document.metadata.extra)}
    return _FIELDS | {f"extra.{name}" for name in extras} | extras


def is_active(status: str | None) -> bool:
    """Whether documents of this status are searched where no filter names one."""
    return status is None or status.casefold() == "active"


def names_status(wanted: Filter | None) -> bool:
    """Whether a filter asks for a status by name, and so may see pages that are not active."""
    if isinstance(wanted, Compound):
        return any(names_status(one) for one in wanted.filters)
    return isinstance(wanted, Condition) and wanted.key == "status"


def check_filter(wanted: Filter, keys: frozenset[str], *, pointer: str = "/filters") -> None:
    """Raises QueryInvalid for a key that no document has, or a value that its field cannot be compared with."""
    if isinstance(wanted, Compound):
        for place, one in enumerate(wanted.filters):
            check_filter(one, keys, pointer=f"{pointer}/filters/{place}")
        return
    if isinstance(wanted, ReviewStanding):
        return
    if wanted.key not in keys:
        raise QueryInvalid(
            "a filter names a key that no document of this collection has; the list of documents shows the keys",
            code="filter_unknown_key",
            pointer=f"{pointer}/key",
        )
    for value in _values_wanted(wanted):
        if wanted.key in _FIELDS and not isinstance(value, str):
            raise QueryInvalid(
                f"{wanted.key} is text; compare it with a string",
                code="filter_value_type",
                pointer=f"{pointer}/value",
            )
        if wanted.key in _DATES and not _is_date(value):
            raise QueryInvalid(
                f"{wanted.key} is a date; compare it with one such as 2026-01-31",
                code="filter_value_type",
                pointer=f"{pointer}/value",
            )


def matching(documents: Sequence[Document], wanted: Filter) -> NDArray[np.bool_]:
    """Which documents a filter lets through, shape (len(documents),)."""
    return np.fromiter(
        (_matches(document, wanted) for document in documents), dtype=np.bool_, count=len(documents)
    )


def _matches(document: Document, wanted: Filter) -> bool:
    if isinstance(wanted, Compound):
        each = (_matches(document, one) for one in wanted.filters)
        return all(each) if wanted.junction is Junction.AND else any(each)
    if isinstance(wanted, ReviewStanding):
        return review(document.metadata, today=wanted.today).freshness in wanted.standings
    found = _values(document, wanted.key)
    asked = _values_wanted(wanted)
    if wanted.operator in (Operator.EQ, Operator.IN):
        return any(_equal(value, one) for value in found for one in asked)
    if wanted.operator in (Operator.NE, Operator.NIN):
        return not any(_equal(value, one) for value in found for one in asked)
    compare = _RANGES[wanted.operator]
    return any(_ordered(compare, value, asked[0]) for value in found)


def _values_wanted(wanted: Condition) -> tuple[Scalar, ...]:
    return wanted.value if isinstance(wanted.value, tuple) else (wanted.value,)


def _values(document: Document, key: str) -> tuple[str, ...]:
    """The field's values as text; none where the document does not have it, several for a list."""
    if key in ("document_id", "source_path"):
        return (str(getattr(document, key)),)
    if key == "audience":
        return tuple(_texts(audience_of(document)))
    if key in _FIELDS:
        return tuple(_texts(getattr(document.metadata, key)))
    name = key.removeprefix("extra.")
    return tuple(
        text for found, value in _flat(document.metadata.extra) if found == name for text in _texts(value)
    )


def _texts(value: object) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    else:
        yield value.isoformat() if isinstance(value, date) else str(value)


def _flat(extra: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in extra.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", one) for inner, one in _flat(value))
        else:
            yield name, value


def _equal(found: str, asked: Scalar) -> bool:
    if isinstance(asked, bool):
        return found.casefold() == str(asked).casefold()
    if isinstance(asked, int | float):
        return _number(found) == asked
    return found == asked


def _ordered(compare: Callable[[object, object], bool], found: str, asked: Scalar) -> bool:
    if isinstance(asked, str):
        return compare(found, asked)
    number = _number(found)
    return number is not None and compare(number, asked)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_date(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True

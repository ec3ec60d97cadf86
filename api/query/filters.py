"""The filter language of the API (OpenAI's vector-store filters), and its translation to the core's filters."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from api.bodies import RequestBody
from retriever.errors import QueryInvalid
from retriever.freshness import Freshness
from retriever.query import Compound, Condition, Filter, Junction, Operator, ReviewStanding

MAX_DEPTH = 8
MAX_CLAUSES = 100
MAX_VALUES = 1_000
MAX_TEXT = 1_000

_FRESHNESS = "freshness"

_Text = Annotated[StrictStr, Field(max_length=MAX_TEXT)]
_Number = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Scalar = StrictBool | StrictInt | _Number | _Text


class ComparisonFilter(RequestBody):
    """One condition on one metadata field. List-valued fields (`tags`, `cancer_types`) match on any member."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"type": "eq", "key": "source", "value": "NCI"}]},
    )

    type: Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"] = Field(description="How to compare.")
    key: str = Field(
        min_length=1,
        max_length=128,
        description="A metadata field, in snake_case; or `audience` or `freshness`, as documents show them.",
    )
    value: Scalar | list[Scalar] = Field(
        description="What to compare with; a list for `in` and `nin`, else a scalar."
    )

    @model_validator(mode="after")
    def _value_fits_type(self) -> Self:
        if isinstance(self.value, list) != (self.type in ("in", "nin")):
            raise PydanticCustomError(
                "filter_value", "`in` and `nin` take a list as value, every other type a scalar"
            )
        if isinstance(self.value, list) and not self.value:
            raise PydanticCustomError("filter_value", "the list of values is empty; nothing could match it")
        return self


class CompoundFilter(RequestBody):
    """Several filters, joined by `and` or `or`; nested at most 8 deep, at most 100 conditions in all."""

    type: Literal["and", "or"] = Field(description="How the filters are joined.")
    filters: list["AnyFilter"] = Field(min_length=1, max_length=MAX_CLAUSES, description="The filters to join.")


AnyFilter = Annotated[ComparisonFilter | CompoundFilter, Field(discriminator="type")]


def core_filter(filters: ComparisonFilter | CompoundFilter, *, today: date) -> Filter:
    """The same filter for the core; reviews are compared with `today`.

    Raises QueryInvalid above the limits of depth, conditions and values, and for a freshness that there is not.
    """
    clauses = list(_clauses(filters))
    values = sum(len(each.value) if isinstance(each.value, list) else 1 for each in clauses)
    if len(clauses) > MAX_CLAUSES:
        raise _too_large(f"the filter has {len(clauses):,} conditions; at most {MAX_CLAUSES} are accepted")
    if values > MAX_VALUES:
        raise _too_large(f"the filter has {values:,} values; at most {MAX_VALUES:,} are accepted")
    return _translate(filters, depth=1, pointer="/filters", today=today)


def equality_filter(pairs: Iterable[tuple[str, str]], *, today: date) -> Filter | None:
    """The filter of `KEY=VALUE` pairs: every key has to match, with any of the values that are given for it."""
    wanted: dict[str, list[str]] = {}
    for key, value in pairs:
        wanted.setdefault(key, []).append(value)
    clauses = tuple(
        _comparison(Operator.IN, key, tuple(values), pointer="/filter", today=today)
        for key, values in wanted.items()
    )
    if len(clauses) > MAX_CLAUSES:
        raise _too_large(f"there are {len(clauses):,} conditions; at most {MAX_CLAUSES} are accepted")
    if len(clauses) > 1:
        return Compound(Junction.AND, clauses)
    return clauses[0] if clauses else None


def _translate(filters: ComparisonFilter | CompoundFilter, *, depth: int, pointer: str, today: date) -> Filter:
    if depth > MAX_DEPTH:
        raise _too_large(f"the filter is nested more than {MAX_DEPTH} deep")
    if isinstance(filters, CompoundFilter):
        members = tuple(
            _translate(member, depth=depth + 1, pointer=f"{pointer}/filters/{place}", today=today)
            for place, member in enumerate(filters.filters)
        )
        return Compound(Junction(filters.type), members)
    value = tuple(filters.value) if isinstance(filters.value, list) else filters.value
    return _comparison(Operator(filters.type), filters.key, value, pointer=pointer, today=today)


def _comparison(
    operator: Operator, key: str, value: Scalar | tuple[Scalar, ...], *, pointer: str, today: date
) -> Filter:
    """One condition; how fresh a page is depends on the day, so that this one carries the day along."""
    if key != _FRESHNESS:
        return Condition(operator, key, value)
    wanted = value if isinstance(value, tuple) else (value,)
    if operator not in (Operator.EQ, Operator.NE, Operator.IN, Operator.NIN) or not set(wanted) <= set(Freshness):
        detail = f"freshness is compared with `eq`, `ne`, `in` or `nin`, and is one of {', '.join(Freshness)}"
        raise QueryInvalid(detail, code="filter_value", pointer=f"{pointer}/value")
    named = frozenset(standing for standing in Freshness if standing in wanted)
    is_kept = operator in (Operator.EQ, Operator.IN)
    return ReviewStanding(named if is_kept else frozenset(Freshness) - named, today)


def _clauses(filters: ComparisonFilter | CompoundFilter) -> Iterable[ComparisonFilter]:
    if isinstance(filters, ComparisonFilter):
        yield filters
    else:
        for member in filters.filters:
            yield from _clauses(member)


def _too_large(message: str) -> QueryInvalid:
    return QueryInvalid(message, code="filter_too_large", pointer="/filters")

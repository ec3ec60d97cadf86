"""Query parameters: only those that an endpoint knows, each once."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Request
from pydantic import BeforeValidator
from pydantic_core import PydanticKnownError

from api.http.problems import FieldError, invalid

FILTER_PREFIX = "filter."
_DIGITS = re.compile(r"-?[0-9]+")


def _of_digits(value: object) -> object:
    if isinstance(value, str) and _DIGITS.fullmatch(value) is None:
        raise PydanticKnownError("int_parsing")
    return value


WholeNumber = Annotated[int, BeforeValidator(_of_digits)]
"""A number in digits alone; Python would read `+1` and `1_0` as well."""


def only_parameters(*names: str, filters: bool = False) -> Callable[[Request], Awaitable[None]]:
    """A dependency that refuses unknown and repeated query parameters; `filters` lets `filter.KEY` through.

    An unknown name is the caller's own text, so the refusal lists ours instead.
    """
    allowed = [*names, *(["filter.KEY"] if filters else [])]
    known = f"allowed are {', '.join(allowed)}" if allowed else "this endpoint takes none"

    # Not a plain function: FastAPI would run that in a thread of its own, which costs more than all the rest.
    async def check(request: Request) -> None:
        seen: set[str] = set()
        for name, _ in request.query_params.multi_items():
            if filters and name.startswith(FILTER_PREFIX) and name != FILTER_PREFIX:
                continue
            if name not in names:
                raise invalid([FieldError("", "unknown_field", f"there is no such query parameter; {known}")])
            if name in seen:
                raise invalid([FieldError(f"/{name}", "repeated", "this query parameter may be given once")])
            seen.add(name)

    return check


def filter_pairs(request: Request) -> list[tuple[str, str]]:
    """The `filter.KEY=VALUE` parameters as pairs, in their order."""
    return [
        (name.removeprefix(FILTER_PREFIX), value)
        for name, value in request.query_params.multi_items()
        if name.startswith(FILTER_PREFIX)
    ]

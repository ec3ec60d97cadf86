"""Query parameters: only those that an endpoint knows, each once."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from api.http.problems import FieldError, invalid

FILTER_PREFIX = "filter."


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

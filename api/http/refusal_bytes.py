"""Whole responses of refusals as bytes, for what is refused before any handler runs.

Most of such a response is the same each time: it is written once and kept, so that a flood is refused cheaply.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from api.http.identifiers import new_identifier
from api.http.openai_errors import is_openai_shaped
from api.http.problems import FieldError, Problem
from api.http.refusal import refusal

_ID = "{request-id}"
"""Stands for the request's id in what is kept."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The head before the length of the body and after it, and the body's pieces; the id stands between them."""

    before: bytes
    after: bytes
    body: tuple[bytes, ...]


def refusal_bytes(
    problem: Problem,
    *,
    path: str = "/",
    request_id: str | None = None,
    is_last: bool = True,
    without_body: bool = False,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> bytes:
    """A whole response, in the form of the endpoint at this path, with the headers that every response has.

    It ends its connection where it `is_last`, and is what HEAD is told, the length alone, where it is
    `without_body`. `headers` are further ones.
    """
    shape = path if is_openai_shaped(path) else "/"
    said = problem.status, problem.code, problem.detail, problem.errors
    kept = _kept(*said, headers=tuple(problem.headers.items()), path=shape)
    chosen_id = (new_identifier() if request_id is None else request_id).encode("ascii")
    body = chosen_id.join(kept.body)
    lines = [kept.before, b"%d" % len(body), kept.after, chosen_id, b"\r\n"]
    for name, value in headers:
        lines += (name, b": ", value, b"\r\n")
    lines.append(b"Connection: close\r\n\r\n" if is_last else b"\r\n")
    return b"".join(lines if without_body else (*lines, body))


@lru_cache(maxsize=64)
def _kept(
    status: int,
    code: str,
    detail: str,
    errors: tuple[FieldError, ...],
    *,
    headers: tuple[tuple[str, str], ...],
    path: str,
) -> _Kept:
    body, media_type = refusal(Problem(status, code, detail, errors=errors), path=path, request_id=_ID)
    lines = (
        "",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer",
        *(f"{name}: {value}" for name, value in headers),
        "X-Request-ID: ",
    )
    begin = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {media_type}\r\nContent-Length: "
    return _Kept(
        begin.encode("latin-1"),
        "\r\n".join(lines).encode("latin-1"),
        tuple(body.split(_ID.encode())),
    )

"""The request body: read under a limit, decoded strictly, checked against a model. The only place that does."""

import asyncio
import json
import math
import re
from typing import NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from api.http.problems import FieldError, Problem, invalid
from api.http.validation import LONE_SURROGATE, field_errors

MAX_NESTING = 64
MAX_INTEGER_DIGITS = 18

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_CLOSE = {"Connection": "close"}

ModelT = TypeVar("ModelT", bound=BaseModel)


class _SyntaxRefused(ValueError):
    """The text is not the JSON that we read; the message is ours."""


class _NumberRefused(ValueError):
    """A number that no field can hold."""


async def read_json(request: Request, model: type[ModelT], *, limit_bytes: int, timeout_s: float) -> ModelT:
    """The body as `model`. Raises Problem: 400 syntax, 408 too slow, 413 too large, 415 type, 422 value."""
    return check(await read_value(request, limit_bytes=limit_bytes, timeout_s=timeout_s), model)


async def read_value(request: Request, *, limit_bytes: int, timeout_s: float) -> object:
    """The value of a JSON body. Raises Problem as `read_json` does, but for 422 of a model."""
    if not is_json(request):
        raise Problem(415, "type_unsupported", "send the body as application/json in UTF-8", headers=_CLOSE)
    return parse_json(await read_body(request, limit_bytes=limit_bytes, timeout_s=timeout_s))


async def read_body(request: Request, *, limit_bytes: int, timeout_s: float) -> bytes:
    """The bytes of a body, whatever its type. Raises Problem: 400 incomplete, 408, 413, 415 compressed."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(415, "encoding_unsupported", "send the body uncompressed", headers=_CLOSE)
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and (len(length) > MAX_INTEGER_DIGITS or int(length) > limit_bytes):
        raise _too_large(limit_bytes)
    try:
        async with asyncio.timeout(timeout_s):
            return await _read(request, limit_bytes=limit_bytes)
    except TimeoutError:
        raise Problem(
            408, "body_timeout", f"the body did not arrive within {timeout_s:g} s", headers=_CLOSE
        ) from None
    except ClientDisconnect:
        raise Problem(400, "body_incomplete", "the connection ended before the body did", headers=_CLOSE) from None


def media_type_of(request: Request) -> str | None:
    """The type of the body in lower case without parameters; None where it is not said once, or not in UTF-8."""
    types = request.headers.getlist("content-type")
    essence, *parameters = (part.strip().lower() for part in (types[0] if len(types) == 1 else "").split(";"))
    charsets = [p.partition("=")[2].strip().strip('"') for p in parameters if p.startswith("charset")]
    return None if not essence or any(charset != "utf-8" for charset in charsets) else essence


def is_json(request: Request) -> bool:
    """Whether the body says that it is JSON in UTF-8."""
    return media_type_of(request) == "application/json"


async def _read(request: Request, *, limit_bytes: int) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        if len(body) + len(piece) > limit_bytes:
            raise _too_large(limit_bytes)
        body += piece
    return bytes(body)


def _too_large(limit_bytes: int) -> Problem:
    return Problem(413, "body_too_large", f"the body may have at most {limit_bytes:,} bytes", headers=_CLOSE)


def parse_json(body: bytes) -> object:
    """The value of one JSON text. Raises Problem 400 for what is not JSON, 422 for numbers that we cannot hold.

    Stricter than the standard library: UTF-8 only, no repeated names, no NaN, bounded nesting and numbers.
    """
    if body.startswith(b"\xef\xbb\xbf"):
        raise _json_invalid("the body begins with a byte order mark; leave it out")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise _json_invalid("the body is not valid UTF-8") from None
    if _nesting(text) > MAX_NESTING:
        raise _json_invalid(f"the body is nested more than {MAX_NESTING} levels deep")
    try:
        return json.loads(
            text, object_pairs_hook=_members, parse_constant=_constant, parse_int=_integer, parse_float=_number
        )
    except _SyntaxRefused as error:
        raise _json_invalid(str(error)) from None
    except _NumberRefused as error:
        raise invalid([FieldError("", "number_out_of_range", str(error))]) from None
    except json.JSONDecodeError as error:
        raise _json_invalid(f"the body is not valid JSON (line {error.lineno}, column {error.colno})") from None


def refuse_lone_surrogates(value: object) -> None:
    """Raises Problem 422 where a text of a JSON value is no Unicode: an answer that repeats it cannot be written.

    A model that types each of its fields refuses such a text itself, and says in which field.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise invalid([FieldError("", "invalid_unicode", LONE_SURROGATE)]) from None


def check(value: object, model: type[ModelT]) -> ModelT:
    """The value as `model`; raises Problem 422 with one entry for each value at fault."""
    if not isinstance(value, dict):
        raise invalid([FieldError("", "type", "the body has to be a JSON object")])
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(field_errors(error, model)) from None


def _json_invalid(detail: str) -> Problem:
    return Problem(400, "json_invalid", detail)


def _nesting(text: str) -> int:
    deepest = depth = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _SyntaxRefused("a name is repeated within one object")
    return members


def _constant(_: str) -> NoReturn:
    raise _SyntaxRefused("NaN and Infinity are not JSON")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise _NumberRefused(f"a whole number may have at most {MAX_INTEGER_DIGITS} digits")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _NumberRefused("a number is too large")
    return number

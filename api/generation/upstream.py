"""The language model's server: any that speaks OpenAI's chat API. Its words go into no error and no log."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from api.generation.server_events import EventReader
from api.observer import GenerationReason
from api.setting_kinds import Secret

MAX_BYTES = 512 * 1024
MAX_EVENT_CHARS = 64 * 1024
MAX_TOKENS = 512
STEP_TIMEOUT_S = 600.0
RETRY_JITTER_S = (0.05, 0.25)

_PASSING = frozenset({500, 502, 503, 504, 529})


class UpstreamFailed(Exception):
    """The model's server gave no whole reply. `may_retry` where nothing came and another try may do."""

    def __init__(self, reason: GenerationReason, *, may_retry: bool = False) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.may_retry = may_retry


class Upstream:
    """One server and one model. Redirects, proxies of the environment and compressed replies are refused."""

    def __init__(self, url: str, model: str, key: Secret | None) -> None:
        """`url` ends before `/chat/completions`."""
        self._url = f"{url}/chat/completions"
        self._model = model
        headers = {"Accept-Encoding": "identity"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.value}"
        # The deadline is the caller's, for the whole reply; these only bound a single step of it.
        self._client = httpx.AsyncClient(
            headers=headers, follow_redirects=False, trust_env=False, timeout=httpx.Timeout(STEP_TIMEOUT_S)
        )

    async def close(self) -> None:
        """Closes its connections."""
        await self._client.aclose()

    async def reply(self, messages: Sequence[dict[str, str]], *, stream: bool) -> AsyncIterator[str]:
        """The pieces of one reply. Raises UpstreamFailed. The caller sets the deadline.

        One more try, where the first got no connection or a passing fault and not a word had come.
        """
        for attempt in (1, 2):
            try:
                async for piece in self._once(messages, stream=stream):
                    yield piece
            except UpstreamFailed as failure:
                if attempt == 2 or not failure.may_retry:
                    raise
            else:
                return
            await asyncio.sleep(random.uniform(*RETRY_JITTER_S))  # noqa: S311 - spreads retries, guards nothing

    async def _once(self, messages: Sequence[dict[str, str]], *, stream: bool) -> AsyncIterator[str]:
        body = {
            "model": self._model,
            "messages": list(messages),
            "stream": stream,
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
        }
        is_begun = False
        try:
            async with self._client.stream("POST", self._url, json=body) as response:
                _check(response)
                is_events = response.headers.get("content-type", "").lower().startswith("text/event-stream")
                pieces = _of_events(response) if is_events else _of_json(response)
                async for piece in pieces:
                    is_begun = True
                    yield piece
        except httpx.TransportError:
            reason = GenerationReason.CUT_OFF if is_begun else GenerationReason.UNREACHABLE
            raise UpstreamFailed(reason, may_retry=not is_begun) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeDecodeError):
            raise UpstreamFailed(GenerationReason.MALFORMED) from None


def _check(response: httpx.Response) -> None:
    """Raises UpstreamFailed for anything but an uncompressed 200."""
    status = response.status_code
    if status in _PASSING:
        raise UpstreamFailed(GenerationReason.SERVER_ERROR, may_retry=True)
    if 300 <= status < 400:
        raise UpstreamFailed(GenerationReason.REDIRECT)
    if status == 429:
        raise UpstreamFailed(GenerationReason.RATE_LIMITED)
    if status == 413:
        raise UpstreamFailed(GenerationReason.TOO_LARGE)
    if 400 <= status < 500:
        raise UpstreamFailed(GenerationReason.REFUSED)
    if status >= 500:
        raise UpstreamFailed(GenerationReason.SERVER_ERROR)
    if status != 200 or response.headers.get("content-encoding", "identity").lower() != "identity":
        raise UpstreamFailed(GenerationReason.MALFORMED)


async def _received(response: httpx.Response) -> AsyncIterator[bytes]:
    """The bytes of a body. Raises UpstreamFailed above the limit."""
    size = 0
    async for received in response.aiter_raw():
        size += len(received)
        if size > MAX_BYTES:
            raise UpstreamFailed(GenerationReason.TOO_LARGE)
        yield received


async def _of_json(response: httpx.Response) -> AsyncIterator[str]:
    body = b"".join([received async for received in _received(response)])
    if not body.strip():
        raise UpstreamFailed(GenerationReason.EMPTY)
    choice = _choice(_parsed(body.decode("utf-8")))
    message = choice.get("message")
    text = message.get("content") if isinstance(message, dict) else None
    if text is not None and not isinstance(text, str):
        raise UpstreamFailed(GenerationReason.MALFORMED)
    if not text:
        raise UpstreamFailed(GenerationReason.EMPTY)
    yield text
    _check_end(choice.get("finish_reason"))


async def _of_events(response: httpx.Response) -> AsyncIterator[str]:
    reader = EventReader()
    is_empty, finish = True, None
    async for data in _events(response, reader):
        if data == "[DONE]":
            finish = finish or "stop"
            break
        if len(data) > MAX_EVENT_CHARS:
            raise UpstreamFailed(GenerationReason.TOO_LARGE)
        event = _parsed(data)
        if not event.get("choices") and not event.get("error"):
            continue  # usage, or a ping
        choice = _choice(event)
        delta = choice.get("delta")
        text = delta.get("content") if isinstance(delta, dict) else None
        if text is not None and not isinstance(text, str):
            raise UpstreamFailed(GenerationReason.MALFORMED)
        if text:
            is_empty = False
            yield text
        finish = choice.get("finish_reason") or finish
    if is_empty and finish in (None, "stop"):
        raise UpstreamFailed(GenerationReason.EMPTY)
    _check_end(finish if finish is not None else "missing")


async def _events(response: httpx.Response, reader: EventReader) -> AsyncIterator[str]:
    async for received in _received(response):
        for data in reader.feed(received):
            yield data
    for data in reader.feed(b"", is_last=True):
        yield data


def _parsed(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise UpstreamFailed(GenerationReason.MALFORMED) from None
    if not isinstance(value, dict):
        raise UpstreamFailed(GenerationReason.MALFORMED)
    if value.get("error"):
        raise UpstreamFailed(GenerationReason.SERVER_ERROR)
    return value


def _choice(value: dict[str, Any]) -> dict[str, Any]:
    choices = value.get("choices")
    if not isinstance(choices, list) or (choices and not isinstance(choices[0], dict)):
        raise UpstreamFailed(GenerationReason.MALFORMED)
    if not choices:
        raise UpstreamFailed(GenerationReason.EMPTY)
    choice: dict[str, Any] = choices[0]
    return choice


def _check_end(finish: object) -> None:
    """Raises UpstreamFailed unless the model came to its end; some servers give no reason, and that is one."""
    if finish is None or finish == "stop":
        return
    raise UpstreamFailed(GenerationReason.CUT_OFF)

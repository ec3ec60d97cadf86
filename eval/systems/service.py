"""A running service as a client sees it: JSON in, JSON out, a key where it wants one, patience."""

import os
import time
from collections.abc import Collection, Mapping
from typing import Any

import httpx

from eval.errors import EvalError

KEY_VARIABLE = "FOOTNOTED_API_KEY"
TIMEOUT_S = 30.0
LONGEST_WAIT_S = 5.0
_ATTEMPTS = 4
_BUSY = (429, 503)


class ServiceFailed(EvalError):
    """The service did not answer, or not as its contract says."""


class ServiceClient:
    """One service at `url`, over kept connections. `key` goes with every request, else FOOTNOTED_API_KEY does."""

    def __init__(self, url: str, *, key: str | None = None) -> None:
        """Connects to nothing yet. Raises ServiceFailed where `url` is no address or `key` no header."""
        parts = httpx.URL(url) if url.isascii() and url.isprintable() else httpx.URL()
        if parts.scheme not in ("http", "https") or not parts.host:
            raise ServiceFailed("--url is not an http address; write it like http://127.0.0.1:8000")
        key = key or os.environ.get(KEY_VARIABLE) or ""
        if not key.isascii() or not key.isprintable():
            raise ServiceFailed(f"the key holds characters that no header may; correct --key or {KEY_VARIABLE}")
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._client = httpx.Client(base_url=parts, headers=headers, timeout=TIMEOUT_S)

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The object at `path`. Raises ServiceFailed."""
        return self._call("GET", path, parameters=parameters)

    def post(self, path: str, body: Mapping[str, Any], *, refusals: Collection[int] = ()) -> dict[str, Any]:
        """The object that answers `body`; a status in `refusals` answers too. Raises ServiceFailed."""
        return self._call("POST", path, body=body, refusals=refusals)

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        refusals: Collection[int] = (),
    ) -> dict[str, Any]:
        """One exchange, tried again where the connection broke or the service is busy."""
        reason = ""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                response = self._client.request(method, path, params=parameters, json=body)
            except httpx.TransportError as error:
                reason = f"the connection failed ({type(error).__name__})"
                continue
            if response.status_code == 200 or response.status_code in refusals:
                return _object(response, path)
            reason = f"it answered {response.status_code}"
            if response.status_code == 401:
                reason += f", it wants a key; give --key or {KEY_VARIABLE}"
            if response.status_code not in _BUSY:
                break
            time.sleep(min(LONGEST_WAIT_S, _retry_after(response) * attempt))
        raise ServiceFailed(f"{method} {path}: {reason}; check that the service runs at --url")


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else 1.0


def _object(response: httpx.Response, path: str) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError as error:
        raise ServiceFailed(f"{path} did not answer with JSON; check that --url is a footnoted service") from error
    if not isinstance(found, dict):
        raise ServiceFailed(f"{path} did not answer with an object; check that --url is a footnoted service")
    return found

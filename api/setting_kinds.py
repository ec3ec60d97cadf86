"""Kinds of settings that click does not have: secrets, and addresses of other services."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import click


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that no representation shows."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "(secret)"


class SecretType(click.ParamType[Any]):
    """A key for another service. No message repeats it."""

    name = "secret"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Secret:
        """The secret; fails where no HTTP header could carry it."""
        if isinstance(value, Secret):
            return value
        text = str(value).strip()
        if not text or not text.isascii() or not text.isprintable():
            self.fail("it has characters that no HTTP header can carry, or none at all", param, ctx)
        return Secret(text)


class ServiceAddressType(click.ParamType[Any]):
    """The address of an HTTP service, without credentials, query or fragment."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address without a slash at its end."""
        text = str(value).strip()
        try:
            parts = urlsplit(text)
            is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            self.fail("it is not an address; write it as http://HOST:PORT/v1", param, ctx)
        if not is_usable or parts.query or parts.fragment or parts.username or parts.password:
            self.fail(
                "write it as http://HOST:PORT/v1, without name, password or query; the key has its own setting",
                param,
                ctx,
            )
        return text.rstrip("/")


SECRET = SecretType()
SERVICE_ADDRESS = ServiceAddressType()

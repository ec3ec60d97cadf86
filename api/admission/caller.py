"""Who is calling: the name of a key, or an address; limits and turns are counted by it."""

from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

CALLER: ContextVar[str] = ContextVar("caller", default="")
"""Who the current request comes from; the gate sets it, the threads take turns by it."""

_IPV6_PREFIX = 64
UNKNOWN = "unknown"

Network = IPv4Network | IPv6Network


def networks(given: str) -> tuple[Network, ...]:
    """The networks of a list such as `10.0.0.0/8, ::1`. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in given.split(",") if part.strip())


def address_of(scope: Scope, trusted: Iterable[Network]) -> str:
    """The address that a request comes from.

    `X-Forwarded-For` is anybody's to write: it counts only where the connection comes from a trusted proxy, and
    then only back to the last address that is not one. Of an IPv6 address the network counts, since one caller has
    all of it.
    """
    trusted = tuple(trusted)
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if not trusted or not _is_within(address, trusted):
        return _counted(address)
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    for part in reversed(forwarded.decode("latin-1").split(",")):
        named = part.strip()
        if not _is_address(named):
            break
        address = named
        if not _is_within(named, trusted):
            break
    return _counted(address)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_within(text: str, trusted: tuple[Network, ...]) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in trusted)


@lru_cache(maxsize=4_096)
def _counted(text: str) -> str:
    if not _is_address(text):
        return UNKNOWN
    address = ip_address(text)
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _IPV6_PREFIX), strict=False))

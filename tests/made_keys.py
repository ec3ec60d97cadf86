"""Keys for tests: made in a file of keys, and shown as a caller shows them."""

from pathlib import Path

from api.admission.keys import KeyRing, Scope, change_keys, new_key


def add(path: Path, name: str, *scopes: Scope) -> str:
    """A new key in the file; its secret."""
    made: list[str] = []

    def change(ring: KeyRing) -> KeyRing:
        changed, secret = new_key(ring, name, scopes or (Scope.READ,), created="2026-11-22")
        made.append(secret)
        return changed

    change_keys(path, change)
    return made[0]


def bearer(secret: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"Authorization": f"Bearer {secret}"}

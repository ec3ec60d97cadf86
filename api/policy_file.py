"""A file in the place of one of the program's own: read, parsed and checked, every fault in one wording."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

Policy = TypeVar("Policy")
TableT = TypeVar("TableT", bound=BaseModel)


class PolicyTable(BaseModel):
    """A table of such a file: nothing in it is ignored, no value is made of one of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def read_policy(path: Path, parse: Callable[[str], Policy], *, what: str, refused: type[ValueError]) -> Policy:
    """What `parse` makes of the text of a file. `what` names the policy in messages.

    Raises `refused` where the file cannot be read, and what `parse` raises.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise refused(f"{what} in {path} cannot be read: {reason}; mend the file") from error


def tables_of(content: str, *, what: str, refused: type[ValueError]) -> dict[str, Any]:
    """The tables of a TOML text. Raises `refused`."""
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise refused(f"{what} is not TOML: {error}; mend that line") from error


def checked(tables: dict[str, Any], model: type[TableT], *, what: str, refused: type[ValueError]) -> TableT:
    """The tables as `model`. Raises `refused` with the first fault and its place."""
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise refused(f"{what} has a fault at {place}: {first['msg']}") from error

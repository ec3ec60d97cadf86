"""Which version of the program this is."""

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """The version of the installed program; `0+checkout` where it is not installed."""
    try:
        return version("footnoted")
    except PackageNotFoundError:
        return "0+checkout"

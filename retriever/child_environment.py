"""What a child process that is this program too is started with."""

import os
import sys


def child_environment() -> dict[str, str]:
    """The environment of a Python child that finds the same modules as this process."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}

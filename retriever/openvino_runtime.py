"""OpenVINO, imported in one way: as a library that runs models and tells nobody so."""

import sys
from threading import Lock
from types import ModuleType

FIRST_USE = Lock()
"""Held from the import to the first inference of whatever is loaded.

OpenVINO prepares something at the first inference of a process, and two threads that are there at once wait for
each other for ever; and a second thread must not find the package half imported.
"""


def openvino_runtime() -> ModuleType:
    """The package `openvino`, without its converter and without its reports of use.

    Left alone, its import loads the converter of models, which a server never runs, and with it a sender that
    reports every import to the makers over the network. Who converts imports `openvino.tools.ovc` afterwards.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # an import of it fails, as if it were missing
    if "openvino" not in sys.modules:
        sys.modules["openvino.tools.ovc"] = None  # type: ignore[assignment]
        try:
            import openvino  # noqa: F401
        finally:
            del sys.modules["openvino.tools.ovc"]
    return sys.modules["openvino"]

"""How the service logs: a line for people, or one JSON object per line for programs that collect logs."""

from enum import StrEnum
from typing import Any


class LogFormat(StrEnum):
    """The form of a log line."""

    LINE = "line"
    JSON = "json"


_LINE = {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
_JSON = {
    "()": "pythonjsonlogger.json.JsonFormatter",
    "fmt": ("levelname", "name", "message"),
    "rename_fields": {"levelname": "level", "name": "logger", "timestamp": "time", "taskName": "task"},
    "timestamp": True,
    "json_ensure_ascii": False,
}


def logging_config(form: LogFormat, *, worker: int | None = None) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes: everything on standard error, the server's own loggers included.

    An object has `time` (ISO 8601, UTC), `level`, `logger` and `message`; of a request also `request_id`,
    `method`, `route`, `status` and `duration_ms`. `worker` is the number of this process where it is one of
    several.
    """
    formatter = _JSON if form is LogFormat.JSON else _LINE
    if worker is not None and form is LogFormat.JSON:
        formatter = {**_JSON, "static_fields": {"worker": worker}}
    elif worker is not None:
        formatter = {"format": _LINE["format"].replace("%(name)s", f"worker-{worker} %(name)s")}
    handled = {"handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": formatter},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "chosen"}
        },
        "loggers": {
            "footnoted": {"level": "INFO", **handled},
            # Below warnings the server repeats addresses, which may hold what a caller wrote.
            "uvicorn": {"level": "WARNING", **handled},
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
    }

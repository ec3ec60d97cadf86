"""One worker: a whole service in a process of its own, on the socket that all workers share."""

import gc
import logging.config
import socket
import sys

from api.app import create_app
from api.observing.logging_setup import LogFormat, logging_config
from api.server.run import open_traces, run_server
from api.settings import Settings
from api.workers.messages import receive
from api.workers.supervisor_link import Channels, SupervisorLink


def main() -> None:
    """Serves until it is told to stop. The arguments: its number, and the descriptors of listener and channels."""
    number, *descriptors = (int(argument) for argument in sys.argv[1:])
    gc.disable()  # until it is ready
    listener, index, counts, asked = (socket.socket(fileno=descriptor) for descriptor in descriptors)
    told = receive(index)
    if told is None:
        sys.exit(1)
    link = SupervisorLink(Channels(index, counts, asked), number=number)
    settings = Settings(**told.content)
    logging.config.dictConfig(logging_config(LogFormat(settings.log_format), worker=number))
    traces = open_traces(settings)
    try:
        app = create_app(settings, observers=() if traces is None else (traces,), link=link)
    except ValueError as error:
        link.tell_refused(str(error))
        sys.exit(2)
    try:
        run_server(app, settings, listener, worker=number, announce=link.tell_ready)
    finally:
        if traces is not None:
            traces.close()


if __name__ == "__main__":
    main()

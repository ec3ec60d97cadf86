"""Widths met ahead: texts of the usual lengths are encoded in a thread, before a question brings them.

OpenVINO makes its code for a shape when it first comes: 25 to 50 ms, and a first question brings three.
"""

import time
from contextlib import suppress
from threading import Thread

from retriever.encoder import Encoder
from retriever.errors import FootnotedError

USUAL_WIDTHS = (64, 80, 48, 96, 32, 112, 128)
"""Word pieces of questions and of quotes with their headings, the most frequent first."""
_OF_PROMPT = 8
"""Word pieces left for what an encoder adds; within one width its texts may differ by sixteen."""


def meet_widths_ahead(encoder: Encoder) -> Thread:
    """Begins to encode a text of each width, and returns at once. Where one fails, whoever comes next is told."""
    meeting = Thread(target=_meet, args=(encoder,), name="meet-widths", daemon=True)
    meeting.start()
    return meeting


def _meet(encoder: Encoder) -> None:
    with suppress(FootnotedError):
        for width in USUAL_WIDTHS:
            started = time.monotonic()
            encoder.encode_passages([" ".join(["a"] * (width - _OF_PROMPT))])
            time.sleep(time.monotonic() - started)  # on one processor what a start waits for goes on meanwhile

"""Server-sent events, read from bytes as they come: split anywhere, ended by LF, CR LF or CR.

Source: the event stream format of the HTML standard (WHATWG), section 9.2.
"""

import codecs
from collections.abc import Iterator


class EventReader:
    """Feed it bytes; it gives the data of each event that is complete. Raises UnicodeDecodeError."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._pending = ""
        self._data: list[str] = []
        self._ends_with_return = False

    def feed(self, received: bytes, *, is_last: bool = False) -> Iterator[str]:
        """The data of the events that end here; `is_last` also ends what no empty line ended."""
        text = self._decoder.decode(received, is_last)
        if self._ends_with_return and text.startswith("\n"):
            text = text[1:]
        if text:
            self._ends_with_return = text.endswith("\r")
        *lines, self._pending = (self._pending + text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
        if is_last:
            lines += [self._pending, ""]
            self._pending = ""
        for line in lines:
            if not line and self._data:
                yield "\n".join(self._data)
                self._data = []
            elif line.startswith("data:"):
                self._data.append(line[5:].removeprefix(" "))

"""One connection: uvicorn's protocol with the limits and deadlines that it lacks (docs/decisions on the server).

httptools refuses what is ambiguous in a message's framing. Added here: how long and how many the headers may be,
one sound Host, how long a caller may take to send a head or a body and to take an answer, and refusals in the
service's own form.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.admission.late_refusal import takes_question
from api.http.problems import Problem
from api.http.refusal_bytes import refusal_bytes
from api.http.request_edge import CALLER_GONE
from api.server.gentle_transport import GentleTransport
from api.server.head_again import without_unknown_method, without_upgrade
from api.server.limits import HEAD_TIMEOUT, MALFORMED, MAX_TARGET_BYTES, TARGET_TOO_LONG, Deadlines, head_fault
from api.server.message_size import MessageSize
from api.server.phase_timer import Phase, PhaseTimer
from api.server.quick_refusal import QuickRefusals
from api.server.write_watch import WriteWatch

MAX_PIPELINED = 200
MAX_DRAINED_BYTES = 64 * 1024


class _Refused(Exception):
    """Ends the parsing; what is answered stands in the connection."""


class Connection(HttpToolsProtocol):
    """The protocol of one connection."""

    def __init__(self, *arguments: Any, deadlines: Deadlines, refusals: QuickRefusals, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.url = b""  # uvicorn sets it with the first message, and what comes may never begin one
        self._deadlines = deadlines
        self._refusals = refusals
        self._held: tuple[Any, Any] | None = None
        self._may_hold = False
        self._phases = PhaseTimer(deadlines, idle_s=self.timeout_keep_alive, too_late=self._too_late)
        self._writes: WriteWatch | None = None
        self._size = MessageSize()
        self._drained = 0
        self._work: tuple[Any, asyncio.Task[None]] | None = None
        self._refusal: Problem | None = None
        self._is_refused = False
        self._is_lingering = False

    # What the transport says

    def connection_made(self, transport: Any) -> None:
        """Begins to wait for the first request."""
        super().connection_made(transport)
        self._gentle = GentleTransport(transport, close=self.close_gently)
        # With no room in the buffer, `pause_writing` means that something waits to be taken, however little.
        transport.set_write_buffer_limits(high=0)
        self._writes = WriteWatch(self.loop, transport, look_s=self._deadlines.take_s)
        self._phases.enter(Phase.IDLE, idle_s=self._deadlines.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends all waiting."""
        self._phases.stop()
        if self._writes is not None:
            self._writes.ended()
        super().connection_lost(exc)
        if self._work is not None:
            # uvicorn tells the request that came last, and an earlier one may be the one that is worked on.
            exchange, task = self._work
            exchange.disconnected = True
            exchange.message_event.set()
            if takes_question(exchange.scope["path"]):
                task.cancel(CALLER_GONE)  # nothing else may be broken off halfway

    def data_received(self, data: bytes) -> None:
        """Parses what came, unless the exchange is over already."""
        if self._is_lingering or self._is_refused:
            self._drain(len(data))
            return
        self._parse(data)
        self._release()
        self._watch()

    def _parse(self, data: bytes) -> None:
        self._size.came(len(data))
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserInvalidMethodError:
            # It is not known where in the data another request begins that follows one.
            again = without_unknown_method(data) if self._size.head == len(data) else None
            if again is None:
                self._refuse(MALFORMED)
            else:
                self._read_again(again)
            return
        except httptools.HttpParserError:
            self._refuse(self._refusal or MALFORMED)
        except httptools.HttpParserUpgrade as upgrade:
            self._ignore_upgrade(data[upgrade.args[0] :])
            return
        fault = self._size.fault()
        if fault is not None and not self._is_refused:
            self._refuse(fault if self.headers or len(self.url) <= MAX_TARGET_BYTES else TARGET_TOO_LONG)

    def pause_writing(self) -> None:
        """Bytes wait to be taken: looks now and then whether they are."""
        super().pause_writing()
        if self._writes is not None:
            self._writes.began()

    def resume_writing(self) -> None:
        """All was taken."""
        super().resume_writing()
        if self._writes is not None:
            self._writes.ended()

    # What the parser says

    def on_message_begin(self) -> None:
        """A new head begins."""
        super().on_message_begin()
        self._size.begins()
        self._drained = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        super().on_url(url)
        if len(self.url) > MAX_TARGET_BYTES:
            self._stop(TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; what comes behind a chunked body is counted and left out, for no proxy looked at it."""
        fault = self._size.header(name, value, before=len(self.headers))
        if fault is not None:
            self._stop(fault)
        if self._size.is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is complete: what httptools lets through and no server should is refused."""
        fault = head_fault(self.headers, version=self.parser.get_http_version())
        if fault is not None:
            self._stop(fault)
        if len(self.pipeline) >= MAX_PIPELINED:
            self._stop(MALFORMED)
        if self.parser.should_upgrade():
            return  # `_ignore_upgrade` goes on
        if self.parser.get_http_version() == "1.0":
            self.expect_100_continue = False  # a caller of HTTP/1.0 would take `100 Continue` for its answer
        self._may_hold = True
        super().on_headers_complete()
        self._may_hold = False
        self.cycle.transport = self._gentle  # type: ignore[assignment]
        self._size.ends(head=True)

    def on_body(self, body: bytes) -> None:
        """A piece of a body; what comes after the answer is thrown away, up to a limit."""
        super().on_body(body)
        self._size.body(len(body))
        if self.cycle.response_complete:
            self._drained += len(body)
            if self._drained > MAX_DRAINED_BYTES:
                self.close_gently()

    def on_message_complete(self) -> None:
        """A request is complete."""
        if not self.parser.should_upgrade():
            super().on_message_complete()
        self._size.ends(head=False)
        self._phases.forget()

    # What uvicorn says

    def on_response_complete(self) -> None:
        """An answer has been handed over; a refusal that waited for its turn follows it."""
        self._gentle.flush()
        super().on_response_complete()
        if self._is_refused and not self._is_lingering and self.cycle.response_complete and not self.pipeline:
            self._write_refusal()
        self._watch()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        if self._may_hold and self._refusals.concerns(cycle.scope):
            self._held = cycle, app  # until what came with its head has been read
            return
        task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)
        self._work = cycle, task

    # Refusing and closing

    def _release(self) -> None:
        """Begins with the request that was held, or refuses it at once where all of it is there."""
        if self._held is None:
            return
        (cycle, app), self._held = self._held, None
        refusal = None
        if not cycle.more_body and not self.flow.write_paused:
            refusal = self._refusals.refusal(
                cycle.scope,
                bytes(cycle.body),
                is_last=not cycle.keep_alive,
                headers=self.server_state.default_headers,
            )
        if refusal is None:
            self._start_asgi_task(cycle, app)
            return
        cycle.response_started = cycle.response_complete = True
        self.transport.write(refusal)
        if not cycle.keep_alive:
            self.close_gently()
        self.on_response_complete()

    def close_gently(self) -> None:
        """Closes after what was written; while a body still comes, only once the caller could read the answer.

        To close a socket with unread bytes resets the connection, and the answer may be lost.
        """
        if self._size.is_in_head and not self._is_refused:
            self.transport.close()
        elif not self._is_lingering:
            self._is_lingering = True
            self.flow.resume_reading()
            self.transport.write_eof()
            self._watch()

    def _stop(self, problem: Problem) -> None:
        self._refusal = problem
        raise _Refused

    def _refuse(self, problem: Problem) -> None:
        """Answers a problem in its turn and closes."""
        self._refusal, self._is_refused = problem, True
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and (self._size.is_in_head or self.pipeline):
            return  # an earlier request is being worked on; `on_response_complete` goes on
        if is_answering:
            # The fault is in the body of a request that a handler has begun with: for it, the caller is gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.abort()
                return
        self._write_refusal()

    def _write_refusal(self) -> None:
        if self._refusal is None or self.transport.is_closing():
            return
        is_head = bool(self.url) and self.parser.get_method() == b"HEAD"
        self.transport.write(refusal_bytes(self._refusal, without_body=is_head))
        self.close_gently()

    def _drain(self, size: int) -> None:
        self._drained += size
        if self._is_lingering and self._drained > 16 * MAX_DRAINED_BYTES:
            self.transport.abort()

    def _ignore_upgrade(self, rest: bytes) -> None:
        """The parser takes all that follows such a head for the other protocol."""
        if self.parser.get_method() == b"CONNECT":
            self._refuse(MALFORMED)
        else:
            self._read_again(without_upgrade(self.parser.get_method(), self.url, self.headers) + rest)

    def _read_again(self, data: bytes) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self._size.ends(head=False)
        self.data_received(data)

    # Deadlines

    def _standing(self) -> Phase:
        if self._is_lingering:
            return Phase.LINGERING
        if not self._size.is_in_head:
            return Phase.BODY
        if self._size.head:
            return Phase.HEAD
        is_ours = self.cycle is not None and not self.cycle.response_complete
        return Phase.OURS if is_ours or self._is_refused else Phase.IDLE

    def _watch(self) -> None:
        """Starts the deadline of the phase that the exchange has entered."""
        if not self.transport.is_closing():
            self._phases.enter(self._standing())

    def _too_late(self, phase: Phase) -> None:
        if phase is Phase.HEAD:
            self._refuse(HEAD_TIMEOUT)
        elif phase is Phase.IDLE:
            self.transport.close()
        else:
            self.transport.abort()

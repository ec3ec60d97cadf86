"""`POST /v1/chat/completions`: the answer as a chat's reply, whole or as server-sent events."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from api.chat.answering import Answering
from api.chat.conversation import read_conversation
from api.chat.remark import Remark
from api.chat.request import MODEL_NAME, ChatRequest
from api.chat.response import ChatChunk, Delta
from api.http.problems import FieldError, Problem
from api.query.answer_policy import ROUTING_CODES
from api.query.answer_warnings import Said
from api.query.response import QueryResponse
from api.routed_refusal import within_limits
from api.service import read_request, service_of
from retriever.abstention.answerability import Decision
from retriever.errors import QueryInvalid

_DONE = "data: [DONE]\n\n"


async def complete(request: Request) -> Response:
    """The answer to the last question of a conversation, in OpenAI's shape, every statement with its citation."""
    service = service_of(request)
    asked = await read_request(request, ChatRequest, limit_bytes=service.settings.chat_body_limit_bytes)
    check_model(asked.model)
    conversation = read_conversation(asked.messages)
    # One snapshot serves the whole request, so that no answer can mix two generations.
    snapshot = service.live.snapshot()
    said = conversation.said(service.policy.rules)
    answered = service.answering(snapshot, said=said)
    remark = service.small_talk.reply_to_all(conversation.unanswered)

    def work() -> Answering | Remark:
        if remark is not None:
            return Remark(conversation.unanswered[-1], remark, snapshot)
        question = conversation.question(snapshot.subjects)
        found = answered(asked.query(conversation.as_written(question.text)))
        if question.otherwise is not None and _is_open(found, said):
            second = answered(asked.query(conversation.as_written(question.otherwise)))
            found = found if _is_open(second, said) else second
        return Answering(found, snapshot.encoder, service.generator, stream=bool(asked.stream))

    try:
        with within_limits(request, snapshot, *conversation.unanswered):
            answering = await service.threads.run(work)
    except QueryInvalid as error:
        if error.pointer != "/query":
            raise
        pointer = f"/messages/{conversation.place}/content"
        raise QueryInvalid(str(error), code=error.code, pointer=pointer) from None
    if asked.stream:
        include_usage = asked.stream_options is not None and asked.stream_options.include_usage is True
        return StreamingResponse(_events(answering, include_usage=include_usage), media_type="text/event-stream")
    async for _ in answering.pieces():
        pass
    return Response(answering.completion().model_dump_json(), media_type="application/json")


def check_model(name: str) -> None:
    """Raises Problem 404 for any model but ours."""
    if name != MODEL_NAME:
        detail = f"there is one model here, {MODEL_NAME}; GET /v1/models lists it"
        raise Problem(404, "model_not_found", detail, errors=[FieldError("/model", "model_not_found", detail)])


def _is_open(found: QueryResponse, said: Said) -> bool:
    """Whether a question was neither answered nor met with the text for an emergency of its own."""
    abstained = found.answerability.decision is Decision.ABSTAIN
    is_urgent = any(warning.code in ROUTING_CODES for warning in found.warnings)
    return abstained and (said.warned is not None or not is_urgent)


async def _events(answering: Answering | Remark, *, include_usage: bool) -> AsyncIterator[str]:
    yield _event(answering.chunk(Delta(role="assistant", content="")))
    async with aclosing(answering.pieces()) as pieces:
        async for piece in pieces:
            if piece:
                yield _event(answering.chunk(Delta(content=piece)))
    yield _event(answering.last_chunk())
    if include_usage:
        yield _event(answering.usage_chunk())
    yield _DONE


def _event(chunk: ChatChunk) -> str:
    return f"data: {chunk.model_dump_json()}\n\n"

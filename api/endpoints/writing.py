"""The endpoints that change the collection: off unless a folder is named that the service may write."""

import re

from fastapi import Request, Response

from api.collection.response import IndexBody, document_body, index_body
from api.endpoints.documents import DocumentId, document_not_found
from api.http.json_body import media_type_of, read_body
from api.http.problems import FieldError, Problem, invalid
from api.service import read_request, service_of
from api.writing.body import DeletedBody, ReloadRequest, RollbackRequest, WriteWarning, WrittenBody
from api.writing.document_folder import EXTENSIONS
from api.writing.writer import CollectionWriter

_DOCUMENT_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


async def put_document(request: Request, document_id: DocumentId) -> Response:
    """Stores the body as a document, new (201) or in place of what it was (200), and answers once it is served."""
    writer, settings = _writer(request), service_of(request).settings
    if not _DOCUMENT_ID.fullmatch(document_id):
        detail = "an id is made of 1 to 128 letters, digits, `.`, `_` and `-`"
        raise invalid([FieldError("", "document_id_invalid", detail)])
    extension = EXTENSIONS.get(media_type_of(request) or "")
    if extension is None:
        detail = f"send the body as one of {', '.join(EXTENSIONS)}, text in UTF-8"
        raise Problem(415, "type_unsupported", detail, headers={"Connection": "close"})
    with writer.uploading():
        content = await read_body(
            request, limit_bytes=settings.document_limit_bytes, timeout_s=settings.body_timeout_s
        )
    written = await writer.put(document_id, extension, content)
    body = WrittenBody(
        generation=written.snapshot.index.generation,
        outcome=written.outcome,
        document=document_body(written.snapshot.index, written.document, today=service_of(request).today()),
        warnings=[WriteWarning(code=code, line=line) for code, line in written.warnings],
    )
    return Response(
        body.model_dump_json(),
        status_code=201 if written.is_new else 200,
        media_type="application/json",
        headers={"Location": f"/v1/documents/{written.document.document_id}"},
    )


async def delete_document(request: Request, document_id: DocumentId) -> DeletedBody:
    """Removes a document, and answers once it is found no more."""
    writer = _writer(request)
    if not _DOCUMENT_ID.fullmatch(document_id):
        raise document_not_found()
    snapshot = await writer.delete(document_id)
    if snapshot is None:
        raise document_not_found()
    return DeletedBody(generation=snapshot.index.generation)


async def reload_index(request: Request) -> IndexBody:
    """Takes up what is published now, without waiting for the next look; says why where that is refused."""
    _writer(request)
    service = service_of(request)
    await read_request(request, ReloadRequest)
    await service.live.refresh(retry=True)
    if service.live.last_failure is not None:
        raise service.live.last_failure.error
    return index_body(service.live.snapshot().index)


async def rollback_index(request: Request) -> IndexBody:
    """Lets an older generation serve, verified before anything moves. The files stay as they are."""
    writer = _writer(request)
    asked = await read_request(request, RollbackRequest)
    return index_body((await writer.rollback(asked.to)).index)


def _writer(request: Request) -> CollectionWriter:
    """The service's writer. Raises Problem 403 where the service may not write."""
    writer = service_of(request).writer
    if writer is None:
        detail = "this service changes nothing; start it with `--documents DIR` and a key that may write"
        raise Problem(403, "writing_off", detail)
    return writer

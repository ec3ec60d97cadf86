"""The page for people at `/` and the reference at `/docs`: files of `api/page`, nothing from anywhere else."""

from collections.abc import Callable, Coroutine
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from fastapi import FastAPI, Response

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_PAGES = {"/": "index.html", "/docs": "docs.html"}
_MEDIA_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def add_pages(app: FastAPI) -> None:
    """Adds the pages to an application; their files are read once, here."""
    folder = files("api") / "page"
    parts = {f"/page/{file.name}": file.name for file in folder.iterdir() if not file.name.endswith(".html")}
    for path, name in (_PAGES | parts).items():
        # What an editor leaves beside the files is not served.
        if media_type := _MEDIA_TYPES.get(PurePath(name).suffix):
            served = _fixed((folder / name).read_bytes(), media_type)
            app.add_api_route(path, served, include_in_schema=False)


def _fixed(content: bytes, media_type: str) -> Callable[[], Coroutine[Any, Any, Response]]:
    async def serve() -> Response:
        return Response(content, media_type=media_type, headers=_SECURITY)

    return serve

"""The page for people at `/` and the reference at `/docs`: files of `api/page`, nothing from anywhere else."""

from collections.abc import Callable, Coroutine
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Response

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_FILES = {
    "/": ("index.html", "text/html"),
    "/docs": ("docs.html", "text/html"),
    "/page/page.css": ("page.css", "text/css"),
    "/page/page.js": ("page.js", "text/javascript"),
    "/page/elements.js": ("elements.js", "text/javascript"),
    "/page/text.js": ("text.js", "text/javascript"),
    "/page/passages.js": ("passages.js", "text/javascript"),
    "/page/answer.js": ("answer.js", "text/javascript"),
    "/page/docs.css": ("docs.css", "text/css"),
    "/page/docs.js": ("docs.js", "text/javascript"),
    "/page/icon.svg": ("icon.svg", "image/svg+xml"),
}


def add_pages(app: FastAPI) -> None:
    """Adds the pages to an application; their files are read once, here."""
    folder = files("api") / "page"
    for path, (name, media_type) in _FILES.items():
        app.add_api_route(path, _fixed((folder / name).read_bytes(), media_type), include_in_schema=False)


def _fixed(content: bytes, media_type: str) -> Callable[[], Coroutine[Any, Any, Response]]:
    async def serve() -> Response:
        return Response(content, media_type=media_type, headers=_SECURITY)

    return serve

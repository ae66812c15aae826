"""Files handed out to those who may see their record."""

from __future__ import annotations

from typing import Any, Protocol

from django.http import FileResponse, Http404


class Stored(Protocol):
    """A file under DATA_DIR/media with a generated name; the name people gave it is data."""

    file: Any
    name: Any
    media_type: Any

    @property
    def is_photo(self) -> bool: ...


def send(stored: Stored, *, thumbnail: bool = False) -> FileResponse:
    """The file as what it is. A photo shows in the page; anything else is only saved, and can run nothing if opened."""
    file = getattr(stored, "thumbnail", stored.file) if thumbnail else stored.file
    try:
        if not file:
            raise Http404
        opened = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        opened, content_type=stored.media_type, as_attachment=not stored.is_photo, filename=stored.name
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    # A file under one address never changes. Sessions differ by cookie, so a shared desktop does not show the last visitor's photos.
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["Vary"] = "Cookie"
    response.headers["Content-Encoding"] = "identity"  # it is compressed already: tells GZipMiddleware to leave it
    if not stored.is_photo:
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

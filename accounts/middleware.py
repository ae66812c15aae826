"""Typed text survives an expired session; a first password is changed before anything else.

A form that arrives without a session is kept (texts only, bounded) in the new anonymous session before the visitor is sent to log in;
when the same person opens the form again it is given back (see villages.pages.FormPage). The signed form token says whose it is.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audit import receipts

KEPT = "kept_form"
MAX_KEPT = 300_000  # characters


class KeepTypedTextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        # process_view, not __call__: the form's CSRF token has been checked by now, so nobody else can fill our session table.
        # A page open to all sends nobody to log in; it may also read its form in its own way, so the form is not touched here.
        if request.method != "POST" or request.user.is_authenticated or not getattr(view, "login_required", True):
            return
        if "submission" not in request.POST:
            return
        owner = receipts.owner(request.POST["submission"])
        if owner is None:
            return
        data = {k: v for k, v in request.POST.lists() if k != "csrfmiddlewaretoken"}
        if sum(len(v) for values in data.values() for v in values) <= MAX_KEPT:
            request.session[KEPT] = {"path": request.path, "owner": owner, "data": data}


class FirstPasswordMiddleware:
    """Whoever signs in with a password somebody else made sees the page to change it, until it is changed."""

    OPEN = {"accounts:password_change", "accounts:logout", "accounts:login"}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or not user.must_change_password:
            return None
        match = request.resolver_match
        if match is None or match.view_name in self.OPEN or not getattr(view, "login_required", True):
            return None
        return redirect("accounts:password_change")


def give_back(request: HttpRequest) -> dict[str, list[str]] | None:
    """The kept form of this person for this page, once; None when there is none. Someone else's text is dropped, not shown."""
    kept = request.session.get(KEPT)
    if not kept:
        return None
    if kept["owner"] != request.user.pk:
        del request.session[KEPT]
        return None
    if kept["path"] != request.path:
        return None
    del request.session[KEPT]
    return kept["data"]

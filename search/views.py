"""One box over everything in scope."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.permissions import Permission
from search import marking, sources
from villages.pages import Page, with_back

SEARCHED = {Permission.PROBLEM_VIEW, Permission.CADRE_VIEW}  # one of them is held by every post


class SearchPage(Page):
    """What was typed stays in the address, so that a result can be returned to."""

    template_name = "search/search.html"
    title = "搜索"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not SEARCHED & self.request.access.permissions:
            raise PermissionDenied
        self.permission = next(p for p in SEARCHED if p in self.request.access.permissions)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = self.request.GET.get("q", "")[: marking.MAX_TYPED]
        words = marking.words_of(typed)
        asked = marking.long_enough(words)
        here = self.request.get_full_path()
        groups = [
            {
                "label": group.label,
                "more": group.more if group.cut else "",
                "cut": group.cut,
                "hits": [
                    {
                        "url": with_back(hit.url, here),
                        "title": marking.marked(hit.title, words, 60),
                        "text": marking.marked(hit.text, words) if marking.found_in(hit.text, words) else "",
                        "note": hit.note,
                    }
                    for hit in group.hits
                ],
            }
            for group in (sources.search(self.access, words) if asked else ())
        ]
        return super().get_context_data(**kwargs) | {
            "typed": " ".join(words) or typed.strip(),
            "asked": asked,
            "groups": groups,
            "limit": sources.LIMIT,
        }

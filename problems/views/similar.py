"""Earlier problems like the one being typed: the piece of page that static/js/similar.js fetches while somebody types."""

from __future__ import annotations

from typing import Any

from accounts.permissions import Permission
from common.lists import number_named
from problems.similar import Alike, similar_to
from villages.access import Access
from villages.pages import Page


class Similar(Page):
    permission = Permission.PROBLEM_LOG
    template_name = "problems/_similar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | similar_context(self.request.GET, self.access)


def similar_context(data: Any, access: Access) -> dict[str, Any]:
    """What the list of like problems shows for the values of a form, finished or not."""
    title = str(data.get("title", ""))[:100]
    village, project = number_named(data.get("village")), number_named(data.get("key_project"))
    alike: list[Alike] = similar_to(title, access, village_id=village, key_project_id=project)
    return {"alike": alike, "looked": bool(title.strip() and (village or project))}

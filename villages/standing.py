"""How the posts of a village's committees stood on a day: who held them, which were vacant, since when and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from villages.models import Cadre, Post, PostTenure, Village


def standing(tenures: list[PostTenure], day: date) -> dict[str, Any]:
    """How a post stood on a day: who held it, or since when and why it was vacant; `earlier` are the other tenures begun by then."""
    begun = [t for t in tenures if t.started_on <= day]
    holder = next((t for t in begun if t.ended_on is None or t.ended_on > day), None)
    last = begun[-1] if begun and not holder else None
    return {
        "holder": holder,
        "vacant_since": last.ended_on if last else None,
        "why": last.end_reason if last else "",
        "earlier": [t for t in begun if t is not holder],
    }


def posts_of(village: Village, day: date) -> list[dict[str, Any]]:
    """The posts of a village with holder or vacancy on a day: one query, because a village's page holds many other things."""
    tenures: dict[int, list[PostTenure]] = {}
    posts: dict[int, Post] = {}
    for row in (
        Post.objects.filter(village=village)
        .order_by("sort", "pk", "tenures__started_on", "tenures__pk")
        .values_list(
            "pk", "committee", "title", "tenures__pk", "tenures__started_on", "tenures__ended_on",
            "tenures__end_reason", "tenures__cadre_id", "tenures__cadre__name",
        )
    ):  # fmt: skip
        pk, committee, title, tenure_pk, started_on, ended_on, reason, cadre_pk, name = row
        posts.setdefault(pk, Post(pk=pk, village=village, committee=committee, title=title))
        held = tenures.setdefault(pk, [])
        if tenure_pk:
            cadre = Cadre(pk=cadre_pk, name=name)
            held.append(
                PostTenure(pk=tenure_pk, cadre=cadre, started_on=started_on, ended_on=ended_on, end_reason=reason)
            )
    return [{"post": post, **standing(tenures[pk], day)} for pk, post in posts.items()]

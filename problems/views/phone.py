"""我的事: what a village, a resident cadre or a station has to do, as cards for a thumb."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.permissions import Permission
from common.chinese import month_day
from common.lists import Paging
from problems import transitions
from problems.models import Extension, Problem, ProgressEntry
from problems.queries import colour_is
from problems.shown import days_text, deadline_text, light
from problems.terms import Colour, State
from problems.views.progress import unit_ids_of
from villages.pages import Page, with_back

ORDER = (Colour.RED, Colour.YELLOW, Colour.GREEN)
SHOWN_TEXT = 60


@dataclass(frozen=True)
class Card:
    """One problem on the page, in finished words."""

    problem: Problem
    url: str
    colour: str
    light: SafeString
    deadline: str
    progress: str
    main: tuple[str, str] | None  # (label, address) of the big button
    others: list[tuple[str, str]]


def deadline_words(problem: Problem, day: date) -> str:
    """2026-11-20，剩20天, or the word for what has no last day."""
    if problem.state == State.SUSPENDED:
        return "暂缓"
    parts = [
        deadline_text(problem.deadline_kind, problem.due_on),
        days_text(problem.state, problem.due_on, day),
        "延期待审批" if problem.extension_pending else "",
    ]
    return "，".join(part for part in parts if part)


class PhoneHome(Page):
    permission = Permission.PROBLEM_VIEW
    template_name = "problems/phone_home.html"
    title = "我的事"

    def rows(self, day: date) -> QuerySet[Problem]:
        """Open problems of the villages and the units the visitor holds a post for; without such a post, those that name him."""
        rows = Problem.objects.visible_to(self.access).open()
        if self.access.village_ids or self.access.unit_ids:
            mine = Q(village_id__in=self.access.village_ids)
            if self.access.unit_ids:
                helped = Problem.assisting_units.through.objects.filter(unit_id__in=self.access.unit_ids)
                rows = rows.prefetch_related("assisting_units")
                mine |= Q(responsible_unit_id__in=self.access.unit_ids) | Q(pk__in=helped.values("problem_id"))
        else:
            mine = Q(owner__user=self.request.user) | Q(lead_official__user=self.request.user)
        latest = ProgressEntry.objects.filter(problem=OuterRef("pk")).order_by("-happened_on", "-id")
        pending = Extension.objects.filter(problem=OuterRef("pk"), decision=Extension.Decision.PENDING)
        return (
            rows.filter(mine)
            .select_related("village")
            .defer("search_text", "description")
            .annotate(
                rank=Case(
                    *(When(colour_is(colour, day), then=Value(i)) for i, colour in enumerate(ORDER)),
                    default=Value(len(ORDER)),
                    output_field=IntegerField(),
                ),
                latest=Subquery(latest.values("text")[:1]),
                extension_pending=Exists(pending),
            )
            .order_by("rank", "queue_on", "pk")
        )

    def card(self, problem: Problem, day: date) -> Card:
        here = self.request.get_full_path()
        units = unit_ids_of(problem, self.access)

        def button(action: str, name: str, label: str) -> list[tuple[str, str]]:
            row = transitions.TABLE[action]
            if problem.state not in row.from_states or not row.permitted(self.access, problem, units):
                return []
            return [(label, with_back(reverse(f"problems:{name}", args=[problem.pk]), here))]

        main = button("progress", "progress_create", "报进展")
        others = button("ask_close", "ask_close_out", "申请销号")
        if problem.due_on and not problem.extension_pending:
            others = button("ask_extension", "ask_extension", "申请延期") + others
        colour = problem.colour_on(day)
        progress = "还没有报过进展"
        if problem.last_progress_on:
            text = (problem.latest or "").replace("\n", " ")
            cut = text[:SHOWN_TEXT] + ("…" if len(text) > SHOWN_TEXT else "")
            progress = f"{month_day(problem.last_progress_on)}：{cut}" if cut else month_day(problem.last_progress_on)
        return Card(
            problem=problem,
            url=with_back(problem.get_absolute_url(), here),
            colour=colour.value,
            light=light(colour),
            deadline=deadline_words(problem, day),
            progress=progress,
            main=main[0] if main else None,
            others=others,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        paging = Paging(self.rows(day), self.request.GET, default_size=20)
        cards = [self.card(problem, day) for problem in paging.rows]
        return super().get_context_data(**kwargs) | {
            "cards": cards,
            "paging": paging,
            "several_villages": len({card.problem.village_id for card in cards}) > 1,
            "all_url": reverse("problems:problem_list"),
        }

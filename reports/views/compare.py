"""与上期相比: two summaries or two days side by side; each number opens the problems it counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from common.lists import with_query
from reports import comparison
from reports.forms import CompareFilter
from reports.models import Summary
from rounds.models import Round
from villages.pages import Page, with_back

SHOWN = 200


class Compare(Page):
    permission = Permission.SUMMARY_VIEW
    template_name = "reports/compare.html"
    title = "与上期相比"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        townships = self.access.townships_with(Permission.SUMMARY_VIEW)
        rounds = list(
            Round.objects.visible_to(self.access)
            .filter(township_id__in=townships)
            .select_related("township")
            .current(today)
        )
        form = CompareFilter(self.request.GET, self.access, rounds=rounds, several=len(townships) > 1)
        context = super().get_context_data(**kwargs) | {"form": form, "rounds": rounds}
        if not rounds:
            return context
        self.round = round = form.round_chosen or rounds[0]
        papers = list(
            Summary.objects.visible_to(self.access)
            .filter(round=round)
            .defer("figures", "missing")
            .order_by("-as_of", "-pk")[:60]
        )
        form.offer(papers)
        sides = self.sides(form, round, papers, today)
        return context | {"round": round} | (self.compared(*sides) if sides else {})

    def sides(
        self, form: CompareFilter, round: Round, papers: list[Summary], today: date
    ) -> tuple[comparison.Side, comparison.Side] | None:
        """Both sides in the order of their days; nothing chosen is today beside a month ago."""
        chosen = [form.value("earlier"), form.value("later")]
        wanted = [int(key) for key in chosen if key]
        kept = {s.pk: s for s in Summary.objects.visible_to(self.access).filter(pk__in=wanted, round=round)}
        days = [form.value("earlier_on"), form.value("later_on")]
        last = min(today, round.ends_on)
        usual = [max(round.starts_on, last - timedelta(days=30)), last]
        sides = []
        for key, day, default in zip(chosen, days, usual, strict=True):
            summary = kept.get(int(key)) if key else None
            sides.append(comparison.of_summary(summary) if summary else comparison.of_day(round, day or default))
        earlier, later = sorted(sides, key=lambda side: side.on)
        return earlier, later

    def compared(self, earlier: comparison.Side, later: comparison.Side) -> dict[str, Any]:
        query = self.request.GET
        found = comparison.changes(earlier, later)
        show = query.get("show", "")
        if show not in found:
            show = next((name for name, rows in found.items() if rows), "")
        here = self.request.get_full_path()
        rows = [
            {
                "change": change,
                "url": with_back(reverse("problems:problem_detail", args=[change.stand.id]), here),
            }
            for change in found.get(show, [])[:SHOWN]
        ]
        return {
            "earlier": earlier,
            "later": later,
            "totals": comparison.totals(self.round, earlier, later),
            "kinds": [
                {
                    "name": name,
                    "label": label,
                    "count": len(found[name]),
                    "url": with_query(query, show=name) + "#list",
                    "on": name == show,
                }
                for name, label in comparison.SEVERAL.items()
            ],
            "show": show,
            "show_label": comparison.SEVERAL.get(show, ""),
            "list": rows,
            "list_total": len(found.get(show, [])),
            "income": comparison.income(earlier, later),
        }

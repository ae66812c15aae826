"""How the work is organised: meetings that deployed it, leading group, papers, calendar, chain of responsibility."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Q

from accounts.roles import Role
from meetings.models import Meeting
from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso
from rounds.models import CalendarItem, GoodPractice, LeadingGroupSeat, LinkedCampaign, RoundDocument
from villages.models import Assignment


def add(tally: Tally, scope: Scope) -> None:
    _meetings(tally, scope)
    _leading_group(tally, scope)
    _papers(tally, scope)
    _calendar(tally, scope)
    _chain(tally, scope)
    _joined_work(tally, scope)


def _meetings(tally: Tally, scope: Scope) -> None:
    rows = list(
        Meeting.objects.filter(scope.during("held_on"), scope.mine())
        .exclude(kind=Meeting.Kind.COORDINATION)
        .order_by("held_on", "pk")
        .values("pk", "kind", "held_on", "village_id", "village__name", "deployment")
    )
    facts: dict[str, Any] = {}
    for kind in (Meeting.Kind.ENLARGED, Meeting.Kind.CADRES, Meeting.Kind.PRE_WEEK, Meeting.Kind.VILLAGE):
        held = [m for m in rows if m["kind"] == kind]
        tally.count(
            f"meetings.{kind}", str(kind.label), "次", (m["pk"] for m in held), "meetings:meeting_list",
            kind=kind, **scope.period,
        )  # fmt: skip
        facts[kind] = {
            "days": [iso(m["held_on"]) for m in held],
            "deployed_on": next((iso(m["held_on"]) for m in held if m["deployment"]), ""),
            "villages": list(dict.fromkeys(m["village__name"] for m in held if m["village__name"])),
        }
    tally.facts["meetings"] = facts


def _leading_group(tally: Tally, scope: Scope) -> None:
    seats = list(
        LeadingGroupSeat.objects.filter(round__township__in=scope.township_ids, starts_on__lte=scope.as_of)
        .select_related("cadre")
        .order_by("starts_on", "pk")
    )
    held = [
        s
        for s in seats
        if s.round_id in {r.pk for r in scope.rounds} and (s.ends_on is None or s.ends_on >= scope.as_of)
    ]
    members = [s for s in held if s.position == LeadingGroupSeat.Position.MEMBER]
    tally.count(
        "leading.members", "领导小组成员", "名", (s.pk for s in members), "rounds:seat_list",
        position=LeadingGroupSeat.Position.MEMBER, **scope.then,
    )  # fmt: skip
    if held:
        # One person following another is no adjustment of the group: that is the day on which most of today's seats began.
        days = Counter(s.starts_on for s in held)
        changed_on = max(days, key=lambda day: (days[day], day))

        def named(position: str) -> list[dict[str, str]]:
            return [{"name": s.cadre.name, "title": s.cadre.title} for s in held if s.position == position]

        tally.facts["leading"] = {
            "on": iso(changed_on),
            "adjusted": any(s.starts_on < changed_on for s in seats),  # in this round or an earlier one
            "heads": named("head"),
            "deputies": named("deputy"),
            "office_heads": named("office_head"),
        }


def _papers(tally: Tally, scope: Scope) -> None:
    papers = list(
        RoundDocument.objects.filter(scope.mine(), issued_on__lte=scope.as_of)
        .prefetch_related("items")
        .order_by("issued_on", "pk")
    )
    tally.count("papers", "轮次文件", "份", (p.pk for p in papers), "rounds:document_list", to=scope.as_of.isoformat())
    tally.facts["papers"] = [
        {
            "kind": p.kind,
            "topic": p.topic,
            "title": p.title,
            "issuer": p.issuer,
            "on": iso(p.issued_on),
        }
        for p in papers
    ]
    guidance = [p for p in papers if p.kind == RoundDocument.Kind.GUIDANCE and p.topic == RoundDocument.Topic.ECONOMY]
    if guidance:  # its numbered measures stand in a column of the list of papers
        items = [(guidance[-1].pk, len(guidance[-1].items.all()))]
        tally.total("guidance.items", "指导意见具体措施", "条", items, "rounds:document_list", only=True)


def _calendar(tally: Tally, scope: Scope) -> None:
    items = list(
        CalendarItem.objects.filter(scope.mine()).order_by("due_on", "pk").values("pk", "title", "done_on", "due_on")
    )
    done = [i["pk"] for i in items if i["done_on"] and i["done_on"] <= scope.as_of]
    late = [i["pk"] for i in items if i["pk"] not in set(done) and i["due_on"] < scope.as_of]
    tally.count("calendar", "行事历事项", "项", (i["pk"] for i in items), "rounds:calendar_list")
    tally.count("calendar.done", "行事历已完成", "项", done, "rounds:calendar_list", state="done", **scope.then)
    left = [i["pk"] for i in items if i["pk"] not in set(done)]
    tally.count("calendar.left", "行事历未完成", "项", left, "rounds:calendar_list", only=True, **scope.then)
    first, last = scope.following
    soon = [i for i in items if i["pk"] in set(left) and first <= i["due_on"] <= last]
    tally.count("calendar.next", "行事历下期到期", "项", (i["pk"] for i in soon), "rounds:calendar_list", only=True)
    tally.facts["calendar"] = [{"title": i["title"], "on": iso(i["due_on"])} for i in soon]
    tally.count("calendar.late", "行事历逾期", "项", late, "rounds:calendar_list", state="overdue", **scope.then)


def _chain(tally: Tally, scope: Scope) -> None:
    """Who answers for the listed villages on the as-of day, and who answers for the whole."""
    rows = list(
        Assignment.objects.on(scope.as_of)
        .filter(Q(village_id__in=scope.villages) | Q(township_id__in=scope.township_ids, role=Role.PARTY_SECRETARY))
        .order_by("starts_on", "pk")
        .values("pk", "role", "village_id", "cadre__name", "cadre__title", "cadre_id")
    )
    by_village: dict[int, dict[str, list[dict[str, str]]]] = {pk: {} for pk in scope.villages}
    overall: list[dict[str, str]] = []
    for row in rows:
        person = {"name": row["cadre__name"], "title": row["cadre__title"]}
        if row["village_id"] is None:
            overall.append(person)
        else:
            by_village[row["village_id"]].setdefault(row["role"], []).append(person)
    tally.facts["chain"] = {
        "overall": overall,
        "villages": [{"village": scope.villages[pk].name, "posts": posts} for pk, posts in by_village.items()],
    }
    for key, label, roles in (
        ("chain.leaders", "包村领导", [Role.LINKED_LEADER]),
        ("chain.residents", "驻村干部", [Role.RESIDENT_CADRE]),
        ("chain.direct", "村书记和村委会主任", [Role.VILLAGE_SECRETARY, Role.VILLAGE_HEAD]),
        ("chain.first_secretaries", "第一书记", [Role.FIRST_SECRETARY]),
    ):
        tally.distinct(
            key,
            label,
            "名",
            ((r["pk"], r["cadre_id"]) for r in rows if r["village_id"] and r["role"] in roles),
            "villages:assignment_list",
            only=True,
            **scope.then,
        )


def _joined_work(tally: Tally, scope: Scope) -> None:
    """Other campaigns the round is joined with, and practices found worth keeping."""
    tally.facts["campaigns"] = list(LinkedCampaign.objects.filter(scope.mine()).order_by("pk").values("name", "note"))
    found = list(
        GoodPractice.objects.filter(scope.mine(), recorded_on__lte=scope.as_of)
        .order_by("recorded_on", "pk")
        .values("pk", "name")
    )
    tally.count(
        "practices", "经验做法", "项", (p["pk"] for p in found), "rounds:practice_list", to=scope.as_of.isoformat()
    )
    tally.facts["practices"] = [p["name"] for p in found]

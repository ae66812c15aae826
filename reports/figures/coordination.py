"""Coordination meetings, what was settled there, and what was promised."""

from __future__ import annotations

from meetings.models import AgendaItem, Commitment, Meeting
from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso


def add(tally: Tally, scope: Scope) -> None:
    _meetings(tally, scope)
    _commitments(tally, scope)


def _meetings(tally: Tally, scope: Scope) -> None:
    held = list(
        Meeting.objects.filter(scope.during("held_on"), scope.mine(), kind=Meeting.Kind.COORDINATION)
        .select_related("chair")
        .prefetch_related("departments")
        .order_by("held_on", "pk")
    )
    agenda = list(
        AgendaItem.objects.filter(
            meeting__in=held, commitment=None
        )  # the first part looks back: nothing new is settled there
        .exclude(outcome=AgendaItem.Outcome.UNRECORDED)  # on the agenda; nobody said yet that it was dealt with
        .order_by("meeting_id", "number")
        .values("pk", "meeting_id", "problem_id", "matter", "outcome")
    )
    promised = list(
        Commitment.objects.filter(meeting__in=held)
        .order_by("due_on", "pk")
        .values("pk", "meeting_id", "due_on", "kept_on")
    )
    listed = "meetings:meeting_list"
    tally.count(
        "coordination", "协调会", "次", (m.pk for m in held), listed, kind=Meeting.Kind.COORDINATION, **scope.period
    )
    settled = [a for a in agenda if a["outcome"] == AgendaItem.Outcome.SETTLED]
    during = {"kind": Meeting.Kind.COORDINATION, "part": "matters"} | scope.period
    tally.count(
        "coordination.matters", "会商事项", "个", (a["pk"] for a in agenda), "meetings:agenda_list",
        outcome="recorded", **during,
    )  # fmt: skip
    tally.count(
        "coordination.settled", "当场议定解决", "个", (a["pk"] for a in settled), "meetings:agenda_list",
        outcome=AgendaItem.Outcome.SETTLED, **during,
    )  # fmt: skip
    facts = []
    for m in held:
        matters = [a for a in agenda if a["meeting_id"] == m.pk]
        promises = [c for c in promised if c["meeting_id"] == m.pk]
        kept = [c for c in promises if c["kept_on"] and c["kept_on"] <= scope.as_of]
        late = [c for c in promises if c not in kept and c["due_on"] < scope.as_of]
        one = {"only": True}
        key = f"coordination.{m.pk}"
        tally.count(f"{key}.matters", "会商事项", "个", (a["pk"] for a in matters), "meetings:agenda_list", **one)
        tally.count(f"{key}.promised", "议定任务", "项", (c["pk"] for c in promises), "meetings:commitment_list", **one)
        tally.count(
            f"{key}.kept", "已落实", "项", (c["pk"] for c in kept), "meetings:commitment_list",
            state="kept", **one, **scope.then,
        )  # fmt: skip
        tally.count(
            f"{key}.late", "逾期未落实", "项", (c["pk"] for c in late), "meetings:commitment_list",
            state="late", **one, **scope.then,
        )  # fmt: skip
        done = [a for a in matters if a["outcome"] == AgendaItem.Outcome.SETTLED]
        tally.count(
            f"{key}.settled", "当场议定解决", "个", (a["pk"] for a in done), "meetings:agenda_list",
            outcome=AgendaItem.Outcome.SETTLED, **one,
        )  # fmt: skip
        facts.append(
            {
                "key": key,
                "on": iso(m.held_on),
                "level": m.level,
                "chair": m.chair.name if m.chair else "",
                "chair_title": m.chair.title if m.chair else "",
                "departments": [u.name for u in m.departments.all()],
                "settled": [a["matter"] for a in done],
                "matters": [a["matter"] for a in matters],
            }
        )
    tally.facts["coordination"] = facts


def _commitments(tally: Tally, scope: Scope) -> None:
    """Promises of every meeting of the round that are not kept on the as-of day: the next steps rest on them."""
    rows = list(
        Commitment.objects.filter(scope.mine("meeting__round"), meeting__held_on__lte=scope.as_of)
        .select_related("unit", "lead_official")
        .order_by("due_on", "pk")
    )
    open_ = [c for c in rows if c.kept_on is None or c.kept_on > scope.as_of]
    late = [c for c in open_ if c.due_on < scope.as_of]
    tally.count(
        "commitments.open", "未落实的议定事项", "项", (c.pk for c in open_), "meetings:commitment_list",
        state="open", **scope.then,
    )  # fmt: skip
    tally.count(
        "commitments.late", "逾期未落实的议定事项", "项", (c.pk for c in late), "meetings:commitment_list",
        state="late", **scope.then,
    )  # fmt: skip
    tally.facts["commitments"] = [
        {
            "text": c.text,
            "unit": c.unit.name if c.unit else "",
            "due_on": iso(c.due_on),
            "late": c in late,
        }
        for c in open_
    ]

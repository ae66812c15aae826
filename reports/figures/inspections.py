"""Inspections, notices and their answers, where results were reported, leaders' visits, surveys."""

from __future__ import annotations

from inspections.models import Bulletin, Inspection, Notice, Survey, Visit
from meetings.models import Meeting
from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso


def add(tally: Tally, scope: Scope) -> None:
    _inspections(tally, scope)
    _bulletins(tally, scope)
    _visits(tally, scope)
    _surveys(tally, scope)


def _inspections(tally: Tally, scope: Scope) -> None:
    rows = list(
        Inspection.objects.filter(scope.during("held_on"), scope.mine())
        .order_by("held_on", "pk")
        .values("pk", "mode", "summary", "meeting__kind")
    )
    listed = "inspections:inspection_list"
    tally.count("inspections", "督查", "次", (i["pk"] for i in rows), listed, **scope.period)
    for mode in Inspection.Mode:
        tally.count(
            f"inspections.{mode}", mode.label, "次", (i["pk"] for i in rows if i["mode"] == mode), listed,
            mode=mode, **scope.period,
        )  # fmt: skip
    at_meetings = [i for i in rows if i["mode"] == Inspection.Mode.MEETING]
    tally.facts["inspected_before_the_week"] = bool(at_meetings) and all(
        i["meeting__kind"] == Meeting.Kind.PRE_WEEK or (not i["meeting__kind"] and "周前工作例会" in i["summary"])
        for i in at_meetings
    )
    notices = list(
        Notice.objects.filter(scope.during("issued_on"), scope.mine("inspection__round"))
        .order_by("year", "number")
        .values("pk", "replied_on", "reply_due_on", "village__name")
    )
    answered = [n for n in notices if n["replied_on"] and n["replied_on"] <= scope.as_of]
    late = [n for n in notices if n not in answered and n["reply_due_on"] < scope.as_of]
    listed = "inspections:notice_list"
    tally.count("notices", "整改通知书", "份", (n["pk"] for n in notices), listed, **scope.period)
    tally.count(
        "notices.answered", "已反馈", "份", (n["pk"] for n in answered), listed,
        state="answered", **scope.period, **scope.then,
    )  # fmt: skip
    tally.count(
        "notices.late", "逾期未反馈", "份", (n["pk"] for n in late), listed,
        state="late", **scope.period, **scope.then,
    )  # fmt: skip
    tally.facts["notices_late"] = list(dict.fromkeys(n["village__name"] for n in late))


def _bulletins(tally: Tally, scope: Scope) -> None:
    rows = list(
        Bulletin.objects.filter(scope.during("reported_on"), scope.mine())
        .select_related("meeting")
        .order_by("reported_on", "pk")
    )
    tally.count("bulletins", "督查通报", "次", (b.pk for b in rows), "inspections:bulletin_list", **scope.period)
    places: dict[str, dict[str, object]] = {}
    for b in rows:
        kind = b.meeting.kind if b.meeting else "written"
        place = places.setdefault(
            kind, {"kind": kind, "name": b.meeting.get_kind_display() if b.meeting else "书面通报", "days": []}
        )
        place["days"].append(iso(b.reported_on))  # type: ignore[attr-defined]
    for kind, place in places.items():
        tally.count(
            f"bulletins.{kind}", f"{place['name']}通报", "次",
            (b.pk for b in rows if (b.meeting.kind if b.meeting else "written") == kind),
            "inspections:bulletin_list", kind=kind, **scope.period,
        )  # fmt: skip
    tally.facts["bulletins"] = list(places.values())


def _visits(tally: Tally, scope: Scope) -> None:
    rows = list(
        Visit.objects.by_leaders()
        .filter(scope.during("visited_on"), scope.mine())
        .order_by("visited_on", "pk")
        .values("pk", "households")
    )
    listed = "inspections:visit_list"
    tally.count("visits", "领导进村走访", "次", (v["pk"] for v in rows), listed, leader=1, **scope.period)
    tally.total(
        "visits.households",
        "走访农户",
        "户",
        ((v["pk"], v["households"]) for v in rows),
        listed,
        leader=1,
        **scope.period,
    )


def _surveys(tally: Tally, scope: Scope) -> None:
    """The newest kind of survey in the period, over all villages."""
    rows = list(
        Survey.objects.filter(scope.during("held_on"), scope.mine()).select_related("village").order_by("held_on", "pk")
    )
    if not rows:
        return
    kind = rows[-1].kind
    newest = [s for s in rows if s.kind == kind]
    listed = "inspections:survey_list"
    params = {"kind": kind} | scope.period
    valid = tally.total("survey.valid", "有效票", "张", ((s.pk, s.valid) for s in newest), listed, **params)
    for name, label in (
        ("issued", "发出票"),
        ("returned", "收回票"),
        ("satisfied", "满意票"),
        ("mostly", "基本满意票"),
    ):
        tally.total(f"survey.{name}", label, "张", ((s.pk, getattr(s, name)) for s in newest), listed, **params)
    good = tally.total(
        "survey.good", "满意和基本满意票", "张", ((s.pk, s.satisfied + s.mostly) for s in newest), listed, **params
    )
    tally.share("survey.rate", "满意和基本满意票占有效票", good, valid)
    tally.facts["survey"] = {
        "name": newest[-1].get_kind_display(),
        "days": sorted({iso(s.held_on) for s in newest}),
        "villages": list(dict.fromkeys(s.village.name for s in newest)),
        "by_village": {
            s.village.name: str(round((s.satisfied + s.mostly) * 100 / s.valid, 1)) if s.valid else "" for s in newest
        },
    }

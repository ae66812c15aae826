"""Inspections, notices and their answers, where results were reported, leaders' visits, surveys."""

from __future__ import annotations

from typing import Any

from django.db.models import Value

from inspections.models import Bulletin, Finding, Inspection, Notice, Survey, Visit
from inspections.satisfaction import DEFAULT, SATISFIED_ALONE, WITHOUT_UNKNOWN, content_of, voters_of, weakest
from meetings.models import Meeting
from problems.terms import LEDGER_STATES
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
        .values("pk", "mode", "held_on", "summary", "meeting__kind")
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
    _where(tally, scope, list(map(dict, rows)))
    _notices(tally, scope)


def _where(tally: Tally, scope: Scope, rows: list[dict[str, Any]]) -> None:
    """Which villages were inspected, and what was found there."""
    listed, ids = "inspections:inspection_list", [i["pk"] for i in rows]
    went = list(
        Inspection.villages.through.objects.filter(inspection__in=ids)
        .order_by("village__sort", "village_id")
        .values_list("inspection_id", "village_id", "village__name")
    )
    tally.distinct(
        "inspections.villages", "督查到村", "个", ((pk, village) for pk, village, _ in went), listed, **scope.period
    )
    findings = list(
        Finding.objects.filter(inspection__in=ids)
        .order_by("village__sort", "village_id", "inspection__held_on", "pk")
        .values("pk", "village__name", "text", "requirement", "inspection__held_on", "problem__state")
    )
    rows_of = "inspections:finding_list"
    tally.count("findings", "督查发现问题", "个", (f["pk"] for f in findings), rows_of, **scope.period)
    raised = [f["pk"] for f in findings if f["problem__state"] in LEDGER_STATES]
    tally.count("findings.raised", "督查发现列入问题台账", "个", raised, rows_of, ledger="in", **scope.period)
    if rows:
        tally.facts["inspected"] = {
            "first_on": iso(rows[0]["held_on"]),
            "last_on": iso(rows[-1]["held_on"]),
            "villages": list(dict.fromkeys(name for _, _, name in went)),
        }
    tally.facts["findings"] = [
        {"village": f["village__name"], "on": iso(f["inspection__held_on"]), "text": f["text"], "requirement": f["requirement"]}
        for f in findings
    ]  # fmt: skip


STOOD = ("answered", "in_time", "late", "closed", "issued_again")  # words of the queryset


def _notices(tally: Tally, scope: Scope) -> None:
    notices = list(
        Notice.objects.filter(scope.during("issued_on"), scope.mine("inspection__round"))
        .select_related("village")
        .prefetch_related("rounds")
        .order_by("year", "number")
    )
    # The words of the notice itself say how it stood on the day: it may have been issued again since.
    then = Notice.objects.filter(pk__in=[n.pk for n in notices]).order_by()
    words = [getattr(then, w)(scope.as_of).annotate(word=Value(w)).values_list("word", "pk") for w in STOOD]
    stood = set(words[0].union(*words[1:], all=True)) if notices else set()
    answered, in_time, late, closed, again = ([n.pk for n in notices if (w, n.pk) in stood] for w in STOOD)
    listed = "inspections:notice_list"
    tally.count("notices", "整改通知书", "份", (n.pk for n in notices), listed, **scope.period)
    tally.count(
        "notices.answered", "已反馈", "份", answered, listed,
        state="answered", **scope.period, **scope.then,
    )  # fmt: skip
    tally.count("notices.in_time", "按期反馈", "份", in_time, listed, only=True, **scope.period)
    tally.count(
        "notices.late", "逾期未反馈", "份", late, listed,
        state="late", **scope.period, **scope.then,
    )  # fmt: skip
    tally.count("notices.closed", "核查合格办结", "份", closed, listed, state="closed", **scope.period, **scope.then)
    tally.count("notices.again", "再次发出", "份", again, listed, state="issued_again", **scope.period, **scope.then)
    tally.facts["notices_late"] = list(dict.fromkeys(n.village.name for n in notices if n.pk in late))
    tally.facts["notices"] = [
        {
            "village": n.village.name,
            "year": n.year,
            "number": n.number,
            "on": iso(n.issued_on),
            "due_on": iso(ran.reply_due_on),
            "replied_on": iso(ran.replied_on) if n.pk in answered else "",
            "reply": ran.reply if n.pk in answered else "",
            "late": n.pk in late,
            "requirement": ran.requirement,
        }
        for n in notices
        for ran in [n.round_on(scope.as_of)]
    ]


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


CONTENT = {True: "满意", False: "满意和基本满意"}
COLUMNS = (
    ("issued", "发出票"),
    ("returned", "收回票"),
    ("satisfied", "满意票"),
    ("mostly", "基本满意票"),
    ("dissatisfied", "不满意票"),
    ("unknown", "不了解票"),
)


def _surveys(tally: Tally, scope: Scope) -> None:
    """The newest kind of survey in the period over all villages; each village also by itself, every kind. A survey held anew replaces the first."""
    rows = list(
        Survey.objects.filter(scope.during("held_on"), scope.mine())
        .newest()
        .select_related("village", "round")
        .prefetch_related("questions")
        .order_by("held_on", "pk")
    )
    tally.facts["surveys"] = []
    if not rows:
        return
    kind = rows[-1].kind
    newest = [s for s in rows if s.kind == kind]
    _ballots(tally, "survey", "", newest, {"kind": kind, "latest": 1} | scope.period)
    tally.facts["survey"] = {
        "name": newest[-1].get_kind_display(),
        "days": sorted({iso(s.held_on) for s in newest}),
        "villages": list(dict.fromkeys(s.village.name for s in newest)),
        "content": CONTENT[formula_of(newest) in SATISFIED_ALONE],
    }
    if not scope.is_one:
        return
    for survey in sorted(rows, key=lambda s: scope.order(s.village_id)):
        village_id, of_kind = survey.village_id, survey.kind
        key = f"survey.{of_kind}.{village_id}"
        _ballots(tally, key, survey.village.name, [survey], {"only": True})
        tally.facts["surveys"].append(
            {"key": key, "kind": of_kind, "village": survey.village.name, "village_id": village_id, "on": iso(survey.held_on),
             "content": CONTENT[formula_of([survey]) in SATISFIED_ALONE], "weakest": _weakest(tally, key, survey)}
        )  # fmt: skip


def _weakest(tally: Tally, key: str, survey: Survey) -> str:
    """The question people of the village are least content with, its rate beside it; "" where none stands out."""
    formula = survey.round.satisfaction_formula
    question = weakest(survey.questions.all(), formula)
    if question is None:
        return ""
    label, listed = f"{survey.village.name}“{question.text}”", "inspections:survey_list"
    content = f"{CONTENT[formula in SATISFIED_ALONE]}票"
    good, voters = (
        tally.total(f"{key}.weakest.{name}", f"{label}{words}", "张", [(survey.pk, value)], listed, only=True)
        for name, words, value in (
            ("good", content, content_of(question, formula)), ("voters", "计算满意率的票", voters_of(question, formula)),
        )
    )  # fmt: skip
    tally.share(f"{key}.weakest.rate", f"{label}满意率", good, voters)
    return question.text


def _ballots(tally: Tally, key: str, place: str, surveys: list[Survey], params: dict[str, Any]) -> None:
    listed = "inspections:survey_list"
    valid = tally.total(f"{key}.valid", f"{place}有效票", "张", ((s.pk, s.valid) for s in surveys), listed, **params)
    for name, label in COLUMNS:
        tally.total(
            f"{key}.{name}", f"{place}{label}", "张", ((s.pk, getattr(s, name)) for s in surveys), listed, **params
        )
    formula = formula_of(surveys)
    content = f"{CONTENT[formula in SATISFIED_ALONE]}票"
    good = tally.total(
        f"{key}.good", f"{place}{content}", "张", ((s.pk, content_of(s, formula)) for s in surveys), listed, **params
    )
    voters, of = valid, "有效票"
    if formula in WITHOUT_UNKNOWN:
        of = "有效票（不含不了解）"
        voters = tally.total(
            f"{key}.voters", f"{place}{of}", "张", ((s.pk, voters_of(s, formula)) for s in surveys), listed, **params
        )
    tally.share(f"{key}.rate", f"{place}{content}占{of}", good, voters)


def formula_of(surveys: list[Survey]) -> str:
    """The round's formula; rounds of several townships that count differently are told by the usual one."""
    used = {s.round.satisfaction_formula for s in surveys}
    return used.pop() if len(used) == 1 else DEFAULT

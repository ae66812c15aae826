"""Party members of the listed villages, vacant posts, training of village cadres."""

from __future__ import annotations

from datetime import date

from reports.figures.figure import Tally
from reports.figures.scope import Scope, iso
from villages.models import CadreTraining, Post, VillageYear

COLUMNS = (
    ("members", "党员"),
    ("members_60", "60岁及以上党员"),
    ("members_under_35", "35岁以下党员"),
    ("members_away", "外出务工党员"),
    ("applicants", "入党申请人和积极分子"),
)


def add(tally: Tally, scope: Scope) -> None:
    _years(tally, scope)
    _posts(tally, scope)
    _training(tally, scope)


def _years(tally: Tally, scope: Scope) -> None:
    """The newest sheet of each village up to the year of the as-of day; a village without one is named, not counted as zero."""
    year = scope.as_of.year
    sheets = list(
        VillageYear.objects.filter(village_id__in=scope.villages, year__lte=year, year__gte=year - 1)
        .order_by("year")
        .values("pk", "village_id", "year", "state", "income", "enterprise_leaders", *(name for name, _ in COLUMNS))
    )
    newest = {s["village_id"]: s for s in sheets}
    rows = [newest[pk] for pk in scope.villages if pk in newest and newest[pk]["members"] is not None]
    same_year = {r["year"] for r in rows}
    listed, params = (
        "villages:figures_list",
        {"year": next(iter(same_year)) if len(same_year) == 1 else "", "only": True},
    )
    for name, label in COLUMNS:
        tally.total(f"members.{name}", label, "名", ((r["pk"], r[name]) for r in rows), listed, **params)
    for r in rows if scope.is_one else ():
        name_of = scope.villages[r["village_id"]].name
        for name, label in COLUMNS:
            one = [(r["pk"], r[name])]
            tally.total(
                f"members.{name}.{r['village_id']}", f"{name_of}{label}", "名", one, listed, year=r["year"], only=True
            )
    tally.count("members.sheets", "有党员数据的村", "个", (r["pk"] for r in rows), listed, **params)
    tally.share(
        "members.ageing", "60岁及以上党员占比", tally.figures["members.members_60"], tally.figures["members.members"]
    )
    tally.facts["members"] = [
        {
            "village_id": r["village_id"],
            "village": scope.villages[r["village_id"]].name,
            "year": r["year"],
            **{name: r[name] for name, _ in COLUMNS},
        }
        for r in rows
    ]
    tally.facts["sheets"] = [
        {
            "id": s["pk"],
            "village_id": s["village_id"],
            "village": scope.villages[s["village_id"]].name,
            "year": s["year"],
            "income": None if s["income"] is None else str(s["income"]),
            "leaders": s["enterprise_leaders"],
            "unconfirmed": s["state"] == VillageYear.State.REPORTED,
        }
        for s in sorted(sheets, key=lambda s: scope.order(s["village_id"]))
    ]


def _posts(tally: Tally, scope: Scope) -> None:
    posts = list(
        Post.objects.filter(village_id__in=scope.villages)
        .select_related("village")
        .prefetch_related("tenures")
        .order_by("village__sort", "village_id", "sort", "pk")
    )
    vacant = []
    facts = []
    for post in posts:
        begun = [t for t in post.tenures.all() if t.started_on <= scope.as_of]
        if any(t.ended_on is None or t.ended_on > scope.as_of for t in begun):
            continue
        vacant.append(post.pk)
        last = max(begun, key=lambda t: t.ended_on) if begun else None  # type: ignore[arg-type, return-value]
        facts.append(
            {
                "village": post.village.name,
                "title": post.title,
                "since": iso(last.ended_on) if last else "",
                "reason": last.end_reason if last else "",
            }
        )
    tally.count("posts.vacant", "空缺岗位", "个", vacant, "villages:post_list", vacant=1, only=True, **scope.then)
    # Secretaries who took office since the round began: the list shows their posts.
    changed = [
        post.pk
        for post in posts
        if post.committee == Post.Committee.PARTY and post.title.endswith("书记") and "副" not in post.title
        for t in post.tenures.all()
        if scope.starts_of(post.village.township_id) <= t.started_on <= scope.as_of
    ]
    tally.count("secretaries.changed", "调整书记", "名", changed, "villages:post_list", only=True, **scope.then)
    tally.facts["vacancies"] = facts
    # Filled since the round began: vacant on its first day, held on the as-of day.
    filled = [p for p in posts if p.pk not in set(vacant) and not _held(p, scope.starts_of(p.village.township_id))]
    tally.count("posts.filled", "补齐岗位", "个", (p.pk for p in filled), "villages:post_list", only=True, **scope.then)
    tally.facts["filled"] = [{"village": p.village.name, "title": p.title} for p in filled]


def _held(post: Post, day: date) -> bool:
    return any(t.started_on <= day and (t.ended_on is None or t.ended_on > day) for t in post.tenures.all())


def _training(tally: Tally, scope: Scope) -> None:
    rows = list(
        CadreTraining.objects.filter(
            village_id__in=scope.villages,
            chosen_on__lte=scope.as_of,
            chosen_on__gte=min(r.starts_on for r in scope.rounds),
        )
        .order_by("chosen_on", "pk")
        .values("pk", "kind", "name", "people", "starts_on", "chosen_on")
    )
    for kind in CadreTraining.Kind:
        chosen = [t for t in rows if t["kind"] == kind]
        tally.total(
            f"training.{kind}", kind.label, "名", ((t["pk"], t["people"]) for t in chosen), "villages:training_list",
            kind=kind, only=True, 
        )  # fmt: skip
    tally.facts["training"] = [{"kind": t["kind"], "name": t["name"], "starts_on": iso(t["starts_on"])} for t in rows]

"""Synthetic townships of any size for measuring: realistic words, dates and mixtures of states, through bulk inserts.

Nothing here goes through the services: a measured database may be made in seconds. The rows obey every constraint, and the derived days
come from the same function that the services use.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from problems.models import Measure, Problem, ProgressEntry, Step
from problems.services.standing import derive
from problems.terms import NEVER_ON, Category, DeadlineKind, Degree, Severity, Source, State
from rounds.models import Designation, Round
from villages.models import Assignment, Cadre, County, Township, Unit, Village

BATCH = 1000
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "建国志远海燕晓敏国强秀英永福根生小明伟娜磊涛德明启华平芳军敏静丽强勇艳杰娟"
PLACES = "石下东云前龙官大上南金新白杨溪长北西高双桥塘岭溪山潭樟垟坑竹宅湾坪岙浦源"
MATTERS: dict[str, tuple[str, ...]] = {
    Category.LEGACY: ("宅基地审批遗留问题", "移民征地款分配问题", "旧村改造权证办理", "老账目清理问题"),
    Category.LAND: ("道路征地政策处理", "变电站青苗补偿", "水库扩建征地协议", "工业区土地征收"),
    Category.INFRASTRUCTURE: ("机耕路硬化资金缺口", "村办公楼建设", "饮用水管网改造", "老人公寓建设", "路灯亮化工程"),
    Category.ECONOMY: ("村集体经济薄弱", "闲置厂房盘活", "山林承包合同不规范"),
    Category.ORGANISATION: ("村两委班子战斗力不强", "连续未发展党员", "副书记缺位", "租赁纠纷引发矛盾"),
}
NOTES = (
    "已召开村民代表会议商定办法。",
    "镇村干部到户走访，听取意见。",
    "协议文本已拟定，正在逐户签字。",
    "资金已申报，等待批复。",
    "施工进场，完成主要工程量。",
)


@dataclass(frozen=True)
class Size:
    """How much to make. Villages and problems are totals, spread evenly over the townships."""

    townships: int
    villages: int
    problems: int
    progress_each: int = 4


def _bulk(model: type[models.Model], rows: Iterable[Any]) -> int:
    iterator, count = iter(rows), 0
    while batch := list(islice(iterator, BATCH)):
        model._default_manager.bulk_create(batch, batch_size=BATCH)
        count += len(batch)
    return count


def make(size: Size, *, seed: int, today: date, say: Callable[[str], None] = lambda _line: None) -> dict[str, int]:
    """Write a county of this size into an existing database; returns how many rows of each kind. The same seed gives the same words."""
    maker = _Maker(size, random.Random(seed), seed, today)  # noqa: S311 - measuring data, not secrets
    counts: dict[str, int] = {}
    for name, step in maker.steps():
        with transaction.atomic():
            counts[name] = step()
        say(f"{name}: {counts[name]}")
    return counts


class _Maker:
    def __init__(self, size: Size, rnd: random.Random, seed: int, today: date) -> None:
        self.size, self.rnd, self.today = size, rnd, today
        self.prefix = f"s{seed}"
        self.county = County.objects.create(name=f"测试县{seed}-{County.objects.count() + 1}")
        self.at = timezone.make_aware(datetime.combine(today, time(9)))

    def steps(self) -> Iterator[tuple[str, Callable[[], int]]]:
        yield "乡镇", self.townships
        yield "村", self.villages
        yield "人员和岗位", self.people
        yield "问题", self.problems
        yield "办理记录", self.step_rows
        yield "进展", self.progress
        yield "措施", self.measures

    def person(self) -> str:
        return self.rnd.choice(SURNAMES) + "".join(self.rnd.sample(GIVEN, self.rnd.randint(1, 2)))

    def townships(self) -> int:
        n = self.size.townships
        count = _bulk(Township, (Township(county=self.county, name=f"{self.place()}镇{i + 1}") for i in range(n)))
        self.all_townships = list(self.county.townships.order_by("pk"))
        start = date(self.today.year, 3, 5)
        _bulk(
            Round,
            (
                Round(
                    township=t,
                    campaign="两示范一整顿",
                    year=self.today.year,
                    number=2,
                    starts_on=start,
                    ends_on=date(self.today.year, 11, 30),
                )
                for t in self.all_townships
            ),
        )
        self.rounds = {r.township_id: r for r in Round.objects.filter(township__county=self.county)}
        _bulk(
            Unit,
            (Unit(county=self.county, township=t, name=f"站所{i + 1}") for t in self.all_townships for i in range(6)),
        )
        self.units: dict[int, list[int]] = {}
        for pk, township in Unit.objects.filter(township__county=self.county).values_list("pk", "township_id"):
            self.units.setdefault(township, []).append(pk)
        return count

    def place(self) -> str:
        return "".join(self.rnd.sample(PLACES, 2))

    def villages(self) -> int:
        each = self.size.villages // self.size.townships
        count = _bulk(
            Village,
            (
                Village(township=t, name=f"{self.place()}村{i + 1}", sort=i)
                for t in self.all_townships
                for i in range(each)
            ),
        )
        self.all_villages = list(Village.objects.filter(township__county=self.county).order_by("pk"))
        proposed = date(self.today.year, 3, 2)
        _bulk(
            Designation,
            (
                Designation(
                    round=self.rounds[v.township_id],
                    village=v,
                    proposed_on=proposed,
                    approved_on=proposed + timedelta(days=3),
                )
                for v in self.all_villages
            ),
        )
        return count

    def people(self) -> int:
        """Per township a clerk and a commissioner with accounts, per village a secretary and a resident cadre; one county reader."""
        posts: list[tuple[str, str, dict[str, Any]]] = [
            (f"{self.prefix}-county", Role.COUNTY_READER, {"county": self.county})
        ]
        for t in self.all_townships:
            posts.append((f"{self.prefix}-clerk-{t.pk}", Role.OFFICE_CLERK, {"township": t}))
            posts.append((f"{self.prefix}-commissioner-{t.pk}", Role.COMMISSIONER, {"township": t}))
        for v in self.all_villages:
            posts.append((f"{self.prefix}-secretary-{v.pk}", Role.VILLAGE_SECRETARY, {"village": v}))
            posts.append((f"{self.prefix}-resident-{v.pk}", Role.RESIDENT_CADRE, {"village": v}))
        _bulk(User, (User(username=key, name=self.person(), password="!") for key, _role, _place in posts))
        users = dict(User.objects.filter(username__startswith=f"{self.prefix}-").values_list("username", "pk"))

        def cadre(key: str, role: str, place: dict[str, Any]) -> Cadre:
            village = place.get("village")
            township = place.get("township") or (village.township if village else None)
            return Cadre(
                county=self.county,
                township=township,
                village=village,
                name=self.person(),
                title=Role(role).label,
                user_id=users[key],
            )

        townships = {t.pk: t for t in self.all_townships}
        for v in self.all_villages:
            v.township = townships[v.township_id]
        _bulk(Cadre, (cadre(*post) for post in posts))
        cadres = dict(Cadre.objects.filter(county=self.county).values_list("user__username", "pk"))
        start = date(self.today.year - 1, 1, 1)
        _bulk(
            Assignment,
            (Assignment(cadre_id=cadres[key], role=role, starts_on=start, **place) for key, role, place in posts),
        )
        self.cadres, self.users = cadres, users
        return len(posts)

    def problems(self) -> int:
        self.first_pk = (Problem.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        return _bulk(Problem, self.problem_rows())

    def problem_rows(self) -> Iterator[Problem]:
        rnd, numbers = self.rnd, dict.fromkeys(self.rounds, 0)
        villages = len(self.all_villages)
        for i in range(self.size.problems):
            village = self.all_villages[i % villages]
            round_ = self.rounds[village.township_id]
            numbers[village.township_id] += 1
            category = rnd.choices(list(Category.values), weights=(3, 3, 6, 2, 4))[0]
            title = f"{village.name}{rnd.choice(MATTERS[category])}"
            discovered = round_.starts_on + timedelta(days=rnd.randint(0, 90))
            started = discovered + timedelta(days=rnd.randint(3, 15))
            kind = rnd.choices([DeadlineKind.DATE, DeadlineKind.IMMEDIATE, DeadlineKind.CONTINUING], weights=(8, 1, 1))[
                0
            ]
            due = None if kind == DeadlineKind.CONTINUING else started + timedelta(days=rnd.randint(30, 260))
            state = rnd.choices(
                [State.CLOSED, State.RECTIFYING, State.CLOSING, State.RELAPSED, State.SUSPENDED, State.SUBMITTED],
                weights=(55, 32, 5, 3, 2, 3),
            )[0]
            closed = min(self.today, started + timedelta(days=rnd.randint(20, 200))) if state == State.CLOSED else None
            degree = (
                rnd.choice([Degree.BASIC, Degree.FULL])
                if closed
                else rnd.choice([Degree.UNRESOLVED, Degree.PRELIMINARY])
            )
            problem = Problem(
                township_id=village.township_id, village=village, round=round_, number=numbers[village.township_id], category=category,
                title=title, description=f"{title}，群众反映较多，需镇村合力解决。", source=rnd.choice(Source.values), discovered_on=discovered,
                households=rnd.randint(1, 120), severity=rnd.choice(Severity.values), state=state, degree=degree, deadline_kind=kind,
                due_on=due, first_due_on=due, started_on=started, closed_on=closed,
                last_progress_on=closed or min(self.today, started + timedelta(days=rnd.randint(1, 200))),
                owner_id=self.cadres[f"{self.prefix}-resident-{village.pk}"], responsible_unit_id=rnd.choice(self.units[village.township_id]),
                search_text=title.lower(), created_by_id=self.users[f"{self.prefix}-clerk-{village.township_id}"],
                created_at=self.at, updated_at=self.at,
            )  # fmt: skip
            problem.queue_on, problem.yellow_on = derive(
                problem, yellow_days=round_.yellow_days, stale_days=round_.stale_days
            )
            yield problem

    def fresh(self) -> Iterator[Problem]:
        return Problem.objects.filter(pk__gte=self.first_pk).order_by("pk").iterator(chunk_size=BATCH)

    def step_rows(self) -> int:
        """Two steps a problem: taken into the ledger, and how it stands now."""

        def rows() -> Iterator[Step]:
            for p in self.fresh():
                now = p.closed_on or p.last_progress_on or p.discovered_on
                taken = min(p.started_on or p.discovered_on, now)
                common: dict[str, Any] = {
                    "problem": p, "by_id": p.created_by_id, "at": self.at, "deadline_kind": p.deadline_kind, "due_on": p.due_on,
                }  # fmt: skip
                yield Step(
                    **common, action="accept", state=State.RECTIFYING, degree=Degree.UNRESOLVED, since=taken, until=now,
                    queue_on=p.due_on or NEVER_ON,
                )  # fmt: skip
                yield Step(
                    **common, action="progress", from_state=State.RECTIFYING, state=p.state, degree=p.degree, since=now, closed_on=p.closed_on,
                    queue_on=p.queue_on, yellow_on=p.yellow_on, last_progress_on=p.last_progress_on,
                )  # fmt: skip

        return _bulk(Step, rows())

    def progress(self) -> int:
        def rows() -> Iterator[ProgressEntry]:
            for p in self.fresh():
                author = self.users[f"{self.prefix}-secretary-{p.village_id}"]
                for i in range(self.size.progress_each):
                    day = (p.started_on or p.discovered_on) + timedelta(days=10 * i)
                    yield ProgressEntry(
                        problem=p,
                        happened_on=min(day, self.today),
                        text=self.rnd.choice(NOTES),
                        by_id=author,
                        at=self.at,
                    )

        return _bulk(ProgressEntry, rows())

    def measures(self) -> int:
        def rows() -> Iterator[Measure]:
            for p in self.fresh():
                for i in (1, 2):
                    yield Measure(
                        problem=p, number=i, text=f"措施{i}：{self.rnd.choice(NOTES)}", deadline_kind=DeadlineKind.DATE,
                        due_on=p.due_on or date(self.today.year, 11, 30), done_on=p.closed_on, owner_id=p.owner_id,
                        added_on=p.started_on or p.discovered_on,
                    )  # fmt: skip

        return _bulk(Measure, rows())

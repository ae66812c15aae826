"""Enters the demo's tables through the services, each record at the hour of its day and by the person whose work it was."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts import services as accounts
from accounts.models import User
from accounts.roles import ROLE_LEVEL, Level
from inspections.models import Inspection
from inspections.services import bulletins, findings, inspections, notices, surveys, visits
from meetings.models import Meeting
from meetings.services import agenda, commitments, meetings
from pairings.models import Pairing
from pairings.services import activities, pairings
from problems.models import KeyProject, Problem, VillagePlan
from problems.services import closing, deadlines, instructions, ledger, measures, moves, plans, progress
from rectify.demo import acceptances, amending, checking, otherwork, place, supervision, work
from rectify.demo.handing import agree_hand_over, measure_owner, settle_hand_over, stand_in
from rectify.demo.ledger import CASES, PLANS, PROJECT, Case
from rectify.demo.place import OTHER_TOWNSHIP, OTHER_VILLAGES, TOWNSHIP, V1, V2, V3, VILLAGES
from rectify.demo.years import details as year_details
from rectify.demo.years import hand_in as hand_in_year
from reports.services import drafting, editing
from rounds.models import Round
from rounds.services import calendar, campaigns, designations, documents, leading_group, practices, rounds, screening
from villages.models import Cadre, County, Township, Unit, Village
from villages.services import duties, figures, people, places, posts, units

TZ = ZoneInfo("Asia/Shanghai")
D = date
SECRETARY = {V1: "xugensheng", V2: "hexiuying", V3: "panyongfu"}
RESIDENT = {V1: "wangwei", V2: "lina", V3: "zhao"}
LEADER = {V1: "chen", V2: "lin", V3: "zhou"}
BEFORE = D(2025, 1, 2)  # the registry was set up


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=TZ)


class Loader:
    """Holds what was made so far, by the keys of the tables."""

    def __init__(self) -> None:
        self.township: dict[str, Township] = {}
        self.village: dict[str, Village] = {}
        self.unit: dict[str, Unit] = {}
        self.cadre: dict[str, Cadre] = {}
        self.user: dict[str, User] = {}
        self.problem: dict[int, Problem] = {}
        self.meeting: dict[str, Meeting] = {}
        self.inspection: dict[str, Inspection] = {}
        self.pairing: dict[str, Pairing] = {}

    @transaction.atomic
    def load(self) -> None:
        """Everything or nothing."""
        self.admin = User.objects.create_user("admin", "系统管理员", place.PASSWORD, is_administrator=True)
        self.registry()
        self.round_one()
        self.round_two()
        self.problems()
        self.plans()
        self.pairings_()
        self.meetings_()
        self.inspections_()
        settle_hand_over(self)
        stand_in(self)
        otherwork.load(self)
        supervision.load(self)
        self.summary()
        amending.load(self)
        self.other_township()

    # registry

    def registry(self) -> None:
        when = at(BEFORE)
        self.county: County = places.add_county(**place.COUNTY, by=self.admin, at=when)
        for name, rows in ((TOWNSHIP, VILLAGES), (OTHER_TOWNSHIP, OTHER_VILLAGES)):
            township = self.township[name] = places.add_township(county=self.county, name=name, by=self.admin, at=when)
            for i, (village, is_model, initials) in enumerate(rows, 1):
                self.village[village] = places.add_village(
                    township=township,
                    name=village,
                    is_model=is_model,
                    initials=initials,
                    sort=i,
                    by=self.admin,
                    at=when,
                )
        for name, handles in place.STATIONS:
            self.unit[name] = units.add_unit(
                county=self.county,
                name=name,
                kind="station",
                township=self.township[TOWNSHIP],
                handles=handles,
                by=self.admin,
                at=when,
            )
        for name in place.DEPARTMENTS:
            self.unit[name] = units.add_unit(
                county=self.county, name=name, kind="department", township=None, handles="", by=self.admin, at=when
            )
        for key, name, title, village, account, held in place.PEOPLE:
            self.person(key, name, title, village, account, held, self.township[TOWNSHIP])
        for key, name, title, account, held in place.COUNTY_PEOPLE:
            self.person(key, name, title, None, account, held, None)
        for key, name, title, village, account, held in place.OTHER_PEOPLE:
            self.person(key, name, title, village, account, held, self.township[OTHER_TOWNSHIP])
        for village, rows in place.POSTS.items():
            for i, (title, committee, tenures) in enumerate(rows, 1):
                post = posts.add_post(
                    village=self.village[village],
                    title=title,
                    committee=committee,
                    sort=i,
                    by=self.user["shen"],
                    at=when,
                )
                for holder, since, until, reason in tenures:
                    tenure = posts.take_post(
                        post, cadre=self.cadre[holder], started_on=since, by=self.user["shen"], at=when
                    )
                    if until:
                        posts.leave_post(tenure, ended_on=until, reason=reason, by=self.user["shen"], at=at(until, 15))
        for village, years in place.YEARS.items():
            for year, sheet in years.items():
                day = D(2025, 12, 28) if year == 2025 else D(2026, 10, 20)
                numbers = {k: Decimal(v) if k == "income" else v for k, v in sheet.items()}
                sheet_made = figures.save_year(
                    village=self.village[village],
                    year=year,
                    by=self.user[SECRETARY[village]],
                    at=at(day, 10),
                    **numbers,
                    **year_details(village, year),
                )
                hand_in_year(self, sheet_made, by=self.user[SECRETARY[village]], at=at(day, 10))
        for village, path, industry, partners, since, result in place.PATHS:
            figures.add_path(
                village=self.village[village], path=path, industry=industry, started_on=since, result=result,
                partners=[self.village[p] for p in partners], by=self.user[SECRETARY[village]], at=at(since, 16),
            )  # fmt: skip
        for village, count in place.TRAININGS:
            figures.add_training(
                village=self.village[village], kind="degree", name="2026年秋季村干部学历教育", chosen_on=D(2026, 8, 20),
                starts_on=D(2026, 9, 10), people=count, by=self.user["shen"], at=at(D(2026, 8, 20), 16),
            )  # fmt: skip

    def person(
        self,
        key: str,
        name: str,
        title: str,
        village: str | None,
        account: str | None,
        held: list[Any],
        township: Township | None,
    ) -> None:
        when = at(BEFORE)
        cadre = self.cadre[key] = people.add_cadre(
            county=self.county, name=name, title=title, township=township, village=self.village[village] if village else None, by=self.admin, at=when
        )  # fmt: skip
        if account:
            user, _password = accounts.create_user(
                username=account, name=name, password=place.PASSWORD, must_change_password=False, by=self.admin, at=when
            )
            self.user[key] = user
            people.link_cadre(cadre, user=user, by=self.admin, at=when)
        for role, where, starts, ends in held:
            spot = {
                Level.COUNTY: lambda _w: self.county,
                Level.TOWNSHIP: self.township.__getitem__,
                Level.VILLAGE: self.village.__getitem__,
                Level.UNIT: self.unit.__getitem__,
            }[Level(ROLE_LEVEL[role])](where)
            # 东岭村's resident cadre changed on 2026-06-01: entered as the hand-over it was.
            if key == "zhao":
                agree_hand_over(self, self.handed)
                continue
            assignment = duties.assign(
                cadre=cadre,
                role=role,
                place=spot,
                starts_on=starts,
                ends_on=None if key == "sun" else ends,
                by=self.admin,
                at=when,
            )
            if key == "sun":
                self.handed = assignment

    # rounds

    def round_one(self) -> None:
        township, clerk = self.township[TOWNSHIP], self.user["shen"]
        self.first = rounds.add_round(
            township=township, by=clerk, at=at(D(2025, 2, 26)), **self.round_values(work.ROUND_1)
        )
        for key, position in work.EARLIER_GROUP:
            seat = leading_group.add_seat(
                round=self.first,
                cadre=self.cadre[key],
                position=position,
                starts_on=D(2025, 3, 1),
                by=clerk,
                at=at(D(2025, 3, 1)),
            )
            leading_group.end_seat(seat, ends_on=D(2025, 12, 31), reason="第一轮结束", by=clerk, at=at(D(2025, 12, 31)))
        acceptances.set_up_first_sheet(self)
        for village, numbers, turned in work.ROUND_1_VILLAGES:
            chosen = self.first.criteria.filter(number__in=numbers)
            listed = designations.propose(
                round=self.first, village=self.village[village], criteria=chosen, facts="", proposed_on=D(2025, 3, 4), by=clerk, at=at(D(2025, 3, 4), 14)
            )  # fmt: skip
            designations.approve(
                listed,
                approved_on=D(2025, 3, 7),
                body="中共云川市委组织部",
                by=self.user["chen"],
                at=at(D(2025, 3, 7), 15),
            )
            acceptances.accept(self, listed, turned)

    @staticmethod
    def round_values(values: dict[str, Any]) -> dict[str, Any]:
        return values | {"income_threshold": Decimal(values["income_threshold"])}

    def round_two(self) -> None:
        township, clerk, wu = self.township[TOWNSHIP], self.user["shen"], self.user["wu"]
        self.round: Round = rounds.add_round(
            township=township, by=clerk, at=at(D(2026, 1, 28)), **self.round_values(work.ROUND_2)
        )
        self.campaign = {
            name: campaigns.add_linked_campaign(
                round=self.round, name=name, note=note, by=clerk, at=at(D(2026, 3, 11), 10)
            )
            for name, note in work.CAMPAIGNS
        }
        acceptances.set_up_next_sheet(self, self.round)
        for village, day, households in work.SCREENING:
            screening.add_screening_visit(
                round=self.round, village=self.village[village], visited_on=day, households=households, method="入户走访、座谈",
                by=clerk, at=at(day, 17),
            )  # fmt: skip
        for village, numbers, facts in work.ROUND_2_VILLAGES:
            chosen = self.round.criteria.filter(number__in=numbers)
            listed = designations.propose(
                round=self.round, village=self.village[village], criteria=chosen, facts=facts, proposed_on=D(2026, 3, 2), by=clerk, at=at(D(2026, 3, 2), 16)
            )  # fmt: skip
            designations.approve(
                listed,
                approved_on=D(2026, 3, 5),
                body="中共云川市委组织部",
                by=self.user["chen"],
                at=at(D(2026, 3, 5), 10),
            )
        for key, position in work.LEADING_GROUP:
            seat = leading_group.add_seat(
                round=self.round,
                cadre=self.cadre[key],
                position=position,
                starts_on=D(2026, 3, 10),
                by=clerk,
                at=at(D(2026, 3, 10), 11),
            )
            if key == "sun":
                leading_group.end_seat(seat, ends_on=D(2026, 5, 31), reason="工作调动", by=clerk, at=at(D(2026, 6, 1)))
        leading_group.add_seat(
            round=self.round,
            cadre=self.cadre["zhao"],
            position="member",
            starts_on=D(2026, 6, 1),
            by=clerk,
            at=at(D(2026, 6, 1)),
        )
        papers = (
            ("plan", "general", "清溪镇第二轮后进村集中整治活动实施方案", "中共清溪镇委员会", D(2026, 3, 11), ()),
            ("calendar", "general", "清溪镇第二轮后进村集中整治活动行事历", "中共清溪镇委员会", D(2026, 3, 11), ()),
            (
                "guidance",
                "economy",
                "云川市发展壮大村集体经济指导意见",
                "中共云川市委",
                D(2026, 2, 25),
                tuple(work.GUIDANCE),
            ),
        )
        for kind, topic, title, issuer, day, items in papers:
            documents.add_document(
                round=self.round, kind=kind, topic=topic, title=title, issuer=issuer, issued_on=day, items=items, by=clerk, at=at(D(2026, 3, 11), 16)
            )  # fmt: skip
        for title, due, owner, done in work.CALENDAR:
            item = calendar.add_calendar_item(
                round=self.round, title=title, due_on=due, owner=self.cadre[owner], by=clerk, at=at(D(2026, 3, 11), 17)
            )
            if done:
                moment = max(at(done, 17, 30), at(D(2026, 3, 11), 18))
                calendar.finish_calendar_item(item, done_on=done, by=clerk, at=moment)
        for name, day, description in work.PRACTICES:
            practices.add_practice(
                round=self.round, name=name, recorded_on=day, description=description, by=wu, at=at(day, 16)
            )

    # problems

    def problems(self) -> None:
        self.project: KeyProject = ledger.add_key_project(
            township=self.township[TOWNSHIP], name=PROJECT, by=self.user["shen"], at=at(D(2026, 3, 6))
        )
        for number, case in CASES.items():
            problem = self.log(case)
            if problem.number != number:
                raise RuntimeError(f"demo problem {number} became {problem.number}")
            self.problem[number] = problem
            self.course(problem, case)

    def author(self, village: str, day: date) -> User:
        """The resident cadre of a village on a day: 东岭村's changed on 2026-06-01."""
        if village == V3 and day < D(2026, 6, 1):
            return self.user["sun"]
        return self.user[RESIDENT[village]]

    def log(self, case: Case) -> Problem:
        logged = max(case.discovered_on + timedelta(days=1), D(2026, 3, 6))
        resident = self.author(case.village, logged)
        problem = ledger.log_problem(
            round=self.round, village=self.village[case.village], category=case.category, title=case.title, description=case.description,
            details=case.details, source=case.source, source_event=case.source_event, discovered_on=case.discovered_on, place=case.place,
            households=case.households, severity=case.severity, key_project=self.project if case.key_project else None,
            linked_campaign=self.campaign[case.campaign] if case.campaign else None, target=case.target,
            lead_official=self.cadre[LEADER[case.village]], responsible_unit=self.unit[case.unit] if case.unit else None,
            owner=self.cadre[SECRETARY[case.village]], assisting_units=[self.unit[name] for name in case.assisting],
            deadline_kind=case.deadline_kind, due_on=case.due_on, by=resident, at=at(logged, 14), submit=True,
        )  # fmt: skip
        moves.accept(problem, by=self.user["wu"], at=at(case.accepted_on, 10))
        for text, standard, due, _done, _note in case.measures:
            measures.add_measure(
                problem, text=text, standard=standard, owner=self.cadre[measure_owner(text, SECRETARY[case.village])],
                unit=self.unit[case.unit] if case.unit else None, deadline_kind="date" if due else "continuing", starts_on=case.accepted_on,
                due_on=due, by=resident, at=at(case.accepted_on, 15),
            )  # fmt: skip
        return problem

    def course(self, problem: Problem, case: Case) -> None:
        """What happened to the problem, in the order of time: a step may not begin before the one it follows."""
        secretary, resident = self.user[SECRETARY[case.village]], self.user[RESIDENT[case.village]]
        wu = self.user["wu"]
        events: list[tuple[datetime, Any]] = []

        def on(day: date, hour: int, do: Any) -> None:
            events.append((at(day, hour), do))

        for day, key, text in case.progress:
            on(
                day,
                16,
                lambda w, day=day, key=key, text=text: progress.post_progress(
                    problem, text=text, happened_on=day, by=self.user[key], at=w
                ),
            )
        for kind, day, fact in case.milestones:
            on(
                day,
                17,
                lambda w, k=kind, d=day, f=fact: progress.add_milestone(
                    problem, kind=k, happened_on=d, fact=f, by=secretary, at=w
                ),
            )
        rows = list(problem.measures.order_by("number"))
        for row, (_text, _standard, _due, done, note) in zip(rows, case.measures, strict=True):
            if done:
                on(
                    done,
                    18,
                    lambda w, r=row, d=done, n=note: measures.finish_measure(
                        r, done_on=d, done_note=n, by=secretary, at=w
                    ),
                )
        if case.extension:
            asked, new_due, reason = case.extension
            on(
                asked,
                10,
                lambda w: deadlines.ask_extension(problem, new_due_on=new_due, reason=reason, by=secretary, at=w),
            )
            on(
                asked + timedelta(days=2),
                11,
                lambda w: deadlines.decide_extension(problem, granted=True, remark="同意，抓紧落实资金", by=wu, at=w),
            )
        if case.degree:
            day, degree, why = case.degree
            on(day, 17, lambda w: moves.record_degree(problem, degree=degree, reason=why, by=wu, at=w))
        if case.instruction:
            day, key, text = case.instruction
            on(day, 12, lambda w: instructions.leave_instruction(problem, text=text, by=self.user[key], at=w))
        if case.closed:
            day, degree, outcome = case.closed
            on(day - timedelta(days=2), 19, lambda w: closing.ask_close_out(problem, note=outcome, by=secretary, at=w))
            on(
                day - timedelta(days=1),
                10,
                lambda w: closing.check_close_out(problem, note="已到现场核实，情况属实。", by=resident, at=w),
            )
            on(day, 20, lambda w: closing.close_out(problem, degree=degree, outcome=outcome, by=wu, at=w))
        if case.relapse:
            day, due, why = case.relapse
            on(day, 9, lambda w: closing.relapse(problem, reason=why, due_on=due, by=wu, at=w))
        for when, do in sorted(events, key=lambda e: e[0]):
            problem.refresh_from_db()
            do(when)

    def plans(self) -> None:
        for village, (causes, goals, submitted, returned, again, approved) in PLANS.items():
            secretary, wu = self.user[SECRETARY[village]], self.user["wu"]
            plan: VillagePlan = plans.start_plan(
                round=self.round,
                village=self.village[village],
                causes=causes,
                goals=goals,
                by=secretary,
                at=at(submitted, 9),
            )
            plans.submit_plan(plan, on=submitted, by=secretary, at=at(submitted, 10))
            if returned and again:
                day, remark = returned
                plans.return_plan(plan, on=day, remark=remark, by=wu, at=at(day, 15))
                plans.submit_plan(plan, on=again, by=secretary, at=at(again, 10))
            plans.approve_plan(plan, on=approved, by=wu, at=at(approved, 16))

    # who helps, who met, who looked

    def pairings_(self) -> None:
        clerk = self.user["shen"]
        for key, village, kind, helper, helped, matters in work.PAIRINGS:
            what, _, name = helper.partition(":")
            self.pairing[key] = pairings.add_pairing(
                round=self.round, village=self.village[village], kind=kind, starts_on=D(2026, 3, 18), matters=matters,
                helper_village=self.village[name] if what == "village" else None, helper_cadre=self.cadre[name] if what == "cadre" else None,
                helped_cadre=self.cadre[helped] if helped else None, by=clerk, at=at(D(2026, 3, 18), 15),
            )  # fmt: skip
        checking.require(self)
        planned = checking.plan(self)
        for key, kind, day, who, content, result, funds in work.ACTIVITIES:
            activities.add_activity(
                pairing=self.pairing[key], kind=kind, held_on=day, people=who, content=content, result=result, funds=Decimal(funds),
                plan_item=planned.get((key, day)), by=clerk, at=at(day, 17),
            )  # fmt: skip

    def meetings_(self) -> None:
        township, clerk = self.township[TOWNSHIP], self.user["shen"]
        for (
            key,
            kind,
            level,
            name,
            day,
            chair,
            where,
            village,
            departments,
            attendees,
            subject,
            deployment,
        ) in work.MEETINGS:
            self.meeting[key] = meetings.hold_meeting(
                township=township, round=self.round, kind=kind, level=level, name=name, held_on=day, place=where, chair=self.cadre[chair],
                departments=[self.unit[d] for d in departments], attendees=attendees, subject=subject, deployment=deployment,
                village=self.village[village] if village else None, by=clerk, at=at(day, 17),
            )  # fmt: skip
        for key, number, matter, outcome, decision in work.AGENDA:
            meeting = self.meeting[key]
            agenda.add_agenda_item(
                meeting,
                problem=self.problem[number],
                matter=matter,
                outcome=outcome,
                decision=decision,
                by=clerk,
                at=at(meeting.held_on, 18),
            )
        for key, number, text, lead, unit, due, kept, note in work.COMMITMENTS:
            meeting = self.meeting[key]
            commitment = commitments.add_commitment(
                meeting, problem=self.problem[number], text=text, lead_official=self.cadre[lead], unit=self.unit[unit], due_on=due,
                by=clerk, at=at(meeting.held_on, 18),
            )  # fmt: skip
            if kept:
                commitments.keep_commitment(commitment, kept_on=kept, note=note, by=clerk, at=at(kept, 16))
        for key in checking.OPENED:
            checking.open_meeting(self, key)

    def inspections_(self) -> None:
        township, clerk = self.township[TOWNSHIP], self.user["shen"]
        for key, mode, day, leader, who, where, summary in work.INSPECTIONS:
            self.inspection[key] = inspections.add_inspection(
                township=township, round=self.round, mode=mode, held_on=day, leader=self.cadre[leader], people=who,
                villages=[self.village[v] for v in where], summary=summary, by=clerk, at=at(day, 17),
            )  # fmt: skip
        for key, village, text, requirement, number in work.FINDINGS:
            inspection = self.inspection[key]
            findings.add_finding(
                inspection, village=self.village[village], text=text, requirement=requirement, problem=self.problem[number] if number else None,
                by=clerk, at=at(inspection.held_on, 18),
            )  # fmt: skip
        for key, village, requirement, issued, due, signed, replied, reply, closed in work.NOTICES:
            secretary = self.user[SECRETARY[village]]
            notice = notices.issue_notice(
                self.inspection[key], village=self.village[village], requirement=requirement, issued_on=issued, reply_due_on=due,
                findings=checking.findings_of(self, key, village), by=self.user["wu"], at=at(issued, 10),
            )  # fmt: skip
            notices.sign_notice(notice, signed_on=signed, by=secretary, at=at(signed, 9))
            if replied:
                notices.reply_notice(notice, replied_on=replied, reply=reply, by=secretary, at=at(replied, 16))
            if closed:
                checking.check(self, notice, key, village, secretary, closed)
        for key, looked, content in work.BULLETINS:
            meeting = self.meeting[key]
            bulletins.add_bulletin(
                township=township, round=self.round, meeting=meeting, reported_on=meeting.held_on,
                inspections=[self.inspection[i] for i in looked], content=content, by=clerk, at=at(meeting.held_on, 19),
            )  # fmt: skip
        for i in range(37):  # 27 visits to 6 households, 10 to 5: 212 households
            day = D(2026, 3, 16) + timedelta(days=6 * i)
            who = work.VISITORS[i % 4]
            visits.record_visit(
                township=township, round=self.round, village=self.village[(V1, V2, V3)[i % 3]], cadre=self.cadre[who], visited_on=day,
                households=6 if i < 27 else 5, note="了解生产生活情况和整治进展", by=self.user[who], at=at(day, 18),
            )  # fmt: skip
        names = ("issued", "returned", "valid", "satisfied", "mostly", "dissatisfied", "unknown")
        for village, *ballots in work.SURVEYS:
            surveys.add_survey(
                round=self.round, village=self.village[village], kind="midterm", held_on=work.SURVEY_DAY, by=clerk, at=at(work.SURVEY_DAY, 17),
                **dict(zip(names, ballots, strict=True)),
            )  # fmt: skip

    def summary(self) -> None:
        """The clerk's draft of the stage summary, with three sentences of his own about the next steps."""
        day, clerk = D(2026, 10, 31), self.user["shen"]
        draft = drafting.draft_summary(
            round=self.round,
            kind="stage",
            starts_on=self.round.starts_on,
            ends_on=day,
            as_of=day,
            by=clerk,
            at=at(day, 20),
        )
        for minute, text in enumerate(work.NEXT_STEPS, 30):
            editing.add_own_part(draft, section="part.next", text=text, by=clerk, at=at(day, 20, minute))

    # 白石镇 exists so that scope can be seen

    def other_township(self) -> None:
        clerk, commissioner, resident = self.user["baishi_ban"], self.user["baishi_wei"], self.user["baishi_zhu"]
        round_ = rounds.add_round(
            township=self.township[OTHER_TOWNSHIP], by=clerk, at=at(D(2026, 2, 20)), **self.round_values(work.ROUND_2)
        )
        for village in ("白石村", "杨梅村"):
            listed = designations.propose(
                round=round_, village=self.village[village], criteria=round_.criteria.filter(number=3), facts="班子议事少、工作推进慢",
                proposed_on=D(2026, 3, 2), by=clerk, at=at(D(2026, 3, 2), 17),
            )  # fmt: skip
            designations.approve(
                listed,
                approved_on=D(2026, 3, 5),
                body="中共云川市委组织部",
                by=self.user["baishi_shuji"],
                at=at(D(2026, 3, 5), 11),
            )
        rows = [
            ("白石村", "infrastructure", "村内排水沟改造", D(2026, 9, 30)),
            ("白石村", "organisation", "村务公开不规范", D(2026, 12, 20)),
            ("杨梅村", "legacy", "林权界址不清", D(2026, 12, 31)),
            ("杨梅村", "collective_economy", "杨梅合作社经营停滞", D(2026, 11, 10)),
        ]
        for village, category, title, due in rows:
            problem = ledger.log_problem(
                round=round_, village=self.village[village], category=category, title=title, description=f"{title}，群众有反映。",
                discovered_on=D(2026, 3, 6), due_on=due, by=resident, at=at(D(2026, 3, 9), 10), submit=True,
            )  # fmt: skip
            moves.accept(problem, by=commissioner, at=at(D(2026, 3, 16), 10))
            progress.post_progress(
                problem,
                text="已列出责任分工，逐项推进。",
                happened_on=D(2026, 10, 12),
                by=resident,
                at=at(D(2026, 10, 12), 16),
            )

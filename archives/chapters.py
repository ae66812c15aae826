"""一村一档: everything of one village in one round, in the order of the work, as plain tables of words.

Each chapter says what its tables hold and asks nothing until one is counted or drawn: a question a table, whatever the number of rows. It
sees what a post of this village sees, as far as the visitor's own permissions for this village go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, F, Q, Sum, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from acceptances.models import Acceptance, FollowUp, Recheck
from accounts.permissions import Permission as P
from archives.sheets import DAY, Chapter, Row, Sheet, Subject, Table, joined, row, totals
from common import chinese
from inspections.models import Finding, Inspection, Notice, Survey, SurveyQuestion, Visit
from inspections.satisfaction import rate_text
from meetings.models import AgendaItem, Commitment, Meeting
from otherwork.models import WorkEntry
from otherwork.shown import funds_text, quantity_text
from pairings.models import Activity, Pairing
from problems import transitions
from problems.models import Evidence, Measure, Milestone, PlanReview, ProgressEntry, Step, VillagePlan
from problems.shown import deadline_text
from problems.terms import State
from rounds.models import Designation, ScreeningVisit
from supervision.models import Slip
from villages.models import Assignment, CadreTraining, EconomyPath, PostTenure, VillageYear


def designation(s: Subject) -> tuple[Table, ...]:
    rows = s.here(Designation.objects, village=s.village).select_related("earlier__round").prefetch_related("criteria")

    def one(d: Designation) -> Row:
        earlier = f"曾于{d.earlier.round}列入" if d.earlier else ""
        left = f"{DAY(d.removed_on)}调出：{d.removal_reason}" if d.removed_on else ""
        criteria = "；".join(str(c) for c in d.criteria.all())
        return row(
            d.proposed_on, joined(DAY(d.approved_on, ""), d.approved_by_body, between="，"), criteria, d.facts,
            d.turned_round_on, joined(earlier, left), url=d.get_absolute_url(),
        )  # fmt: skip

    visits = s.here(ScreeningVisit.objects, village=s.village)
    return (
        Table("列入整顿", ("提名", "审定", "认定情形", "具体表现", "转化（摘帽）", "备注"), (5, 8, 12, 12, 5, 8), rows, one),
        Table(
            "排查走访", ("日期", "户数", "方式", "发现情况"), (5, 3, 8, 24), visits,
            lambda v: row(v.visited_on, v.households, v.method, v.findings),
        ),
    )  # fmt: skip


def chain(s: Subject) -> tuple[Table, ...]:
    """Who answered for the village while the round ran, the persons in office first."""
    duties = (
        Assignment.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=s.round.starts_on), village=s.village, starts_on__lte=s.until
        )
        .select_related("cadre")
        .order_by("role", "starts_on", "pk")
    )
    posts = (
        PostTenure.objects.filter(Q(ended_on=None) | Q(ended_on__gte=s.round.starts_on), post__village=s.village)
        .select_related("post", "cadre")
        .order_by("post__sort", "started_on")
    )
    return (
        Table(
            "责任链", ("岗位", "姓名", "职务", "起", "止", "说明"), (8, 6, 10, 5, 5, 10), duties,
            lambda a: row(a.get_role_display(), a.cadre.name, a.cadre.title, a.starts_on, a.ends_on, a.note),
        ),
        Table(
            "村级班子", ("岗位", "姓名", "任职", "离任"), (10, 8, 6, 6), posts,
            lambda t: row(t.post.title, t.cadre.name if t.cadre else "", t.started_on, t.ended_on),
        ),
    )  # fmt: skip


def plan(s: Subject) -> tuple[Table, ...]:
    plans = s.here(VillagePlan.objects, village=s.village)
    reviews = PlanReview.objects.filter(plan__in=plans).select_related("by")
    measures = Measure.objects.filter(problem__in=s.ledger)
    listed = measures.select_related("owner", "unit").annotate(of=F("problem__number")).order_by("of", "number")
    return (
        Table(
            "一村一策", ("状态", "审定日期", "原因分析", "整顿目标"), (5, 5, 16, 16), plans,
            lambda p: row(p.get_state_display(), p.approved_on, p.causes, p.goals, url=p.get_absolute_url()),
        ),
        Table(
            "审定经过", ("日期", "办理", "办理人", "意见"), (5, 6, 6, 20), reviews,
            lambda r: row(r.on, r.get_action_display(), r.by, r.remark),
        ),
        Table(
            "任务清单", ("问题", "任务", "完成标准", "责任人", "时限", "完成"), (4, 14, 12, 6, 5, 5), listed,
            lambda m: row(f"{m.of}号", m.text, m.standard, joined(m.owner, m.unit, between="、"), m.due_on, m.done_on),
            counted=(measures,),
        ),
    )  # fmt: skip


def pairings(s: Subject) -> tuple[Table, ...]:
    helpers = s.here(Pairing.objects, village=s.village)
    with_sums = helpers.with_names().annotate(times=Count("activities"), money=Sum("activities__funds"))
    done = (
        Activity.objects.visible_to(s.narrow)
        .filter(pairing__round=s.round, pairing__village=s.village)
        .select_related("pairing__helper_village", "pairing__helper_cadre", "pairing__helper_unit")
        .order_by("held_on", "pk")
    )
    return (
        Table(
            "结对帮扶", ("帮扶方", "方式", "帮扶事项", "起", "止", "活动", "资金（万元）"), (10, 6, 12, 5, 5, 3, 4), with_sums,
            lambda p: row(
                p.helper_with_title, p.get_kind_display(), p.matters, p.starts_on, p.ends_on, f"{p.times}次",
                chinese.amount(p.money or None), url=p.get_absolute_url(),
            ),
            counted=(helpers,),
        ),
        Table(
            "帮扶活动", ("日期", "帮扶方", "方式", "内容", "成效", "资金（万元）"), (5, 8, 5, 12, 10, 4), done,
            lambda a: row(
                a.held_on, a.pairing.helper_with_title, a.get_kind_display(), a.content, a.result,
                chinese.amount(a.funds or None),
            ),
        ),
    )  # fmt: skip


def _course(s: Subject) -> tuple[Any, tuple[Any, ...]]:
    """What was done about the problems, reported and reached, day by day: three kinds of record as one list, and the three by themselves."""
    steps = Step.objects.filter(problem__in=s.ledger).exclude(action="progress")
    notes = ProgressEntry.objects.filter(problem__in=s.ledger)
    facts = Milestone.objects.filter(problem__in=s.ledger)

    def lines(rows: Any, place: int, day: str, action: Any, state: Any, text: str) -> Any:
        return (
            rows.order_by()
            .annotate(
                of=F("problem__number"), day=F(day), place=Value(place), of_place=F("pk"),
                what=action, became=state, words=Cast(text, TextField()), person=F("by__name"),
            )
            .values_list("of", "day", "place", "of_place", "what", "became", "words", "person")
        )  # fmt: skip

    course = lines(steps, 0, "since", F("action"), F("state"), "reason").union(
        lines(notes, 1, "happened_on", Value("进展"), Value(""), "text"),
        lines(facts, 2, "happened_on", Value("节点"), Value(""), "fact"),
        all=True,
    )
    return course.order_by("of", "day", "place", "of_place"), (steps, notes, facts)


def _course_row(event: tuple[Any, ...]) -> Row:
    number, day, place, _, what, state, words, person = event
    if place == 0:  # a step: the word of its action, for imported ones that of the state it led to
        known = transitions.TABLE.get(what)
        what = known.label if known else State(state).label
    return row(f"{number}号", day, what, words, person)


def problems(s: Subject) -> tuple[Table, ...]:
    """The ledger of the village, and the course of each problem day by day."""
    course, events = _course(s)
    files = Evidence.objects.filter(problem__in=s.ledger)
    return (
        Table(
            "问题清单", ("编号", "问题", "类别", "责任人", "时限", "状态", "化解程度", "销号", "结果"),
            (3, 12, 6, 5, 5, 5, 5, 5, 10), s.ledger.select_related("owner"),
            lambda p: row(
                f"{p.number}号", p.title, p.get_category_display(), p.owner, deadline_text(p.deadline_kind, p.due_on),
                p.get_state_display(), p.get_degree_display(), p.closed_on, p.outcome, url=p.get_absolute_url(),
            ),
        ),
        Table(
            "办理经过", ("问题", "日期", "办理", "情况", "经办人"), (3, 5, 5, 22, 5), course, _course_row, counted=events,
        ),
        Table(
            "佐证材料", ("问题", "文件", "上传日期"), (4, 22, 6), files.annotate(of=F("problem__number")).order_by("of", "pk"),
            lambda f: row(f"{f.of}号", f.name, timezone.localdate(f.at)), counted=(files,),
        ),
    )  # fmt: skip


def meetings(s: Subject) -> tuple[Table, ...]:
    held = s.here(Meeting.objects).select_related("chair").order_by("held_on", "pk")
    matters = (
        AgendaItem.objects.visible_to(s.narrow)
        .filter(meeting__round=s.round)
        .select_related("meeting", "problem")
        .order_by("meeting__held_on", "number")
    )
    promised = (
        Commitment.objects.visible_to(s.narrow)
        .filter(meeting__round=s.round)
        .select_related("unit", "lead_official", "meeting")
        .order_by("due_on", "pk")
    )
    return (
        Table(
            "会议", ("日期", "会议", "层级", "主持人", "主要内容"), (5, 10, 5, 6, 16), held,
            lambda m: row(m.held_on, m.name, m.get_level_display(), m.chair, m.subject, url=m.get_absolute_url()),
        ),
        Table(
            "议题", ("日期", "议题", "问题", "结果", "议定意见"), (5, 12, 4, 6, 14), matters,
            lambda a: row(
                a.meeting.held_on, a.matter, f"{a.problem.number}号" if a.problem else "", a.get_outcome_display(), a.decision
            ),
        ),
        Table(
            "议定事项", ("时限", "事项", "责任单位", "牵头领导", "落实日期", "落实情况"), (5, 14, 7, 6, 5, 10), promised,
            lambda c: row(c.due_on, c.text, c.unit, c.lead_official, c.kept_on, c.note),
        ),
    )  # fmt: skip


def supervision(s: Subject) -> tuple[Table, ...]:
    went = s.here(Inspection.objects).select_related("leader").order_by("held_on", "pk")
    found = (
        Finding.objects.filter(inspection__round=s.round, village=s.village)
        .select_related("inspection", "problem")
        .order_by("inspection__held_on", "pk")
    )
    notices = (
        Notice.objects.visible_to(s.narrow)
        .filter(inspection__round=s.round, village=s.village)
        .order_by("issued_on", "pk")
    )
    slips = s.here(Slip.objects, village=s.village).order_by("issued_on", "pk")
    visits = s.here(Visit.objects, village=s.village).select_related("cadre").order_by("visited_on", "pk")
    return (
        Table(
            "督查", ("日期", "方式", "带队领导", "督查人员"), (5, 6, 6, 16), went,
            lambda i: row(i.held_on, i.get_mode_display(), i.leader, i.people, url=i.get_absolute_url()),
        ),
        Table(
            "督查发现", ("日期", "发现问题", "整改要求", "关联问题"), (5, 14, 14, 4), found,
            lambda f: row(f.inspection.held_on, f.text, f.requirement, f"{f.problem.number}号" if f.problem else ""),
        ),
        Table(
            "整改通知书", ("编号", "发出", "整改要求", "反馈时限", "反馈", "整改情况", "办结"), (5, 5, 12, 5, 5, 12, 5), notices,
            lambda n: row(
                f"{n.year}年{n.number}号", n.issued_on, n.requirement, n.reply_due_on, n.replied_on, n.reply, n.closed_on,
                url=n.get_absolute_url(),
            ),
        ),
        Table(
            "督办单", ("编号", "级别", "发出", "督办事项", "时限", "办结"), (5, 5, 5, 16, 5, 5), slips,
            lambda d: row(
                f"{d.year}年{d.number}号", d.get_level_display(), d.issued_on, d.subject, d.due_on, d.closed_on,
                url=d.get_absolute_url(),
            ),
        ),
        Table(
            "领导走访", ("日期", "走访人", "入户", "了解情况"), (5, 6, 3, 20), visits,
            lambda v: row(v.visited_on, v.cadre.with_title, f"{v.households}户", v.note, url=v.get_absolute_url()),
        ),
    )  # fmt: skip


def acceptance(s: Subject) -> tuple[Table, ...]:
    surveys = s.here(Survey.objects, village=s.village).order_by("held_on")
    questions = SurveyQuestion.objects.filter(survey__in=surveys.order_by()).select_related("survey__round")
    questions = questions.order_by("survey__held_on", "survey_id", "number")
    of = {"designation__round": s.round, "designation__village": s.village}
    asked = Acceptance.objects.visible_to(s.narrow).filter(**of).order_by("attempt")
    after = {f"acceptance__{name}": value for name, value in of.items()}
    watched = FollowUp.objects.visible_to(s.narrow).filter(**after).order_by("due_on")
    looked = Recheck.objects.visible_to(s.narrow).filter(**after).order_by("held_on")
    return (
        Table(
            "民主测评", ("日期", "类别", "发出", "收回", "有效", "满意", "基本满意", "不满意", "不了解"),
            (5, 6, 3, 3, 3, 3, 4, 4, 4), surveys,
            lambda v: row(
                v.held_on, v.get_kind_display(), v.issued, v.returned, v.valid, v.satisfied, v.mostly, v.dissatisfied, v.unknown,
                url=v.get_absolute_url(),
            ),
        ),
        Table(
            "测评题目", ("日期", "类别", "题目", "满意", "基本满意", "不满意", "不了解", "未填", "满意率"), (5, 6, 14, 3, 4, 4, 4, 3, 4), questions,
            lambda q: row(
                q.survey.held_on, q.survey.get_kind_display(), q, q.satisfied, q.mostly, q.dissatisfied, q.unknown, q.blank,
                rate_text(q, q.survey.round.satisfaction_formula), url=q.survey.get_absolute_url(),
            ),
        ),
        Table(
            "验收", ("申请", "自查情况", "初验", "初验意见", "县级验收", "得分", "结论", "遗留事项"), (5, 10, 5, 8, 5, 3, 4, 8), asked,
            lambda a: row(
                a.asked_on, a.statement, a.checked_on, a.check_remark, a.judged_on, a.score, a.get_verdict_display(), a.remaining,
                url=a.get_absolute_url(),
            ),
        ),
        Table(
            "跟踪", ("时限", "跟踪日期", "跟踪人员", "跟踪情况"), (5, 5, 8, 20), watched,
            lambda f: row(f.due_on, f.done_on, f.people, f.findings),
        ),
        Table(
            "回头看", ("日期", "人员", "措施落实", "问题解决", "群众满意", "具体情况", "结论"), (5, 8, 4, 4, 4, 12, 5), looked,
            lambda r: row(
                r.held_on, r.people, r.get_measures_kept_display(), r.get_problems_gone_display(),
                r.get_people_satisfied_display(), r.findings, r.get_result_display(),
            ),
        ),
    )  # fmt: skip


def figures(s: Subject) -> tuple[Table, ...]:
    years = VillageYear.objects.filter(village=s.village, year__gte=s.round.year - 1, year__lte=s.until.year).order_by(
        "year"
    )
    paths = EconomyPath.objects.filter(village=s.village).order_by("started_on")
    trained = CadreTraining.objects.filter(village=s.village, chosen_on__gte=s.round.starts_on).order_by("chosen_on")
    work = (
        WorkEntry.objects.visible_to(s.narrow).counted().with_names()
        .filter(village=s.village, happened_on__gte=s.round.starts_on, happened_on__lte=s.until).order_by("happened_on", "pk")
    )  # fmt: skip
    return (
        Table(
            "村情年度数据", ("年度", "户数", "人口", "党员", "60岁以上", "外出", "集体收入（万元）", "收入来源"),
            (4, 4, 4, 4, 4, 4, 6, 12), years,
            lambda y: row(
                y.year, y.households, y.population, y.members, y.members_60, y.members_away, chinese.amount(y.income), y.income_source
            ),
        ),
        Table(
            "集体经济路径", ("开始", "路径", "产业（项目）", "成效"), (5, 6, 10, 16), paths,
            lambda p: row(p.started_on, p.get_path_display(), p.industry, p.result),
        ),
        Table(
            "村干部培训", ("确定", "类别", "名称", "人数"), (5, 6, 18, 4), trained,
            lambda t: row(t.chosen_on, t.get_kind_display(), t.name, t.people),
        ),
        Table(
            "其他工作", ("日期", "类别", "数量", "内容", "资金"), (5, 8, 5, 16, 10), work,
            lambda e: row(e.happened_on, e.kind.name, quantity_text(e), e.note, funds_text(e), url=e.get_absolute_url()),
        ),
    )  # fmt: skip


# In the order of the work.
CHAPTERS = (
    Chapter("designation", "整顿对象", P.ROUND_VIEW, "登记排查走访、提名和审定后，列在这里。", designation),
    Chapter("chain", "责任链", P.VILLAGE_VIEW, "登记包村、驻村、村党组织书记等岗位和村级班子后，列在这里。", chain),
    Chapter("plan", "一村一策", P.ROUND_VIEW, "编制一村一策、把问题分成任务后，列在这里。", plan),
    Chapter("pairings", "结对帮扶", P.PAIRING_VIEW, "登记结对和帮扶活动后，列在这里。", pairings),
    Chapter("problems", "问题整改", P.PROBLEM_VIEW, "问题列入台账后，清单、办理经过和佐证材料列在这里。", problems),
    Chapter("meetings", "会议和议定事项", P.MEETING_VIEW, "登记本村的会议、研究本村问题的议题和议定事项后，列在这里。", meetings),
    Chapter("supervision", "督查督办", P.INSPECTION_VIEW, "登记到村督查、整改通知书、督办单和领导走访后，列在这里。", supervision),
    Chapter("acceptance", "测评和验收", P.INSPECTION_VIEW, "登记民主测评、验收、跟踪和“回头看”后，列在这里。", acceptance),
    Chapter("figures", "村情和其他工作", P.VILLAGE_VIEW, "登记村情年度数据、集体经济、村干部培训和其他工作后，列在这里。", figures),
)  # fmt: skip
BY_KEY = {chapter.key: chapter for chapter in CHAPTERS}


def open_to(subject: Subject) -> list[Chapter]:
    """Every chapter the visitor's post opens, empty ones too: an archive shows what is not there."""
    return [chapter for chapter in CHAPTERS if subject.may(chapter.permission)]


@dataclass(frozen=True)
class Counted:
    """A chapter, its tables and how many rows each has."""

    chapter: Chapter
    tables: tuple[Table, ...]
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.numbers)

    @property
    def holds(self) -> list[str]:
        """督查6条, 领导走访15条."""
        return [f"{table.caption}{n}条" for table, n in zip(self.tables, self.numbers, strict=True) if n]

    def sheets(self, limit: int) -> list[Sheet]:
        """The tables that have rows, with them: a question each."""
        return [t.filled(limit, n) for t, n in zip(self.tables, self.numbers, strict=True) if n]


def counted(subject: Subject, chapters: Iterable[Chapter]) -> list[Counted]:
    """One question for the numbers of every table of every chapter."""
    tables = [(chapter, chapter.tables(subject)) for chapter in chapters]
    numbers = iter(totals([table for _, some in tables for table in some]))
    return [Counted(chapter, some, tuple(islice(numbers, len(some)))) for chapter, some in tables]

"""一村一档: everything of one village in one round, in the order of the work, as plain tables of words.

Each chapter asks a fixed number of questions, whatever the number of
rows, and sees what a post of this village sees, as far as the visitor's own permissions go.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Count, Q, Sum
from django.utils import timezone

from acceptances.models import Acceptance, FollowUp, Recheck
from accounts.permissions import Permission
from archives.sheets import DAY, FILE_ROWS, Chapter, Row, Sheet, Subject, joined, row
from common import chinese
from inspections.models import Finding, Inspection, Notice, Survey, Visit
from meetings.models import AgendaItem, Commitment, Meeting
from otherwork.models import WorkEntry
from otherwork.shown import funds_text, quantity_text
from pairings.models import Activity, Pairing
from problems import transitions
from problems.models import Evidence, Measure, Milestone, PlanReview, ProgressEntry, Step, VillagePlan
from problems.shown import deadline_text
from rounds.models import Designation, ScreeningVisit
from supervision.models import Slip
from villages.models import Assignment, CadreTraining, EconomyPath, PostTenure, VillageYear

# In the order of the work.


def designation(s: Subject) -> tuple[Sheet, ...]:
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
        s.sheet("列入整顿", ("提名", "审定", "认定情形", "具体表现", "转化（摘帽）", "备注"), (5, 8, 12, 12, 5, 8), rows, one),
        s.sheet(
            "排查走访", ("日期", "户数", "方式", "发现情况"), (5, 3, 8, 24), visits,
            lambda v: row(v.visited_on, v.households, v.method, v.findings),
        ),
    )  # fmt: skip


def chain(s: Subject) -> tuple[Sheet, ...]:
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
        s.sheet(
            "责任链", ("岗位", "姓名", "职务", "起", "止", "说明"), (8, 6, 10, 5, 5, 10), duties,
            lambda a: row(a.get_role_display(), a.cadre.name, a.cadre.title, a.starts_on, a.ends_on, a.note),
        ),
        s.sheet(
            "村级班子", ("岗位", "姓名", "任职", "离任"), (10, 8, 6, 6), posts,
            lambda t: row(t.post.title, t.cadre.name if t.cadre else "", t.started_on, t.ended_on),
        ),
    )  # fmt: skip


def plan(s: Subject) -> tuple[Sheet, ...]:
    plans = list(s.here(VillagePlan.objects, village=s.village))
    reviews = PlanReview.objects.filter(plan__in=plans).select_related("by")
    measures = (
        Measure.objects.filter(problem__in=s.problems)
        .select_related("owner", "unit")
        .order_by("problem__number", "number")
    )
    numbers = {p.pk: p.number for p in s.problems}
    return (
        s.sheet(
            "一村一策", ("状态", "审定日期", "原因分析", "整顿目标"), (5, 5, 16, 16), plans,
            lambda p: row(p.get_state_display(), p.approved_on, p.causes, p.goals, url=p.get_absolute_url()),
        ),
        s.sheet(
            "审定经过", ("日期", "办理", "办理人", "意见"), (5, 6, 6, 20), reviews,
            lambda r: row(r.on, r.get_action_display(), r.by, r.remark),
        ),
        s.sheet(
            "任务清单", ("问题", "任务", "完成标准", "责任人", "时限", "完成"), (4, 14, 12, 6, 5, 5), measures,
            lambda m: row(
                f"{numbers[m.problem_id]}号", m.text, m.standard, joined(m.owner, m.unit, between="、"), m.due_on, m.done_on
            ),
        ),
    )  # fmt: skip


def pairings(s: Subject) -> tuple[Sheet, ...]:
    helpers = s.here(Pairing.objects, village=s.village).with_names()
    helpers = helpers.annotate(times=Count("activities"), money=Sum("activities__funds"))
    done = (
        Activity.objects.visible_to(s.narrow)
        .filter(pairing__round=s.round, pairing__village=s.village)
        .select_related("pairing__helper_village", "pairing__helper_cadre", "pairing__helper_unit")
        .order_by("held_on", "pk")
    )
    return (
        s.sheet(
            "结对帮扶", ("帮扶方", "方式", "帮扶事项", "起", "止", "活动", "资金（万元）"), (10, 6, 12, 5, 5, 3, 4), helpers,
            lambda p: row(
                p.helper_with_title, p.get_kind_display(), p.matters, p.starts_on, p.ends_on, f"{p.times}次",
                chinese.amount(p.money or None), url=p.get_absolute_url(),
            ),
        ),
        s.sheet(
            "帮扶活动", ("日期", "帮扶方", "方式", "内容", "成效", "资金（万元）"), (5, 8, 5, 12, 10, 4), done,
            lambda a: row(
                a.held_on, a.pairing.helper_with_title, a.get_kind_display(), a.content, a.result,
                chinese.amount(a.funds or None),
            ),
        ),
    )  # fmt: skip


def problems(s: Subject) -> tuple[Sheet, ...]:
    """The ledger of the village, and the course of each problem day by day."""
    numbers = {p.pk: p.number for p in s.problems}
    steps = Step.objects.filter(problem__in=s.problems).select_related("by").order_by("since", "pk")
    notes = ProgressEntry.objects.filter(problem__in=s.problems).select_related("by").order_by("happened_on", "pk")
    facts = Milestone.objects.filter(problem__in=s.problems).select_related("by").order_by("happened_on", "pk")
    events: list[tuple[int, date, int, str, str, str]] = []
    for step in steps[:FILE_ROWS]:
        known = transitions.TABLE.get(step.action)
        if step.action != "progress":
            events.append(
                (
                    numbers[step.problem_id],
                    step.since,
                    0,
                    known.label if known else step.get_state_display(),
                    step.reason,
                    str(step.by),
                )
            )
    for note in notes[:FILE_ROWS]:
        events.append((numbers[note.problem_id], note.happened_on, 1, "进展", note.text, str(note.by)))
    for fact in facts[:FILE_ROWS]:
        events.append((numbers[fact.problem_id], fact.happened_on, 2, "节点", fact.fact, str(fact.by)))
    files = Evidence.objects.filter(problem__in=s.problems).order_by("problem__number", "pk")
    return (
        s.sheet(
            "问题清单", ("编号", "问题", "类别", "责任人", "时限", "状态", "化解程度", "销号", "结果"),
            (3, 12, 6, 5, 5, 5, 5, 5, 10), s.problems,
            lambda p: row(
                f"{p.number}号", p.title, p.get_category_display(), p.owner, deadline_text(p.deadline_kind, p.due_on),
                p.get_state_display(), p.get_degree_display(), p.closed_on, p.outcome, url=p.get_absolute_url(),
            ),
        ),
        s.sheet(
            "办理经过", ("问题", "日期", "办理", "情况", "经办人"), (3, 5, 5, 22, 5), sorted(events, key=lambda e: e[:3]),
            lambda e: row(f"{e[0]}号", e[1], e[3], e[4], e[5]),
        ),
        s.sheet(
            "佐证材料", ("问题", "文件", "上传日期"), (4, 22, 6), files,
            lambda f: row(f"{numbers[f.problem_id]}号", f.name, timezone.localdate(f.at)),
        ),
    )  # fmt: skip


def meetings(s: Subject) -> tuple[Sheet, ...]:
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
        s.sheet(
            "会议", ("日期", "会议", "层级", "主持人", "主要内容"), (5, 10, 5, 6, 16), held,
            lambda m: row(m.held_on, m.name, m.get_level_display(), m.chair, m.subject, url=m.get_absolute_url()),
        ),
        s.sheet(
            "议题", ("日期", "议题", "问题", "结果", "议定意见"), (5, 12, 4, 6, 14), matters,
            lambda a: row(
                a.meeting.held_on, a.matter, f"{a.problem.number}号" if a.problem else "", a.get_outcome_display(), a.decision
            ),
        ),
        s.sheet(
            "议定事项", ("时限", "事项", "责任单位", "牵头领导", "落实日期", "落实情况"), (5, 14, 7, 6, 5, 10), promised,
            lambda c: row(c.due_on, c.text, c.unit, c.lead_official, c.kept_on, c.note),
        ),
    )  # fmt: skip


def supervision(s: Subject) -> tuple[Sheet, ...]:
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
        s.sheet(
            "督查", ("日期", "方式", "带队领导", "督查人员"), (5, 6, 6, 16), went,
            lambda i: row(i.held_on, i.get_mode_display(), i.leader, i.people, url=i.get_absolute_url()),
        ),
        s.sheet(
            "督查发现", ("日期", "发现问题", "整改要求", "关联问题"), (5, 14, 14, 4), found,
            lambda f: row(f.inspection.held_on, f.text, f.requirement, f"{f.problem.number}号" if f.problem else ""),
        ),
        s.sheet(
            "整改通知书", ("编号", "发出", "整改要求", "反馈时限", "反馈", "整改情况", "办结"), (5, 5, 12, 5, 5, 12, 5), notices,
            lambda n: row(
                f"{n.year}年{n.number}号", n.issued_on, n.requirement, n.reply_due_on, n.replied_on, n.reply, n.closed_on,
                url=n.get_absolute_url(),
            ),
        ),
        s.sheet(
            "督办单", ("编号", "级别", "发出", "督办事项", "时限", "办结"), (5, 5, 5, 16, 5, 5), slips,
            lambda d: row(
                f"{d.year}年{d.number}号", d.get_level_display(), d.issued_on, d.subject, d.due_on, d.closed_on,
                url=d.get_absolute_url(),
            ),
        ),
        s.sheet(
            "领导走访", ("日期", "走访人", "入户", "了解情况"), (5, 6, 3, 20), visits,
            lambda v: row(v.visited_on, v.cadre.with_title, f"{v.households}户", v.note, url=v.get_absolute_url()),
        ),
    )  # fmt: skip


def acceptance(s: Subject) -> tuple[Sheet, ...]:
    surveys = s.here(Survey.objects, village=s.village).order_by("held_on")
    of = {"designation__round": s.round, "designation__village": s.village}
    asked = Acceptance.objects.visible_to(s.narrow).filter(**of).order_by("attempt")
    after = {f"acceptance__{name}": value for name, value in of.items()}
    watched = FollowUp.objects.visible_to(s.narrow).filter(**after).order_by("due_on")
    looked = Recheck.objects.visible_to(s.narrow).filter(**after).order_by("held_on")
    return (
        s.sheet(
            "民主测评", ("日期", "类别", "发出", "收回", "有效", "满意", "基本满意", "不满意", "不了解"),
            (5, 6, 3, 3, 3, 3, 4, 4, 4), surveys,
            lambda v: row(
                v.held_on, v.get_kind_display(), v.issued, v.returned, v.valid, v.satisfied, v.mostly, v.dissatisfied, v.unknown
            ),
        ),
        s.sheet(
            "验收", ("申请", "自查情况", "初验", "初验意见", "县级验收", "得分", "结论", "遗留事项"), (5, 10, 5, 8, 5, 3, 4, 8), asked,
            lambda a: row(
                a.asked_on, a.statement, a.checked_on, a.check_remark, a.judged_on, a.score, a.get_verdict_display(), a.remaining,
                url=a.get_absolute_url(),
            ),
        ),
        s.sheet(
            "跟踪", ("时限", "跟踪日期", "跟踪人员", "跟踪情况"), (5, 5, 8, 20), watched,
            lambda f: row(f.due_on, f.done_on, f.people, f.findings),
        ),
        s.sheet(
            "回头看", ("日期", "人员", "措施落实", "问题解决", "群众满意", "具体情况", "结论"), (5, 8, 4, 4, 4, 12, 5), looked,
            lambda r: row(
                r.held_on, r.people, r.get_measures_kept_display(), r.get_problems_gone_display(),
                r.get_people_satisfied_display(), r.findings, r.get_result_display(),
            ),
        ),
    )  # fmt: skip


def figures(s: Subject) -> tuple[Sheet, ...]:
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
        s.sheet(
            "村情年度数据", ("年度", "户数", "人口", "党员", "60岁以上", "外出", "集体收入（万元）", "收入来源"),
            (4, 4, 4, 4, 4, 4, 6, 12), years,
            lambda y: row(
                y.year, y.households, y.population, y.members, y.members_60, y.members_away, chinese.amount(y.income), y.income_source
            ),
        ),
        s.sheet(
            "集体经济路径", ("开始", "路径", "产业（项目）", "成效"), (5, 6, 10, 16), paths,
            lambda p: row(p.started_on, p.get_path_display(), p.industry, p.result),
        ),
        s.sheet(
            "村干部培训", ("确定", "类别", "名称", "人数"), (5, 6, 18, 4), trained,
            lambda t: row(t.chosen_on, t.get_kind_display(), t.name, t.people),
        ),
        s.sheet(
            "其他工作", ("日期", "类别", "数量", "内容", "资金"), (5, 8, 5, 16, 10), work,
            lambda e: row(e.happened_on, e.kind.name, quantity_text(e), e.note, funds_text(e), url=e.get_absolute_url()),
        ),
    )  # fmt: skip


P = Permission
CHAPTERS: tuple[tuple[str, str, Permission, Callable[[Subject], tuple[Sheet, ...]]], ...] = (
    ("designation", "整顿对象", P.ROUND_VIEW, designation),
    ("chain", "责任链", P.VILLAGE_VIEW, chain),
    ("plan", "一村一策", P.ROUND_VIEW, plan),
    ("pairings", "结对帮扶", P.PAIRING_VIEW, pairings),
    ("problems", "问题整改", P.PROBLEM_VIEW, problems),
    ("meetings", "会议和议定事项", P.MEETING_VIEW, meetings),
    ("supervision", "督查督办", P.INSPECTION_VIEW, supervision),
    ("acceptance", "测评和验收", P.INSPECTION_VIEW, acceptance),
    ("figures", "村情和其他工作", P.VILLAGE_VIEW, figures),
)


def chapters(subject: Subject) -> list[Chapter]:
    """Every chapter the visitor's post opens, empty ones too: an archive shows what is not there."""
    held = subject.access.permissions
    return [Chapter(key, title, made(subject)) for key, title, permission, made in CHAPTERS if permission in held]

"""B 问题清单: new problems are logged and sent for review, changed ones edited; both in bulk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from accounts.permissions import Permission
from common.errors import Refused
from ledgers.definitions.problems import CATEGORIES, SEVERITIES, SOURCES
from ledgers.importing import values
from ledgers.importing.context import Context, Question, village_stem
from ledgers.importing.importers.base import (
    REASON_PLACEHOLDER,
    Importer,
    Writer,
    read_choice,
    read_day,
    read_person,
    read_text,
    read_unit,
    read_units,
    read_village,
    read_whole,
)
from ledgers.importing.plan import Field, Item, Plan, Status, fault
from ledgers.importing.values import Fault, squeeze
from problems.models import Problem
from problems.services import bulk
from problems.terms import Category, DeadlineKind, Severity, Source, State

TITLE = 100
SHORT = 40
DEFAULT_DAY = "default:discovered_on"
SAME_NAME = "default:same_name"


def _choices(labels: Mapping[str, str], **more: Sequence[str]) -> dict[str, str]:
    known = {squeeze(label).replace("（", "").replace("）", ""): code for code, label in labels.items()}
    known |= {squeeze(label): code for code, label in labels.items()}
    for code, usual in more.items():
        known |= {squeeze(word): code for word in usual}
    return known


_CATEGORIES = _choices(
    {c.value: c.label for c in Category} | CATEGORIES,
    legacy=("历史遗留", "历史遗留类"),
    land_acquisition=(
        "重点工程",
        "征地",
        "重点工程建设",
        "征地拆迁",
        "重点工程征地",
        "工程建设",
        "重点工程建设（征地）",
    ),
    infrastructure=("基础设施", "基础设施建设", "民生设施", "基建"),
    collective_economy=("集体经济", "村集体经济", "集体经济薄弱", "经济发展"),
    organisation=("基层组织", "组织建设", "基层组织建设", "班子建设", "党建", "基层党建", "党组织建设"),
)
_SOURCES = _choices(
    SOURCES,
    visit=("入户走访", "走访群众", "群众反映", "走访调研", "调研走访", "日常走访"),
    petition=("群众来信", "群众来访", "来信来访", "信访件", "12345", "信访交办"),
    inspection_tour=("巡视", "巡察反馈", "巡视巡察", "巡察整改"),
    supervision=("督导", "督查反馈", "上级督查", "督导检查", "督查检查"),
    audit=("审计反馈", "村级审计"),
    screening=("排查", "摸底排查", "排查摸底", "摸排", "自查", "集中排查"),
    other=("其它",),
)
_SEVERITIES = _choices(
    SEVERITIES,
    easy=("容易", "易", "简单", "低", "较易"),
    medium=("中", "中等", "难", "较难", "一般难"),
    hard=("复杂", "很难", "疑难复杂", "高", "重点难点", "特难"),
)


def plain_name(title: str, village: str) -> str:
    """A problem's name for comparing: 东岭村 饮用水管网改造 and 饮用水管网改造 name one matter of 东岭村."""
    return (
        squeeze(title).removeprefix(village_stem(village)).removeprefix("村").removeprefix("社区").rstrip("。；;，,、")
    )


def read_matter(cell: Any, ctx: Context) -> tuple[str, str]:
    """(name, description) of the matter. A first line of its own is the name; else the name is the beginning of the text."""
    text = values.text(cell, limit=5000)
    if not text:
        return "", ""
    head, _, rest = text.partition("\n")
    if rest and len(head) <= TITLE and not re.match(r"[（(]?\d{1,2}[.、．)）]", head):
        return head.strip(), rest.strip()
    flat = re.sub(r"\s+", " ", text)
    if len(flat) <= SHORT and not rest:
        return flat.rstrip("。；;"), ""
    first = re.split(r"[。；;，,：:\n]", flat.lstrip("0123456789.、．（）() "))[0]
    return (first if 4 <= len(first) <= SHORT else flat[: SHORT - 2].rstrip("，、") + "……"), text


def read_source(cell: Any, ctx: Context) -> tuple[str, str]:
    """(source, what it was): 信访（2025年群众来访登记）. A word nobody knows is kept as what it was."""
    text = values.text(cell, limit=200, lines=False)
    if not text:
        return Source.SCREENING, ""
    head, _, event = text.replace("(", "（").partition("（")
    event = event.removesuffix("）").removesuffix(")").strip()
    if code := _SOURCES.get(squeeze(head)):
        return code, event
    for word, code in _SOURCES.items():
        if len(word) >= 2 and word in squeeze(text):
            return code, text
    return Source.OTHER, text


def read_deadline(cell: Any, ctx: Context) -> tuple[str, date | None]:
    """A day, 立行立改 or 长期坚持."""
    word = squeeze(values.shown(cell))
    if word in ("立行立改", "立即整改", "即知即改", "立行立改。", "立整立改", "立即"):
        return DeadlineKind.IMMEDIATE, None
    if word in ("长期坚持", "长期", "长期整改", "持续整改", "持续推进", "长期推进", "常态化"):
        return DeadlineKind.CONTINUING, None
    found = values.day(cell, year=ctx.year, end=True, date1904=ctx.date1904)
    return (DeadlineKind.DATE, found) if found else ("", None)


def read_measures(cell: Any, ctx: Context) -> list[str]:
    return values.numbered(cell, limit=300)


class ProblemImporter(Importer):
    code = "B"
    permission = Permission.PROBLEM_EDIT
    natural = ("village", "description")
    carried = ("village",)
    max_rows = 20_000
    noun = "个问题"
    lists = {
        "village": "villages", "category": [c.label for c in Category], "source": list(SOURCES.values()),
        "severity": list(SEVERITIES.values()), "lead": "people", "owner": "people", "unit": "units",
    }  # fmt: skip
    strict_lists = frozenset({"village", "category", "severity"})
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {
            "village": "某某村", "category": "基础设施建设问题", "description": "村道破损，群众出行不便",
            "source": "走访", "discovered_on": "2026年3月5日", "households": "54", "severity": "较难",
            "target": "完成1.2公里村道硬化", "measures": "1.争取项目资金\n2.组织施工", "lead": "张三（副镇长）",
            "unit": "农业农村办", "owner": "李四（村党支部书记）", "assisting": "财政所、村镇建设办",
            "deadline": "2026年9月30日",
        },
        {
            "village": "某某村", "category": "基层组织建设问题", "description": "“三会一课”记录不规范",
            "source": "督查（一季度督查）", "discovered_on": "2026.3.9", "severity": "一般", "target": "制度落实",
            "measures": "逐次核对，专人记录", "owner": "李四（村党支部书记）", "deadline": "立行立改",
        },
    )  # fmt: skip
    field_of = {
        "title": "description", "lead_official": "lead", "responsible_unit": "unit", "assisting_units": "assisting",
        "due_on": "deadline", "source_event": "source",
    }  # fmt: skip
    fields: ClassVar[tuple[Field, ...]] = (
        Field("village", ("村名", "村名称", "所在村", "行政村", "村（社区）", "村社区", "村别", "单位（村）", "所属村", "村党组织", "村党组织名称", "村居"), read_village, required=True, needed=True, accepted="本乡镇的村名"),
        Field("category", ("类别", "类型", "问题类型", "问题分类", "分类", "所属类别"), read_choice(_CATEGORIES, accepted=[c.label for c in Category]), required=True, needed=True, accepted="、".join(c.label for c in Category)),
        Field("description", ("问题", "具体问题", "存在问题", "主要问题", "问题内容", "存在的问题", "问题表现", "问题具体描述", "主要问题表现", "存在的主要问题", "问题及表现"), read_matter, required=True, needed=True, accepted="一句话写明是什么问题"),
        Field("source", ("来源", "问题线索来源", "发现渠道", "发现途径", "来源渠道"), read_source),
        Field("discovered_on", ("发现日期", "排查时间", "发现问题时间", "登记时间", "提出时间", "反馈时间", "排查日期"), read_day(), needed=True, accepted=values.DAY_FORMS),
        Field("households", ("户数", "涉及户", "影响户数", "涉及农户", "涉及群众", "涉及农户数"), read_whole(100_000), accepted="户数，例如 54"),
        Field("severity", ("难度", "难易", "化解难度", "整改难度", "问题难度", "难易度"), read_choice(_SEVERITIES, accepted=list(SEVERITIES.values()), empty=Severity.MEDIUM)),
        Field("target", ("目标", "整改目标要求", "预期目标", "整治目标", "整改要求"), read_text(500)),
        Field("measures", ("措施", "主要措施", "具体措施", "整治措施", "解决措施", "工作措施", "整改举措", "化解措施", "整改措施及办法"), read_measures),
        Field("lead", ("包案领导", "牵头领导", "包村领导", "分管领导", "镇级责任领导", "挂钩领导", "责任镇领导", "联系领导"), read_person, person=True, accepted="姓名（职务），只填一人"),
        Field("unit", ("牵头单位", "主办单位", "牵头部门", "责任部门", "牵头责任单位", "主要责任单位"), read_unit),
        Field("owner", ("责任人员", "具体责任人", "负责人", "经办人", "整改责任人", "第一责任人"), read_person, person=True, accepted="姓名（职务），只填一人"),
        Field("assisting", ("配合单位", "协办单位", "配合部门", "协助部门", "参与单位", "协同单位"), read_units),
        Field("deadline", ("完成时限", "整改期限", "时限", "限期", "完成时间", "整改完成时间", "整改时间", "化解时限", "计划完成时间", "完成期限"), read_deadline, needed=True, accepted="日期（2026年6月30日、2026.6.30、6月底前）、立行立改或长期坚持"),
        Field("progress", ("进展", "整改进展", "进度", "目前进展", "整改情况", "工作进展", "落实情况", "目前进展情况", "整改进展情况", "整改落实情况"), elsewhere="在问题的页面填报进展"),
        Field("degree", ("化解情况", "解决程度", "是否化解", "整改状态", "完成情况", "是否完成", "办理状态"), elsewhere="由组织委员认定"),
        Field("closed_on", ("销号日期", "办结时间", "化解时间", "销号情况", "是否销号"), elsewhere="经销号程序登记"),
        Field("approver", ("审核", "销号审核人", "审批人"), elsewhere="经销号程序登记"),
        Field("remark", ("说明", "其他", "附注"), elsewhere="由系统写明编号、延期、反弹等情况"),
        Field("title", ("问题名称", "问题标题", "事项名称", "问题事项"), read_text(TITLE, lines=False)),
        Field("place", ("地点", "具体地点", "位置", "自然村"), read_text(100, lines=False)),
    )  # fmt: skip

    def load(self, ctx: Context) -> None:
        self._known: dict[tuple[int, str], int] = {}
        self._open: dict[tuple[int, str], dict[str, Any]] = {}  # those not closed yet, by village and name
        rows = (
            Problem.objects.filter(round=ctx.round)
            .order_by("-pk")
            .values_list("pk", "village_id", "title", "description", "number", "state")
        )
        for pk, village_id, title, description, number, state in rows:
            if state != State.CLOSED and village_id in ctx.villages:
                name = plain_name(title, ctx.villages[village_id].name)
                self._open[village_id, name] = {"pk": pk, "number": number, "title": title}
            # A problem is known by its name, its description, or both in one cell as an export writes them.
            for text in (title, description, f"{title}{description}"):
                if text:
                    self._known[village_id, squeeze(text)] = pk

    def find(self, read: dict[str, Any], ctx: Context) -> int | None:
        village, matter = read.get("village"), read.get("description")
        if not village or not matter:
            return None
        for text in ("".join(matter), matter[1], matter[0]):
            if text and (pk := self._known.get((village.pk, squeeze(text)))):
                return pk
        return None

    def repeat_key(self, read: dict[str, Any]) -> Any:
        village, matter = read.get("village"), read.get("description")
        return (village.pk, squeeze("".join(matter)), squeeze(read.get("place") or "")) if village and matter else None

    def within(self, keys: Sequence[int], ctx: Context) -> list[int]:
        mine = set(
            Problem.objects.filter(pk__in=keys, township=ctx.township, round=ctx.round).values_list("pk", flat=True)
        )
        return [pk for pk in keys if pk in mine]

    def default(self, key: str, item: Item, ctx: Context) -> Any:
        if key != "discovered_on" or ctx.round is None:
            return None
        answer = ctx.answer(DEFAULT_DAY)
        start = ctx.round.starts_on
        if answer == "start":
            return start
        if answer == "today":
            return ctx.today
        if answer == "refuse":
            return None
        if not ctx.is_quiet:
            ctx.ask(
                Question(
                    DEFAULT_DAY,
                    "有的行没有发现时间，按哪一天登记？",
                    "发现时间",
                    [
                        ("start", f"本轮开始日期 {start.isoformat()}"),
                        ("today", f"今天 {ctx.today.isoformat()}"),
                        ("refuse", "退回这些行，由我补填"),
                    ],
                    "start",
                )
            )
            item.status = Status.ASKING
            return start
        return None

    def label(self, item: Item, now: Mapping[str, Any]) -> str:
        if now:
            return f"{now['village']} {str(now['description']).partition(chr(10))[0][:30]}"
        village, matter = item.values.get("village"), item.values.get("description") or ("", "")
        return f"{village or ''} {(item.values.get('title') or matter[0])[:30]}".strip()

    # the rules, in memory

    def ask_same_names(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        """A new row named like an open problem of its village is probably that one, told in other words: never taken as new unsaid."""
        found: list[tuple[Item, Problem]] = []
        for item in plan.items:
            village = item.values.get("village")
            if item.pk or not village or item.status not in (Status.NEW, Status.ASKING):
                continue
            title = item.values.get("title") or (item.values.get("description") or ("",))[0]
            if title and (known := self._open.get((village.pk, plain_name(title, village.name)))):
                found.append((item, Problem(**known)))
        answer = ctx.answer(SAME_NAME)
        for item, there in found:
            item.links = [[there.get_absolute_url(), f"同村已有同名问题{there}，若是同一件请到该问题修改，不要新增"]]
            if answer == "refuse":
                key = "title" if item.values.get("title") else "description"
                reason = f"同村已有同名问题{there.number}号"
                accepted = f"是同一件的删去本行，到{there.number}号修改；确是另一件的在名称中写出区别"
                fault(item, key, labels[key], item.line.cells.get(key), reason, accepted)
                item.faults[-1]["url"] = there.get_absolute_url()
        if found and not answer:
            ctx.ask(
                Question(
                    SAME_NAME, f"有{len(found)}行在同村已有同名、未销号的问题，是不是同一件？", "同名问题",
                    [("refuse", "是同一件，或说不准：退回这些行，由我核对"), ("new", "都是另一件事，照样新增")],
                    "refuse", len(found),
                    links=[(there.get_absolute_url(), f"第{item.row}行：{item.label}，已有{there}") for item, there in found[:20]],
                )
            )  # fmt: skip

    def check(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        self.ask_same_names(ctx, plan, labels)
        for item in plan.of(Status.NEW):
            try:
                bulk.check_new(self._new(item, ctx), round=ctx.its_round, by=ctx.by, at=ctx.at, submit=True)
            except Refused as refusal:
                self.refuse(item, refusal, labels)
        changed = plan.of(Status.CHANGED, Status.CONFLICT)
        if not changed:
            return
        loaded = bulk.load([item.pk for item in changed])
        for item in changed:
            try:
                edit = self._edit(item, loaded[item.pk], lambda value: value)
                problem = loaded[item.pk]
                # A person or unit not registered yet cannot break the rules of a person's place.
                edit.values = {k: v for k, v in edit.values.items() if not _is_new(v)}
                if edit.assisting_units is not None:
                    edit.assisting_units = [u for u in edit.assisting_units if not _is_new(u)]
                bulk.revise(edit, problem, reason=REASON_PLACEHOLDER)
            except Fault as found:
                fault(
                    item, "measures", labels["measures"], item.line.cells.get("measures"), found.reason, found.accepted
                )
            except Refused as refusal:
                self.refuse(item, refusal, labels)

    def _values(self, read: Mapping[str, Any], real: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, name in (
            ("village", "village"), ("category", "category"), ("discovered_on", "discovered_on"),
            ("households", "households"), ("severity", "severity"), ("target", "target"), ("place", "place"),
            ("lead", "lead_official"), ("unit", "responsible_unit"), ("owner", "owner"),
        ):  # fmt: skip
            if key in read:
                found[name] = real(read[key])
        if "description" in read:
            found["title"], found["description"] = read["description"]
        if read.get("title"):
            whole = "\n".join(part for part in read.get("description", ("", "")) if part)
            found["title"], found["description"] = read["title"], read["description"][1] or whole
        if "source" in read:
            found["source"], found["source_event"] = read["source"]
        if "deadline" in read:
            found["deadline_kind"], found["due_on"] = read["deadline"]
        return found

    def _new(self, item: Item, ctx: Context, real: Any = None) -> bulk.NewProblem:
        real = real or (lambda value: None if _is_new(value) else value)
        read = item.values
        found = self._values(read, real)
        if not found.get("deadline_kind", "x"):
            raise Refused("整改时限不能为空", field="due_on")
        # Offices list the responsible unit among the helping ones too; it helps nobody to refuse that.
        helping = [u for u in read.get("assisting", []) if u != read.get("unit")]
        units = [u for u in (real(u) for u in helping) if u is not None]
        return bulk.NewProblem(found, units, list(read.get("measures", [])))

    def _edit(self, item: Item, problem: Problem, real: Any) -> bulk.EditedProblem:
        read = {k: v for k, v in item.values.items() if k not in ("title", "place")}
        edit = bulk.EditedProblem(item.pk, item.version, self._values(read, real))
        if "deadline_kind" in edit.values and not edit.values["deadline_kind"]:
            raise Refused("整改时限不能为空", field="due_on")
        if "assisting" in read:
            own = read.get("unit", problem.responsible_unit)
            edit.assisting_units = [u for u in (real(u) for u in read["assisting"] if u != own) if u is not None]
        if "measures" in read:
            edit.measures, edit.reworded = _measure_changes(problem, read["measures"])
        return edit

    def apply(self, plan: Plan, writer: Writer) -> None:
        ctx = writer.ctx
        new, changed = plan.of(Status.NEW), plan.of(Status.CHANGED)
        writer.register(value for item in [*new, *changed] for value in item.values.values())
        rows = [self._new(item, ctx, writer.real) for item in new]
        bulk.log_problems(rows, round=ctx.its_round, by=writer.by, at=writer.at, submit=True, reason=writer.reason)
        made = [row.problem for row in rows if row.problem is not None]
        for item, problem in zip(new, made, strict=True):
            writer.created(problem, row=item.row, label=str(problem))
        for measure in (measure for row in rows for measure in row.made):
            writer.created(measure)
        writer.progress(55, f"已登记{len(rows)}个问题")
        loaded = bulk.load([item.pk for item in changed]) if changed else {}
        edits = [self._edit(item, loaded[item.pk], writer.real) for item in changed]
        bulk.edit_problems(edits, by=writer.by, at=writer.at, reason=writer.reason)
        for item, edit in zip(changed, edits, strict=True):
            problem = edit.problem or loaded[item.pk]
            writer.changed(problem, edit.was, row=item.row, label=str(problem))
            for measure in edit.made:
                writer.created(measure)
            for measure, before in edit.touched:
                writer.changed(measure, before)
        writer.progress(85, f"已修改{len(edits)}个问题")

    def needs_reason(self, plan: Plan) -> bool:
        """As an edit does: another responsible person, another category."""
        return any(
            change["key"] in ("lead", "owner", "category")
            for item in plan.of(Status.CHANGED)
            for change in item.changes
        ) or any("已销号" in str(item.line.cells.get("closed_on") or "") for item in plan.of(Status.CHANGED))


def _is_new(value: Any) -> bool:
    return type(value).__name__ in ("NewPerson", "NewUnit")


def _measure_changes(problem: Problem, texts: list[str]) -> tuple[list[str], dict[int, str]]:
    """Texts to add and measures to reword, when the cell was edited. An import takes no measure away."""
    present = sorted(problem.measures.all(), key=lambda m: m.number)
    if len(texts) < len(present):
        raise Fault(
            f"系统中有{len(present)}条措施，表中只有{len(texts)}条，导入时不删除措施",
            "保留全部措施，需要时改写或在后面增加",
        )
    reworded = {m.pk: t for m, t in zip(present, texts, strict=False) if values.squeeze(m.text) != values.squeeze(t)}
    return texts[len(present) :], reworded

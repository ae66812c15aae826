"""How the three villages of round one left the list in 2025, and the year of watching since."""

from __future__ import annotations

from datetime import date as D
from decimal import Decimal
from typing import Any

from acceptances.models import ScoreSheet
from acceptances.services import acceptances, follow_ups, rechecks, sheets
from acceptances.services.acceptances import Loss
from inspections.services import surveys
from rectify.demo.base import BALLOTS, Demo, at
from rounds.models import Designation, Round

Losses = dict[int, tuple[str, str]]  # number of the item → points lost, reason
SHEET_ON, ASKED_ON, CHECKED_ON, SURVEY_ON, JUDGED_ON = (
    D(2025, 10, 20), D(2025, 11, 24), D(2025, 12, 2), D(2025, 12, 4), D(2025, 12, 10),
)  # fmt: skip
SECRETARIES = {"官塘村": "yeyongming", "大樟村": "linguoping", "上垟村": "chenaizhen"}
STATEMENTS = {
    "官塘村": "班子缺职已补齐，书记、主任分工明确；列出的整顿任务已办结，村级事务按月公开，群众来访明显减少。",
    "大樟村": "班子坚持每周议事，积压的三件大事已定下来并办成；党员活动按月开展，发展党员一名。",
    "上垟村": "村务、财务公开恢复正常，历年账目已清理并公布；便民服务点每天有人值守。",
}
EXPLANATION = "第一轮整顿方案和问题清单为纸质材料，已由党建办归档；验收测评由验收组到村后组织。"
# village → township's losses, county's losses
LOST: dict[str, tuple[Losses, Losses]] = {
    "官塘村": (
        {3: ("2", "主题党日缺两次"), 9: ("1", "走访制度没有上墙")},
        {3: ("2", "主题党日缺两次"), 7: ("3", "收入来源单一"), 9: ("1", "走访制度没有上墙")},
    ),
    "大樟村": (
        {1: ("3", "后备干部没有确定"), 7: ("2", "收入刚达目标")},
        {1: ("3", "后备干部没有确定"), 7: ("2", "收入刚达目标")},
    ),
    "上垟村": (
        {6: ("4", "前两季度财务公开不及时"), 7: ("5", "收入未达目标"), 5: ("3", "一个问题逾期后销号")},
        {6: ("6", "前两季度财务公开不及时，公开内容不全"), 7: ("6", "收入未达目标"), 5: ("6", "两个问题逾期后销号")},
    ),
}
# village → numbers of the survey (BALLOTS)
CAST = {
    "官塘村": (60, 58, 58, 44, 11, 2, 1),
    "大樟村": (50, 50, 49, 37, 9, 2, 1),
    "上垟村": (60, 57, 55, 31, 17, 5, 2),
}
# as points and ballots compute them
VERDICTS = {"官塘村": "pass", "大樟村": "pass", "上垟村": "conditional"}
REMAINING = {"上垟村": "2026年6月底前补齐历年财务公开，年内村集体收入达到目标。"}
# village → what each look found, in the order of the due days
LOOKS = {
    "官塘村": [(D(2026, 3, 12), "班子运转正常，没有新的来访。"), (D(2026, 6, 16), "主题党日按月开展。"), (D(2026, 9, 10), "便民服务正常，群众认可。")],
    "大樟村": [(D(2026, 3, 12), "议事制度坚持较好。"), (D(2026, 6, 17), "后备干部已确定两名。"), (D(2026, 9, 22), "因防汛推迟几天，情况正常。")],
    "上垟村": [(D(2026, 3, 18), "财务公开已按季补齐。"), (D(2026, 6, 19), "历年账目公示完毕，无异议。"), (D(2026, 9, 17), "集体收入较上年增加，仍需盯紧。")],
}  # fmt: skip
LOOKED_BACK_ON = D(2026, 9, 24)
# village → three answers, findings, result
LOOKED_BACK: dict[str, tuple[str, str, str, str, str]] = {
    "官塘村": ("yes", "yes", "yes", "走访18户、查阅会议记录，整顿措施都在坚持。", "held"),
    "上垟村": ("yes", "partly", "yes", "公开、值守都在坚持，集体收入距目标还差一点。", "weak"),
}


def set_up_first_sheet(demo: Demo) -> ScoreSheet:
    return sheets.set_up_sheet(round=demo.first, by=demo.user["shen"], at=at(SHEET_ON, 10))


def set_up_next_sheet(demo: Demo, round: Round) -> None:
    """Round two measures by the same sheet."""
    first = ScoreSheet.objects.get(round=demo.first)
    sheets.set_up_sheet(round=round, copied_from=first, by=demo.user["shen"], at=at(D(2026, 3, 12), 10))


def accept(demo: Demo, designation: Designation, confirmed_on: D) -> None:
    """One village from its asking to its verdict; 上垟村's county result came on paper and the office entered it."""
    name, user = designation.village.name, demo.user
    acceptance = acceptances.ask_acceptance(
        designation, statement=STATEMENTS[name], explanation=EXPLANATION, asked_on=ASKED_ON,
        by=user[SECRETARIES[name]], at=at(ASKED_ON, 16),
    )  # fmt: skip
    township, county = LOST[name]
    acceptances.check_acceptance(
        acceptance, losses=_losses(demo.first, township), checked_on=CHECKED_ON, checkers="吴晓敏、程立新、金海波",
        check_remark="整顿任务已完成，同意报县级验收。", by=user["wu"], at=at(CHECKED_ON, 17),
    )  # fmt: skip
    ballots: dict[str, Any] = dict(zip(BALLOTS, CAST[name], strict=True))
    surveys.add_survey(
        round=demo.first, village=designation.village, kind="acceptance", held_on=SURVEY_ON, by=user["shen"],
        at=at(SURVEY_ON, 17), **ballots,
    )  # fmt: skip
    on_paper = name == "上垟村"
    acceptances.judge_acceptance(
        acceptance, losses=_losses(demo.first, county), judged_on=JUDGED_ON, judged_body="中共云川市委组织部",
        document_number="云组通〔2025〕46号" if on_paper else "云组通〔2025〕45号", judged_remark="现场查看、座谈和测评相结合，情况属实。",
        by_office=on_paper, by=user["shen"] if on_paper else user["xianji"], at=at(JUDGED_ON, 17),
    )  # fmt: skip
    acceptances.confirm_acceptance(
        acceptance, verdict=VERDICTS[name], remaining=REMAINING.get(name, ""),
        confirmed_on=confirmed_on, by=user["chen"], at=at(confirmed_on, 15),
    )  # fmt: skip
    for follow_up, (day, findings) in zip(acceptance.follow_ups.all(), LOOKS[name], strict=False):
        follow_ups.record_follow_up(
            follow_up, done_on=day, people="吴晓敏、沈佳宁", findings=findings, by=user["shen"], at=at(day, 17)
        )
    if looked := LOOKED_BACK.get(name):
        kept, gone, satisfied, findings, result = looked
        rechecks.add_recheck(
            acceptance, held_on=LOOKED_BACK_ON, people="市委组织部、镇党建办", measures_kept=kept, problems_gone=gone,
            people_satisfied=satisfied, findings=findings, result=result, by=user["wu"], at=at(LOOKED_BACK_ON, 17),
        )  # fmt: skip


def _losses(round: Round, lost: Losses) -> list[Loss]:
    items = {item.number: item for item in round.score_sheet.items.all()}
    return [Loss(items[number], Decimal(points), reason) for number, (points, reason) in lost.items()]

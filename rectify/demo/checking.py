"""What the demo adds to pairings, meetings and notices: requirements and plans, meetings that open with what was not kept, checks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from accounts.models import User
from inspections.models import Finding, Notice
from inspections.services import notices
from meetings.services import agenda
from pairings.models import PairingSlot, PlanItem
from pairings.services import plans, requirements
from rectify.demo.place import V3

if TYPE_CHECKING:
    from rectify.demo.loader import Loader

D = date
NEEDED = (PairingSlot.Filler.TOWNSHIP_LEADER, PairingSlot.Filler.RESIDENT_CADRE, PairingSlot.Filler.VILLAGE)
IDLE_DAYS = 90
# pairing, matter, due, day of the activity that did it (None: not yet)
PLANS = [
    ("p1", "指导石桥村修订村级议事规则", D(2026, 4, 30), D(2026, 4, 2)),
    ("p1", "指导办公楼启用后的功能布置", D(2026, 9, 30), D(2026, 8, 6)),
    ("p1", "帮带徐根生主持一次书记议事日", D(2026, 11, 20), None),
    ("p2", "指导建成荷塘游步道", D(2026, 7, 31), D(2026, 7, 9)),
    ("p2", "帮扶农家乐规范经营", D(2026, 8, 31), D(2026, 9, 3)),
    ("p3", "商定大棚联建方案并签订协议", D(2026, 5, 10), D(2026, 4, 28)),
    ("p3", "完成秋季育苗指导", D(2026, 9, 1), D(2026, 8, 19)),
    ("p4", "帮助东岭村物色副书记人选", D(2026, 10, 15), None),
]
# meetings that open with what earlier ones of their kind promised and was not kept: what was said about the first matter
OPENED = {"c2": "指挥部下月中旬前印发补偿口径", "c3": "请农业农村局按期落实改造资金"}
# (inspection, village) of a notice found not good: checked, why, new reply date, signed, replied, reply
AGAIN = {
    ("i7", V3): (
        D(2026, 8, 25), "到现场核查，工期表已排，管网仍未开工，工程量未核定", D(2026, 9, 15), D(2026, 8, 26), D(2026, 9, 12),
        "水利站已重新核定工程量，开工条件除资金外已具备",
    ),
}  # fmt: skip
CHECKED_AGAIN = D(2026, 9, 18)


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo("Asia/Shanghai"))


def require(loader: Loader) -> None:
    """What round two asks of every listed village."""
    requirements.set_rule(
        round=loader.round, needed=NEEDED, idle_days=IDLE_DAYS, by=loader.user["shen"], at=at(D(2026, 3, 16), 10)
    )


def plan(loader: Loader) -> dict[tuple[str, date], PlanItem]:
    """The plans of the four pairings; the matters that were done, by pairing and day."""
    done = {}
    for key, text, due_on, day in PLANS:
        item = plans.add_plan_item(
            pairing=loader.pairing[key], text=text, due_on=due_on, by=loader.user["shen"], at=at(D(2026, 3, 20), 15)
        )
        if day:
            done[key, day] = item
    return done


def open_meeting(loader: Loader, key: str) -> None:
    """Put what was not kept first on the agenda, with what was said about it."""
    meeting, clerk = loader.meeting[key], loader.user["shen"]
    moment = at(meeting.held_on, 18)
    first = agenda.open_with_unkept(meeting, by=clerk, at=moment)[0]
    agenda.change_agenda_item(
        first, problem=first.problem, matter=first.matter, outcome=first.outcome, decision=OPENED[key],
        base_version=first.version, by=clerk, at=moment,
    )  # fmt: skip


def findings_of(loader: Loader, key: str, village: str) -> list[Finding]:
    """What the notice of an inspection to a village is about."""
    return list(loader.inspection[key].findings.filter(village=loader.village[village], notice=None))


def check(loader: Loader, notice: Notice, key: str, village: str, secretary: User, on: date) -> None:
    """Somebody other than the village looks whether the reply is true; once it was not, and the notice went out again."""
    wu = loader.user["wu"]
    if again := AGAIN.get((key, village)):
        checked_on, why, due_on, signed_on, replied_on, reply = again
        notices.reissue_notice(
            notice, checked_on=checked_on, note=why, reply_due_on=due_on, by=wu, at=at(checked_on, 16)
        )
        notices.sign_notice(notice, signed_on=signed_on, by=secretary, at=at(signed_on, 9))
        notices.reply_notice(notice, replied_on=replied_on, reply=reply, by=secretary, at=at(replied_on, 16))
        on = CHECKED_AGAIN
    notices.close_notice(notice, checked_on=on, note="已到村核查，情况属实", by=wu, at=at(on, 16))

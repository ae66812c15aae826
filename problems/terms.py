"""The fixed words of the ledger (docs/glossary.md)."""

from datetime import date

from django.db.models import TextChoices


class Category(TextChoices):
    LEGACY = "legacy", "历史遗留问题"
    LAND = "land_acquisition", "重点工程建设（征地）问题"
    INFRASTRUCTURE = "infrastructure", "基础设施建设问题"
    ECONOMY = "collective_economy", "村集体经济问题"
    ORGANISATION = "organisation", "基层组织建设问题"


class State(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回"
    RECTIFYING = "rectifying", "整改中"
    CLOSING = "closing", "待销号"
    CLOSED = "closed", "已销号"
    SUSPENDED = "suspended", "暂缓"
    RELAPSED = "relapsed", "反弹"


# Not yet taken into the ledger.
BEFORE_STATES = (State.DRAFT, State.SUBMITTED, State.RETURNED)
# In rectification: has a colour, counts as open.
RUNNING_STATES = (State.RECTIFYING, State.CLOSING, State.RELAPSED)
# Taken into the ledger and not closed: what a summary counts as open.
OPEN_STATES = (*RUNNING_STATES, State.SUSPENDED)
# Taken into the ledger at all: what a summary counts.
LEDGER_STATES = (*OPEN_STATES, State.CLOSED)


class Degree(TextChoices):
    UNRESOLVED = "unresolved", "未化解"
    PRELIMINARY = "preliminary", "初步化解"
    BASIC = "basic", "基本化解"
    FULL = "full", "已化解"


CLOSING_DEGREES = (Degree.BASIC, Degree.FULL)


class DeadlineKind(TextChoices):
    DATE = "date", "限期整改"
    IMMEDIATE = "immediate", "立行立改"
    CONTINUING = "continuing", "长期坚持"


class Colour(TextChoices):
    """State of time and progress (预警灯); always shown with its word."""

    RED = "red", "红灯·逾期"
    YELLOW = "yellow", "黄灯·临期或无进展"
    GREEN = "green", "绿灯·正常"
    GREY = "grey", "灰灯·长期坚持或暂缓"
    NONE = "none", "—"


def colour_of(state: str, queue_on: date, yellow_on: date, day: date) -> Colour:
    """The colour of a standing on a day; problems.queries.colour_is says the same in SQL."""
    if state == State.SUSPENDED or (state in RUNNING_STATES and queue_on == NO_DEADLINE_ON):
        return Colour.GREY
    if state not in RUNNING_STATES:
        return Colour.NONE
    if queue_on < day:
        return Colour.RED
    return Colour.YELLOW if yellow_on <= day else Colour.GREEN


class Source(TextChoices):
    VISIT = "visit", "走访"
    PETITION = "petition", "信访"
    INSPECTION_TOUR = "inspection_tour", "巡察"
    SUPERVISION = "supervision", "督查"
    AUDIT = "audit", "审计"
    SCREENING = "screening", "排查摸底"
    OTHER = "other", "其他"


class Severity(TextChoices):
    EASY = "easy", "一般"
    MEDIUM = "medium", "较难"
    HARD = "hard", "疑难"


class FactKind(TextChoices):
    """What a milestone records."""

    AGREEMENT = "agreement_signed", "协议签订"
    MONEY = "money_paid", "款项到位"
    FINISHED = "finished", "竣工完成"
    IN_USE = "in_use", "投入使用"
    SETTLED = "settled", "议定解决"
    OTHER = "other", "其他"


NEVER_ON = date(9999, 12, 31)  # a day that never comes: sorts after every deadline
NO_DEADLINE_ON = date(9999, 12, 30)  # open without a last day: after every deadline, before what is over

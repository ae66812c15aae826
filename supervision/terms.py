"""The fixed words of supervision (docs/glossary.md)."""

from django.db.models import TextChoices

from accounts.roles import Role


class Level(TextChoices):
    """How far a supervision slip has risen. It never falls: a new deadline begins a new slip."""

    BLUE = "blue", "蓝色提醒"
    YELLOW = "yellow", "黄色督办"
    RED = "red", "红色督办"

    @property
    def rank(self) -> int:
        return LEVELS.index(self)


LEVELS = [Level.BLUE, Level.YELLOW, Level.RED]


class Kind(TextChoices):
    """What a slip or a line of the inbox is about."""

    PROBLEM = "problem", "问题"
    NOTICE = "notice", "整改通知书"
    COMMITMENT = "commitment", "议定事项"
    SUMMARY = "summary", "总结"


class Colour(TextChoices):
    RED = "red", "红"
    YELLOW = "yellow", "黄"
    BLUE = "blue", "蓝"


class Reason(TextChoices):
    """Why a line stands in somebody's inbox. Of several reasons the first in this order is told."""

    REVIEW = "review", "待审核"
    EXTENSION = "extension", "延期待审批"
    CLOSE_DECIDE = "close_decide", "销号待审核"
    CLOSE_CHECK = "close_check", "销号待核实"
    RETURNED = "returned", "被退回，待修改"
    URGED = "urged", "被催办"
    SLIP_RED = "slip_red", "红色督办单"
    SLIP_YELLOW = "slip_yellow", "黄色督办单"
    SLIP_BLUE = "slip_blue", "蓝色提醒单"
    NEWLY_OVERDUE = "newly_overdue", "新逾期"
    OVERDUE = "overdue", "已逾期"
    SOON = "soon", "临近时限"
    TO_SIGN = "to_sign", "待签收"
    STALE = "stale", "长期无进展"
    DRAFT = "draft", "初稿已写好"

    @property
    def colour(self) -> Colour:
        return COLOURS.get(self, Colour.BLUE)


COLOURS = {
    Reason.SLIP_RED: Colour.RED,
    Reason.NEWLY_OVERDUE: Colour.RED,
    Reason.OVERDUE: Colour.RED,
    Reason.URGED: Colour.YELLOW,
    Reason.SLIP_YELLOW: Colour.YELLOW,
    Reason.SOON: Colour.YELLOW,
    Reason.STALE: Colour.YELLOW,
}
SLIP_REASONS = {Level.BLUE: Reason.SLIP_BLUE, Level.YELLOW: Reason.SLIP_YELLOW, Level.RED: Reason.SLIP_RED}

# Who may be told of a slip (rules of the round); a county post never: what happens in a township is the township's to urge.
RECIPIENTS = (
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_HEAD,
    Role.RESIDENT_CADRE,
    Role.FIRST_SECRETARY,
    Role.WORK_TEAM,
    Role.STATION,
    Role.LINKED_LEADER,
    Role.OFFICE_CLERK,
    Role.COMMISSIONER,
    Role.DEPUTY_SECRETARY,
    Role.TOWNSHIP_HEAD,
    Role.PARTY_SECRETARY,
)

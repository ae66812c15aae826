"""The posts that give rights, and the rights each gives (product.md §1). One list, readable by an auditor."""

from django.db.models import TextChoices

from accounts.permissions import Permission as P


class Role(TextChoices):
    VILLAGE_SECRETARY = "village_secretary", "村党组织书记"
    VILLAGE_HEAD = "village_head", "村委会主任"
    VILLAGE_CLERK = "village_clerk", "村文书"
    RESIDENT_CADRE = "resident_cadre", "驻村干部"
    FIRST_SECRETARY = "first_secretary", "第一书记"
    WORK_TEAM = "work_team", "驻村工作组"
    LINKED_LEADER = "linked_leader", "包村领导"
    COUNTY_LINKED_LEADER = "county_linked_leader", "联村县级领导"
    OFFICE_CLERK = "office_clerk", "党建办经办"
    COMMISSIONER = "commissioner", "组织委员"
    PARTY_SECRETARY = "party_secretary", "党委书记"
    DEPUTY_SECRETARY = "deputy_secretary", "党委副书记"
    TOWNSHIP_HEAD = "township_head", "镇（乡）长"
    STATION = "station", "站所"
    COUNTY_READER = "county_reader", "县级只读"


class Level(TextChoices):
    """What a post reaches over."""

    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡镇"
    VILLAGE = "village", "村"
    UNIT = "unit", "单位"


_READ_VILLAGE = {
    P.VILLAGE_VIEW,
    P.ROUND_VIEW,
    P.PROBLEM_VIEW,
    P.PAIRING_VIEW,
    P.MEETING_VIEW,
    P.INSPECTION_VIEW,
    P.OTHERWORK_VIEW,
    P.CADRE_VIEW,
    P.WORKDAY_VIEW,
    P.SLIP_VIEW,
}
_VILLAGE = _READ_VILLAGE | {
    P.ACCEPTANCE_ASK,
    P.SLIP_ANSWER,
    P.PROGRESS_POST,
    P.EXTENSION_ASK,
    P.CLOSE_ASK,
    P.FIGURES_EDIT,
    P.NOTICE_ANSWER,
    P.COMMITMENT_REPORT,
    P.PLAN_EDIT,
    P.MEETING_POST,
    P.ACTIVITY_POST,
    P.OTHERWORK_POST,
}
_RESIDENT = _READ_VILLAGE | {
    P.FOLLOW_UP_POST,
    P.PROBLEM_LOG,
    P.PROBLEM_EDIT,
    P.MEASURE_EDIT,
    P.PROGRESS_POST,
    P.EXTENSION_ASK,
    P.CLOSE_CHECK,
    P.MEETING_POST,
    P.ACTIVITY_POST,
    P.VISIT_POST,
    P.PLAN_EDIT,
    P.COMMITMENT_REPORT,
    P.OTHERWORK_POST,
}
_LEADER = _READ_VILLAGE | {P.INSTRUCTION_LEAVE, P.VISIT_POST, P.URGE}
_TOWNSHIP_READ = _READ_VILLAGE | {P.SUMMARY_VIEW}
_CLERK = _TOWNSHIP_READ | {
    P.ACCEPTANCE_CHECK,
    P.FOLLOW_UP_POST,
    P.VILLAGE_EDIT,
    P.FIGURES_EDIT,
    P.FIGURES_CONFIRM,
    P.CADRE_EDIT,
    P.ASSIGNMENT_EDIT,
    P.UNIT_EDIT,
    P.WORKDAY_EDIT,
    P.URGE,
    P.SLIP_ISSUE,
    P.ROUND_EDIT,
    P.DESIGNATION_PROPOSE,
    P.PROBLEM_LOG,
    P.PROBLEM_EDIT,
    P.MEASURE_EDIT,
    P.PLAN_EDIT,
    P.PAIRING_EDIT,
    P.ACTIVITY_POST,
    P.MEETING_EDIT,
    P.COMMITMENT_REPORT,
    P.INSPECTION_EDIT,
    P.VISIT_POST,
    P.SURVEY_EDIT,
    P.OTHERWORK_POST,
    P.OTHERWORK_KIND_EDIT,
    P.SUMMARY_DRAFT,
}
_COMMISSIONER = _CLERK | {
    P.PROBLEM_REVIEW,
    P.PROBLEM_SUSPEND,
    P.EXTENSION_DECIDE,
    P.CLOSE_DECIDE,
    P.PLAN_DECIDE,
    P.INSTRUCTION_LEAVE,
}
_PARTY_SECRETARY = _TOWNSHIP_READ | {P.DESIGNATION_APPROVE, P.INSTRUCTION_LEAVE, P.VISIT_POST, P.SUMMARY_SIGN, P.URGE}

ROLE_PERMISSIONS: dict[str, frozenset[P]] = {
    Role.VILLAGE_SECRETARY: frozenset(_VILLAGE),
    Role.VILLAGE_HEAD: frozenset(_VILLAGE),
    Role.VILLAGE_CLERK: frozenset(_VILLAGE),
    Role.RESIDENT_CADRE: frozenset(_RESIDENT),
    Role.FIRST_SECRETARY: frozenset(_RESIDENT),
    Role.WORK_TEAM: frozenset(_RESIDENT - {P.CLOSE_CHECK}),
    Role.LINKED_LEADER: frozenset(_LEADER),
    Role.COUNTY_LINKED_LEADER: frozenset(_READ_VILLAGE),
    Role.OFFICE_CLERK: frozenset(_CLERK),
    Role.COMMISSIONER: frozenset(_COMMISSIONER),
    Role.PARTY_SECRETARY: frozenset(_PARTY_SECRETARY),
    Role.DEPUTY_SECRETARY: frozenset(_PARTY_SECRETARY),
    Role.TOWNSHIP_HEAD: frozenset(_TOWNSHIP_READ | {P.INSTRUCTION_LEAVE, P.VISIT_POST, P.URGE}),
    Role.STATION: frozenset(
        {P.PROBLEM_VIEW, P.PROGRESS_POST, P.COMMITMENT_REPORT, P.WORKDAY_VIEW, P.SLIP_VIEW, P.SLIP_ANSWER}
    ),
    Role.COUNTY_READER: frozenset(_TOWNSHIP_READ | {P.DESIGNATION_APPROVE, P.ACCEPTANCE_JUDGE}),
}
ADMINISTRATOR_PERMISSIONS = frozenset(
    {
        P.ACCOUNT_MANAGE,
        P.TOWNSHIP_EDIT,
        P.UNIT_EDIT,
        P.CADRE_VIEW,
        P.CADRE_EDIT,
        P.ASSIGNMENT_EDIT,
        P.WORKDAY_VIEW,
        P.WORKDAY_EDIT,
    }
)

ROLE_LEVEL: dict[str, str] = {
    Role.VILLAGE_SECRETARY: Level.VILLAGE,
    Role.VILLAGE_HEAD: Level.VILLAGE,
    Role.VILLAGE_CLERK: Level.VILLAGE,
    Role.RESIDENT_CADRE: Level.VILLAGE,
    Role.FIRST_SECRETARY: Level.VILLAGE,
    Role.WORK_TEAM: Level.VILLAGE,
    Role.LINKED_LEADER: Level.VILLAGE,
    Role.COUNTY_LINKED_LEADER: Level.VILLAGE,
    Role.OFFICE_CLERK: Level.TOWNSHIP,
    Role.COMMISSIONER: Level.TOWNSHIP,
    Role.PARTY_SECRETARY: Level.TOWNSHIP,
    Role.DEPUTY_SECRETARY: Level.TOWNSHIP,
    Role.TOWNSHIP_HEAD: Level.TOWNSHIP,
    Role.STATION: Level.UNIT,
    Role.COUNTY_READER: Level.COUNTY,
}

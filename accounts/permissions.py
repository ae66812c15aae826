"""What can be done, as words. Which post may do it stands in roles.py; where, in the post's own scope (villages.Assignment)."""

from enum import StrEnum


class Permission(StrEnum):
    # registry
    VILLAGE_VIEW = "village.view"
    VILLAGE_EDIT = "village.edit"
    FIGURES_EDIT = "figures.edit"  # yearly figures and posts of a village
    FIGURES_CONFIRM = "figures.confirm"
    CADRE_VIEW = "cadre.view"
    CADRE_EDIT = "cadre.edit"
    ASSIGNMENT_EDIT = "assignment.edit"
    UNIT_EDIT = "unit.edit"
    # rounds
    ROUND_VIEW = "round.view"
    ROUND_EDIT = "round.edit"
    DESIGNATION_PROPOSE = "designation.propose"
    DESIGNATION_APPROVE = "designation.approve"
    # problems
    PROBLEM_VIEW = "problem.view"
    PROBLEM_LOG = "problem.log"
    PROBLEM_EDIT = "problem.edit"
    PROBLEM_REVIEW = "problem.review"
    PROBLEM_SUSPEND = "problem.suspend"
    PROGRESS_POST = "progress.post"
    MEASURE_EDIT = "measure.edit"
    EXTENSION_ASK = "extension.ask"
    EXTENSION_DECIDE = "extension.decide"
    CLOSE_ASK = "close.ask"
    CLOSE_CHECK = "close.check"
    CLOSE_DECIDE = "close.decide"
    INSTRUCTION_LEAVE = "instruction.leave"
    PLAN_EDIT = "plan.edit"
    PLAN_DECIDE = "plan.decide"
    # pairing, meetings, inspections
    PAIRING_VIEW = "pairing.view"
    PAIRING_EDIT = "pairing.edit"
    ACTIVITY_POST = "activity.post"
    MEETING_VIEW = "meeting.view"
    MEETING_EDIT = "meeting.edit"
    MEETING_POST = "meeting.post"  # meetings of one's own village
    COMMITMENT_REPORT = "commitment.report"
    INSPECTION_VIEW = "inspection.view"
    INSPECTION_EDIT = "inspection.edit"
    NOTICE_ANSWER = "notice.answer"
    VISIT_POST = "visit.post"
    SURVEY_EDIT = "survey.edit"
    # acceptance of an organisation; the verdict is confirmed by who may approve a designation
    ACCEPTANCE_ASK = "acceptance.ask"
    ACCEPTANCE_CHECK = "acceptance.check"  # 乡镇初验, 回头看; records the county's result where it has no account
    ACCEPTANCE_JUDGE = "acceptance.judge"  # 县级验收
    FOLLOW_UP_POST = "follow_up.post"
    # other work
    OTHERWORK_VIEW = "otherwork.view"
    OTHERWORK_POST = "otherwork.post"
    OTHERWORK_KIND_EDIT = "otherwork.kind_edit"
    # summaries
    SUMMARY_VIEW = "summary.view"
    SUMMARY_DRAFT = "summary.draft"
    SUMMARY_SIGN = "summary.sign"
    # deadlines: working days, supervision slips, urging
    WORKDAY_VIEW = "workday.view"
    WORKDAY_EDIT = "workday.edit"
    SLIP_VIEW = "slip.view"
    SLIP_ANSWER = "slip.answer"
    SLIP_ISSUE = "slip.issue"  # by hand; and finding done what was asked for by hand
    URGE = "urge"
    # administration
    ACCOUNT_MANAGE = "account.manage"
    TOWNSHIP_EDIT = "township.edit"

"""Who gets which page: the independent statement, written from the description of the posts and not from accounts/roles.py.

One line a route: `route | kind | record | marks`. A mark stands for one role, in the order of COLUMNS: `x` may, `.` may not. What `x` opens is
bounded by the place of the post: a record elsewhere is 404. `RECORDS` says for each kind of record how far a post sees and which roles see it
at all. A route of the URLconf that has no line here fails the build (test_table.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.roles import Role

# Village office · resident cadres · leaders with a village · office and commissioner · party secretaries and head · station · county · administrator
COLUMNS = (
    Role.VILLAGE_SECRETARY, Role.VILLAGE_HEAD, Role.VILLAGE_CLERK,
    Role.RESIDENT_CADRE, Role.FIRST_SECRETARY, Role.WORK_TEAM,
    Role.LINKED_LEADER, Role.COUNTY_LINKED_LEADER,
    Role.OFFICE_CLERK, Role.COMMISSIONER,
    Role.PARTY_SECRETARY, Role.DEPUTY_SECRETARY, Role.TOWNSHIP_HEAD,
    Role.STATION, Role.COUNTY_READER, "administrator",
)  # fmt: skip

# kind → (answers to GET, answers to POST) for who may. 422: the empty form came back with what is missing.
KINDS: dict[str, tuple[frozenset[int], frozenset[int]]] = {
    "list": (frozenset({200}), frozenset({405})),
    "page": (frozenset({200}), frozenset({405})),
    "form": (frozenset({200}), frozenset({422})),
    "ask": (frozenset({200}), frozenset({302, 422})),  # a form that asks nothing
    "act": (frozenset({405}), frozenset({302})),
    "try": (frozenset({405}), frozenset({302, 422})),  # a button beside a field
    "upload": (frozenset({405}), frozenset({422})),
    "forget": (frozenset({405}), frozenset({204})),
}

# record | how far a post sees: "village" its own village (a township post all of its villages, a unit what is its own), "township" everything of
# the township, "owner" what is one's own, "everywhere" | who sees such records at all
RECORDS_TEXT = """
problem            | village    | xxx xxx xx xx xxx x x .
draft              | village    | ... xxx .. xx ... . . .
submitted          | village    | ... xxx .. xx ... . . .
suspended          | village    | xxx xxx xx xx xxx . x .
closing            | village    | xxx xxx xx xx xxx . x .
checked            | village    | xxx xxx xx xx xxx . x .
closed             | village    | xxx xxx xx xx xxx . x .
extension          | village    | xxx xxx xx xx xxx . x .
measure            | village    | xxx xxx xx xx xxx x x .
evidence           | village    | xxx xxx xx xx xxx x x .
close_criterion    | village    | xxx xxx xx xx xxx x x .
upload             | owner      | ... ... .. x. ... . . .
plan               | village    | xxx xxx xx xx xxx . x .
plan_version       | village    | xxx xxx xx xx xxx . x .
village            | village    | xxx xxx xx xx xxx . x .
year               | village    | xxx xxx xx xx xxx . x .
economy            | village    | xxx xxx xx xx xxx . x .
training           | village    | xxx xxx xx xx xxx . x .
post               | village    | xxx xxx xx xx xxx . x .
tenure             | village    | xxx xxx xx xx xxx . x .
designation        | village    | xxx xxx xx xx xxx . x .
listed             | village    | xxx xxx xx xx xxx . x .
screening          | village    | xxx xxx xx xx xxx . x .
pairing            | village    | xxx xxx xx xx xxx . x .
plan_item          | village    | xxx xxx xx xx xxx . x .
activity           | village    | xxx xxx xx xx xxx . x .
meeting            | village    | xxx xxx xx xx xxx . x .
village_meeting    | village    | xxx xxx xx xx xxx . x .
agenda             | village    | xxx xxx xx xx xxx . x .
commitment         | village    | xxx xxx xx xx xxx x x .
inspection         | village    | xxx xxx xx xx xxx . x .
finding            | village    | xxx xxx xx xx xxx . x .
free_finding       | village    | xxx xxx xx xx xxx . x .
notice             | village    | xxx xxx xx xx xxx . x .
notice_file        | village    | xxx xxx xx xx xxx . x .
visit              | village    | xxx xxx xx xx xxx . x .
slip               | village    | xxx xxx xx xx xxx x x .
survey             | village    | xxx xxx xx xx xxx . x .
acceptance         | village    | xxx xxx xx xx xxx . x .
follow_up          | village    | xxx xxx xx xx xxx . x .
recheck            | village    | xxx xxx xx xx xxx . x .
sheet              | township   | xxx xxx xx xx xxx . x .
work               | village    | xxx xxx xx xx xxx . x .
work_kind          | township   | xxx xxx xx xx xxx . x .
round              | township   | xxx xxx xx xx xxx . x .
criterion          | township   | xxx xxx xx xx xxx . x .
seat               | township   | xxx xxx xx xx xxx . x .
document           | township   | xxx xxx xx xx xxx . x .
document_file      | township   | xxx xxx xx xx xxx . x .
calendar           | township   | xxx xxx xx xx xxx . x .
campaign           | township   | xxx xxx xx xx xxx . x .
practice           | township   | xxx xxx xx xx xxx . x .
bulletin           | township   | xxx xxx xx xx xxx . x .
unit               | township   | xxx xxx xx xx xxx . x x
cadre              | township   | xxx xxx xx xx xxx . x x
assignment         | township   | xxx xxx xx xx xxx . x x
absence            | township   | xxx xxx xx xx xxx . x x
handover           | township   | xxx xxx xx xx xxx . x x
handing            | owner      | ... ... .. x. ... . . .
summary            | township   | ... ... .. xx xxx . x .
review             | township   | ... ... .. xx xxx . x .
signed             | township   | ... ... .. xx xxx . x .
issued             | township   | ... ... .. xx xxx . x .
part               | township   | ... ... .. xx xxx . x .
past               | township   | ... ... .. xx xxx . x .
outline            | township   | ... ... .. xx xxx . x .
file               | township   | ... ... .. xx xxx . x .
job                | township   | ... ... .. xx xxx . x .
import             | township   | ... ... .. xx ... . . .
archive            | owner      | ... ... .. x. ... . . .
export             | owner      | ... ... .. x. ... . . .
own_job            | owner      | ... ... .. x. ... . . .
digest             | owner      | ... ... .. x. ... . . .
township           | everywhere | ... ... .. .. ... . . x
county             | everywhere | ... ... .. .. ... . . x
account            | everywhere | ... ... .. .. ... . . x
linked_account     | everywhere | ... ... .. .. ... . . x
"""

ROUTES_TEXT = """
problems:problem_list              | list   |             | xxx xxx xx xx xxx x x .
problems:problem_choose            | page   |             | ... xxx .. xx ... . . .
problems:problem_create            | form   |             | ... xxx .. xx ... . . .
problems:transition_table          | page   |             | xxx xxx xx xx xxx x x .
problems:thresholds                | form   | round       | ... ... .. xx ... . . .
problems:problem_detail            | page   | problem     | xxx xxx xx xx xxx x x .
problems:problem_update            | form   | problem     | ... xxx .. xx ... . . .
problems:submit                    | form   | draft       | ... xxx .. xx ... . . .
problems:accept                    | form   | submitted   | ... ... .. .x ... . . .
problems:return_to_author          | form   | submitted   | ... ... .. .x ... . . .
problems:suspend                   | form   | problem     | ... ... .. .x ... . . .
problems:resume                    | form   | suspended   | ... ... .. .x ... . . .
problems:record_degree             | form   | problem     | ... ... .. .x ... . . .
problems:change_deadline           | form   | problem     | ... ... .. .x ... . . .
problems:ask_extension             | form   | problem     | xxx xxx .. .. ... . . .
problems:decide_extension          | form   | extension   | ... ... .. .x ... . . .
problems:ask_close_out             | form   | problem     | xxx ... .. .. ... . . .
problems:check_close_out           | form   | closing     | ... xx. .. .. ... . . .
problems:close_out                 | form   | checked     | ... ... .. .x ... . . .
problems:return_close_out          | form   | checked     | ... xx. .. .x ... . . .
problems:relapse                   | form   | closed      | ... ... .. .x ... . . .
problems:leave_instruction         | form   | problem     | ... ... x. .x xxx . . .
problems:phone_home                | page   |             | xxx xxx xx xx xxx x x .
problems:progress_create           | form   | problem     | xxx xxx .. .. ... x . .
problems:milestone_create          | form   | problem     | xxx xxx .. xx ... x . .
problems:upload                    | upload |             | xxx xxx .. xx ... x . .
problems:upload_preview            | page   | upload      | xxx xxx .. xx ... x . .
problems:upload_remove             | forget | upload      | xxx xxx .. xx ... x . .
problems:evidence                  | page   | evidence    | xxx xxx xx xx xxx x x .
problems:evidence_thumbnail        | page   | evidence    | xxx xxx xx xx xxx x x .
problems:measure_list              | list   |             | xxx xxx xx xx xxx x x .
problems:measure_create            | form   | problem     | ... xxx .. xx ... . . .
problems:measure_detail            | page   | measure     | xxx xxx xx xx xxx x x .
problems:measure_update            | form   | measure     | ... xxx .. xx ... . . .
problems:measure_finish            | form   | measure     | xxx xxx .. xx ... x . .
problems:measure_reopen            | form   | measure     | ... xxx .. xx ... . . .
problems:plan_list                 | list   |             | xxx xxx xx xx xxx . x .
problems:plan_create               | form   |             | xxx xxx .. xx ... . . .
problems:plan_detail               | page   | plan        | xxx xxx xx xx xxx . x .
problems:plan_update               | form   | plan        | xxx xxx .. xx ... . . .
problems:plan_submit               | form   | plan        | xxx xxx .. xx ... . . .
problems:plan_approve              | form   | plan        | ... ... .. .x ... . . .
problems:plan_return               | form   | plan        | ... ... .. .x ... . . .
problems:plan_amend                | form   | plan        | xxx xxx .. xx ... . . .
problems:plan_call_off             | form   | plan        | xxx xxx .. xx ... . . .
problems:plan_sheet                | page   | plan        | xxx xxx xx xx xxx . x .
problems:plan_version              | page   | plan_version | xxx xxx xx xx xxx . x .
problems:criteria_update           | form   | problem     | ... xxx .. xx ... . . .
problems:criterion_files           | form   | close_criterion | xxx xxx .. xx ... x . .
problems:similar                   | page   |             | ... xxx .. xx ... . . .

villages:village_list              | list   |             | xxx xxx xx xx xxx . x .
villages:village_create            | form   |             | ... ... .. xx ... . . .
villages:village_detail            | page   | village     | xxx xxx xx xx xxx . x .
villages:village_records           | page   | village     | xxx xxx xx xx xxx . x .
villages:village_chain             | page   | village     | xxx xxx xx xx xxx . x .
villages:village_update            | form   | village     | ... ... .. xx ... . . .
villages:township_list             | list   |             | ... ... .. .. ... . . x
villages:township_create           | form   |             | ... ... .. .. ... . . x
villages:township_update           | form   | township    | ... ... .. .. ... . . x
villages:county_create             | form   |             | ... ... .. .. ... . . x
villages:county_update             | form   | county      | ... ... .. .. ... . . x
villages:unit_list                 | list   |             | xxx xxx xx xx xxx . x x
villages:unit_create               | form   |             | ... ... .. xx ... . . x
villages:unit_update               | form   | unit        | ... ... .. xx ... . . x
villages:figures_list              | list   |             | xxx xxx xx xx xxx . x .
villages:year_create               | form   | village     | xxx ... .. xx ... . . .
villages:year_update               | form   | year        | xxx ... .. xx ... . . .
villages:year_detail               | page   | year        | xxx xxx xx xx xxx . x .
villages:year_report               | act    | year        | xxx ... .. xx ... . . .
villages:year_confirm              | act    | year        | ... ... .. xx ... . . .
villages:year_return               | form   | year        | ... ... .. xx ... . . .
villages:economy_list              | list   |             | xxx xxx xx xx xxx . x .
villages:path_create               | form   | village     | xxx ... .. xx ... . . .
villages:path_update               | form   | economy     | xxx ... .. xx ... . . .
villages:training_list             | list   |             | xxx xxx xx xx xxx . x .
villages:training_create           | form   | village     | xxx ... .. xx ... . . .
villages:training_update           | form   | training    | xxx ... .. xx ... . . .
villages:post_list                 | list   |             | xxx xxx xx xx xxx . x .
villages:post_create               | form   | village     | xxx ... .. xx ... . . .
villages:post_update               | form   | post        | xxx ... .. xx ... . . .
villages:post_take                 | form   | post        | xxx ... .. xx ... . . .
villages:post_leave                | form   | post        | xxx ... .. xx ... . . .
villages:tenure_update             | form   | tenure      | xxx ... .. xx ... . . .
villages:cadre_list                | list   |             | xxx xxx xx xx xxx . x x
villages:cadre_create              | form   |             | ... ... .. xx ... . . x
villages:cadre_detail              | page   | cadre       | xxx xxx xx xx xxx . x x
villages:cadre_update              | form   | cadre       | ... ... .. xx ... . . x
villages:assignment_list           | list   |             | xxx xxx xx xx xxx . x x
villages:assignment_create         | form   |             | ... ... .. xx ... . . x
villages:assignment_update         | form   | assignment  | ... ... .. xx ... . . x
villages:assignment_end            | form   | assignment  | ... ... .. xx ... . . x
handovers:handover_list            | list   |             | xxx xxx xx xx xxx . x x
handovers:handover_create          | form   | assignment  | ... ... .. xx ... . . x
handovers:handover_detail          | page   | handover    | xxx xxx xx xx xxx . x x
handovers:handover_sheet           | page   | handover    | xxx xxx xx xx xxx . x x
handovers:handover_confirm         | act    | handing     | ... ... .. x. ... . . .
handovers:handover_confirm_for     | form   | handover    | ... ... .. xx ... . . x
handovers:handover_call_off        | form   | handover    | ... ... .. xx ... . . x
villages:absence_list              | list   |             | xxx xxx xx xx xxx . x x
villages:absence_create            | form   |             | ... ... .. xx ... . . x
villages:absence_detail            | page   | absence     | xxx xxx xx xx xxx . x x
villages:absence_change            | form   | absence     | ... ... .. xx ... . . x
villages:absence_call_off          | form   | absence     | ... ... .. xx ... . . x
villages:user_list                 | list   |             | ... ... .. .. ... . . x
villages:user_create               | form   |             | ... ... .. .. ... . . x
villages:user_detail               | page   | account     | ... ... .. .. ... . . x
villages:user_update               | form   | account     | ... ... .. .. ... . . x
villages:user_reset                | form   | account     | ... ... .. .. ... . . x
villages:user_disable              | form   | account     | ... ... .. .. ... . . x
villages:user_enable               | act    | account     | ... ... .. .. ... . . x
villages:user_unlock               | act    | account     | ... ... .. .. ... . . x
villages:user_link                 | form   | account     | ... ... .. .. ... . . x
villages:user_unlink               | act    | linked_account | ... ... .. .. ... . . x

rounds:round_list                  | list   |             | xxx xxx xx xx xxx . x .
rounds:round_create                | form   |             | ... ... .. xx ... . . .
rounds:round_detail                | page   | round       | xxx xxx xx xx xxx . x .
rounds:round_update                | form   | round       | ... ... .. xx ... . . .
rounds:criterion_create            | form   | round       | ... ... .. xx ... . . .
rounds:criterion_update            | form   | criterion   | ... ... .. xx ... . . .
rounds:designation_list            | list   |             | xxx xxx xx xx xxx . x .
rounds:designation_create          | form   | round       | ... ... .. xx ... . . .
rounds:designation_detail          | page   | designation | xxx xxx xx xx xxx . x .
rounds:designation_update          | form   | designation | ... ... .. xx ... . . .
rounds:designation_approve         | form   | designation | ... ... .. .. xx. . x .
rounds:designation_remove          | form   | designation | ... ... .. xx xx. . x .
rounds:screening_list              | list   |             | xxx xxx xx xx xxx . x .
rounds:screening_create            | form   | round       | ... ... .. xx ... . . .
rounds:screening_update            | form   | screening   | ... ... .. xx ... . . .
rounds:seat_list                   | list   |             | xxx xxx xx xx xxx . x .
rounds:seat_create                 | form   | round       | ... ... .. xx ... . . .
rounds:seat_update                 | form   | seat        | ... ... .. xx ... . . .
rounds:seat_end                    | form   | seat        | ... ... .. xx ... . . .
rounds:document_list               | list   |             | xxx xxx xx xx xxx . x .
rounds:document_create             | form   | round       | ... ... .. xx ... . . .
rounds:document_detail             | page   | document    | xxx xxx xx xx xxx . x .
rounds:document_update             | form   | document    | ... ... .. xx ... . . .
rounds:document_file_create        | form   | document    | ... ... .. xx ... . . .
rounds:document_file               | page   | document_file | xxx xxx xx xx xxx . x .
rounds:document_file_remove        | act    | document_file | ... ... .. xx ... . . .
rounds:calendar_list               | list   |             | xxx xxx xx xx xxx . x .
rounds:calendar_month              | page   |             | xxx xxx xx xx xxx . x .
rounds:calendar_create             | form   | round       | ... ... .. xx ... . . .
rounds:calendar_update             | form   | calendar    | ... ... .. xx ... . . .
rounds:calendar_finish             | form   | calendar    | ... ... .. xx ... . . .
rounds:calendar_reopen             | form   | calendar    | ... ... .. xx ... . . .
rounds:campaign_list               | list   |             | xxx xxx xx xx xxx . x .
rounds:campaign_create             | form   | round       | ... ... .. xx ... . . .
rounds:campaign_update             | form   | campaign    | ... ... .. xx ... . . .
rounds:practice_list               | list   |             | xxx xxx xx xx xxx . x .
rounds:practice_create             | form   | round       | ... ... .. xx ... . . .
rounds:practice_update             | form   | practice    | ... ... .. xx ... . . .

pairings:pairing_list              | list   |             | xxx xxx xx xx xxx . x .
pairings:pairing_create            | form   | round       | ... ... .. xx ... . . .
pairings:pairing_detail            | page   | pairing     | xxx xxx xx xx xxx . x .
pairings:pairing_update            | form   | pairing     | ... ... .. xx ... . . .
pairings:pairing_end               | form   | pairing     | ... ... .. xx ... . . .
pairings:activity_list             | list   |             | xxx xxx xx xx xxx . x .
pairings:activity_create           | form   | pairing     | xxx xxx .. xx ... . . .
pairings:plan_create               | form   | pairing     | xxx xxx .. xx ... . . .
pairings:plan_update               | form   | plan_item   | xxx xxx .. xx ... . . .
pairings:gap_list                  | list   |             | xxx xxx xx xx xxx . x .
pairings:rule_update               | form   | round       | ... ... .. xx ... . . .
pairings:activity_update           | form   | activity    | xxx xxx .. xx ... . . .

otherwork:entry_list               | list   |             | xxx xxx xx xx xxx . x .
otherwork:entry_choose             | page   |             | xxx xxx .. xx ... . . .
otherwork:entry_create             | form   | work_kind   | xxx xxx .. xx ... . . .
otherwork:entry_detail             | page   | work        | xxx xxx xx xx xxx . x .
otherwork:entry_update             | form   | work        | xxx xxx .. xx ... . . .
otherwork:entry_void               | form   | work        | xxx xxx .. xx ... . . .
otherwork:kind_list                | list   |             | xxx xxx xx xx xxx . x .
otherwork:kind_detail              | page   | work_kind   | xxx xxx xx xx xxx . x .
otherwork:kind_create              | form   |             | ... ... .. xx ... . . .
otherwork:kind_update              | form   | work_kind   | ... ... .. xx ... . . .
otherwork:kind_start               | form   |             | ... ... .. xx ... . . .

meetings:meeting_list              | list   |             | xxx xxx xx xx xxx . x .
meetings:meeting_create            | form   |             | ... ... .. xx ... . . .
meetings:meeting_detail            | page   | meeting     | xxx xxx xx xx xxx . x .
meetings:meeting_update            | form   | meeting     | ... ... .. xx ... . . .
meetings:meeting_minutes           | page   | meeting     | xxx xxx xx xx xxx . x .
meetings:village_meeting_create    | form   |             | xxx xxx .. .. ... . . .
meetings:village_meeting_update    | form   | village_meeting | xxx xxx .. .. ... . . .
meetings:agenda_choose             | form   | meeting     | ... ... .. xx ... . . .
meetings:agenda_open               | act    | meeting     | ... ... .. xx ... . . .
meetings:agenda_list               | list   |             | xxx xxx xx xx xxx . x .
meetings:agenda_create             | form   | meeting     | ... ... .. xx ... . . .
meetings:agenda_update             | form   | agenda      | ... ... .. xx ... . . .
meetings:commitment_list           | list   |             | xxx xxx xx xx xxx x x .
meetings:commitment_create         | form   | meeting     | ... ... .. xx ... . . .
meetings:commitment_detail         | page   | commitment  | xxx xxx xx xx xxx x x .
meetings:commitment_update         | form   | commitment  | ... ... .. xx ... . . .
meetings:commitment_report         | form   | commitment  | xxx xxx .. xx ... x . .

inspections:inspection_list        | list   |             | xxx xxx xx xx xxx . x .
inspections:inspection_create      | form   |             | ... ... .. xx ... . . .
inspections:inspection_detail      | page   | inspection  | xxx xxx xx xx xxx . x .
inspections:inspection_update      | form   | inspection  | ... ... .. xx ... . . .
inspections:finding_list           | list   |             | xxx xxx xx xx xxx . x .
inspections:finding_create         | form   | inspection  | ... ... .. xx ... . . .
inspections:finding_update         | form   | finding     | ... ... .. xx ... . . .
inspections:finding_problem        | form   | free_finding | ... xxx .. xx ... . . .
inspections:notice_list            | list   |             | xxx xxx xx xx xxx . x .
inspections:notice_create          | form   | inspection  | ... ... .. xx ... . . .
inspections:notice_detail          | page   | notice      | xxx xxx xx xx xxx . x .
inspections:notice_update          | form   | notice      | ... ... .. xx ... . . .
inspections:notice_sign            | form   | notice      | xxx ... .. .. ... . . .
inspections:notice_reply           | form   | notice      | xxx ... .. .. ... . . .
inspections:notice_check           | form   | notice      | ... ... .. xx ... . . .
inspections:notice_sheet           | page   | notice      | xxx xxx xx xx xxx . x .
inspections:notice_file            | page   | notice_file | xxx xxx xx xx xxx . x .
inspections:notice_file_thumbnail  | page   | notice_file | xxx xxx xx xx xxx . x .
inspections:bulletin_list          | list   |             | xxx xxx xx xx xxx . x .
inspections:bulletin_create        | form   |             | ... ... .. xx ... . . .
inspections:bulletin_detail        | page   | bulletin    | xxx xxx xx xx xxx . x .
inspections:bulletin_update        | form   | bulletin    | ... ... .. xx ... . . .
inspections:visit_list             | list   |             | xxx xxx xx xx xxx . x .
inspections:visit_create           | form   |             | ... xxx x. xx xxx . . .
inspections:visit_detail           | page   | visit       | xxx xxx xx xx xxx . x .
inspections:visit_update           | form   | visit       | ... x.. .. xx ... . . .
inspections:survey_list            | list   |             | xxx xxx xx xx xxx . x .
inspections:survey_create          | form   |             | ... ... .. xx ... . . .
inspections:survey_detail          | page   | survey      | xxx xxx xx xx xxx . x .
inspections:survey_update          | form   | survey      | ... ... .. xx ... . . .

acceptances:acceptance_list        | list   |             | xxx xxx xx xx xxx . x .
acceptances:acceptance_create      | form   | listed      | xxx ... .. .. ... . . .
acceptances:acceptance_detail      | page   | acceptance  | xxx xxx xx xx xxx . x .
acceptances:acceptance_sheet       | page   | acceptance  | xxx xxx xx xx xxx . x .
acceptances:acceptance_check       | form   | acceptance  | ... ... .. xx ... . . .
acceptances:acceptance_return      | form   | acceptance  | ... ... .. xx ... . . .
acceptances:acceptance_judge       | form   | acceptance  | ... ... .. xx ... . x .
acceptances:acceptance_confirm     | form   | acceptance  | ... ... .. .. xx. . x .
acceptances:follow_up_list         | list   |             | xxx xxx xx xx xxx . x .
acceptances:follow_up_record       | form   | follow_up   | ... xxx .. xx ... . . .
acceptances:recheck_list           | list   |             | xxx xxx xx xx xxx . x .
acceptances:recheck_create         | form   | acceptance  | ... ... .. xx ... . . .
acceptances:recheck_update         | form   | recheck     | ... ... .. xx ... . . .
acceptances:sheet_detail           | page   | round       | xxx xxx xx xx xxx . x .
acceptances:sheet_create           | ask    | round       | ... ... .. xx ... . . .
acceptances:sheet_update           | form   | round       | ... ... .. xx ... . . .
acceptances:settings_update        | form   | round       | ... ... .. xx ... . . .

reports:summary_list               | list   |             | ... ... .. xx xxx . x .
reports:summary_create             | form   |             | ... ... .. xx ... . . .
reports:summary_detail             | page   | summary     | ... ... .. xx xxx . x .
reports:summary_recompute          | form   | summary     | ... ... .. xx ... . . .
reports:part_create                | form   | summary     | ... ... .. xx ... . . .
reports:summary_submit             | act    | summary     | ... ... .. xx ... . . .
reports:summary_return             | form   | review      | ... ... .. xx xx. . . .
reports:summary_sign               | ask    | review      | ... ... .. .. xx. . . .
reports:summary_withdraw           | form   | signed      | ... ... .. .. xx. . . .
reports:summary_start_again        | act    | signed      | ... ... .. xx ... . . .
reports:issued_file_create         | form   | signed      | ... ... .. xx xx. . . .
reports:issued_file_download       | page   | issued      | ... ... .. xx xxx . x .
reports:summary_word               | act    | summary     | ... ... .. xx xx. . . .
reports:summary_pdf                | act    | summary     | ... ... .. xx xx. . . .
reports:compare                    | page   |             | ... ... .. xx xxx . x .
reports:outline_list               | page   |             | ... ... .. xx ... . . .
reports:outline_detail             | page   | outline     | ... ... .. xx ... . . .
reports:outline_reset              | act    | outline     | ... ... .. xx ... . . .
reports:outline_part_update        | form   | outline     | ... ... .. xx ... . . .
reports:outline_part_move          | act    | outline     | ... ... .. xx ... . . .
reports:outline_part_create        | form   | outline     | ... ... .. xx ... . . .
reports:outline_part_remove        | act    | outline     | ... ... .. xx ... . . .
reports:outline_put_in             | act    | outline     | ... ... .. xx ... . . .
reports:schedule_update            | ask    | outline     | ... ... .. xx ... . . .
reports:version_list               | page   | summary     | ... ... .. xx xx. . . .
reports:version_restore            | act    | past        | ... ... .. xx ... . . .
reports:part_lock                  | act    | part        | ... ... .. xx ... . . .
reports:part_unlock                | act    | part        | ... ... .. xx ... . . .
reports:part_update                | form   | part        | ... ... .. xx ... . . .
reports:part_revert                | act    | part        | ... ... .. xx ... . . .
reports:part_keep                  | act    | part        | ... ... .. xx ... . . .
reports:part_move                  | act    | part        | ... ... .. xx ... . . .
reports:part_remove                | act    | part        | ... ... .. xx ... . . .
reports:file_download              | page   | file        | ... ... .. xx xxx . x .

archives:village_archive           | page   | village     | xxx xxx xx xx xxx . x .
archives:archive_chapter           | page   | village     | xxx xxx xx xx xxx . x .
archives:archive_request           | ask    | village     | xxx xxx xx xx xxx . x .
archives:archive_download          | page   | archive     | xxx xxx xx xx xxx . x .

search:search                      | page   |             | xxx xxx xx xx xxx x x x

ledgers:ledger_list                | page   |             | xxx xxx xx xx xxx x x .
ledgers:statistics                 | page   |             | ... ... .. xx xxx . x .
ledgers:ledger_export              | form   |             | xxx xxx xx xx xxx x x .
ledgers:list_export                | ask    |             | xxx xxx xx xx xxx x x .
ledgers:export_download            | page   | export      | xxx xxx xx xx xxx x x .
ledgers:import_list                | list   |             | ... ... .. xx ... . . .
ledgers:import_create              | form   |             | ... ... .. xx ... . . .
ledgers:import_detail              | page   | import      | ... ... .. xx ... . . .
ledgers:import_answer              | act    | import      | ... ... .. xx ... . . .
ledgers:import_conflicts           | act    | import      | ... ... .. xx ... . . .
ledgers:import_recheck             | act    | import      | ... ... .. xx ... . . .
ledgers:import_apply               | try    | import      | ... ... .. xx ... . . .
ledgers:import_undo                | act    | import      | ... ... .. xx ... . . .
ledgers:import_file                | page   | import      | ... ... .. xx ... . . .
ledgers:import_template            | page   |             | ... ... .. xx ... . . .

supervision:slip_list              | list   |             | xxx xxx xx xx xxx x x .
supervision:slip_detail            | page   | slip        | xxx xxx xx xx xxx x x .
supervision:slip_sign              | form   | slip        | xxx ... .. .. ... x . .
supervision:slip_answer            | form   | slip        | xxx ... .. .. ... x . .
supervision:slip_close             | form   | slip        | ... ... .. xx ... . . .
supervision:matter_problems        | list   |             | ... ... .. xx ... . . .
supervision:matter_notices         | list   |             | ... ... .. xx ... . . .
supervision:matter_commitments     | list   |             | ... ... .. xx ... . . .
supervision:slip_problem           | form   | problem     | ... ... .. xx ... . . .
supervision:slip_notice            | form   | notice      | ... ... .. xx ... . . .
supervision:slip_commitment        | form   | commitment  | ... ... .. xx ... . . .
supervision:rules                  | form   | round       | ... ... .. xx ... . . .
supervision:urge                   | ask    | problem     | ... ... x. xx xxx . . .
supervision:digest_detail          | page   | digest      | ... ... .. x. ... . . .

workdays:year                      | page   |             | xxx xxx xx xx xxx x x x
workdays:holiday_set               | form   |             | ... ... .. xx ... . . x
workdays:holiday_reset             | act    |             | ... ... .. xx ... . . x

jobs:job_detail                    | page   | job         | ... ... .. xx xxx . x .
jobs:job_state                     | page   | job         | ... ... .. xx xxx . x .
jobs:job_cancel                    | act    | own_job     | ... ... .. x. ... . . .
jobs:job_retry                     | act    | own_job     | ... ... .. x. ... . . .
"""

# Who may take a ledger out as a workbook: who may open the list it is made of.
LEDGERS_TEXT = """
A  | xxx xxx xx xx xxx . x .
B  | xxx xxx xx xx xxx x x .
C  | xxx xxx xx xx xxx x x .
D  | xxx xxx xx xx xxx . x .
E  | xxx xxx xx xx xxx . x .
F  | xxx xxx xx xx xxx . x .
G  | ... ... .. xx xxx . x .
H  | xxx xxx xx xx xxx x x .
I  | xxx xxx xx xx xxx . x .
J  | xxx xxx xx xx xxx . x .
K  | xxx xxx xx xx xxx . x .
L1 | ... ... .. xx xxx . x .
M  | xxx xxx xx xx xxx . x .
"""

# What belongs to the visitor alone, whatever post he holds: route → (open without login, answers to GET, answers to POST).
PERSONAL: dict[str, tuple[bool, frozenset[int], frozenset[int]]] = {
    "home": (False, frozenset({200}), frozenset({405})),
    "jobs:job_list": (False, frozenset({200}), frozenset({405})),
    "supervision:inbox": (False, frozenset({200}), frozenset({405})),
    "supervision:inbox_read": (False, frozenset({405}), frozenset({302})),
    "supervision:digest_list": (False, frozenset({200}), frozenset({405})),
    "supervision:mail": (False, frozenset({200}), frozenset({422, 302})),
    "accounts:password_change": (False, frozenset({200}), frozenset({200})),
    "accounts:logout": (False, frozenset({405}), frozenset({302})),
    "accounts:login": (True, frozenset({200, 302}), frozenset({200, 302})),
    "reports:verify": (True, frozenset({200}), frozenset({422})),
    "healthz": (True, frozenset({200}), frozenset({200})),
}


@dataclass(frozen=True)
class Record:
    """How far a post sees records of one kind, and which roles see them at all."""

    kind: str
    reach: str
    seen_by: frozenset[str]


@dataclass(frozen=True)
class Route:
    """One line of the table."""

    name: str
    kind: str
    record: str  # "" when the address names none
    roles: frozenset[str]

    def __str__(self) -> str:
        return self.name

    def kwargs(self, record: Any, parameters: Iterable[str]) -> dict[str, Any]:
        """The arguments of the address for a record (or for a key that does not exist); what is no record is said by SAID."""
        said = SAID | SAID_HERE.get(self.name, {})
        key = getattr(record, "token" if "token" in parameters else "pk", record)
        return {name: said.get(name, key) for name in parameters}


# What an address says besides naming its record.
SAID = {"category": "legacy", "code": "b", "which": "file", "kind": "stage", "key": "introduction", "place": "results"}
SAID_HERE = {"ledgers:import_template": {"code": "B"}, "archives:archive_chapter": {"key": "problems"}}


def _roles(marks: str) -> frozenset[str]:
    flat = marks.replace(" ", "")
    if len(flat) != len(COLUMNS) or set(flat) - {"x", "."}:
        raise ValueError(f"one mark for each of {len(COLUMNS)} roles: {marks!r}")
    return frozenset(str(role) for role, mark in zip(COLUMNS, flat, strict=True) if mark == "x")


def _lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]


RECORDS = {kind: Record(kind, reach, _roles(marks)) for kind, reach, marks in _lines(RECORDS_TEXT)}
ROUTES = [Route(name, kind, record, _roles(marks)) for name, kind, record, marks in _lines(ROUTES_TEXT)]
LEDGER_READERS = {code: _roles(marks) for code, marks in _lines(LEDGERS_TEXT)}

"""Who looked: inspections with findings and notices, bulletins, visits to households, the survey in the middle of the round."""

from __future__ import annotations

from datetime import date as D
from datetime import timedelta

from accounts.models import User
from inspections.models import Finding, Notice
from inspections.services import bulletins, findings, inspections, notices, surveys, visits
from rectify.demo import work
from rectify.demo.base import BALLOTS, SECRETARY, Demo, at
from rectify.demo.place import TOWNSHIP, V1, V2, V3

# (inspection, village) of a notice found not good: checked, why, new reply date, signed, replied, reply
AGAIN = {
    ("i7", V3): (
        D(2026, 8, 25), "到现场核查，工期表已排，管网仍未开工，工程量未核定", D(2026, 9, 15), D(2026, 8, 26), D(2026, 9, 12),
        "水利站已重新核定工程量，开工条件除资金外已具备",
    ),
}  # fmt: skip
CHECKED_AGAIN = D(2026, 9, 18)


def load(demo: Demo) -> None:
    township, clerk = demo.township[TOWNSHIP], demo.user["shen"]
    for key, mode, day, leader, who, where, summary in work.INSPECTIONS:
        demo.inspection[key] = inspections.add_inspection(
            township=township, round=demo.round, mode=mode, held_on=day, leader=demo.cadre[leader], people=who,
            villages=[demo.village[v] for v in where], summary=summary, by=clerk, at=at(day, 17),
        )  # fmt: skip
    for key, village, text, requirement, number in work.FINDINGS:
        inspection = demo.inspection[key]
        findings.add_finding(
            inspection, village=demo.village[village], text=text, requirement=requirement, problem=demo.problem[number] if number else None,
            by=clerk, at=at(inspection.held_on, 18),
        )  # fmt: skip
    for key, village, requirement, issued, due, signed, replied, reply, closed in work.NOTICES:
        secretary = demo.user[SECRETARY[village]]
        notice = notices.issue_notice(
            demo.inspection[key], village=demo.village[village], requirement=requirement, issued_on=issued, reply_due_on=due,
            findings=findings_of(demo, key, village), by=demo.user["wu"], at=at(issued, 10),
        )  # fmt: skip
        notices.sign_notice(notice, signed_on=signed, by=secretary, at=at(signed, 9))
        if replied:
            notices.reply_notice(notice, replied_on=replied, reply=reply, by=secretary, at=at(replied, 16))
        if closed:
            check(demo, notice, key, village, secretary, closed)
    for key, looked, content in work.BULLETINS:
        meeting = demo.meeting[key]
        bulletins.add_bulletin(
            township=township, round=demo.round, meeting=meeting, reported_on=meeting.held_on,
            inspections=[demo.inspection[i] for i in looked], content=content, by=clerk, at=at(meeting.held_on, 19),
        )  # fmt: skip
    for i in range(37):  # 27 visits to 6 households, 10 to 5: 212 households
        day = D(2026, 3, 16) + timedelta(days=6 * i)
        who = work.VISITORS[i % 4]
        visits.record_visit(
            township=township, round=demo.round, village=demo.village[(V1, V2, V3)[i % 3]], cadre=demo.cadre[who], visited_on=day,
            households=6 if i < 27 else 5, note="了解生产生活情况和整治进展", by=demo.user[who], at=at(day, 18),
        )  # fmt: skip
    for village, *ballots in work.SURVEYS:
        surveys.add_survey(
            round=demo.round, village=demo.village[village], kind="midterm", held_on=work.SURVEY_DAY, by=clerk, at=at(work.SURVEY_DAY, 17),
            questions=[surveys.Answers(*answers) for answers in work.QUESTIONS.get(village, ())], **dict(zip(BALLOTS, ballots, strict=True)),
        )  # fmt: skip


def findings_of(demo: Demo, key: str, village: str) -> list[Finding]:
    """What the notice of an inspection to a village is about."""
    return list(demo.inspection[key].findings.filter(village=demo.village[village], notice=None))


def check(demo: Demo, notice: Notice, key: str, village: str, secretary: User, on: D) -> None:
    """Somebody other than the village looks whether the reply is true; once it was not, and the notice went out again."""
    wu = demo.user["wu"]
    if again := AGAIN.get((key, village)):
        checked_on, why, due_on, signed_on, replied_on, reply = again
        notices.reissue_notice(
            notice, checked_on=checked_on, note=why, reply_due_on=due_on, by=wu, at=at(checked_on, 16)
        )
        notices.sign_notice(notice, signed_on=signed_on, by=secretary, at=at(signed_on, 9))
        notices.reply_notice(notice, replied_on=replied_on, reply=reply, by=secretary, at=at(replied_on, 16))
        on = CHECKED_AGAIN
    notices.close_notice(notice, checked_on=on, note="已到村核查，情况属实", by=wu, at=at(on, 16))

"""Satisfaction surveys: the arithmetic of the ballots is checked before anything is kept, for the whole and for each question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, TypedDict, Unpack

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from inspections.models import Survey, SurveyQuestion
from inspections.models.question import MOST_QUESTIONS
from meetings.services import rules
from rounds.models import Round
from villages.models import Village

ANSWERS = ["satisfied", "mostly", "dissatisfied", "unknown"]
BALLOTS = ["issued", "returned", "valid", *ANSWERS]
FIELDS = ["round", "village", "kind", "held_on", *BALLOTS]


class Ballots(TypedDict):
    """The counts of a whole survey."""

    issued: int
    returned: int
    valid: int
    satisfied: int
    mostly: int
    dissatisfied: int
    unknown: int


@dataclass(frozen=True)
class Answers:
    """A question as it was counted."""

    text: str
    satisfied: int
    mostly: int
    dissatisfied: int
    unknown: int

    @property
    def parts(self) -> list[int]:
        return [self.satisfied, self.mostly, self.dissatisfied, self.unknown]

    def __str__(self) -> str:
        return (
            f"{self.text}：满意{self.satisfied}、基本满意{self.mostly}、不满意{self.dissatisfied}、不了解{self.unknown}"
        )


def answers_of(survey: Survey) -> list[Answers]:
    return [Answers(q.text, q.satisfied, q.mostly, q.dissatisfied, q.unknown) for q in survey.questions.all()]


def ballot_faults(ballots: Mapping[str, Any]) -> Iterator[Refused]:
    """Everything in the counts of the whole that does not add up. What is not there yet (a form half filled in) is not judged."""
    counts: list[Any] = [ballots.get(name) for name in BALLOTS]
    issued, returned, valid, *parts = counts
    if None not in (issued, returned) and returned > issued:
        yield Refused(f"收回票{returned}张多于发出票{issued}张，请核对。", field="returned")
    if None not in (returned, valid) and valid > returned:
        yield Refused(f"有效票{valid}张多于收回票{returned}张，请核对。", field="valid")
    if None not in (valid, *parts) and sum(parts) != valid:
        added = "＋".join(str(n) for n in parts)
        yield Refused(
            f"满意、基本满意、不满意、不了解四项之和须等于有效票：{added}＝{sum(parts)}，有效票{valid}，请核对。",
            field="valid",
        )


def too_many(question: Answers, valid: int) -> str:
    """Blank answers are allowed, so that a question adds up to the valid ballots at most; "" where it does."""
    if sum(question.parts) <= valid:
        return ""
    added = "＋".join(str(n) for n in question.parts)
    return f"四项之和{added}＝{sum(question.parts)}，多于有效票{valid}，请核对。"


def _check(
    *, round: Round, village: Village, kind: str, held_on: date, ballots: Ballots, at: datetime,
    besides: Survey | None = None,
) -> None:  # fmt: skip
    rules.refuse_foreign_village(round.township_id, village)
    rules.refuse_future(held_on, at=at, field="held_on", sentence="测评日期不能晚于今天。")
    for fault in ballot_faults(ballots):
        raise fault
    same = Survey.objects.filter(round=round, village=village, kind=kind, held_on=held_on)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("这个村当天的同类测评已登记，请直接修改原有记录。", field="held_on")


def _check_questions(questions: Sequence[Answers], *, valid: int) -> None:
    if len(questions) > MOST_QUESTIONS:
        raise Refused(f"一次测评最多登记{MOST_QUESTIONS}道题，现在有{len(questions)}道。")
    texts = [question.text for question in questions]
    for number, question in enumerate(questions, start=1):
        if not question.text:
            raise Refused(f"第{number}题没有写题目，请补上。")
        if texts.index(question.text) < number - 1:
            raise Refused(f"题目“{question.text}”出现了不止一次，请合并。")
        if said := too_many(question, valid):
            raise Refused(f"第{number}题“{question.text}”{said}")


def _write_questions(survey: Survey, questions: Sequence[Answers]) -> None:
    SurveyQuestion.objects.bulk_create(
        SurveyQuestion(
            survey=survey, number=number, text=q.text, satisfied=q.satisfied, mostly=q.mostly,
            dissatisfied=q.dissatisfied, unknown=q.unknown,
        )
        for number, q in enumerate(questions, start=1)
    )  # fmt: skip


@transaction.atomic
def add_survey(
    *,
    round: Round,
    village: Village,
    kind: str,
    held_on: date,
    by: Any,
    at: datetime,
    questions: Sequence[Answers] = (),
    **ballots: Unpack[Ballots],
) -> Survey:
    """Record the counted ballots of one survey, and of its questions where it had some. Refused with the numbers when they do not add up."""
    _check(round=round, village=village, kind=kind, held_on=held_on, ballots=ballots, at=at)
    _check_questions(questions, valid=ballots["valid"])
    survey = Survey.objects.create(round=round, village=village, kind=kind, held_on=held_on, **ballots)
    _write_questions(survey, questions)
    audit.record(survey, "登记民主测评", by=by, at=at)
    return survey


@transaction.atomic
def change_survey(
    survey: Survey,
    *,
    round: Round,
    village: Village,
    kind: str,
    held_on: date,
    questions: Sequence[Answers],
    base_version: int,
    by: Any,
    at: datetime,
    **ballots: Unpack[Ballots],
) -> Survey:
    """Correct a survey; its questions are replaced by those given."""
    if round.township_id != survey.round.township_id:
        raise Refused("所选轮次不是本乡镇的，请重新选择。", field="round")
    _check(round=round, village=village, kind=kind, held_on=held_on, ballots=ballots, at=at, besides=survey)
    _check_questions(questions, valid=ballots["valid"])
    before, asked = audit.snapshot(survey, FIELDS), answers_of(survey)
    replaced = list(questions) != asked
    survey.round, survey.village, survey.kind, survey.held_on = round, village, kind, held_on
    for name, number in ballots.items():
        setattr(survey, name, number)
    if replaced:
        survey.questions.all().delete()  # before the ballots change, which the old answers might exceed
    save_if_unchanged(survey, expected_version=base_version, fields=FIELDS)
    changes = audit.changes_since(before, survey)
    if replaced:
        _write_questions(survey, questions)
        for number, (old, new) in enumerate(zip_longest(asked, questions), start=1):
            if old != new:
                label = f"第{number}题"
                changes.append({"field": "questions", "label": label, "old": audit.show(old), "new": audit.show(new)})
    audit.record(survey, "修改民主测评", by=by, at=at, changes=changes)
    return survey

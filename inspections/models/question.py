"""The questions of a survey (测评题目): how each was answered, as counts only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from inspections.models.survey import Survey

MOST_QUESTIONS = 20
QUESTION_LENGTH = 100


class SurveyQuestion(models.Model):
    """One question of a survey and its four counts.

    A voter may leave a question blank, so that the four are at most the survey's valid ballots (inspections.guards holds it: it needs both
    rows); how many left it blank is the difference and is not kept.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions", verbose_name="民主测评")
    number = models.PositiveSmallIntegerField("题号")
    text = models.CharField("题目", max_length=QUESTION_LENGTH)
    satisfied = models.PositiveSmallIntegerField("满意")
    mostly = models.PositiveSmallIntegerField("基本满意")
    dissatisfied = models.PositiveSmallIntegerField("不满意")
    unknown = models.PositiveSmallIntegerField("不了解")

    class Meta:
        verbose_name = "测评题目"
        ordering = ["survey_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_question_number"),
            models.UniqueConstraint(
                fields=["survey", "text"],
                name="survey_question_text",
                violation_error_message="同一次测评中有相同的题目。",
            ),
            models.CheckConstraint(
                name="survey_question_named", condition=~Q(text=""), violation_error_message="请填写题目。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    @property
    def valid(self) -> int:
        """The ballots its rate is taken of: those of the whole survey, also where a voter left the question blank."""
        return self.survey.valid

    @property
    def answered(self) -> int:
        return self.satisfied + self.mostly + self.dissatisfied + self.unknown

    @property
    def blank(self) -> int:
        """未填."""
        return self.valid - self.answered

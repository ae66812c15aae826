"""A leader's instruction on a problem."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from problems.models import Instruction, Problem
from problems.services import standing
from villages.models import Cadre


@transaction.atomic
def leave_instruction(problem: Problem, *, text: str, by: Any, at: datetime) -> Instruction:
    """Leave an instruction; it is never edited, a later one may follow."""
    row = standing.begin(problem, action="instruction", by=by)
    if not text.strip():
        raise Refused("请写明批示内容。", field="text")
    instruction = Instruction.objects.create(
        problem=problem, cadre=Cadre.objects.filter(user=by).first(), text=text, by=by, at=at
    )
    audit.record(problem, row.verb, by=by, at=at)
    return instruction

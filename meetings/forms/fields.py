"""Form fields that name rows of other apps the way people say them."""

from django import forms

from meetings.models import Meeting
from problems.models import Problem
from rounds.models import Round
from villages.models import Unit


class MeetingField(forms.ModelChoiceField):
    """One meeting, shown with its day."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(Meeting.objects.none(), **kwargs)  # type: ignore[arg-type]


class ProblemField(forms.ModelChoiceField):
    """One problem of the ledger, shown with its village."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(Problem.objects.none(), **kwargs)  # type: ignore[arg-type]

    def label_from_instance(self, obj: Problem) -> str:
        return f"{obj.village} {obj}"


class UnitField(forms.ModelChoiceField):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(Unit.objects.none(), **kwargs)  # type: ignore[arg-type]


class RoundField(forms.ModelChoiceField):
    """One round, shown with its township: the record belongs where its round belongs."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(Round.objects.none(), **{"label": "轮次", "empty_label": None} | kwargs)  # type: ignore[arg-type]

    def label_from_instance(self, obj: Round) -> str:
        return f"{obj.township}{obj}"

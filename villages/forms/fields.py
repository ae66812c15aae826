"""Fields that name a row of the registry the way people say it; the page gives the rows in scope."""

from typing import Any

from django import forms

from villages.models import Cadre, Village


class CadreField(forms.ModelChoiceField):
    """A person, shown as 姓名（职务）, so that two people of one name are told apart."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Cadre.objects.none()} | kwargs)

    def label_from_instance(self, obj: Cadre) -> str:
        return obj.with_title


class VillageField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Village.objects.none()} | kwargs)

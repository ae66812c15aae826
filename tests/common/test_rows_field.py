"""Boxes for many rows: what is posted may be anything."""

import pytest
from django.core.exceptions import ValidationError

from common.forms import RowsField
from villages.models import Village


@pytest.mark.django_db
@pytest.mark.services
@pytest.mark.parametrize("key", ["9" * 19, "9" * 5000, "²", "-1", "a\x00b"])
def test_a_key_no_row_can_have_is_refused_at_the_field(world, key):
    field = RowsField(queryset=Village.objects.all())

    with pytest.raises(ValidationError):
        field.clean([str(world.village.pk), key])
    assert list(field.clean([str(world.village.pk)])) == [world.village]

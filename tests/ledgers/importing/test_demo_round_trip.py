"""Every ledger of the demo township, exported and imported again."""

import pytest

from accounts.models import User
from ledgers.importing.importers import IMPORTERS
from ledgers.importing.plan import Status
from rounds.models import Round
from tests.ledgers.importing.round_trip import examined, exported, told


@pytest.mark.parametrize("code", IMPORTERS)
def test_the_demo_township_comes_back_without_a_difference(code, demo_township, db, tmp_path):
    round = Round.objects.select_related("township__county").get(township__name="清溪镇", number=2)
    clerk = User.objects.filter(cadre__assignments__role="office_clerk", cadre__township=round.township).first()

    checked = examined(exported(code, round, tmp_path / "a.xlsx"), code, round, clerk)

    assert not checked.questions
    assert checked.plan
    assert checked.plan.items
    assert {i.status for i in checked.plan.items} == {Status.SAME}, told(checked)
    assert not any(i.fixed for i in checked.plan.items), told(checked)

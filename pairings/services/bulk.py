"""Many pairings at once, for imports: the rules and the records of the single services, a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged
from pairings.models import Pairing
from pairings.services import pairings as rules
from rounds.models import Round

BATCH = 1000


@dataclass
class NewPairing:
    values: Mapping[str, Any]  # village, kind, starts_on, matters and the one helper
    pairing: Pairing | None = None


class Present:
    """The pairings of a round, asked for once: whether a village has the same one already is answered in memory."""

    def __init__(self, round: Round) -> None:
        self._same: dict[tuple[Any, ...], list[Pairing]] = defaultdict(list)
        for pairing in Pairing.objects.filter(round=round):
            self._same[self._key(pairing)].append(pairing)

    @staticmethod
    def _key(pairing: Pairing) -> tuple[Any, ...]:
        return (
            pairing.village_id, pairing.kind, pairing.helper_village_id, pairing.helper_unit_id,
            pairing.helper_cadre_id,
        )  # fmt: skip

    def refuse_same(self, pairing: Pairing) -> None:
        if not pairing.helper.pk:
            return  # a helper who is registered together with the pairing has none yet
        for other in self._same[self._key(pairing)]:
            if (other.ends_on is None or other.ends_on >= pairing.starts_on) and (
                pairing.ends_on is None or other.starts_on <= pairing.ends_on
            ):
                raise Refused(rules.SAME, field=rules.HELPER_OF[Pairing.Kind(pairing.kind)])

    def add(self, pairing: Pairing) -> None:
        self._same[self._key(pairing)].append(pairing)


def build(values: Mapping[str, Any], *, round: Round, present: Present) -> Pairing:
    """The pairing as `pairings.add_pairing` would make it, checked by the same rules, not yet written. Raises Refused."""
    helpers = {name: values.get(name) for name in rules.NEEDED}
    rules.check_parties(rules.Terms(round, values["village"], values["kind"], helpers, values["starts_on"]))
    pairing = Pairing(round=round, **(dict(values) | helpers))
    present.refuse_same(pairing)
    return pairing


@transaction.atomic
def add_pairings(rows: Sequence[NewPairing], *, round: Round, by: Any, at: datetime) -> list[Pairing]:
    """Pair villages with their helpers. All or none."""
    if not rows:
        return []
    # Held, so that two imports at once do not make the same pairing twice.
    Round.objects.select_for_update().get(pk=round.pk)
    present = Present(round)
    made = []
    for row in rows:
        row.pairing = build(row.values, round=round, present=present)
        present.add(row.pairing)
        made.append(row.pairing)
    Pairing.objects.bulk_create(made, batch_size=BATCH)
    audit.record_many([audit.entry(pairing, "建立结对", by=by, at=at) for pairing in made])
    return made


@transaction.atomic
def change_matters(rows: Sequence[tuple[int, int, str]], *, by: Any, at: datetime) -> dict[int, Pairing]:
    """Write what helpers are to do (key, version it was read with, words); RecordChanged when somebody saved one meanwhile."""
    if not rows:
        return {}
    locked = Pairing.objects.with_names().select_for_update(of=("self",)).filter(pk__in=[pk for pk, _, _ in rows])
    loaded = {pairing.pk: pairing for pairing in locked}
    entries = []
    for pk, version, matters in rows:
        if pk not in loaded:
            raise Refused("有结对已不在系统中，请重新检查。")
        pairing = loaded[pk]
        if pairing.version != version:
            raise RecordChanged(pairing)
        before = audit.snapshot(pairing, rules.FIELDS)
        pairing.matters, pairing.version = matters, pairing.version + 1
        entries.append(audit.entry(pairing, "修改结对", by=by, at=at, changes=audit.changes_since(before, pairing)))
    Pairing.objects.bulk_update(loaded.values(), ["matters", "version"], batch_size=BATCH)
    audit.record_many(entries)
    return loaded

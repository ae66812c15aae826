"""The ledgers of the office, one file each, by their letter (product.md §5)."""

from ledgers.definitions import (
    acceptance,
    commitments,
    figures,
    inspections,
    measures,
    otherwork,
    pairings,
    party,
    plans,
    problems,
    rounds,
    surveys,
    villages,
)
from ledgers.form import Ledger

LEDGERS: dict[str, Ledger] = {
    ledger.code: ledger
    for ledger in (
        villages.LEDGER,
        problems.LEDGER,
        measures.LEDGER,
        plans.LEDGER,
        pairings.LEDGER,
        inspections.LEDGER,
        rounds.LEDGER,
        commitments.LEDGER,
        figures.LEDGER,
        acceptance.LEDGER,
        surveys.LEDGER,
        party.LEDGER,
        otherwork.LEDGER,
    )
}

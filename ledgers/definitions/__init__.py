"""The ledgers of the office, one file each, by their letter (product.md §5)."""

from ledgers.definitions import commitments, figures, inspections, measures, pairings, problems, villages
from ledgers.form import Ledger

LEDGERS: dict[str, Ledger] = {
    ledger.code: ledger
    for ledger in (
        villages.LEDGER,
        problems.LEDGER,
        measures.LEDGER,
        pairings.LEDGER,
        inspections.LEDGER,
        commitments.LEDGER,
        figures.LEDGER,
    )
}

"""Importers by the letter of their ledger."""

from ledgers.importing.importers.base import Importer
from ledgers.importing.importers.commitments import CommitmentImporter
from ledgers.importing.importers.figures import FiguresImporter
from ledgers.importing.importers.histories import HistoryImporter
from ledgers.importing.importers.inspections import InspectionImporter
from ledgers.importing.importers.measures import MeasureImporter
from ledgers.importing.importers.pairings import PairingImporter
from ledgers.importing.importers.problems import ProblemImporter
from ledgers.importing.importers.villages import VillageImporter

IMPORTERS: dict[str, type[Importer]] = {
    one.code: one
    for one in (
        VillageImporter,
        ProblemImporter,
        MeasureImporter,
        PairingImporter,
        InspectionImporter,
        CommitmentImporter,
        FiguresImporter,
    )
}

# Ledgers that can be taken over with the course their rows took before (补录).
HISTORIES: dict[str, type[Importer]] = {HistoryImporter.code: HistoryImporter}


def importer_of(ledger: str, *, history: bool = False) -> Importer:
    return (HISTORIES if history else IMPORTERS)[ledger]()


__all__ = ["HISTORIES", "IMPORTERS", "Importer", "importer_of"]

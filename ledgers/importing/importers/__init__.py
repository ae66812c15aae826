"""Importers by the letter of their ledger."""

from ledgers.importing.importers.base import Importer
from ledgers.importing.importers.figures import FiguresImporter
from ledgers.importing.importers.problems import ProblemImporter

IMPORTERS: dict[str, type[Importer]] = {one.code: one for one in (ProblemImporter, FiguresImporter)}

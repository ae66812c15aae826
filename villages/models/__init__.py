"""Places, units, people, their dated duties, and the yearly figures of villages."""

from villages.models.absences import Absence
from villages.models.duties import Assignment, Post, PostTenure
from villages.models.figures import CadreTraining, EconomyPath, IncomeSource, VillageYear
from villages.models.people import Cadre
from villages.models.places import County, Township, Unit, Village

__all__ = [
    "Absence",
    "Assignment",
    "Cadre",
    "CadreTraining",
    "County",
    "EconomyPath",
    "IncomeSource",
    "Post",
    "PostTenure",
    "Township",
    "Unit",
    "Village",
    "VillageYear",
]

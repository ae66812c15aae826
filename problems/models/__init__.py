"""The problem ledger: problems and their standing over time, measures, plans, progress, evidence, requests."""

from problems.models.criteria import CloseCriterion
from problems.models.evidence import Evidence, Upload
from problems.models.plans import Measure, PlanReview, PlanVersion, VillagePlan
from problems.models.problem import Assistance, KeyProject, Problem, Step
from problems.models.progress import Instruction, Milestone, ProgressEntry
from problems.models.requests import CloseRequest, Extension
from problems.terms import NEVER_ON, OPEN_STATES, Category, Colour, DeadlineKind, Degree, Severity, Source, State

__all__ = [
    "NEVER_ON",
    "OPEN_STATES",
    "Assistance",
    "Category",
    "CloseCriterion",
    "CloseRequest",
    "Colour",
    "DeadlineKind",
    "Degree",
    "Evidence",
    "Extension",
    "Instruction",
    "KeyProject",
    "Measure",
    "Milestone",
    "PlanReview",
    "PlanVersion",
    "Problem",
    "ProgressEntry",
    "Severity",
    "Source",
    "State",
    "Step",
    "Upload",
    "VillagePlan",
]

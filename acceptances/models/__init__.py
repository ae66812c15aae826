"""Whether a listed organisation may leave the list: score sheet, acceptance, and what is watched afterwards."""

from acceptances.models.acceptance import Acceptance, AcceptanceQuerySet, Score
from acceptances.models.follow_up import FollowUp, Recheck
from acceptances.models.sheet import ScoreItem, ScoreSheet

__all__ = ["Acceptance", "AcceptanceQuerySet", "FollowUp", "Recheck", "Score", "ScoreItem", "ScoreSheet"]

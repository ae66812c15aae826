"""The story of the demo township, told in the order of time: each chapter enters its tables through the services."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from rectify.demo import (
    amending,
    handing,
    inspections,
    meetings,
    neighbour,
    otherwork,
    pairings,
    place,
    problems,
    registry,
    rounds,
    summary,
    supervision,
    years,
)
from rectify.demo.base import Demo


class Loader(Demo):
    @transaction.atomic
    def load(self) -> None:
        """Everything or nothing."""
        self.admin = User.objects.create_user("admin", "系统管理员", place.PASSWORD, is_administrator=True)
        registry.load(self)
        years.load(self)
        rounds.load_first(self)
        rounds.load_second(self)
        problems.load(self)
        problems.load_plans(self)
        pairings.load(self)
        meetings.load(self)
        inspections.load(self)
        handing.settle_hand_over(self)
        handing.stand_in(self)
        otherwork.load(self)
        supervision.load(self)
        summary.load(self)
        amending.load(self)
        neighbour.load(self)

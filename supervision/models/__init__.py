"""Deadlines kept: rules of a round, numbered slips and their steps, urging, each person's inbox and morning digest, the nightly run."""

from supervision.models.inbox import Digest, InboxItem, MailAddress
from supervision.models.nightly import NightlyRun
from supervision.models.rules import SlipRules
from supervision.models.slips import Slip, SlipStep
from supervision.models.urging import Urge

__all__ = ["Digest", "InboxItem", "MailAddress", "NightlyRun", "Slip", "SlipRules", "SlipStep", "Urge"]

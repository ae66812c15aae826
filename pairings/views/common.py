"""What pages of pairings share."""

from accounts.permissions import Permission
from villages.pages import Tab

TABS = (
    Tab("结对帮扶", "pairings:pairing_list", Permission.PAIRING_VIEW),
    Tab("帮扶活动", "pairings:activity_list", Permission.PAIRING_VIEW),
    Tab("结对缺口", "pairings:gap_list", Permission.PAIRING_VIEW),
)

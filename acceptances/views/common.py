"""What pages of acceptances share."""

from accounts.permissions import Permission
from villages.pages import Tab

TABS = (
    Tab("验收", "acceptances:acceptance_list", Permission.ROUND_VIEW),
    Tab("跟踪巩固", "acceptances:follow_up_list", Permission.ROUND_VIEW),
    Tab("回头看", "acceptances:recheck_list", Permission.ROUND_VIEW),
)

from django.urls import path

from pairings.views import activities, gaps, pairings, plans

app_name = "pairings"
urlpatterns = [
    path("", pairings.PairingList.as_view(), name="pairing_list"),
    path("rounds/<int:pk>/new/", pairings.PairingCreate.as_view(), name="pairing_create"),
    path("<int:pk>/", pairings.PairingDetail.as_view(), name="pairing_detail"),
    path("<int:pk>/edit/", pairings.PairingUpdate.as_view(), name="pairing_update"),
    path("<int:pk>/end/", pairings.PairingEnd.as_view(), name="pairing_end"),
    path("<int:pk>/activities/new/", activities.ActivityCreate.as_view(), name="activity_create"),
    path("<int:pk>/plan/new/", plans.PlanItemCreate.as_view(), name="plan_create"),
    path("plan/<int:pk>/edit/", plans.PlanItemUpdate.as_view(), name="plan_update"),
    path("gaps/", gaps.GapList.as_view(), name="gap_list"),
    path("rounds/<int:pk>/rule/", gaps.RuleUpdate.as_view(), name="rule_update"),
    path("activities/", activities.ActivityList.as_view(), name="activity_list"),
    path("activities/<int:pk>/edit/", activities.ActivityUpdate.as_view(), name="activity_update"),
]

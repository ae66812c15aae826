from django.urls import path

from pairings.views import activities, pairings

app_name = "pairings"
urlpatterns = [
    path("", pairings.PairingList.as_view(), name="pairing_list"),
    path("rounds/<int:pk>/new/", pairings.PairingCreate.as_view(), name="pairing_create"),
    path("<int:pk>/", pairings.PairingDetail.as_view(), name="pairing_detail"),
    path("<int:pk>/edit/", pairings.PairingUpdate.as_view(), name="pairing_update"),
    path("<int:pk>/end/", pairings.PairingEnd.as_view(), name="pairing_end"),
    path("<int:pk>/activities/new/", activities.ActivityCreate.as_view(), name="activity_create"),
    path("activities/", activities.ActivityList.as_view(), name="activity_list"),
    path("activities/<int:pk>/edit/", activities.ActivityUpdate.as_view(), name="activity_update"),
]

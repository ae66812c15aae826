from django.urls import include, path

from rectify import home, views

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("accounts/", include("accounts.urls")),
    path("problems/", include("problems.urls")),
    path("villages/hand-overs/", include("handovers.urls")),
    path("villages/", include("villages.urls")),
    path("workdays/", include("workdays.urls")),
    path("rounds/", include("rounds.urls")),
    path("pairings/", include("pairings.urls")),
    path("otherwork/", include("otherwork.urls")),
    path("meetings/", include("meetings.urls")),
    path("inspections/", include("inspections.urls")),
    path("supervision/", include("supervision.urls")),
    path("acceptances/", include("acceptances.urls")),
    path("summaries/", include("reports.urls")),
    path("ledgers/", include("ledgers.urls")),
    path("search/", include("search.urls")),
    path("archives/", include("archives.urls")),
    path("jobs/", include("jobs.urls")),
]

handler400 = "rectify.views.bad_request"
handler403 = "rectify.views.permission_denied"
handler404 = "rectify.views.not_found"
handler500 = "rectify.views.server_error"

from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.JobList.as_view(), name="job_list"),
    path("<int:pk>/", views.JobDetail.as_view(), name="job_detail"),
    path("<int:pk>/state/", views.JobState.as_view(), name="job_state"),
    path("<int:pk>/cancel/", views.JobCancel.as_view(), name="job_cancel"),
    path("<int:pk>/retry/", views.JobRetry.as_view(), name="job_retry"),
]

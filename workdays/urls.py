from django.urls import path

from workdays import views

app_name = "workdays"
urlpatterns = [
    path("", views.YearPage.as_view(), name="year"),
    path("holiday/", views.HolidaySet.as_view(), name="holiday_set"),
    path("holiday/reset/", views.HolidayReset.as_view(), name="holiday_reset"),
]

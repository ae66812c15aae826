from django.urls import path

from villages.views import units

app_name = "villages"
urlpatterns = [
    path("units/", units.UnitList.as_view(), name="unit_list"),
    path("units/new/", units.UnitCreate.as_view(), name="unit_create"),
    path("units/<int:pk>/edit/", units.UnitUpdate.as_view(), name="unit_update"),
]

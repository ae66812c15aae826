from django.urls import path

from otherwork.views import entries, kinds

app_name = "otherwork"
urlpatterns = [
    path("", entries.EntryList.as_view(), name="entry_list"),
    path("choose/", entries.EntryChoose.as_view(), name="entry_choose"),
    path("kinds/", kinds.KindList.as_view(), name="kind_list"),
    path("kinds/new/", kinds.KindCreate.as_view(), name="kind_create"),
    path("kinds/start/", kinds.KindStart.as_view(), name="kind_start"),
    path("kinds/<int:pk>/", kinds.KindDetail.as_view(), name="kind_detail"),
    path("kinds/<int:pk>/edit/", kinds.KindUpdate.as_view(), name="kind_update"),
    path("kinds/<int:pk>/entries/new/", entries.EntryCreate.as_view(), name="entry_create"),
    path("<int:pk>/", entries.EntryDetail.as_view(), name="entry_detail"),
    path("<int:pk>/edit/", entries.EntryUpdate.as_view(), name="entry_update"),
    path("<int:pk>/void/", entries.EntryVoid.as_view(), name="entry_void"),
]

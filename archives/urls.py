from django.urls import path

from archives import views

app_name = "archives"
urlpatterns = [
    path("<int:pk>/", views.VillageArchive.as_view(), name="village_archive"),
    path("<int:pk>/chapters/<slug:key>/", views.ArchiveChapter.as_view(), name="archive_chapter"),
    path("<int:pk>/download/", views.ArchiveRequest.as_view(), name="archive_request"),
    path("files/<str:token>/", views.ArchiveDownload.as_view(), name="archive_download"),
]

from django.urls import path, re_path

from ledgers.views import imports

urlpatterns = [
    path("", imports.ImportList.as_view(), name="import_list"),
    path("new/", imports.ImportCreate.as_view(), name="import_create"),
    path("<int:pk>/", imports.ImportDetail.as_view(), name="import_detail"),
    path("<int:pk>/answer/", imports.ImportAnswer.as_view(), name="import_answer"),
    path("<int:pk>/conflicts/", imports.ImportConflicts.as_view(), name="import_conflicts"),
    path("<int:pk>/recheck/", imports.ImportRecheck.as_view(), name="import_recheck"),
    path("<int:pk>/apply/", imports.ImportApply.as_view(), name="import_apply"),
    path("<int:pk>/undo/", imports.ImportUndo.as_view(), name="import_undo"),
    re_path(r"^(?P<pk>\d+)/(?P<which>file|marked)/$", imports.ImportFile.as_view(), name="import_file"),
    path("templates/<str:code>/", imports.ImportTemplate.as_view(), name="import_template"),
]

from django.urls import include, path

from ledgers.views import exports, statistics

app_name = "ledgers"
urlpatterns = [
    path("imports/", include("ledgers.urls_import")),
    path("", exports.LedgerList.as_view(), name="ledger_list"),
    path("statistics/", statistics.StatisticsPage.as_view(), name="statistics"),
    path("exports/<str:token>/", exports.ExportDownload.as_view(), name="export_download"),
    path("<str:code>/export/", exports.LedgerExport.as_view(), name="ledger_export"),
    path("<str:code>/export/list/", exports.ListExport.as_view(), name="list_export"),
]

from django.apps import AppConfig


class RectifyConfig(AppConfig):
    name = "rectify"
    verbose_name = "后进村集中整治"

"""Home pages: what is mine, what is due, what is red."""

from typing import Any

from django.views.generic import TemplateView


class Home(TemplateView):
    template_name = "rectify/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": "首页"}

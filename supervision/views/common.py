"""What pages of supervision share."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import View

from supervision.terms import Colour, Level
from villages.pages import PermissionRequired

# A shape and a word: never colour alone.
LIGHTS = {Level.BLUE: "light-blue", Level.YELLOW: "light-yellow", Level.RED: "light-red"}
COLOUR_LIGHTS = {Colour.BLUE: "light-blue", Colour.YELLOW: "light-yellow", Colour.RED: "light-red"}


class Personal(PermissionRequired):
    """A page of the visitor's own, whatever post he holds: no permission is asked, only his own rows are read."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.load(**kwargs)
        return View.dispatch(self, request, *args, **kwargs)

"""Short ways to fill in the registry's forms."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django import forms
from django.test import Client

from tests.conftest import NOON
from villages.models import Assignment, Cadre, Post, Village
from villages.services import duties, figures, people, posts


@pytest.fixture
def send() -> Callable[..., Any]:
    """Open a form, type `data` into it, send it: the answer."""

    def send(client: Client, url: str, **data: Any) -> Any:
        page = client.get(url)
        assert page.status_code == 200, page.status_code
        form = page.context["form"]
        typed = {name: form[name].value() for name in form.fields}
        for name, field in form.fields.items():
            if type(field) is forms.ChoiceField and not typed[name]:  # as a browser does: the first choice
                typed[name] = field.choices[0][0]
        typed = {name: "" if value is None or value is False else value for name, value in typed.items()}
        typed = {name: value for name, value in typed.items() if value != ""}
        hidden = {"submission": page.context["submission"], "base_version": page.context["base_version"]}
        return client.post(url, typed | hidden | data)

    return send


@pytest.fixture
def cadre(world) -> Callable[..., Cadre]:
    """A person of 清溪镇 without an account."""

    def cadre(name: str = "王伟", **values: Any) -> Cadre:
        return people.add_cadre(
            **({"county": world.county, "township": world.township, "name": name, "by": None, "at": NOON} | values)
        )

    return cadre


@pytest.fixture
def duty(world, cadre) -> Callable[..., Assignment]:
    """A duty at 石桥村 since the beginning of the year."""

    def duty(**values: Any) -> Assignment:
        defaults = {
            "role": "resident_cadre", "place": world.village, "starts_on": date(2026, 1, 1), "by": None, "at": NOON,
        }  # fmt: skip
        return duties.assign(**({"cadre": values.pop("cadre", None) or cadre()} | defaults | values))

    return duty


@pytest.fixture
def post(world) -> Callable[..., Post]:
    def post(title: str = "副书记", village: Village | None = None) -> Post:
        return posts.add_post(village=village or world.village, title=title, by=None, at=NOON)

    return post


@pytest.fixture
def sheet(world) -> Callable[..., Any]:
    def sheet(village: Village | None = None, year: int = 2026, **values: Any) -> Any:
        return figures.save_year(village=village or world.village, year=year, by=None, at=NOON, **values)

    return sheet

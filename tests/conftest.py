"""The cast of every test: two townships under one county, one person per role, a stranger from the other township."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.roles import ROLE_LEVEL, Role
from rounds.models import Round
from villages.access import Access, access_of
from villages.models import Assignment, Cadre, County, Township, Unit, Village

TZ = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 10, 31)
NOON = datetime(2026, 10, 31, 12, 0, tzinfo=TZ)


@dataclass
class World:
    county: County
    township: Township
    other_township: Township
    village: Village
    sibling: Village  # same township
    foreign: Village  # the other township
    station: Unit
    round: Round
    other_round: Round
    users: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        """world.office_clerk, world.village_secretary, world.stranger …: the user of that role."""
        try:
            return self.__dict__["users"][name]
        except KeyError:
            raise AttributeError(name) from None

    def access(self, user: User, on: date = TODAY) -> Access:
        return access_of(user, on)

    def client(self, user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def person(
        self, role: str, place: Any, *, key: str | None = None, name: str | None = None, start: date = date(2025, 1, 1)
    ) -> User:
        """A user with a cadre and one post at `place`."""
        key = key or role
        user = User.objects.create_user(key, name or f"{Role(role).label}甲", "secret-" + key)
        township = place if isinstance(place, Township) else getattr(place, "township", None)
        cadre = Cadre.objects.create(
            county=self.county, township=township, name=user.name, title=Role(role).label, user=user
        )
        Assignment.objects.create(cadre=cadre, role=role, starts_on=start, **{ROLE_LEVEL[role]: place})
        self.users[key] = user
        return user


def make_world() -> World:
    county = County.objects.create(name="云川市", party_committee="中共云川市委")
    here = Township.objects.create(county=county, name="清溪镇")
    there = Township.objects.create(county=county, name="白石镇")
    village = Village.objects.create(township=here, name="石桥村", sort=1)
    sibling = Village.objects.create(township=here, name="下塘村", sort=2)
    foreign = Village.objects.create(township=there, name="白石村", sort=1)
    station = Unit.objects.create(county=county, township=here, name="自然资源所")
    common: dict[str, Any] = {
        "campaign": "两示范一整顿", "year": 2026, "number": 2, "deployed_by": "中共云川市委",
        "starts_on": date(2026, 3, 5), "ends_on": date(2026, 11, 30),
    }  # fmt: skip
    world = World(
        county, here, there, village, sibling, foreign, station,
        Round.objects.create(township=here, **common), Round.objects.create(township=there, **common),
    )  # fmt: skip
    places = {"village": village, "township": here, "county": county, "unit": station}
    for role in Role.values:
        world.person(role, places[ROLE_LEVEL[role]])
    world.person(Role.VILLAGE_SECRETARY, sibling, key="sibling_secretary", name="邻村书记")
    world.person(Role.OFFICE_CLERK, there, key="stranger", name="外镇经办")
    world.users["administrator"] = User.objects.create_user(
        "administrator", "系统管理员", "secret-administrator", is_administrator=True
    )
    return world


@pytest.fixture
def world(db: Any) -> World:
    return make_world()


@pytest.fixture
def remembering(settings: Any) -> Iterator[None]:
    """The portal's small memory, which tests do without: what is counted once a minute is not counted for every page."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "test"}}
    yield
    cache.clear()


@pytest.fixture(scope="module")
def demo_township(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """The demo township, loaded once for a module and rolled back after it; use together with `db`."""
    from django.db import transaction

    from rectify.demo.loader import Loader

    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        loader = Loader()
        try:
            loader.load()
            yield loader
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The size of the access table (tests/access), however many processes tried it."""
    counts: dict[str, int] = {}
    for report in (r for state in ("passed", "failed") for r in terminalreporter.stats.get(state, ())):
        for name, number in getattr(report, "user_properties", ()):
            if name.startswith("access "):
                counts[name] = counts.get(name, 0) + int(number)
    if counts:
        terminalreporter.write_line(
            f"access table: {counts['access routes']} routes × methods, {counts['access cells']} cells, "
            f"{counts['access wrong']} wrong"
        )

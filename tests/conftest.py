"""The cast of every test: two townships under one county, one person per role, a stranger from the other township."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, settings

from accounts.models import User
from accounts.roles import ROLE_LEVEL, Role
from rounds.models import Round
from tests import prepare
from villages.access import Access, access_of
from villages.models import Assignment, Cadre, County, Township, Unit, Village

TZ = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 10, 31)
NOON = datetime(2026, 10, 31, 12, 0, tzinfo=TZ)


# A property that took long on a busy machine is not false.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")

# What takes longest begins first: at the end every process has small things left, none waits for another. In seconds of one core.
LONG = {
    "access/test_get.py": 165, "access/test_post.py": 120, "browser/test_crawl.py": 100, "reports/test_render_kill.py": 50,
    "services/test_at_once.py": 30, "access/test_canary.py": 30, "reports/test_files.py": 26, "browser/test_forms.py": 25,
    "browser/test_round.py": 25, "reports/test_figures.py": 20, "problems/test_transitions.py": 16,
    "ledgers/importing/test_workbooks.py": 15, "ledgers/importing/test_killed.py": 15, "document/test_file.py": 12,
    "supervision/test_killed.py": 11, "document/test_fonts.py": 11, "services/test_worker.py": 11, "access/test_controls.py": 10,
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    long = {Path(__file__).parent / name: seconds for name, seconds in LONG.items()}
    items.sort(key=lambda item: -long.get(item.path, 0))


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


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    return django_db_keepdb or prepared_tables() is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Begin with the tables that bin/test has made for all processes: walking through the migrations takes each 14 s."""
    if (tables := prepared_tables()) is not None:
        shutil.copyfile(tables, connection.settings_dict["TEST"]["NAME"])


def prepared_tables() -> Path | None:
    return prepare.found(prepare.TABLES) if connection.vendor == "sqlite" else None


class Snapshot:
    """Rows a scene has made, to be put back into the tables many times faster than they were made. On SQLite, whose counters follow the rows."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = {}

    @staticmethod
    def read() -> dict[str, list[tuple[Any, ...]]]:
        with connection.cursor() as cursor:
            names = connection.introspection.table_names(cursor)
            return {n: cursor.execute(f'SELECT * FROM "{n}"').fetchall() for n in names}

    @contextmanager
    def taken(self) -> Iterator[None]:
        before = self.read()
        yield
        self.rows = {name: rows for name, rows in self.read().items() if rows != before[name]}

    def put_back(self) -> None:
        with connection.cursor() as cursor:
            for name, rows in self.rows.items():
                cursor.execute(f'DELETE FROM "{name}"')
                if rows:
                    marks = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)


# The demo township as it was loaded first by this process, on that day.
_loaded: dict[date, tuple[Any, Snapshot]] = {}


@pytest.fixture(scope="module")
def demo_township(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """The demo township, there for a module and rolled back after it; use together with `db`."""
    from rectify.demo.loader import Loader

    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            today = date.today()
            if today in _loaded:
                loader, snapshot = _loaded[today]
                snapshot.put_back()
            else:
                loader, snapshot = Loader(), Snapshot()
                with snapshot.taken() if connection.vendor == "sqlite" else nullcontext():
                    loader.load()
                if snapshot.rows:
                    _loaded[today] = loader, snapshot
            yield deepcopy(loader)  # a module may change what it holds
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

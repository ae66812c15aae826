"""A whole portal on a free port, as bin/serve runs it: gunicorn, worker, collected static files, demo township; and people at it."""

from __future__ import annotations

import fcntl
import io
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bin"))

import _check  # noqa: E402
import _run  # noqa: E402
import _serve  # noqa: E402

from rectify.demo.place import PASSWORD  # noqa: E402
from tests import prepare  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
ARGS += ["--disable-component-update", "--disable-sync"]
DESK = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


@dataclass
class Portal:
    """Two processes and a data folder. The tests look into the database from outside, as an administrator would."""

    url: str
    folder: Path

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement on the portal's own database."""
        connection = sqlite3.connect(self.folder / "portal.sqlite3", timeout=20)
        try:
            with connection:
                return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def problem(self, title: str) -> int:
        """The key of the problem whose title begins so."""
        return int(self.sql("SELECT id FROM problems_problem WHERE title LIKE ?", f"{title}%")[0][0])

    def count(self, table: str, where: str = "1=1", *values: Any) -> int:
        return int(self.sql(f"SELECT count(*) FROM {table} WHERE {where}", *values)[0][0])


def wait_until(holds: Callable[[], Any], what: str, seconds: float = 90) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{seconds} s passed without: {what}")
        time.sleep(0.05)
    return found


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=20) as answer:
            return answer.status == 200
    except OSError:
        return False


def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with migrations, static files and the demo township, made once for all processes of the run."""
    if (ready := prepare.found(f"{prepare.PORTAL}/{prepare.READY}")) is not None:
        return ready.parent
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "portal-prepared"
    with (shared / "portal-prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / prepare.READY).exists():
            prepare.portal(folder)
    return folder


@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    shutil.copytree(prepared(tmp_path_factory), folder, dirs_exist_ok=True)
    environ = {name: value for name, value in os.environ.items() if name not in _check.OWN_VARIABLES}
    port = _check.free_port()
    config = _serve.Config(environ | {"DATA_DIR": str(folder), "PORT": str(port), "LOAD_DEMO": "1"})
    portal = Portal(f"http://127.0.0.1:{port}", folder)
    servers: list[subprocess.Popen[bytes]] = []
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # a fork beside threads; the child runs another program at once
        try:
            for name, command in (("web", _serve.web_command(config)), ("worker", _serve.worker_command(config))):
                with (folder / f"{name}.log").open("wb") as log:
                    servers.append(_run.spawn(command, config.env, stdout=log, stderr=subprocess.STDOUT))
            wait_until(lambda: answers(portal.url), "an answer of the portal", 180)
            yield portal
        finally:
            _run.end_all(servers, grace=10)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What the browsers of one test did that no page may do, and what they complained of."""

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Any, portal: Portal) -> None:
        def asked(request: Any) -> None:
            if not request.url.startswith((f"{portal.url}/", "data:", f"blob:{portal.url}/", "about:")):
                self.outside.append(request.url)

        page.on("request", asked)
        page.on("console", lambda message: self.complain(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def complain(self, kind: str, text: str) -> None:
        # A refused form is answered with 422, a changed record with 409: the browser notes both as errors.
        if kind in ("error", "warning") and not re.search(r"status of (404|409|422)", text):
            self.complaints.append(text)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Every test that opens a page also proves that nothing was asked of an outside address and no policy was broken."""
    watch = Watch()
    yield watch
    assert watch.outside == []
    assert watch.complaints == []


Enter = Callable[..., Any]


@pytest.fixture
def visit(chromium: Any, portal: Portal, watch: Watch) -> Iterator[Enter]:
    """visit(PHONE, javascript=False) gives a page of a fresh browser profile, not signed in."""
    contexts: list[Any] = []

    def visit(device: dict[str, Any] = DESK, *, javascript: bool = True, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=portal.url, locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=javascript,
            **device, **options,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(60_000)  # as long as a busy machine may need; who waits for nothing waits no longer
        page = context.new_page()
        watch.follow(page, portal)
        return page

    yield visit
    for context in contexts:
        context.close()


def sign_in(page: Any, user: str, to: str = "/") -> None:
    """Through the login page, from wherever it was shown."""
    if "/accounts/login/" not in page.url:
        page.goto(to)
    page.fill("[name=username]", user)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


@pytest.fixture(scope="package")
def cookies() -> dict[str, list[Any]]:
    """The session cookies of those who signed in before: to sign in is the matter of a few tests only."""
    return {}


@pytest.fixture
def enter(visit: Enter, cookies: dict[str, list[Any]]) -> Enter:
    """enter("wangwei", "/problems/") gives a page of that person, signed in."""

    def enter(user: str, to: str = "/", device: dict[str, Any] = DESK, **options: Any) -> Any:
        page = visit(device, **options)
        if user in cookies:
            page.context.add_cookies(cookies[user])
            page.goto(to)
        if user not in cookies or "/accounts/login/" in page.url:
            sign_in(page, user, to)
            cookies[user] = page.context.cookies()
        return page

    return enter


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a phone takes it: with place and time in its EXIF. Small, so that the browser sends it as it is."""
    return make_photo(tmp_path / "现场照片.jpg")


def make_photo(path: Path) -> Path:
    image = Image.effect_noise((640, 480), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (28.0, 27.0, 36.0), 3: "E", 4: (119.0, 55.0, 12.0)})
    image.save(path, quality=85, exif=exif)
    assert place_of(path.read_bytes())
    return path


def place_of(content: bytes) -> dict[int, Any]:
    """The GPS part of a photo's EXIF."""
    with Image.open(io.BytesIO(content)) as image:
        return dict(image.getexif().get_ifd(0x8825))

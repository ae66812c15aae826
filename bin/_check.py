"""bin/test: install what the checks need, run all of them in order, print a table; exit code 1 if any failed."""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import _setup
from _run import (
    ASSETS,
    LOGS,
    ROOT,
    TIMED_OUT,
    Command,
    Refusal,
    Stop,
    Stopped,
    end_all,
    guarded,
    output_of,
    run,
    say,
    spawn,
    tail,
)
from _setup import FONT_SOURCES, PYTHON, VENV, apt_install, step

# Where types are checked: what computes and what changes data. Views and forms are covered by the page tests.
TYPED = ["*/services.py", "*/services/*.py", "*/work.py", "*/queries.py", "*/states.py", "*/access.py", "*/scope.py"]
TYPED += [
    "*/sweep.py",
    "*/tasks.py",
    "common/*.py",
    "reports/figures/*.py",
    "reports/document/*.py",
    "reports/drafting/*.py",
]

PRODUCTION = {
    "DEBUG": "0",
    "HTTPS": "1",
    "ALLOWED_HOSTS": "portal.example",
    "DJANGO_SETTINGS_MODULE": "rectify.settings",
}

# Settings of the portal that a developer may have exported; a check must not depend on them.
OWN_VARIABLES = ["ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DATA_DIR", "DEBUG", "DJANGO_SETTINGS_MODULE"]
OWN_VARIABLES += [
    "FONT_DIR",
    "FONT_FACES",
    "HOST",
    "HTTPS",
    "LOAD_DEMO",
    "LOG_LEVEL",
    "NODE_MODULES",
    "PORT",
    "PUBLIC_URL",
    "REDIS_URL",
]
OWN_VARIABLES += ["SECRET_KEY"]

TIME_LIMIT = 2400  # seconds for one check; one that hangs must not hold the rest
NO_TESTS = 5  # pytest's exit code when nothing was selected
PROCESSES = str(max(1, min(4, os.cpu_count() or 1)))
# By file: a scene that is built once for a file (the demo township, the access scene) is not built once more in each process.
# In the order of tests/conftest.py, which knows the long files; the runner itself would only count their tests.
SPREAD = ["-n", PROCESSES, "--dist", "loadfile", "--no-loadscope-reorder"]


@dataclass
class Check:
    title: str
    command: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)
    log: str = ""  # the file that gets its output, which is shown only when it fails; without: shown as it comes
    tests: bool = False
    needs: Callable[[], contextlib.AbstractContextManager[Mapping[str, str]]] | None = None


@dataclass
class Outcome:
    title: str
    passed: bool
    seconds: float


# --- what the checks need ------------------------------------------------------------------------------------------


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)


def postgres_programs() -> Path | None:
    """Debian keeps the server's programs out of PATH, one folder a version."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not folders and (found := shutil.which("initdb")):
        folders = [Path(found).resolve().parent]
    return max(
        folders,
        key=lambda folder: [int(part) for part in folder.parent.name.split(".") if part.isdigit()],
        default=None,
    )


def test_packages() -> None:
    wanted = {
        "chromium": chromium(),
        "postgresql": postgres_programs(),
        "redis-server": shutil.which("redis-server"),
        "poppler-utils": shutil.which("pdftotext") and shutil.which("pdftoppm"),
        # For veraPDF, which tells whether a paper is PDF/A: its jar comes with a wheel, Java and JAXB do not.
        "default-jdk-headless": shutil.which("javac"),
        "libjaxb-java": Path("/usr/share/java/jaxb-runtime.jar").exists(),
        # Opens the Word files: another program's pages beside the PDF's.
        "libreoffice-writer-nogui": Path("/usr/lib/libreoffice/program/libswlo.so").exists(),
    }
    if packages := [name for name, found in wanted.items() if not found]:
        with services_stay_off():
            apt_install(packages, "浏览器、数据库和 PDF 测试")


@contextlib.contextmanager
def services_stay_off() -> Iterator[None]:
    """The tests need the programs of PostgreSQL and Redis, not a server that starts with its package."""
    policy = Path("/usr/sbin/policy-rc.d")
    if os.geteuid() != 0 or policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)


def screen_fonts() -> Path:
    """A data folder with a Chinese face in it: on a bare machine Chromium would draw boxes and measure those."""
    home = ASSETS / "xdg"
    fonts = home / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for name in ("FandolHei-Regular.otf", "FandolSong-Regular.otf"):
        link = fonts / name
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(FONT_SOURCES / name)
    return home


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(ready: Callable[[], bool], server: subprocess.Popen[bytes], name: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        if Stop.asked:
            raise Stopped
        if server.poll() is not None or time.monotonic() > deadline:
            raise Refusal(f"测试用的 {name} 没有启动成功。最后的输出：\n{tail(log)}")
        time.sleep(0.1)


def connects(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def services() -> Iterator[Mapping[str, str]]:
    """A real PostgreSQL and a real Redis on loopback, with data folders of their own that vanish afterwards."""
    with contextlib.ExitStack() as stack:
        with step("启动 PostgreSQL 和 Redis（临时，仅本机）"):
            database = stack.enter_context(postgres())
            broker = stack.enter_context(redis())
        yield {"DATABASE_URL": database, "REDIS_URL": broker}


@contextlib.contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"rectify-{name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    programs = postgres_programs()
    if programs is None:
        raise Refusal(f"没有找到 PostgreSQL 的程序。请执行：{_setup.apt_command(['postgresql'])}")
    with temporary_folder("pg") as folder:
        user: dict[str, object] = {"cwd": folder}
        password = secrets.token_hex(16)
        secret = folder / "password"
        secret.write_text(password)
        if os.geteuid() == 0:  # the server refuses to run as root
            account = pwd.getpwnam("postgres")
            user |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            for path in (folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        log = LOGS / "postgresql.log"
        with log.open("wb") as output:
            data, port = folder / "data", free_port()
            environment = {**os.environ, "LC_ALL": "C.UTF-8"}
            init: Command = [programs / "initdb", "-D", data, "-U", "rectify", "--encoding=UTF8", "--locale=C.UTF-8"]
            init += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
            made = spawn(init, environment, stdout=output, stderr=subprocess.STDOUT, **user)
            if made.wait():
                raise Refusal(f"测试用的 PostgreSQL 建不了数据目录。最后的输出：\n{tail(log)}")
            # The data is thrown away, so the server need not wait for the disk.
            options = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off"]
            options += ["full_page_writes=off", "synchronous_commit=off", "max_connections=60"]
            command: Command = [
                programs / "postgres",
                "-D",
                data,
                *(part for option in options for part in ("-c", option)),
            ]
            server = spawn(command, environment, stdout=output, stderr=subprocess.STDOUT, **user)
            try:
                ready: Command = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
                wait_for(lambda: output_of(ready)[0] == 0, server, "PostgreSQL", log)
                yield f"postgres://rectify:{password}@127.0.0.1:{port}/rectify"
            finally:
                with contextlib.suppress(ProcessLookupError):
                    server.send_signal(signal.SIGINT)  # "fast": does not wait for clients
                end_all([server], grace=5)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        raise Refusal(f"没有找到 redis-server。请执行：{_setup.apt_command(['redis-server'])}")
    with temporary_folder("redis") as folder:
        password, port, log = secrets.token_hex(16), free_port(), LOGS / "redis.log"
        configuration = folder / "redis.conf"  # not on the command line, where every user of the machine reads it
        configuration.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {folder}\n"
            'save ""\nappendonly no\nmaxmemory-policy noeviction\n'
        )
        with log.open("wb") as output:
            server = spawn([program, configuration], stdout=output, stderr=subprocess.STDOUT)
            try:
                wait_for(lambda: connects(port), server, "Redis", log)
                yield f"redis://:{password}@127.0.0.1:{port}/0"
            finally:
                end_all([server], grace=5)


# --- the checks ----------------------------------------------------------------------------------------------------


def typed_files() -> list[str]:
    found = {path for pattern in TYPED for path in ROOT.glob(pattern)}
    inside = (path.relative_to(ROOT) for path in found)
    return sorted(str(path) for path in inside if "migrations" not in path.parts and path.parts[0] != "tests")


def template_folders() -> list[str]:
    """The portal's own pages; the benchmark's bare page is bare on purpose."""
    folders = [ROOT / "templates", *sorted(path.parent / "templates" for path in ROOT.glob("*/apps.py"))]
    return [str(path.relative_to(ROOT)) for path in folders if path.is_dir() and path.parent.name != "bench"]


def linting() -> list[Check]:
    program = VENV / "bin"
    manage: Command = [PYTHON, "manage.py"]
    in_tests = {"DJANGO_SETTINGS_MODULE": "rectify.settings_test"}
    return [
        Check("格式 ruff format", [program / "ruff", "format", "--check", "."], log="ruff-format"),
        Check("代码检查 ruff check", [program / "ruff", "check", "."], log="ruff"),
        Check("类型 mypy", [program / "mypy", *typed_files()], in_tests, log="mypy"),
        Check(
            "类型 mypy（启动脚本）",
            [program / "mypy", "--config-file=", "--strict", *sorted((ROOT / "bin").glob("_*.py"))],
            {"MYPYPATH": "bin", "MYPY_CACHE_DIR": ".mypy_cache/bin"},  # both run at the same time
            "mypy-bin",
        ),
        Check("模板 djlint", [program / "djlint", "--lint", "--quiet", *template_folders()], log="djlint"),
        Check(
            "迁移齐全 makemigrations --check",
            [*manage, "makemigrations", "--check", "--dry-run"],
            in_tests,
            "migrations",
        ),
        Check(
            "生产配置 check --deploy",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            {**PRODUCTION, "SECRET_KEY": secrets.token_urlsafe(48)},
            "deploy",
        ),
        Check("导入约定 lint-imports", [program / "lint-imports", "--no-cache"], log="imports"),
    ]


def preparing(folder: Path, fast: bool) -> Check:
    """Tables and demo portal for all processes of the tests: made while the second core would have nothing to do."""
    command: Command = [PYTHON, "-m", "tests.prepare", folder, *([] if fast else ["--portal"])]
    return Check("迁移 migrate" if fast else "迁移与演示数据 migrate, load_demo", command, log="prepare")


def files_with(mark: str) -> list[str]:
    """The test files that speak of this mark: a part of a few files need not read all the others first, in every process."""
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in tests if f"mark.{mark}" in path.read_text(encoding="utf-8")]


def testing(passed_on: Sequence[str], fast: bool) -> list[Check]:
    pytest: Command = [PYTHON, "-m", "pytest", "-q"]
    checks = [
        Check(
            "单元、页面与 PDF 测试",
            [*pytest, *SPREAD, "-m", "not browser", *passed_on],
            tests=True,
        )
    ]
    if fast:
        return checks
    browser = {"CHROMIUM": chromium() or "", "XDG_DATA_HOME": str(screen_fonts())}
    return [
        *checks,
        Check(
            "浏览器测试",
            [*pytest, *SPREAD, "-m", "browser", *(passed_on or files_with("browser"))],
            browser,
            tests=True,
        ),
        Check(
            "PostgreSQL 与 Redis 上的测试",
            [*pytest, *SPREAD, "-m", "services and not browser", *(passed_on or files_with("services"))],
            tests=True,
            needs=services,
        ),
    ]


def carry_out(check: Check, environment: Mapping[str, str], chosen: bool) -> Outcome:
    """One check by itself, its output as it comes."""
    say(f"\n▶ {check.title}")
    with contextlib.ExitStack() as stack:
        extra = stack.enter_context(check.needs()) if check.needs else {}
        started = time.monotonic()
        code = run(check.command, env={**environment, **check.env, **extra}, timeout=TIME_LIMIT)
    seconds = time.monotonic() - started
    # Somebody who chose his tests may have chosen none of this kind; otherwise a run without tests proves nothing.
    passed = code == 0 or (check.tests and chosen and code == NO_TESTS)
    if code == NO_TESTS:
        say("没有选中任何测试。")
    if code == TIMED_OUT:
        say(f"超过 {TIME_LIMIT} 秒，已结束。")
    return Outcome(check.title, passed, seconds)


@dataclass
class Running:
    check: Check
    process: subprocess.Popen[bytes]
    started: float


def carry_out_together(checks: Sequence[Check], environment: Mapping[str, str]) -> list[Outcome]:
    """Short checks that use one core each, as many at a time as there are cores. What one says is shown when it has failed."""
    waiting = list(checks)
    running: list[Running] = []
    outcomes: list[Outcome] = []
    LOGS.mkdir(parents=True, exist_ok=True)
    try:
        while waiting or running:
            if Stop.asked:
                raise Stopped
            while waiting and len(running) < int(PROCESSES):
                check = waiting.pop(0)
                with (LOGS / f"{check.log}.log").open("wb") as log:
                    process = spawn(check.command, {**environment, **check.env}, stdout=log, stderr=subprocess.STDOUT)
                running.append(Running(check, process, time.monotonic()))
            for each in running[:]:
                seconds = time.monotonic() - each.started
                late = seconds > TIME_LIMIT
                if each.process.poll() is None and not late:
                    continue
                running.remove(each)
                end_all([each.process], grace=5 if late else 0)  # also what it may have left in its session
                passed = each.process.returncode == 0 and not late
                outcomes.append(Outcome(each.check.title, passed, seconds))
                say(f"  {each.check.title}：{'通过' if passed else '未通过'}，{seconds:.1f} 秒")
                if not passed:
                    say((LOGS / f"{each.check.log}.log").read_text(errors="replace").rstrip())
                if late:
                    say(f"超过 {TIME_LIMIT} 秒，已结束。")
            time.sleep(0.05)
    finally:
        end_all([each.process for each in running], grace=5)
    order = [check.title for check in checks]
    return sorted(outcomes, key=lambda outcome: order.index(outcome.title))


def table(outcomes: Sequence[Outcome], seconds: float) -> str:
    lines = ["", "检查结果"]
    lines += [f"  {'✓' if each.passed else '✗'} {each.seconds:7.1f} 秒  {each.title}" for each in outcomes]
    failed = sum(not each.passed for each in outcomes)
    lines += [f"  共 {seconds:.1f} 秒", "", f"{len(outcomes) - failed} passed, {failed} failed"]
    return "\n".join(lines)


def start(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="运行全部检查。其余参数交给 pytest，这时只跑测试：bin/test -k summary 或 bin/test -- tests/a.py",
        add_help=False,
    )
    parser.add_argument("--fast", action="store_true", help="不跑浏览器测试，不启动 PostgreSQL 和 Redis")
    parser.add_argument("-h", "--help", action="help", help="显示本说明")
    options, passed_on = parser.parse_known_args(arguments)
    passed_on = [argument for argument in passed_on if argument != "--"]

    started = time.monotonic()
    _setup.install(*([] if options.fast else [test_packages]), dev=True)
    with temporary_folder("test") as folder:
        # Compiled modules are kept, whatever was exported: some two hundred processes would each compile the portal anew, 1.2 s
        # every time, and each test process all tests.
        unwanted = {*OWN_VARIABLES, "PYTHONDONTWRITEBYTECODE"}
        environment = {name: value for name, value in os.environ.items() if name not in unwanted}
        # Everything else the checks leave behind, throw-away data folders above all, goes when they are done.
        environment |= {"TMPDIR": str(folder), "PYTHONUTF8": "1"}
        prepared = folder / "prepared"
        prepared.mkdir()
        say("\n检查")
        outcomes = []
        if not passed_on:
            short = [preparing(prepared, options.fast), *linting()]
            outcomes += carry_out_together(short, {**environment, "DATA_DIR": str(folder / "data")})
            environment["PREPARED"] = str(prepared)
        outcomes += [carry_out(check, environment, bool(passed_on)) for check in testing(passed_on, options.fast)]
    say(table(outcomes, time.monotonic() - started))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def main(arguments: Sequence[str]) -> int:
    return guarded(functools.partial(start, arguments))

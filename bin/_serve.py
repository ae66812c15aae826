"""bin/serve: install, migrate, load the demo township once, run web server and worker, watch over both, end both."""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Mapping
from pathlib import Path

import _setup
from _run import ROOT, Refusal, Stop, Stopped, end_all, guarded, locked, output_of, reason, run, say, spawn
from _setup import PYTHON, fingerprint, is_stamped, step, write_stamp

READY_WITHIN = 90  # seconds from the start of the web server to its first answer; a slow machine needs some of them
GRACE = 15  # seconds a child may take to end: a request or a PDF is finished, a hanging child is killed
RESTARTS = 5  # more deaths of one child than this ...
RESTART_WINDOW = 120  # ... within so many seconds, and the portal gives up instead of turning in circles

# Of Bootstrap's 44 files the pages need the two minified ones (and the maps they name); the rest costs 10 s to compress.
UNUSED_STATIC = ["bootstrap-*", "*.rtl.*", "*.esm.*", "bootstrap.css*", "bootstrap.js*", "bootstrap.min.js*"]
UNUSED_STATIC += ["bootstrap.bundle.js*"]

# Said better, and in Chinese, by this script itself.
SILENCED = "ignore:You're running the worker with superuser privileges:Warning"


class Config:
    """What the environment says, checked before anything is installed."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        port = environ.get("PORT") or "8000"
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise Refusal(f"PORT={port} 不是端口号。请写 1 到 65535 之间的整数，例如：PORT=8001 bin/serve")
        self.port = int(port)
        self.host = environ.get("HOST") or "127.0.0.1"
        self.data_dir = Path(environ.get("DATA_DIR") or ROOT / "data").expanduser()
        if not self.data_dir.is_absolute():
            self.data_dir = Path.cwd() / self.data_dir
        demo = environ.get("LOAD_DEMO", "").lower()
        if demo not in {"", "0", "1", "true", "false", "yes", "no"}:
            raise Refusal(f"LOAD_DEMO={demo} 看不懂。请写 1（装入演示数据）或 0（空库开始）。")
        self.load_demo = demo in {"1", "true", "yes"} if demo else None  # None: nobody said anything
        self.database_url = environ.get("DATABASE_URL", "")
        self.allowed_hosts = [host.strip() for host in environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
        self.env = {
            **environ,
            "PORT": str(self.port),
            "HOST": self.host,
            "DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": environ.get("DJANGO_SETTINGS_MODULE") or "rectify.settings",
            "PYTHONUTF8": "1",  # a bare machine's locale must not decide how files are read
            "PYTHONUNBUFFERED": "1",
        }

    @property
    def is_local(self) -> bool:
        return self.host in {"127.0.0.1", "localhost", "::1"}

    @property
    def reach(self) -> str:
        """The address at which this machine itself reaches the server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104

    @property
    def bind(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def address(self) -> str:
        return f"http://[{self.reach}]:{self.port}/" if ":" in self.reach else f"http://{self.reach}:{self.port}/"


def check_port(config: Config) -> None:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)[
            0
        ]
    except OSError:
        raise Refusal(
            f"HOST={config.host} 不是本机的地址。请改为 127.0.0.1（只供本机）或 0.0.0.0（供局域网）。"
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            raise Refusal(
                f"没有权限使用端口 {config.port}（1024 以下的端口归系统）。请换一个端口，例如：PORT=8000 bin/serve"
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = config.port + 1 if config.port < 65535 else 8000
                raise Refusal(
                    f"端口 {config.port} 已被别的程序占用。请先停掉它，或换一个端口，例如：PORT={other} bin/serve"
                ) from None
            raise Refusal(f"不能在 {config.bind} 上提供服务：{reason(error)}。请改 HOST 或 PORT。") from None


def make_data_dir(config: Config) -> None:
    try:
        config.data_dir.mkdir(
            mode=0o700, parents=True, exist_ok=True
        )  # other users of the machine have no business here
        probe = config.data_dir / ".write-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refusal(
            f"数据目录 {config.data_dir} 不能写：{reason(error)}。请把它的所有者改为当前用户，"
            "或换一个目录，例如：DATA_DIR=$HOME/portal-data bin/serve"
        ) from None


def manage(config: Config, *arguments: str) -> list[str]:
    return [str(PYTHON), str(ROOT / "manage.py"), *arguments]


def prepare_data(config: Config) -> None:
    say("准备数据")
    if not config.database_url and not (config.data_dir / "portal.sqlite3").exists():
        demo_mark(config).unlink(missing_ok=True)  # the database was deleted: this is a new beginning
    with step("数据库迁移"):
        _manage_step(
            config,
            "migrate",
            "数据库没有准备好。若用 PostgreSQL，请检查 DATABASE_URL 和数据库服务；若是磁盘或权限问题，请按下面的提示排除",
            "--noinput",
        )
    collect_static(config)
    load_demo(config)


def _manage_step(config: Config, command: str, sentence: str, *arguments: str) -> None:
    code = run(manage(config, command, *arguments), log=command, env=config.env)
    _setup.must(code, command, f"{sentence}，然后重新运行 bin/serve。")


def static_sources() -> list[Path]:
    """What collectstatic reads of this repository; its target may lie in it too (data/static) and is not a source."""
    folders = [ROOT / "static", *(path.parent / "static" for path in ROOT.glob("*/apps.py"))]
    return sorted({file for folder in folders for file in folder.rglob("*") if file.is_file()})


def collect_static(config: Config) -> None:
    locks = [
        ROOT / "requirements.txt",
        ROOT / "package-lock.json",
        ROOT / "rectify" / "settings.py",
        ROOT / "common" / "storage.py",
    ]
    files = static_sources()
    target = config.data_dir / "static"
    value = fingerprint([*(str(file.relative_to(ROOT)) for file in files), *files, *locks, *UNUSED_STATIC])
    stamp = target / ".stamp"
    if is_stamped(stamp, value):
        return
    with step("汇集静态文件"):
        stamp.unlink(missing_ok=True)  # cut off half-way, it is done again
        ignored = [f"--ignore={pattern}" for pattern in UNUSED_STATIC]
        sentence = "静态文件没有汇集成功。请检查数据目录的空间和权限"
        _manage_step(config, "collectstatic", sentence, "--noinput", "--clear", *ignored)
    write_stamp(stamp, value)


EMPTY = "empty"  # this database began without the demo


def demo_mark(config: Config) -> Path:
    """Remembers how this database began. A new password in DATABASE_URL is not a new database."""
    url = urllib.parse.urlsplit(config.database_url)
    database = f"{url.hostname}:{url.port}{url.path}" if config.database_url else "sqlite"
    return config.data_dir / ".stamps" / f"demo-{hashlib.sha256(database.encode()).hexdigest()[:16]}"


def load_demo(config: Config) -> None:
    """Once. A portal that began empty stays so unless LOAD_DEMO=1 is said: a forgotten variable must not mix in people who
    do not exist, with passwords that everybody knows."""
    mark = demo_mark(config)
    began = mark.read_text().strip() if mark.exists() else ""
    if config.load_demo is False:
        if not began:
            write_stamp(mark, EMPTY)
        return
    if began and not (began == EMPTY and config.load_demo):
        return
    with step("装入演示乡镇（只装一次）"):
        _manage_step(config, "load_demo", "演示数据没有装上。可用 LOAD_DEMO=0 空库启动，或排除下面的问题")
    write_stamp(mark, time.strftime("%Y-%m-%d %H:%M:%S"))


def has_demo(config: Config) -> bool:
    mark = demo_mark(config)
    return mark.exists() and mark.read_text().strip() != EMPTY


def web_command(config: Config) -> list[str]:
    command = [str(PYTHON), "-m", "gunicorn", "rectify.wsgi:application", "--bind", config.bind]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    # A worker is renewed now and then, not both at once: memory that Python keeps is given back.
    command += ["--max-requests", "5000", "--max-requests-jitter", "1000"]
    command += ["--timeout", "120", "--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket"]
    if os.access("/dev/shm", os.W_OK):  # noqa: S108 - the heartbeat file must not wait for a slow disk
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    return command


def worker_command(config: Config) -> list[str]:
    command = [str(PYTHON), "-m", "celery", "--quiet", "-A", "rectify", "worker", "-P", "prefork", "-c", "1"]
    return [*command, "--max-tasks-per-child", "50", "--loglevel", "warning", "--without-gossip", "--without-mingle"]


class Child:
    """One of the two servers: started, watched, started again when it dies, but not for ever."""

    def __init__(self, name: str, command: list[str], env: Mapping[str, str]) -> None:
        self.name, self.command, self.env = name, command, env
        self.deaths: list[float] = []
        self.process = spawn(command, env)

    def watch(self) -> None:
        code = self.process.poll()
        if code is None:
            return
        end_all([self.process], grace=0)  # what it left behind would hold the port or take jobs
        now = time.monotonic()
        self.deaths = [death for death in self.deaths if now - death < RESTART_WINDOW] + [now]
        how = f"信号 {signal.Signals(-code).name}" if code < 0 else f"退出码 {code}"
        if len(self.deaths) > RESTARTS:
            raise Refusal(
                f"{self.name}在 {RESTART_WINDOW} 秒内第 {len(self.deaths)} 次退出（{how}），不再重启。"
                "请看上面的输出，排除原因后重新运行 bin/serve。"
            )
        pause = min(2 ** (len(self.deaths) - 1) - 1, 8)
        say(
            f"{self.name}意外退出（{how}），{pause} 秒后重新启动。"
            if pause
            else f"{self.name}意外退出（{how}），立即重新启动。"
        )
        deadline = time.monotonic() + pause
        while time.monotonic() < deadline:
            if Stop.asked:
                raise Stopped
            time.sleep(0.1)
        self.process = spawn(self.command, self.env)


def answers(config: Config) -> bool:
    # Asked under a name that the portal answers to, or it would refuse its own question.
    name = next((host for host in config.allowed_hosts if host != "*"), "localhost").lstrip(".")
    connection = http.client.HTTPConnection(config.reach, config.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_ready(config: Config, web: Child) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not answers(config):
        if Stop.asked:
            raise Stopped
        if web.process.poll() is not None:
            raise Refusal("网页服务没有启动成功，原因见上面的输出。排除后请重新运行 bin/serve。")
        if time.monotonic() > deadline:
            raise Refusal(
                f"网页服务 {READY_WITHIN} 秒内没有应答 {config.address}healthz。"
                "请看上面的输出，排除后重新运行 bin/serve。"
            )
        time.sleep(0.1)


def announce(config: Config, seconds: float) -> None:
    say()
    say(f"门户已启动（{seconds:.1f} 秒）：{config.address}")
    say(f"数据目录：{config.data_dir}")
    if has_demo(config):
        code, table = output_of(manage(config, "demo_accounts"), config.env)
        if code == 0 and table.strip():
            say(f"\n{table.strip()}")
        if not config.is_local:
            say("\n注意：演示账号的口令是公开的。正式使用请以 LOAD_DEMO=0 和新的 DATA_DIR 启动。")
    if not config.is_local and not config.allowed_hosts:
        say("\n注意：没有设 ALLOWED_HOSTS，别的电脑会被拒绝。请设为访问时用的主机名或地址，例如 ALLOWED_HOSTS=10.0.0.8")
    if os.geteuid() == 0:
        say("\n提示：正以 root 身份运行。正式使用请换成普通用户（见 docs/operations.md）。")
    say("\n按 Ctrl-C 停止。")


def serve(config: Config, started: float) -> int:
    say("启动服务，等它应答 …")  # a whole line: the servers may print in between
    children: list[Child] = []
    try:
        children.append(Child("网页服务", web_command(config), config.env))
        children.append(Child("后台任务", worker_command(config), {**config.env, "PYTHONWARNINGS": SILENCED}))
        wait_until_ready(config, children[0])
        announce(config, time.monotonic() - started)
        while not Stop.asked:
            for child in children:
                child.watch()
            time.sleep(0.25)
    except Stopped:
        pass
    finally:
        say(f"\n正在停止，正在做的事最多等 {GRACE} 秒（再按一次 Ctrl-C 立即停止）…")
        processes: list[subprocess.Popen[bytes]] = [child.process for child in children]
        if not end_all(processes, GRACE):
            say("有进程没有按时结束，已强行结束。未做完的后台任务下次启动时接着做。")
    say("已停止。")
    return 0


def start() -> int:
    started = time.monotonic()
    config = Config(os.environ)
    make_data_dir(config)
    refuse = (
        f"数据目录 {config.data_dir} 已由另一个 bin/serve（进程 {{pid}}）使用。"
        "请先停掉它，或换一个目录，例如：DATA_DIR=./data2 PORT=8001 bin/serve"
    )
    with locked(config.data_dir / "serve.lock", refuse=refuse):
        check_port(config)
        _setup.install()
        prepare_data(config)
        check_port(config)  # the first start takes a minute, time enough for another to take it
        return serve(config, started)


def main() -> int:
    return guarded(start)

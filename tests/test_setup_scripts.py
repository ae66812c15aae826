"""bin/serve and bin/test: what they refuse, what they do only once, and that they leave no process behind."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bin"))

import _check  # noqa: E402
import _run  # noqa: E402
import _serve  # noqa: E402
import _setup  # noqa: E402

# Python 3.12+ warns of any fork beside threads; the test runner's own threads cause it, the scripts have none.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (_run, _setup, _check):
        monkeypatch.setattr(module, "ASSETS", tmp_path / "assets", raising=False)
        monkeypatch.setattr(module, "LOGS", ROOT / ".assets" / "log" / f"test-{os.getpid()}")
    yield
    _run.Stop.asked = 0
    shutil.rmtree(ROOT / ".assets" / "log" / f"test-{os.getpid()}", ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# --- what the environment says -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "abc"}, "不是端口号"),
        ({"PORT": "0"}, "不是端口号"),
        ({"PORT": "70000"}, "不是端口号"),
        ({"PORT": "８０８０"}, "不是端口号"),
        ({"LOAD_DEMO": "maybe"}, "LOAD_DEMO"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(environment, sentence):
    with pytest.raises(_run.Refusal, match=sentence):
        _serve.Config(environment)


def test_addresses():
    assert _serve.Config({}).address == "http://127.0.0.1:8000/"
    everywhere = _serve.Config({"HOST": "0.0.0.0", "PORT": "8080"})
    assert (everywhere.bind, everywhere.address, everywhere.is_local) == (
        "0.0.0.0:8080",
        "http://127.0.0.1:8080/",
        False,
    )
    six = _serve.Config({"HOST": "::1"})
    assert (six.bind, six.address, six.is_local) == ("[::1]:8000", "http://[::1]:8000/", True)


def test_an_occupied_port_names_another():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(_run.Refusal, match=rf"端口 {port} 已被别的程序占用.*PORT=\d+ bin/serve"):
            _serve.check_port(_serve.Config({"PORT": str(port)}))
    _serve.check_port(_serve.Config({"PORT": str(port)}))


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(_run.Refusal, match="HOST"):
        _serve.check_port(_serve.Config({"HOST": "192.0.2.1", "PORT": str(free_port())}))


def test_a_data_folder_that_cannot_be_made_names_the_remedy(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(_run.Refusal, match="DATA_DIR="):
        _serve.make_data_dir(_serve.Config({"DATA_DIR": str(tmp_path / "file" / "data")}))


def test_a_second_start_on_the_same_data_is_refused_without_a_traceback(tmp_path):
    with _run.locked(tmp_path / "serve.lock"):
        done = subprocess.run(
            [sys.executable, ROOT / "bin" / "serve"],
            env={**os.environ, "DATA_DIR": str(tmp_path), "PORT": str(free_port())},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 1
    assert f"已由另一个 bin/serve（进程 {os.getpid()}）使用" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_lock_goes_with_its_holder(tmp_path):
    with _run.locked(tmp_path / "lock", refuse="{pid}"):
        pass
    with _run.locked(tmp_path / "lock", refuse="{pid}"):
        assert (tmp_path / "lock").read_text().strip() == str(os.getpid())


# --- what is missing or refused ------------------------------------------------------------------------------------


def test_without_root_the_administrators_command_is_named(monkeypatch):
    monkeypatch.setattr(_setup, "root_prefix", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(_run.Refusal) as refused:
        _setup.apt_install(["libpango-1.0-0"], "PDF 排版")
    assert "sudo apt-get install -y --no-install-recommends libpango-1.0-0" in str(refused.value)


def test_without_apt_the_sentence_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(_run.Refusal, match="没有 apt-get"):
        _setup.apt_install(["libpango-1.0-0"], "PDF 排版")


def test_fonts_can_be_put_in_place_by_hand(monkeypatch, tmp_path):
    monkeypatch.setattr(_setup, "FONT_SOURCES", ROOT / ".assets" / "log" / "nowhere")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(_run.Refusal, match=r"FandolFang-Regular\.otf.*自行放进"):
        _setup.font_sources()
    monkeypatch.setattr(_setup, "FONT_SOURCES", tmp_path)
    for names in _setup.FONT_PACKAGES.values():
        for name in names:
            (tmp_path / name).touch()
    _setup.font_sources()


def test_missing_libraries_become_packages_each_named_once(monkeypatch):
    monkeypatch.setattr(_setup, "output_of", lambda *_: (0, "libpango-1.0.so.0\nlibgobject-2.0.so.0\ntzdata\n"))
    monkeypatch.setattr(_setup, "PYTHON", Path(sys.executable))
    assert _setup.system_packages_needed() == ["libpango-1.0-0", "tzdata"]


def test_a_refused_write_is_a_sentence(capsys):
    def work() -> int:
        raise PermissionError(13, "Permission denied", "/srv/portal/data")

    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert _run.guarded(work) == 1
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    assert "没有权限写 /srv/portal/data" in capsys.readouterr().out


def test_of_a_traceback_only_the_last_words_are_shown(tmp_path):
    log = tmp_path / "log"
    log.write_text(
        'start\nTraceback (most recent call last):\n  File "x.py", line 1, in f\n    g()\nError: 没有这个数据库\n'
    )
    assert _run.tail(log) == "    start\n    Error: 没有这个数据库"


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs Debian's dpkg-deb")
def test_only_the_wanted_files_leave_a_package(tmp_path):
    tree = tmp_path / "tree"
    for name in ("usr/share/fonts/x/A.otf", "usr/share/fonts/x/B.otf", "usr/share/doc/faces/copyright"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(
        "Package: faces\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n"
    )
    subprocess.run(["dpkg-deb", "-b", tree, tmp_path / "faces.deb"], check=True, capture_output=True)
    target = tmp_path / "target"
    target.mkdir()
    assert _setup.extract_members(tmp_path / "faces.deb", ["A.otf", "C.otf"], target) == ["C.otf"]
    assert sorted(path.name for path in target.iterdir()) == ["A.otf", "faces.copyright"]
    assert (target / "A.otf").read_text() == "usr/share/fonts/x/A.otf"


# --- done only once ------------------------------------------------------------------------------------------------


def test_a_fingerprint_knows_content_names_and_absence(tmp_path):
    file = tmp_path / "a"
    absent = _setup.fingerprint([file])
    file.write_text("1")
    first = _setup.fingerprint([file])
    file.write_text("2")
    assert len({absent, first, _setup.fingerprint([file]), _setup.fingerprint([file, "x"])}) == 4


def test_the_demo_is_loaded_once_for_each_database(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(_serve, "_manage_step", lambda config, command, *_: calls.append(command))
    for _ in range(3):
        _serve.load_demo(_serve.Config({"DATA_DIR": str(tmp_path)}))
    assert calls == ["load_demo"]
    for _ in range(2):
        _serve.load_demo(_serve.Config({"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://u:secret@h/d"}))
    assert calls == ["load_demo"] * 2
    assert "secret" not in "".join(path.name + path.read_text() for path in (tmp_path / ".stamps").iterdir())


def test_a_portal_that_began_empty_stays_so(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(_serve, "_manage_step", lambda config, command, *_: calls.append(command))
    _serve.load_demo(_serve.Config({"DATA_DIR": str(tmp_path), "LOAD_DEMO": "0"}))
    forgotten = _serve.Config({"DATA_DIR": str(tmp_path)})
    _serve.load_demo(forgotten)
    assert calls == []
    assert not _serve.has_demo(forgotten)
    asked = _serve.Config({"DATA_DIR": str(tmp_path), "LOAD_DEMO": "1"})
    _serve.load_demo(asked)
    assert calls == ["load_demo"]
    assert _serve.has_demo(asked)


def test_a_new_password_is_not_a_new_database(tmp_path):
    marks = {
        _serve.demo_mark(_serve.Config({"DATA_DIR": str(tmp_path), "DATABASE_URL": url}))
        for url in ("postgres://u:old@h:5432/d", "postgres://v:new@h:5432/d", "postgres://u:old@h:5432/e", "")
    }
    assert len(marks) == 3


def test_a_failed_step_is_done_again(monkeypatch, tmp_path):
    def fail(*_args: object) -> None:
        raise _run.Refusal("no")

    monkeypatch.setattr(_serve, "_manage_step", fail)
    config = _serve.Config({"DATA_DIR": str(tmp_path)})
    with pytest.raises(_run.Refusal):
        _serve.load_demo(config)
    calls = []
    monkeypatch.setattr(_serve, "_manage_step", lambda config, command, *_: calls.append(command))
    _serve.load_demo(config)
    assert calls == ["load_demo"]


def test_static_files_are_collected_when_they_changed(monkeypatch, tmp_path):
    calls = []
    source = tmp_path / "site.css"
    source.write_text("a{}")
    monkeypatch.setattr(_serve, "ROOT", tmp_path)
    monkeypatch.setattr(_serve, "static_sources", lambda: [source])
    monkeypatch.setattr(_serve, "_manage_step", lambda config, command, *_: calls.append(command))
    config = _serve.Config({"DATA_DIR": str(tmp_path / "data")})
    _serve.collect_static(config)
    _serve.collect_static(config)
    assert len(calls) == 1
    source.write_text("b{}")
    _serve.collect_static(config)
    assert len(calls) == 2


def test_what_was_collected_is_not_a_source(monkeypatch, tmp_path):
    for name in ("static/a.css", "problems/static/b.css", "problems/apps.py", "data/static/a.css", "data/static/c.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(_serve, "ROOT", tmp_path)
    found = [str(path.relative_to(tmp_path)) for path in _serve.static_sources()]
    assert found == ["problems/static/b.css", "static/a.css"]


# --- the locks -----------------------------------------------------------------------------------------------------


def pinned(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([^ \\\n]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {package.lower(): version for package, version in found}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"])
def test_every_requirement_has_a_version_and_a_hash_and_no_server(name):
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry)
        assert "--hash=sha256:" in entry
    assert "://" not in text


def test_the_checks_run_on_the_versions_that_are_served():
    served = pinned("requirements.txt")
    assert served
    assert served.items() <= pinned("requirements-dev.txt").items()


@pytest.mark.parametrize(
    ("source", "lock"), [("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")]
)
def test_every_wanted_package_is_locked(source, lock):
    wanted = re.findall(r"^([A-Za-z][\w.-]*)", (ROOT / source).read_text(), re.MULTILINE)
    assert wanted
    locked = {name.replace("_", "-").replace(".", "-") for name in pinned(lock)}
    assert {name.lower().replace("_", "-").replace(".", "-") for name in wanted} <= locked


def test_the_web_lock_has_hashes_and_no_server():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 1
    for path, entry in packages.items():
        assert "resolved" not in entry
        assert not path or entry["integrity"].startswith("sha512-")


# --- processes -----------------------------------------------------------------------------------------------------

STUBBORN = "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
GRANDCHILD = (
    "import os, signal, time; os.setpgid(0, 0); signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print(os.getpid(), flush=True); time.sleep(60)"
)


def test_a_hanging_child_and_what_it_started_are_ended():
    program = STUBBORN + f"subprocess.Popen([sys.executable, '-c', {GRANDCHILD!r}]); time.sleep(60)"
    child = _run.spawn([sys.executable, "-c", program], stdout=subprocess.PIPE)
    with child.stdout:
        grandchild = int(child.stdout.readline())
    assert alive(grandchild)
    assert _run.end_all([child], grace=0.3) is False
    assert not alive(child.pid)
    assert not alive(grandchild)


def test_a_polite_child_is_not_killed():
    child = _run.spawn([sys.executable, "-c", "import time; time.sleep(60)"])
    assert _run.end_all([child], grace=10) is True
    assert child.returncode == -signal.SIGTERM


def test_a_program_that_takes_too_long_is_ended():
    started = time.monotonic()
    assert _run.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.3) == _run.TIMED_OUT
    assert time.monotonic() - started < 40


def test_output_goes_to_its_log():
    assert _run.run([sys.executable, "-c", "print('行'); raise SystemExit(3)"], log="one") == 3
    assert (_run.LOGS / "one.log").read_text() == "行\n"


# bin/serve with two stand-ins: a web server that answers /healthz, and a worker as each test wants it.
DRIVER = """
import sys, time
sys.path.insert(0, {bin!r})
import _run, _serve
_serve.GRACE, _serve.RESTARTS = {grace}, {restarts}
_serve.web_command = lambda config: [sys.executable, "-c", {web!r}, str(config.port)]
_serve.worker_command = lambda config: [sys.executable, "-c", {worker!r}]
_serve.output_of = lambda *_: (0, "")
config = _serve.Config({{"PORT": "{port}", "DATA_DIR": {data!r}}})
sys.exit(_run.guarded(lambda: _serve.serve(config, time.monotonic())))
"""
WEB = """
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer.allow_reuse_address = True
print("web", os.getpid(), flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
WORKER = "import os, time; print('worker', os.getpid(), flush=True); time.sleep(60)"


class Served:
    """The driver in the background, its output in a file."""

    def __init__(self, folder: Path, worker: str = WORKER, web: str = WEB, restarts: int = 5, grace: int = 1) -> None:
        self.output = folder / "output"
        text = DRIVER.format(
            bin=str(ROOT / "bin"),
            web=web,
            worker=worker,
            port=free_port(),
            data=str(folder),
            restarts=restarts,
            grace=grace,
        )
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(text)],
                stdout=output,
                stderr=subprocess.STDOUT,
                # As a shell starts a job in the background: Ctrl-C ignored.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    def pids(self, name: str) -> list[int]:
        return [int(pid) for pid in re.findall(rf"\b{name} (\d+)\n", self.text)]

    def is_ready(self) -> bool:
        return "门户已启动" in self.text and bool(self.pids("worker"))

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pid in self.pids("web") + self.pids("worker"):
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator:
    started: list[Served] = []

    def start(**options) -> Served:
        started.append(Served(tmp_path, **options))
        return started[-1]

    yield start
    for each in started:
        each.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_background_ends_every_process(serve, number):
    served = serve()
    assert wait_until(served.is_ready), served.text
    children = served.pids("web") + served.pids("worker")
    served.process.send_signal(number)
    assert served.process.wait(60) == 0
    assert not [pid for pid in children if alive(pid)]
    assert "已停止。" in served.text


def test_a_child_that_hangs_is_killed_at_the_end(serve):
    served = serve(worker="import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WORKER)
    assert wait_until(served.is_ready), served.text
    served.process.terminate()
    assert served.process.wait(60) == 0
    assert not alive(served.pids("worker")[0])
    assert "强行结束" in served.text


def test_a_second_signal_does_not_wait(serve):
    served = serve(worker="import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WORKER, grace=60)
    assert wait_until(served.is_ready), served.text
    served.process.send_signal(signal.SIGINT)
    served.process.send_signal(signal.SIGINT)  # together with the first: one wish
    time.sleep(1)
    assert served.process.poll() is None
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(40) == 0  # the grace is 60
    assert not alive(served.pids("worker")[0])


def test_a_dead_child_is_started_again(serve):
    served = serve()
    assert wait_until(served.is_ready), served.text
    first = served.pids("worker")[0]
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: len(served.pids("worker")) == 2), served.text
    assert alive(served.pids("worker")[1])
    assert "后台任务意外退出（信号 SIGKILL）" in served.text


def test_a_child_that_keeps_dying_ends_the_portal_with_a_sentence(serve):
    served = serve(worker="raise SystemExit(7)", restarts=1)
    assert served.process.wait(60) == 1
    assert "不再重启" in served.text
    assert "退出码 7" in served.text
    assert "Traceback" not in served.text
    assert not [pid for pid in served.pids("web") if alive(pid)]


def test_a_web_server_that_cannot_start_is_said_at_once(serve):
    served = serve(web="raise SystemExit(3)")
    assert served.process.wait(60) == 1
    assert "网页服务没有启动成功" in served.text
    assert not [pid for pid in served.pids("worker") if alive(pid)]


def test_killed_with_9_it_takes_its_children_along(serve):
    served = serve()
    assert wait_until(served.is_ready), served.text
    children = served.pids("web") + served.pids("worker")
    served.process.kill()
    assert wait_until(lambda: not [pid for pid in children if alive(pid)])


# --- bin/test ------------------------------------------------------------------------------------------------------


def test_the_table_ends_with_the_plain_count():
    outcomes = [_check.Outcome("格式", True, 0.2), _check.Outcome("类型", False, 12.0)]
    text = _check.table(outcomes, 12.5)
    assert text.splitlines()[-1] == "1 passed, 1 failed"
    assert "✗    12.0 秒  类型" in text


@pytest.mark.parametrize(("chosen", "passed"), [(False, False), (True, True)])
def test_no_tests_at_all_is_a_failure_unless_some_were_chosen(chosen, passed, capsys):
    check = _check.Check("测试", [sys.executable, "-c", f"raise SystemExit({_check.NO_TESTS})"], tests=True)
    assert _check.carry_out(check, dict(os.environ), chosen).passed is passed


def test_short_checks_run_together_and_a_failed_one_shows_what_it_said(monkeypatch, capsys, tmp_path):
    """Two that wait for each other: one after the other, neither would end."""
    wait = "import pathlib, sys, time\npathlib.Path(sys.argv[1]).touch()\nwhile not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.02)"
    one, two = tmp_path / "one", tmp_path / "two"
    monkeypatch.setattr(_check, "PROCESSES", "2")
    checks = [
        _check.Check("甲", [sys.executable, "-c", wait, one, two], log="a"),
        _check.Check("乙", [sys.executable, "-c", wait, two, one], log="b"),
        _check.Check("丙", [sys.executable, "-c", "print('第 3 行不对'); raise SystemExit(1)"], log="c"),
    ]

    outcomes = _check.carry_out_together(checks, dict(os.environ))

    assert {outcome.title: outcome.passed for outcome in outcomes} == {"甲": True, "乙": True, "丙": False}
    assert "第 3 行不对" in capsys.readouterr().out


def test_short_checks_end_when_asked_to_stop(monkeypatch):
    started = []

    def spawn(*arguments, **options):
        started.append(_run.spawn(*arguments, **options))
        _run.Stop.asked = 1
        return started[-1]

    monkeypatch.setattr(_check, "spawn", spawn)
    checks = [_check.Check("甲", [sys.executable, "-c", "import time; time.sleep(60)"], log="a")] * 2
    with pytest.raises(_run.Stopped):
        _check.carry_out_together(checks, dict(os.environ))
    assert started
    assert not [process for process in started if alive(process.pid)]


@pytest.mark.parametrize("mark", ["services", "browser"])
def test_a_part_of_the_tests_is_all_that_bear_its_mark(mark):
    """The part is found by the word in the file: a mark that came from elsewhere would leave its tests out."""
    assert len(_check.files_with(mark)) >= 9
    others = [path for path in (ROOT / "tests").rglob("*.py") if not path.name.startswith("test_")]
    assert [path.name for path in others if f"mark.{mark}" in path.read_text()] == []


def test_types_are_checked_where_data_is_changed():
    files = _check.typed_files()
    assert files
    assert all((ROOT / name).is_file() for name in files)

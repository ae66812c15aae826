"""Functions for the renderer's process to stumble over; they must be importable there, so they live in a module of their own."""

import os
import signal
import time

from reports.document.errors import MissingGlyph, MissingGlyphs, PictureMissing


def spin(on_step):
    while True:
        pass


def sleep(on_step):
    time.sleep(60)


def grow(on_step):
    hoard = []
    while True:
        hoard.append(b"x" * 2**20)
        time.sleep(0.0005)


def grow_at_once(on_step):
    return b"x" * 2**31


def refuse(on_step):
    raise PictureMissing("照片“甲”已找不到。")


def lack_glyphs(on_step):
    raise MissingGlyphs([MissingGlyph("☎", "body", "标题")])


def fail(on_step):
    return bytes(1 // 0)


def be_killed(on_step):
    os.kill(os.getpid(), signal.SIGKILL)


def leave(on_step):
    os._exit(3)


def process_number(on_step):
    return str(os.getpid()).encode()


def environment(on_step):
    return "\n".join(sorted(os.environ)).encode()

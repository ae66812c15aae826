"""What every test process needs and one can make for all, while the code is being checked (bin/_check.py): the tables, and a portal to start.

    python -m tests.prepare FOLDER [--portal]

Whoever runs pytest by itself does without: the fixtures then make it themselves.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLES, PORTAL, READY = "migrated.sqlite3", "portal", "ready"


def found(name: str) -> Path | None:
    """What bin/test has prepared, by its name."""
    folder = os.environ.get("PREPARED")
    path = Path(folder) / name if folder else None
    return path if path and path.exists() else None


def fresh_tables(path: Path) -> bool:
    """A new database for the processes of a test, as the test run's own began; False where that is a server's, and has to be made."""
    from django.db import connection

    own = Path(str(connection.settings_dict["NAME"]))
    source = found(TABLES) or (own if connection.vendor == "sqlite" and own.is_file() else None)
    if source:
        shutil.copyfile(source, path)
    return source is not None


def tables(folder: Path) -> Path:
    """An empty database after every migration."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rectify.settings_test"
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    connection.settings_dict["NAME"] = str(folder / TABLES)
    call_command("migrate", verbosity=0)
    connection.close()
    return folder / TABLES


def portal(folder: Path, migrated: Path | None = None) -> None:
    """A data folder as bin/serve leaves it: migrations, static files, demo township. From its own environment."""
    sys.path.insert(0, str(ROOT / "bin"))
    import _check
    import _serve

    folder.mkdir()
    if migrated:
        shutil.copyfile(migrated, folder / "portal.sqlite3")
    kept = {name: value for name, value in os.environ.items() if name not in _check.OWN_VARIABLES}
    with warnings.catch_warnings():
        # A fork beside threads; the child runs another program at once.
        warnings.simplefilter("ignore", DeprecationWarning)
        _serve.prepare_data(_serve.Config(kept | {"DATA_DIR": str(folder), "LOAD_DEMO": "1"}))
    (folder / READY).touch()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    migrated = tables(target)
    if "--portal" in sys.argv:
        portal(target / PORTAL, migrated)

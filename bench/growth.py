"""Do the pages stay as quick and as frugal when the portal grows two hundred times? On SQLite, and on PostgreSQL where it is to be had.

    [POSTGRES_URL=postgres://user@host:port/postgres] python -m bench.growth [--requests 30]

Runs bench.pages at 1 township × 20 villages × 300 problems and at 100 × 3,000 × 60,000, each in a database of its own, and prints queries
and CPU milliseconds of both with their ratio. POSTGRES_URL names a server where databases may be created and dropped.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = {"small": (1, 20, 300), "large": (100, 3000, 60_000)}


def run(folder: Path, size: str, database: str, requests: int) -> dict[str, list[float]]:
    townships, villages, problems = SIZES[size]
    out = folder / f"{size}.json"
    environment = os.environ | {"DATA_DIR": str(folder / size), "DATABASE_URL": database}
    options = [
        "--townships",
        townships,
        "--villages",
        villages,
        "--problems",
        problems,
        "--requests",
        requests,
        "--json",
        out,
    ]
    subprocess.run(
        [sys.executable, "-m", "bench.pages", *map(str, options)],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return json.loads(out.read_text())


def databases(server: str, folder: Path) -> dict[str, str]:
    """The address of an empty database for each size."""
    if not server:
        return {size: f"sqlite:///{folder / size}.sqlite3" for size in SIZES}
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        for size in SIZES:
            connection.execute(f"DROP DATABASE IF EXISTS bench_{size}")
            connection.execute(f"CREATE DATABASE bench_{size}")
    return {size: server.rsplit("/", 1)[0] + f"/bench_{size}" for size in SIZES}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=30)
    requests = parser.parse_args().requests
    for name, server in (("SQLite", ""), ("PostgreSQL", os.environ.get("POSTGRES_URL", ""))):
        if name == "PostgreSQL" and not server:
            print("PostgreSQL: not measured, POSTGRES_URL is not set")
            continue
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            urls = databases(server, folder)
            small, large = (run(folder, size, urls[size], requests) for size in SIZES)
        print(f"{name:42}{'queries':>9}{'queries':>9}{'CPU ms':>9}{'CPU ms':>9}{'ratio':>8}")
        print(f"{'':42}{'300':>9}{'60,000':>9}{'300':>9}{'60,000':>9}")
        for page, (cpu, queries, _kb) in small.items():
            more_cpu, more_queries, _ = large[page]
            print(f"{page:42}{queries:9}{more_queries:9}{cpu:9.1f}{more_cpu:9.1f}{more_cpu / cpu:8.2f}")


if __name__ == "__main__":
    main()

"""A fresh web process stays light: what only sealing and looking at a file need is loaded by these."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("reportlab", "pyhanko", "pyhanko_certvalidator", "asn1crypto", "aiohttp")

PROGRAM = f"""
import json, sys
from ehiia.app import create_app
from ehiia.config import Config
create_app(Config.from_environment({{"EHIIA_INSTANCE": sys.argv[1], "EHIIA_DATABASE_URL": "sqlite://"}}))
from ehiia.services import work
print(json.dumps([sorted(work.HANDLERS), [name for name in {HEAVY!r} if name in sys.modules]]))
"""


def test_a_fresh_web_process_loads_nothing_that_only_sealing_needs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr
    handlers, loaded = json.loads(done.stdout.splitlines()[-1])
    assert "seal" in handlers  # it still knows who seals
    assert loaded == []

"""Speed against bare pages: ``python -m tests.bench``. How it measures stands in ``docs/bench.md``."""

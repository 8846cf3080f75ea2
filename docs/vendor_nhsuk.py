"""Copy an unpacked ``nhsuk-frontend`` npm package into ``ehiia/static/nhsuk`` (see ``vendoring.md``).

Usage: ``python docs/vendor_nhsuk.py PATH/TO/package``. LICENCE is kept by hand: the package has none.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "ehiia" / "static" / "nhsuk"


def main(package: Path) -> None:
    """Write style sheet, script, icons and VERSION."""
    version = json.loads((package / "package.json").read_text())["version"]
    source = package / "dist" / "nhsuk"
    for old in TARGET.glob("nhsuk-frontend-*"):
        old.unlink()
    css = (source / "nhsuk-frontend.min.css").read_text()
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r"Frutiger W01,\s*", "", css)
    css = css.replace("url(/assets/", "url(assets/")
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css).strip() + "\n"
    (TARGET / f"nhsuk-frontend-{version}.min.css").write_text(css)
    script = (source / "nhsuk-frontend.min.js").read_text()
    script = re.sub(r"//# sourceMappingURL=.*", "", script).strip() + "\n"
    (TARGET / f"nhsuk-frontend-{version}.min.js").write_text(script)
    images = TARGET / "assets" / "images"
    shutil.rmtree(images, ignore_errors=True)
    images.mkdir(parents=True)
    for name in sorted(set(re.findall(r"url\(assets/images/([^)]+)\)", css))):
        shutil.copyfile(source / "assets" / "images" / name, images / name)
    (TARGET / "VERSION").write_text(version + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

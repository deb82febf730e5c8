"""A stand-in for Go that records how it is called."""

import shutil
from dataclasses import dataclass
from pathlib import Path

# It answers as Go does, and "builds" a pulumi that tells the version it was built with. While
# $BUILD_PIPE is set, it says there that it builds, and goes on when it is told to, if ever.
GO = """#!/bin/sh
echo "$*" >>"$GO_CALLS"
case "$1 $2" in
  "list -m") echo "$GO_SDK"; exit ;;
  list*) echo "go: downloading example.com/module v1.0.0" >&2; echo a/package; exit ;;
esac
if [ "$BUILD_PIPE" ]; then
  exec 9>"$BUILD_PIPE"
  echo "building" >&9
  read -r _ <"$BUILD_PIPE.go-on"
fi
echo a/package >&2
while [ $# -gt 0 ]; do
  case "$1" in
    -ldflags) version="${2##*Version=}" ;;
    -o) output="$2" ;;
  esac
  shift
done
printf '#!/bin/sh\\necho v%s\\n' "$version" >"$output"
chmod +x "$output"
"""


@dataclass(frozen=True)
class FakeGo:
    """A Go of which all calls are known."""

    environment: dict[str, str]

    def calls(self, command: str) -> list[str]:
        """The arguments of each call of a subcommand."""
        file = Path(self.environment["GO_CALLS"])
        lines = file.read_text().splitlines() if file.exists() else []
        return [line for line in lines if line.split()[0] == command]


def make_fake_go(folder: Path) -> FakeGo:
    """Make one in an empty folder."""
    executable = folder / "bin" / "go"
    executable.parent.mkdir()
    executable.write_text(GO)
    executable.chmod(0o755)
    # All that the script needs; what else is on this machine's PATH must make no difference.
    chmod = shutil.which("chmod")
    assert chmod is not None
    (executable.parent / "chmod").symlink_to(chmod)
    sdk = folder / "sdk"
    for name in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
        file = sdk / "python" / name
        file.parent.mkdir(parents=True)
        file.write_text("from the SDK\n")
    environment = {
        "PATH": str(executable.parent),
        "GO_CALLS": str(folder / "calls"),
        "GO_SDK": str(sdk),
    }
    return FakeGo(environment)

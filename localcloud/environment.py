"""The environment in which a command finds the embedded AWS, and nothing of the user's own."""

import os
import stat
import sys
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from localcloud.provider.aws import ACCESS_KEY_ID, SECRET_ACCESS_KEY

REGION = "eu-west-1"
"""The region of a command that does not choose one."""

PASSPHRASE = "localcloud"  # noqa: S105 (it protects nothing)

LEAKS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
"""The variables with which a shell is set up for a real AWS account."""

_PREFIXES = ("AWS_", "PULUMI_")
# Of these prefixes, what has no bearing on accounts or state.
_HARMLESS = frozenset(
    {
        "AWS_CA_BUNDLE",
        "PULUMI_DISABLE_PROGRESS_OUTPUT",
        "PULUMI_PYTHON_CMD",
        "PULUMI_ENABLE_STREAMING_JSON_PREVIEW",
    }
)


# Pulumi's two AWS providers.
_OF_AWS = ("aws", "aws-native")
# Newer than any that a program asks for.
_ANY_VERSION = "999.0.0"


class LeakError(Exception):
    """The caller's environment names real credentials; the text says which and the remedy."""


def require_no_credentials(environ: Mapping[str, str]) -> None:
    """Refuse an environment through which a command could reach a real account.

    The command gets none of these variables anyway (see `prepare`). A shell
    that has them is refused all the same: whoever set them means a real
    account, and may be in the wrong shell. What a stack's own configuration
    says (`aws:profile`, `aws:accessKey`, `aws:endpoints`) is refused by the
    stand-in when it is configured.

    Raises:
        LeakError: naming the variables, never their values.
    """
    found = sorted(
        name
        for name, value in environ.items()
        if (name in LEAKS or name.startswith("AWS_ENDPOINT_URL_"))
        # Inside another embedded AWS, the key is the one that opens nothing.
        and value not in ("", ACCESS_KEY_ID)
    )
    if found:
        raise LeakError(
            f"This shell is set up for a real AWS account ({', '.join(found)}), and an embedded "
            "AWS must not come near one. Run it in a shell without: `env "
            + " ".join(f"-u {name}" for name in found)
            + " python -m localcloud …`."
        )


@contextmanager
def without_users_configuration() -> Generator[None, None, None]:
    """Keep the AWS SDK in this process, which moto uses, away from the user's configuration."""
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    profiles = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
    before = {name: os.environ.get(name) for name in (*nothing, *profiles)}
    os.environ.update(nothing)
    for name in profiles:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def prepare(
    folder: Path,
    endpoint: str,
    bin_dir: Path,
    *,
    real_provider: bool = False,
    stand_ins: Collection[str] = (),
) -> dict[str, str]:
    """Prepare an isolated home for Pulumi and return the environment that leads there.

    Args:
        folder: an empty folder that belongs to the embedded AWS.
        endpoint: the URL of the embedded AWS API.
        bin_dir: the folder with the Pulumi CLI.
        real_provider: leave the AWS provider plugins to Pulumi, which downloads them where it has
            not done so for this user.
        stand_ins: the packages besides AWS's that get a stand-in for their plugin.

    Returns:
        A whole environment: the caller's, less everything of AWS and Pulumi.
    """
    home, state, aws = folder / "pulumi", folder / "state", folder / "aws"
    for made in (home, state, aws):
        made.mkdir()
    for name in ("config", "credentials"):
        (aws / name).touch()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_PREFIXES) or name in _HARMLESS
    }
    environment |= {
        "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(aws / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(aws / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "false" if real_provider else "true",
    }
    if stand_ins or not real_provider:
        # A program names the exact version that it wants of a plugin; a newer one does as well.
        environment["PULUMI_ENABLE_LEGACY_PLUGIN_SEARCH"] = "true"
    if real_provider:
        _link_downloaded(home)
    for package in {*stand_ins, *(() if real_provider else _OF_AWS)}:
        _install_stand_in(home, package)
    return environment


def _link_downloaded(home: Path) -> None:
    """Use the AWS provider plugin that Pulumi has in the user's own home, if it has."""
    users = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    downloaded = users / "plugins" / f"resource-aws-v{metadata.version('pulumi-aws')}"
    if downloaded.is_dir():
        (home / "plugins").mkdir()
        (home / "plugins" / downloaded.name).symlink_to(downloaded)


def _install_stand_in(home: Path, package: str) -> None:
    """Put a stand-in where the engine looks for the provider plugin of a package."""
    version = metadata.version("pulumi-aws") if package == "aws" else _ANY_VERSION
    plugin = home / "plugins" / f"resource-{package}-v{_ANY_VERSION}"
    plugin.mkdir(parents=True)
    launcher = plugin / f"pulumi-resource-{package}"
    repository = Path(__file__).parents[1]
    launcher.write_text(
        f"#!{sys.executable}\n"
        "# A stand-in for a provider of Pulumi's; see localcloud/provider.\n"
        # What is imported stays: looking for garbage among it takes a sixth of the start.
        "import gc\n"
        "gc.disable()\n"
        "import sys\n"
        f"sys.path.insert(0, {str(repository)!r})\n"
        "from localcloud.provider.__main__ import main\n"
        "gc.freeze()\n"
        "gc.enable()\n"
        f"main({package!r}, {version!r})\n"
    )
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    if version != _ANY_VERSION:
        # `pulumi install`, and so `pulumi new`, takes no newer one.
        plugin.with_name(f"resource-{package}-v{version}").symlink_to(plugin)

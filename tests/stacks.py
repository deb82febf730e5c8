"""Stacks that are made without the CLI, which takes a twelfth of a small test's time for it."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from localcloud import LocalCloud
from localcloud.environment import REGION


def state_file(env: Mapping[str, str], project: str, stack: str) -> Path:
    """Return where a file backend keeps the state of a stack, which is JSON."""
    backend = Path(env["PULUMI_BACKEND_URL"].removeprefix("file://"))
    return backend / ".pulumi" / "stacks" / project / f"{stack}.json"


def make_stack(folder: Path, state: Path, cloud: LocalCloud) -> None:
    """Make an empty stack as `pulumi stack init` does, but select none.

    Its secrets have a key of the cloud's: to derive one from a passphrase is slow on purpose.

    Args:
        folder: The project's, where the stack's settings go.
        state: Its `state_file`.
        cloud: Whose key it is.
    """
    kms = cloud.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    encrypted = kms.encrypt(KeyId=key, Plaintext=os.urandom(32))["CiphertextBlob"]
    settings = {
        # Only version 2 of the AWS SDK, for which older CLIs have to be asked, finds our endpoint.
        "secretsprovider": f"awskms:///{key}?region={REGION}&awssdk=v2",
        "encryptedkey": base64.b64encode(encrypted).decode(),
    }
    (folder / f"Pulumi.{state.stem}.yaml").write_text(json.dumps(settings))
    state.parent.mkdir(parents=True, exist_ok=True)  # another stack's, too
    version = "v0.0.0"
    magic = hashlib.sha256(version.encode()).hexdigest()
    manifest = {"time": "2000-01-01T00:00:00Z", "magic": magic, "version": version}
    checkpoint = {
        "stack": f"organization/{state.parent.name}/{state.stem}",
        "latest": {"manifest": manifest},
    }
    state.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}))
    (state.parents[2] / "meta.yaml").write_text("version: 1\n")

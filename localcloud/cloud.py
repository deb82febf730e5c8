"""An embedded AWS with a Pulumi home of its own, for as long as a block of code runs."""

import tempfile
from collections.abc import Collection, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import botocore.session

import toolchain
from localcloud.aws_api import AwsApi, serve
from localcloud.environment import REGION, prepare
from localcloud.faults import Failure, Hold
from localcloud.provider.aws import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from localcloud.request import Call
from localcloud.session import new_session


@dataclass(frozen=True)
class LocalCloud:
    """A running embedded AWS.

    Attributes:
        env: the whole environment for a command that is to use it.
        folder: where its Pulumi home and state are.
    """

    env: dict[str, str]
    folder: Path
    _api: AwsApi
    _session: botocore.session.Session
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])

    @property
    def endpoint(self) -> str:
        """The URL of the AWS API."""
        return self._api.endpoint

    @property
    def calls(self) -> list[Call]:
        """Every call that the AWS API has had, in the order of its answers."""
        return self._api.calls

    def client(self, service: str, region: str | None = None) -> Any:
        """Return a botocore client of the embedded AWS; making one takes longer than a call."""
        which = (service, region or REGION)
        if which not in self._clients:
            self._clients[which] = self._session.create_client(
                cast("Any", service), region_name=which[1], endpoint_url=self.endpoint
            )
        return self._clients[which]

    def fail_next(
        self,
        operation: str,
        *,
        code: str,
        message: str = "refused for a test",
        status: int = 400,
        region: str | None = None,
    ) -> None:
        """Refuse the next call of an operation.

        Args:
            operation: the API's name, such as CreateFlowLogs.
            code: AWS's error code.
            message: AWS's error message.
            status: the HTTP status; from 500 on, SDKs try again.
            region: refuse it in this region only; None for any.
        """
        self._api.faults.fail_next(operation, Failure(code, message, status), region)

    def deny(self, operation: str, *, region: str | None = None) -> None:
        """Refuse every call of an operation, as AWS does without the permission."""
        failure = Failure(None, f"You are not authorized to perform: {operation}", 403)
        self._api.faults.fail_always(operation, failure, region)

    def hold(self, operation: str, *, region: str | None = None) -> AbstractContextManager[Hold]:
        """Let calls of an operation wait until the block ends; `wait` on the value for one."""
        return self._api.faults.hold(operation, region)


@contextmanager
def start(
    *, real_provider: bool = False, stand_ins: Collection[str] = ()
) -> Generator[LocalCloud, None, None]:
    """Run an empty AWS, on a port of its own, with an empty Pulumi home and backend.

    Nothing of the caller's environment that belongs to AWS or Pulumi reaches
    what runs in `LocalCloud.env`, and nothing there reaches the user's own
    Pulumi home, AWS configuration or state.

    Args:
        real_provider: use Pulumi's own AWS provider plugin, which Pulumi
            downloads, instead of the stand-in.
        stand_ins: Pulumi's packages besides AWS's whose plugins get a stand-in,
            which keeps whatever a program declares.

    Raises:
        toolchain.ToolchainError: when no Pulumi CLI can be had.
        RuntimeError: when one runs in this process already.
    """
    bin_dir = toolchain.ensure().bin_dir
    with tempfile.TemporaryDirectory(prefix="localcloud-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with serve() as api:
            env = prepare(
                folder,
                api.endpoint,
                bin_dir,
                real_provider=real_provider,
                stand_ins=stand_ins,
            )
            session = new_session(ACCESS_KEY_ID, SECRET_ACCESS_KEY)
            yield LocalCloud(env, folder, api, session)

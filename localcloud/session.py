"""Sessions of the AWS SDK that share the service models which they have read.

A session reads a model of EC2 for a tenth of a second, as long as the rest of what it does for a
resource takes; and in one process there are several, of providers and of embedded AWSs.
"""

import functools

import botocore.session
from botocore.loaders import Loader


def new_session(
    access_key_id: str, secret_access_key: str, token: str | None = None
) -> botocore.session.Session:
    """Return a session with these credentials and no others."""
    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    session.set_credentials(access_key_id, secret_access_key, token)
    return session


@functools.cache
def _loader() -> Loader:
    return Loader()

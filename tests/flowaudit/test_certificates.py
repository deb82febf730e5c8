"""Clients share what they trust, and no client trusts more for it."""

import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from flowaudit.reading import aws, internals
from flowaudit.reading.internals import certificates

IDENTITY = b"""<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


class Sts(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(IDENTITY)))
        self.end_headers()
        self.wfile.write(IDENTITY)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name)
        pass


def self_signed(path: Path) -> Path:
    """Write a key and its certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, path.stem)])
    address = x509.IPAddress(ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return self_signed(tmp_path / "ours.pem")


@pytest.fixture
def url(bundle: Path) -> Iterator[str]:
    """An STS with a certificate that only the bundle's readers trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle)
    with ThreadingHTTPServer(("127.0.0.1", 0), Sts) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, url: str) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return monkeypatch


def client(bundle: Path) -> Any:
    session = internals.open_session()
    session.set_config_variable("ca_bundle", str(bundle))
    return aws.make_client(session, "sts", "eu-west-1", aws.Meter())


def test_the_authorities_are_read_once(bundle: Path, environment: pytest.MonkeyPatch) -> None:
    reads: list[Any] = []
    original = ssl.SSLContext.load_verify_locations

    def counted(self: ssl.SSLContext, *locations: Any) -> None:
        reads.append(locations)
        original(self, *locations)

    environment.setattr(ssl.SSLContext, "load_verify_locations", counted)
    clients = [client(bundle) for _ in range(8)]
    with ThreadPoolExecutor(len(clients)) as pool:
        calls: list[Any] = [pool.submit(each.get_caller_identity) for each in clients]
        answers = [call.result()["Account"] for call in calls]

    assert answers == ["123456789012"] * 8
    assert [where[0] for where in reads] == [str(bundle)]


def test_who_trusts_other_authorities_shares_nothing(
    bundle: Path, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    client(bundle).get_caller_identity()
    other = client(self_signed(tmp_path / "other.pem"))

    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        other.get_caller_identity()


def test_a_client_that_is_built_otherwise_is_left_alone() -> None:
    certificates.share(object())  # pyright: ignore[reportArgumentType]

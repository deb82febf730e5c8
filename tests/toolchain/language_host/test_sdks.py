"""SDKs that are generated into a project, and required by it."""

from pathlib import Path

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import language_pb2

from tests.toolchain.language_host.conftest import Host
from toolchain.language_host.environment import ProgramError
from toolchain.language_host.sdks import generate, link


def make_sdk(project: Path, name: str = "books") -> str:
    """Make what counts for an SDK; its path in the project."""
    module = project / "sdks" / name / f"pulumi_{name}"
    module.mkdir(parents=True)
    (module / "pulumi-plugin.json").write_text("{}")
    return f"sdks/{name}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "sdks/books\n"),
        ("pulumi\n", "pulumi\nsdks/books\n"),
        ("pulumi", "pulumi\nsdks/books\n"),
        ("sdks/books\npulumi\n", "sdks/books\npulumi\n"),
    ],
)
def test_an_sdk_is_required_once(tmp_path: Path, before: str | None, after: str) -> None:
    requirements = tmp_path / "requirements.txt"
    if before is not None:
        requirements.write_text(before)
    instructions = link(tmp_path, [make_sdk(tmp_path)])
    assert requirements.read_text() == after
    assert "  import pulumi_books\n" in instructions


def test_what_is_no_sdk_is_not_required(tmp_path: Path) -> None:
    (tmp_path / "sdks" / "books").mkdir(parents=True)
    with pytest.raises(ProgramError, match=r"There is no SDK for Python in .*/sdks/books"):
        link(tmp_path, ["sdks/books"])
    assert not (tmp_path / "requirements.txt").exists()


def test_without_the_generator_its_remedies_are_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="`python -m toolchain --other-languages`, or install"):
        generate(tmp_path / "pulumi-sdk-generator", "{}", tmp_path, loader_address="")


@pytest.mark.usefixtures("other_languages")
def test_a_wrong_schema_is_an_error_that_says_what_is_wrong(host: Host, tmp_path: Path) -> None:
    request = language_pb2.GeneratePackageRequest(
        directory=str(tmp_path), schema='{"name": "books", "version": "one"}'
    )
    with pytest.raises(grpc.RpcError) as raised:
        host.ask("GeneratePackage", request, language_pb2.GeneratePackageResponse)
    assert "No SDK was generated: " in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_program_whose_requirements_are_elsewhere_is_not_linked(
    host: Host, tmp_path: Path
) -> None:
    options = struct_pb2.Struct(fields={"toolchain": struct_pb2.Value(string_value="uv")})
    info = language_pb2.ProgramInfo(program_directory=str(tmp_path), options=options)
    with pytest.raises(grpc.RpcError) as raised:
        host.ask("Link", language_pb2.LinkRequest(info=info), language_pb2.LinkResponse)
    assert "the program asks for 'uv'" in str(raised.value)

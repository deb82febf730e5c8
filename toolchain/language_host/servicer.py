"""The answers of the language host to the engine's calls."""

import json
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2
from typing_extensions import override

from . import sdks
from .environment import (
    ProgramError,
    PythonEnvironment,
    environment_of,
    python_on_path,
    virtualenv_of,
)
from .packages import program_dependencies, required_packages
from .processes import Process, Processes

VERSION = "0.1.0+vpc-flow-logs"
"""The version of this language host: its own, not the CLI's and not that of Pulumi's host."""

# With this exit code pulumi-language-python-exec says that the user has already seen the error.
_EXIT_CODE_ERROR_SHOWN = 32
_NO_CODE = "This language host generates no Python. Declare the following in your program by hand:"
_NO_DEBUGGER = "This language host cannot attach a debugger: install Pulumi's own CLI for that."


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """One engine's language host for Python."""

    def __init__(self, bin_dir: Path, engine_address: str, processes: Processes) -> None:
        """Serve the engine at ``engine_address``.

        Args:
            bin_dir: Where the programs that belong to this host are: the script
                ``pulumi-language-python-exec`` of Pulumi's SDK, which runs a program, and
                ``pulumi-sdk-generator``.
            engine_address: Where programs report to; empty until the handshake of an engine that
                attaches to a host it has not started.
            processes: Where programs and installations are entered while they run.
        """
        self._executor = bin_dir / "pulumi-language-python-exec"
        self._sdk_generator = bin_dir / "pulumi-sdk-generator"
        self._engine_address = engine_address
        self._processes = processes
        self._cancellable = Processes()

    @override
    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        del context
        self._engine_address = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    @override
    def GetPluginInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        del request, context
        return plugin_pb2.PluginInfo(version=VERSION)

    @override
    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        try:
            packages = required_packages(environment_of(request.info))
        except ProgramError as error:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, str(error))
        return language_pb2.GetRequiredPackagesResponse(packages=packages)

    @override
    def GetRequiredPlugins(
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        try:
            packages = required_packages(environment_of(request.info))
        except ProgramError as error:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, str(error))
        plugins = [
            plugin_pb2.PluginDependency(
                name=package.name,
                kind=package.kind,
                version=package.version,
                server=package.server,
            )
            for package in packages
        ]
        return language_pb2.GetRequiredPluginsResponse(plugins=plugins)

    @override
    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        try:
            dependencies = program_dependencies(
                environment_of(request.info), transitive=request.transitiveDependencies
            )
        except ProgramError as error:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, str(error))
        return language_pb2.GetProgramDependenciesResponse(dependencies=dependencies)

    @override
    def About(
        self, request: language_pb2.AboutRequest, context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        try:
            # Outside of a project there is nothing to say which Python, as with Pulumi's own host.
            environment = (
                environment_of(request.info)
                if request.info.root_directory
                else PythonEnvironment(python=python_on_path(), virtualenv=None)
            )
            version = environment.output("-c", "import platform; print(platform.python_version())")
        except ProgramError as error:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, str(error))
        return language_pb2.AboutResponse(
            executable=str(environment.python),
            version=version.strip(),
            metadata={"language host": f"stand-in of vpc-flow-logs {VERSION}"},
        )

    @override
    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        if request.attach_debugger:
            return language_pb2.RunResponse(error=_NO_DEBUGGER)
        try:
            environment = environment_of(request.info)
        except ProgramError as error:
            return language_pb2.RunResponse(error=str(error))
        variables = environment.activate(os.environ)
        variables["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        variables["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
        # Unbuffered, so that what a program prints is shown when it is printed.
        command = [environment.python, "-u", self._executor, *self._executor_arguments(request)]
        try:
            process = Process(command, env=variables)
        except OSError as error:
            return language_pb2.RunResponse(
                error=f"{environment.python} cannot be started: {error}"
            )
        with self._processes.running(process), self._cancellable.running(process):
            _end_with_call(process, context)
            code = process.wait()
        if code == 0:
            return language_pb2.RunResponse()
        if code == _EXIT_CODE_ERROR_SHOWN or process.was_ended:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program ended with exit code {code}")

    @override
    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        if request.attach_debugger:
            _abort(
                context,
                grpc.StatusCode.UNIMPLEMENTED,
                _NO_DEBUGGER,
            )
        try:
            environment = environment_of(request.info, is_plugin=True)
        except ProgramError as error:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, str(error))
        variables = environment.activate(dict(item.split("=", 1) for item in request.env))
        program = Path(request.info.program_directory, request.info.entry_point)
        try:
            process = Process(
                [environment.python, "-u", program, *request.args],
                env=variables,
                cwd=request.pwd,
                capture=True,
            )
        except OSError as error:
            _abort(
                context,
                grpc.StatusCode.FAILED_PRECONDITION,
                f"{environment.python} cannot be started: {error}",
            )
        # Not cancellable: a plugin hears of a cancellation from the engine itself, and may have to
        # finish what it is doing; the engine ends this call when it is done with the plugin.
        with self._processes.running(process):
            _end_with_call(process, context)
            for stream, data in _output_of(process):
                if stream == "stdout":
                    yield language_pb2.RunPluginResponse(stdout=data)
                else:
                    yield language_pb2.RunPluginResponse(stderr=data)
            yield language_pb2.RunPluginResponse(exitcode=process.wait())

    @override
    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        folder = request.info.program_directory
        try:
            virtualenv = virtualenv_of(request.info, is_plugin=request.is_plugin)
            python = python_on_path()
        except ProgramError as error:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, str(error))
        steps: list[Sequence[str | Path]] = []
        if virtualenv and not (virtualenv / "bin" / "python").is_file():
            steps.append([python, "-m", "venv", virtualenv])
        environment = PythonEnvironment(
            python=virtualenv / "bin" / "python" if virtualenv else python, virtualenv=virtualenv
        )
        if Path(folder, "requirements.txt").is_file():
            progress = [] if request.is_terminal else ["--progress-bar", "off"]
            steps.append(
                [environment.python, "-m", "pip", "install", *progress, "-r", "requirements.txt"]
            )
        else:
            text = f"There is no requirements.txt in {folder}: no packages to install.\n"
            yield language_pb2.InstallDependenciesResponse(stdout=text.encode())
        for step in steps:
            line = " ".join(map(str, step))
            yield language_pb2.InstallDependenciesResponse(stdout=f"$ {line}\n".encode())
            process = Process(step, env=environment.activate(os.environ), cwd=folder, capture=True)
            with self._processes.running(process), self._cancellable.running(process):
                _end_with_call(process, context)
                for stream, data in _output_of(process):
                    if stream == "stdout":
                        yield language_pb2.InstallDependenciesResponse(stdout=data)
                    else:
                        yield language_pb2.InstallDependenciesResponse(stderr=data)
                if code := process.wait():
                    _abort(
                        context, grpc.StatusCode.ABORTED, f"`{line}` failed with exit code {code}."
                    )

    @override
    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        del request, context
        self._cancellable.end_all()
        return empty_pb2.Empty()

    @override
    def Template(
        self, request: language_pb2.TemplateRequest, context: grpc.ServicerContext
    ) -> language_pb2.TemplateResponse:
        del request, context
        return language_pb2.TemplateResponse()

    @override
    def RuntimeOptionsPrompts(
        self, request: language_pb2.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        del request, context
        return language_pb2.RuntimeOptionsResponse()

    @override
    def GenerateProgram(
        self, request: language_pb2.GenerateProgramRequest, context: grpc.ServicerContext
    ) -> language_pb2.GenerateProgramResponse:
        # `pulumi import` asks for this when it has imported, and prints the answer; refusing would
        # make a success look like a failure.
        del context
        lines = [
            _NO_CODE,
            *(line for text in request.source.values() for line in text.splitlines()),
        ]
        code = "".join(f"# {line}".rstrip() + "\n" for line in lines)
        return language_pb2.GenerateProgramResponse(source={"__main__.py": code.encode()})

    @override
    def GenerateProject(
        self, request: language_pb2.GenerateProjectRequest, context: grpc.ServicerContext
    ) -> NoReturn:
        del request
        _not_here(context, "generate a project")

    @override
    def GeneratePackage(
        self, request: language_pb2.GeneratePackageRequest, context: grpc.ServicerContext
    ) -> language_pb2.GeneratePackageResponse:
        if request.extra_files:
            _not_here(context, "add overlays to an SDK")
        try:
            sdks.generate(
                self._sdk_generator,
                request.schema,
                Path(request.directory),
                loader_address=request.loader_target,
            )
        except ProgramError as error:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, str(error))
        return language_pb2.GeneratePackageResponse()

    @override
    def Pack(self, request: language_pb2.PackRequest, context: grpc.ServicerContext) -> NoReturn:
        del request
        _not_here(context, "pack an SDK")

    @override
    def Link(
        self, request: language_pb2.LinkRequest, context: grpc.ServicerContext
    ) -> language_pb2.LinkResponse:
        try:
            virtualenv_of(request.info)  # refuses what has its requirements elsewhere
            instructions = sdks.link(
                Path(request.info.program_directory), [package.path for package in request.packages]
            )
        except ProgramError as error:
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, str(error))
        return language_pb2.LinkResponse(import_instructions=instructions)

    def _executor_arguments(self, request: language_pb2.RunRequest) -> list[str]:
        options = {
            "monitor": request.monitor_address,
            "engine": self._engine_address,
            "project": request.project,
            "root_directory": request.info.root_directory,
            "stack": request.stack,
            "pwd": request.pwd,
            "dry_run": str(request.dryRun).lower(),
            "parallel": str(request.parallel),
            "organization": request.organization,
        }
        arguments = [
            argument
            for name, value in options.items()
            if value
            for argument in (f"--{name}", value)
        ]
        return [*arguments, request.info.entry_point, *request.args]


def _output_of(process: Process) -> Iterator[tuple[str, bytes]]:
    """What the process writes, as it writes it, until both of its streams are closed."""
    chunks: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def pump(name: str, stream: IO[bytes]) -> None:
        while data := os.read(stream.fileno(), 65536):
            chunks.put((name, data))
        chunks.put((name, b""))

    streams = {"stdout": process.stdout, "stderr": process.stderr}
    for name, stream in streams.items():
        threading.Thread(target=pump, args=(name, stream), daemon=True).start()
    still_open = len(streams)
    while still_open:
        name, data = chunks.get()
        if data:
            yield name, data
        else:
            still_open -= 1


def _end_with_call(process: Process, context: grpc.ServicerContext) -> None:
    """End the process when the engine ends the call that it answers."""

    def end() -> None:
        # The callback runs on gRPC's own thread, which must not wait for a process.
        threading.Thread(target=process.end).start()

    if not context.add_callback(end):
        end()  # the call has ended already


def _not_here(context: grpc.ServicerContext, task: str) -> NoReturn:
    _abort(
        context,
        grpc.StatusCode.UNIMPLEMENTED,
        f"This language host for Python runs programs and cannot {task}: install Pulumi's own CLI "
        "for that (https://www.pulumi.com/docs/install/).",
    )


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, text: str) -> NoReturn:
    context.abort(code, text)
    raise AssertionError  # abort() always raises

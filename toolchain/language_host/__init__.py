"""A language host for Python: what the Pulumi engine starts to run Python programs and plugins.

The engine finds an executable ``pulumi-language-python`` beside the ``pulumi`` CLI, starts it,
reads the port of its gRPC server from the first line of its output, and then speaks the protocol
``pulumirpc.LanguageRuntime`` with it:
https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/languages.html

This one stands in for Pulumi's own where only package registries can be reached: Pulumi's is not
among the published Go modules. It implements what deploying, importing and checking Python
programs, component plugins and policy packs needs, with pip and virtual environments, and generates
SDKs with Pulumi's own generator. It does not generate programs (``pulumi convert``) and knows
neither Poetry, uv nor typecheckers; each of these is answered with an error that says so.

It runs outside of the project, from a folder of the per-user cache (see ``toolchain.install``), on
grpcio, protobuf and the protocol's generated messages alone; so nothing here imports the project.
"""

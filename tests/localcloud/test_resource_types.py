"""What every resource type does over its life, asked of the plugin's process in the engine's words.

The engine's own part of it is in the tests of the services.
"""

import grpc
import pytest
from pulumi.runtime.rpc import UNKNOWN

from localcloud import LocalCloud
from localcloud.provider.changes import same
from localcloud.provider.types import RESOURCE_TYPES

from .cases import CASES, Case
from .plugin import Plugin
from .test_contract import WITHOUT_VALUE

# One of those that the real provider has and the stand-in lacks, where there is one; not one that
# excludes what the case has.
LACKING = [
    pytest.param(case, min(lacking), id=case.token.rsplit(":", 1)[-1])
    for case in CASES
    if (
        lacking := (row := RESOURCE_TYPES[case.token]).facts.inputs
        - row.inputs
        - {"tagsAll", *row.facts.exactly_one_of}
    )
]
each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.token.rsplit(":", 1)[-1])
each_that_changes_in_place = pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.in_place],
    ids=lambda case: case.token.rsplit(":", 1)[-1],
)
each_that_can_drift = pytest.mark.parametrize(
    "case", [case for case in CASES if case.drift], ids=lambda case: case.token.rsplit(":", 1)[-1]
)
each_that_can_be_removed = pytest.mark.parametrize(
    "case", [case for case in CASES if case.remove], ids=lambda case: case.token.rsplit(":", 1)[-1]
)


def test_every_type_has_an_example() -> None:
    assert {case.token for case in CASES} == set(RESOURCE_TYPES)


@each
def test_a_preview_knows_the_inputs_and_no_computed_value(
    api: LocalCloud, plugin: Plugin, case: Case
) -> None:
    inputs = plugin.inputs(case.token, case.inputs(api))
    seen = len(api.calls)
    resource_id, state = plugin.create(case.token, inputs, preview=True)
    assert resource_id == ""
    for name, fact in RESOURCE_TYPES[case.token].facts.properties.items():
        left_out = UNKNOWN if fact.computed else fact.nothing
        assert state[name] == (
            inputs.get(name) or left_out if fact.type == "map" else inputs.get(name, left_out)
        ), name
    changing = ("Create", "Put", "Delete", "Attach", "Modify", "Tag")
    made = [call.operation for call in api.calls[seen:] if call.operation.startswith(changing)]
    assert made == []


@each
def test_what_was_made_reads_back_the_same(api: LocalCloud, plugin: Plugin, case: Case) -> None:
    inputs = plugin.inputs(case.token, case.inputs(api))
    resource_id, state = plugin.create(case.token, inputs)
    assert plugin.read(case.token, resource_id, state, inputs) == (resource_id, state, inputs)
    assert not plugin.diff(case.token, resource_id, state, inputs, inputs).changes


@each
def test_the_state_has_what_the_sdk_promises(api: LocalCloud, plugin: Plugin, case: Case) -> None:
    from .sdk import resource_names  # noqa: PLC0415 (slow, and for this test alone)

    inputs = plugin.inputs(case.token, case.inputs(api))
    _, state = plugin.create(case.token, inputs)
    names = resource_names(case.token)
    assert set(state) == names.outputs | {"id"}
    without = {name for name in names.required_outputs if state[name] is None}
    assert without == WITHOUT_VALUE.get(case.token, set())
    assert UNKNOWN not in state.values()


@each
def test_an_import_needs_nothing_but_the_id(api: LocalCloud, plugin: Plugin, case: Case) -> None:
    said = case.inputs(api)
    resource_id, state = plugin.create(case.token, plugin.inputs(case.token, said))
    imported_id, imported, found = plugin.read(case.token, resource_id)
    assert imported_id == resource_id
    facts = RESOURCE_TYPES[case.token].facts.properties
    different = {name for name in facts if not same(facts[name], imported[name], state[name])}
    assert different == set()
    # What is imported meets a program that says the same.
    again = plugin.inputs(case.token, said, found)
    assert not plugin.diff(case.token, resource_id, imported, found, again).changes


@each
def test_an_id_of_nothing_is_not_found(plugin: Plugin, case: Case) -> None:
    nowhere = {
        "aws:ec2/subnet:Subnet": "subnet-0123456789abcdef0",
        "aws:ec2/flowLog:FlowLog": "fl-0123456789abcdef0",
        "aws:iam/rolePolicy:RolePolicy": "nobody:nothing",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "nobody/arn:aws:iam::aws:policy/No",
        "aws:kms/key:Key": "00000000-0000-0000-0000-000000000000",
    }
    assert plugin.read(case.token, nowhere.get(case.token, "vpc-0123456789abcdef0")) == ("", {}, {})


@each_that_changes_in_place
def test_a_change_in_place(api: LocalCloud, plugin: Plugin, case: Case) -> None:
    said = case.inputs(api)
    inputs = plugin.inputs(case.token, said)
    resource_id, state = plugin.create(case.token, inputs)
    changed = plugin.inputs(case.token, {**said, **case.in_place}, inputs)

    diff = plugin.diff(case.token, resource_id, state, inputs, changed)
    assert (diff.replaces, diff.delete_before_replace) == (set(), False)
    assert diff.properties - {"tagsAll"} == set(case.in_place)

    preview = plugin.update(case.token, resource_id, state, inputs, changed, preview=True)
    assert plugin.read(case.token, resource_id, state, inputs) == (resource_id, state, inputs)
    after = plugin.update(case.token, resource_id, state, inputs, changed)
    assert preview == after
    assert case.in_place.items() <= after.items()
    assert plugin.read(case.token, resource_id, after, changed) == (resource_id, after, changed)
    assert not plugin.diff(case.token, resource_id, after, changed, changed).changes

    # And back, which takes away what was added, but for what is AWS's to say.
    plugin.update(case.token, resource_id, after, changed, inputs)
    _, back, _ = plugin.read(case.token, resource_id, state, inputs)
    facts = RESOURCE_TYPES[case.token].facts.properties
    kept = {name for name in case.in_place if facts[name].computed and name not in inputs}
    assert back == {**state, **{name: after[name] for name in kept}}


@each
def test_a_change_that_replaces(api: LocalCloud, plugin: Plugin, case: Case) -> None:
    said = case.inputs(api)
    inputs = plugin.inputs(case.token, said)
    resource_id, state = plugin.create(case.token, inputs)
    changed = plugin.inputs(case.token, {**said, **case.replacing}, inputs)
    diff = plugin.diff(case.token, resource_id, state, inputs, changed)
    assert diff.replaces == set(case.replacing)
    assert {diff.kinds[name] for name in case.replacing} <= {"UPDATE_REPLACE", "ADD_REPLACE"}


@each_that_can_drift
def test_a_change_by_hand_is_seen_and_undone(api: LocalCloud, plugin: Plugin, case: Case) -> None:
    inputs = plugin.inputs(case.token, case.inputs(api))
    resource_id, state = plugin.create(case.token, inputs)
    assert case.drift is not None
    case.drift(api, resource_id)

    _, drifted, found = plugin.read(case.token, resource_id, state, inputs)
    assert drifted != state
    assert case.drifted.items() <= drifted.items()
    assert set(found) == set(inputs)
    diff = plugin.diff(case.token, resource_id, drifted, found, inputs)
    assert diff.changes
    assert diff.replaces == set()
    plugin.update(case.token, resource_id, drifted, found, inputs)
    assert plugin.read(case.token, resource_id, state, inputs) == (resource_id, state, inputs)


@each_that_can_be_removed
def test_what_was_deleted_by_hand_is_seen_and_deletes_again(
    api: LocalCloud, plugin: Plugin, case: Case
) -> None:
    inputs = plugin.inputs(case.token, case.inputs(api))
    resource_id, state = plugin.create(case.token, inputs)
    assert case.remove is not None
    case.remove(api, resource_id)
    assert plugin.read(case.token, resource_id, state, inputs)[0] == ""
    plugin.delete(case.token, resource_id, state)


@each_that_can_be_removed
def test_delete(api: LocalCloud, plugin: Plugin, case: Case) -> None:
    inputs = plugin.inputs(case.token, case.inputs(api))
    resource_id, state = plugin.create(case.token, inputs)
    plugin.delete(case.token, resource_id, state)
    assert plugin.read(case.token, resource_id, state, inputs)[0] == ""


@pytest.mark.parametrize(("case", "lacking"), LACKING)
def test_an_input_that_the_stand_in_lacks_is_previewed_and_refused(
    api: LocalCloud, plugin: Plugin, case: Case, lacking: str
) -> None:
    said = case.inputs(api)
    inputs, more = (
        plugin.inputs(case.token, one) for one in (said, {**said, lacking: "something"})
    )
    _, state = plugin.create(case.token, more, preview=True)
    assert state[lacking] == "something"
    with pytest.raises(grpc.RpcError, match=f"does not have {lacking} on {case.token}"):
        plugin.create(case.token, more)
    resource_id, state = plugin.create(case.token, inputs)
    with pytest.raises(grpc.RpcError, match=f"does not have {lacking} on {case.token}"):
        plugin.update(case.token, resource_id, state, inputs, more)


@each
def test_a_required_input_that_is_missing_is_refused(
    api: LocalCloud, plugin: Plugin, case: Case
) -> None:
    inputs = case.inputs(api)
    for name in RESOURCE_TYPES[case.token].facts.required:
        _, failures = plugin.check(case.token, {k: v for k, v in inputs.items() if k != name})
        assert name in failures

"""What a change of inputs leads to, for every type and any inputs."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime.rpc import UNKNOWN

from localcloud.provider.changes import changes
from localcloud.provider.resource_type import ResourceType
from localcloud.provider.types import RESOURCE_TYPES

each_type = pytest.mark.parametrize("row", RESOURCE_TYPES.values(), ids=lambda row: row.token)
texts = st.text(alphabet='ab{}":', max_size=5)
values: st.SearchStrategy[Any] = st.one_of(
    texts, st.integers(), st.booleans(), st.dictionaries(texts, texts, max_size=2)
)

# How long an example takes depends on what else runs; the same is asked of every type.
a_few = settings(deadline=None, max_examples=30)


def inputs_of(row: ResourceType) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(sorted(row.inputs)), values)


@each_type
@a_few
@given(data=st.data())
def test_equal_inputs_are_no_change(row: ResourceType, data: st.DataObject) -> None:
    inputs = data.draw(inputs_of(row))
    found = changes(row, inputs, dict(inputs))
    assert (found.all, found.replacing, found.delete_before_replace) == (set(), set(), False)


@each_type
@a_few
@given(data=st.data())
def test_a_change_replaces_only_for_what_aws_cannot_change(
    row: ResourceType, data: st.DataObject
) -> None:
    old, new = data.draw(inputs_of(row)), data.draw(inputs_of(row))
    found = changes(row, old, new)
    assert found.all <= set(old) ^ set(new) | {name for name in new if name in old}
    assert found.replacing == found.all & (row.replaces | {"region"})
    # Going back undoes the same properties.
    back = changes(row, new, old)
    assert (back.all, back.added, back.removed) == (found.all, found.removed, found.added)


@each_type
@a_few
@given(data=st.data())
def test_what_is_not_known_yet_counts_as_changed(row: ResourceType, data: st.DataObject) -> None:
    old = data.draw(inputs_of(row))
    name = data.draw(st.sampled_from(sorted(row.inputs)))
    assert name in changes(row, old, {**old, name: UNKNOWN}).all


@each_type
def test_a_default_that_is_spelled_out_is_no_change(row: ResourceType) -> None:
    defaults = dict(row.defaults)
    assert changes(row, {}, defaults).all == changes(row, defaults, {}).all == set()


@a_few
@given(document=st.dictionaries(texts, st.lists(texts)))
def test_a_policy_document_may_be_written_in_another_way(document: dict[str, list[str]]) -> None:
    row = RESOURCE_TYPES["aws:iam/rolePolicy:RolePolicy"]
    old = {"policy": json.dumps(document, indent=2)}
    new = {"policy": json.dumps(dict(reversed(document.items())), separators=(",", ":"))}
    assert changes(row, old, new).all == set()
    other = {"policy": json.dumps({**document, "Version": "2012-10-17"})}
    assert changes(row, old, other).all == {"policy"}


def test_an_object_with_a_fixed_name_makes_room_before_it_is_replaced() -> None:
    row = RESOURCE_TYPES["aws:iam/role:Role"]
    old = {"name": "delivery", "path": "/"}
    assert changes(row, old, {**old, "path": "/logs/"}).delete_before_replace
    assert not changes(row, old, {**old, "name": "other"}).delete_before_replace
    # A name that was generated is generated anew.
    generated = {**old, "__defaults": ["name"]}
    assert not changes(row, generated, {**generated, "path": "/logs/"}).delete_before_replace

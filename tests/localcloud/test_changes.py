"""What a change of inputs leads to, for every type and any inputs."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime.rpc import UNKNOWN

from localcloud.provider.changes import changes, is_zero
from localcloud.provider.facts import FACTS, Facts

each_type = pytest.mark.parametrize("facts", FACTS.values(), ids=FACTS)
texts = st.text(alphabet='ab{}":', max_size=5)
values: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "integer": st.integers(),
    "boolean": st.booleans(),
    "map": st.dictionaries(texts.filter(bool), texts, max_size=2),
    "strings": st.lists(texts, max_size=2),
    "block": st.dictionaries(texts, texts, max_size=2),
    "blocks": st.lists(st.dictionaries(texts, texts, max_size=2), max_size=2),
}

# How long an example takes depends on what else runs; the same is asked of every type.
a_few = settings(deadline=None, max_examples=30)


def inputs_of(facts: Facts) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {}, optional={name: values[facts.properties[name].type] for name in sorted(facts.inputs)}
    )


@each_type
@a_few
@given(data=st.data())
def test_inputs_that_the_state_has_are_no_change(facts: Facts, data: st.DataObject) -> None:
    inputs = data.draw(inputs_of(facts))
    found = changes(facts, {**inputs, "arn": "a"}, dict(inputs))
    assert (found.kinds, found.replacing, found.delete_before_replace) == ({}, set(), False)


@each_type
@a_few
@given(data=st.data())
def test_a_change_replaces_only_for_what_aws_cannot_change(
    facts: Facts, data: st.DataObject
) -> None:
    state, inputs = data.draw(inputs_of(facts)), data.draw(inputs_of(facts))
    found = changes(facts, state, inputs)
    assert found.replacing == {
        name for name in found.properties if facts.properties[name].replaces(inputs.get(name))
    }
    assert found.replacing <= found.properties
    for name in found.properties - set(inputs):
        assert not facts.properties[name].computed
        assert not is_zero(state[name])


@each_type
@a_few
@given(data=st.data())
def test_what_is_not_known_yet_counts_as_changed(facts: Facts, data: st.DataObject) -> None:
    state = data.draw(inputs_of(facts))
    name = data.draw(st.sampled_from(sorted(facts.inputs)))
    assert name in changes(facts, state, {**state, name: UNKNOWN}).properties


@each_type
@a_few
@given(data=st.data())
def test_what_is_ignored_is_no_change(facts: Facts, data: st.DataObject) -> None:
    state, inputs = data.draw(inputs_of(facts)), data.draw(inputs_of(facts))
    ignored = data.draw(st.sets(st.sampled_from(sorted(facts.inputs))))
    found, less = changes(facts, state, inputs), changes(facts, state, inputs, ignored)
    assert less.properties == found.properties - ignored


@a_few
@given(document=st.dictionaries(texts, st.lists(texts)))
def test_a_policy_document_may_be_written_in_another_way(document: dict[str, list[str]]) -> None:
    facts = FACTS["aws:iam/rolePolicy:RolePolicy"]
    old = {"policy": json.dumps(document, indent=2)}
    new = {"policy": json.dumps(dict(reversed(document.items())), separators=(",", ":"))}
    assert changes(facts, old, new).kinds == {}
    other = {"policy": json.dumps({**document, "Version": "2012-10-17"})}
    assert changes(facts, old, other).properties == {"policy"}

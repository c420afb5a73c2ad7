"""Outbound messages and the record-triggered flows that send them.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_workflow.htm
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_visual_workflow.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.metadata import model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Problem
    from localorg.metadata.universe import Universe

_MESSAGE = "outboundMessage"


def check_workflow(one: Component, universe: Universe) -> Iterator[Problem]:
    """The object that it belongs to is there."""
    if not universe.has_object(one.full_name):
        yield one.problem(f"no CustomObject named {one.full_name} found")


def check_outbound_message(one: Component, universe: Universe) -> Iterator[Problem]:
    """Its fields are there, its address is one that an org may call, and it has a user."""
    if not one.text("endpointUrl").startswith("https://"):
        yield one.problem("The endpointUrl must start with https://")
    if "@" not in one.text("integrationUser"):
        yield one.problem("In field: integrationUser - no User named there was found")
    for field in one.every("fields"):
        if universe.field(one.parent, field.text or "") is None:
            words = f"In field: fields - no CustomField named {one.parent}.{field.text} found"
            yield one.problem(words, field)


def check_flow(one: Component, universe: Universe) -> Iterator[Problem]:
    """A flow's object, the fields that start it, its outbound messages, and where it goes."""
    object_name = one.text("start", "object")
    if object_name and not universe.has_object(object_name):
        yield one.problem(f"no CustomObject named {object_name} found")
        return
    for place in one.every("start", "filters"):
        name = model.text(place, "field")
        if universe.field(object_name, name) is None:
            yield one.problem(f"The field {name} does not exist on {object_name}", place)
    steps = {model.text(step, "name") for step in one.every("actionCalls")}
    for step in one.every("actionCalls"):
        action = model.text(step, "actionName")
        is_message = model.text(step, "actionType") == _MESSAGE
        if is_message and action not in _messages(universe):
            yield one.problem(f"The outbound message {action} was not found", step)
    target = one.text("start", "connector", "targetReference")
    if target not in steps:
        yield one.problem(f"The start leads to {target}, which is no element of the flow")


def _messages(universe: Universe) -> set[str]:
    return {one.full_name for one in universe.of_type("WorkflowOutboundMessage")}

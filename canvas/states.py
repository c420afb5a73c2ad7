"""Every page that is not a score: what it is called, its status, whether asking again may help."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class State:
    """A page that explains. Its texts are `states.<name>.*` in the message catalogue."""

    status: HTTPStatus
    tone: str  #: which icon: "info" (nothing is wrong), "wait" (try again), "stop" (a person must act)
    asks_again: bool = False  #: offers a button that has Salesforce send a fresh signed request


#: A denial looks the same to the browser whatever its reason; the log tells them apart.
STATES: Final[Mapping[str, State]] = {
    "refused": State(HTTPStatus.FORBIDDEN, "stop", asks_again=True),
    "too_large": State(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "stop"),
    "not_opened_here": State(HTTPStatus.BAD_REQUEST, "info"),
    "approval_needed": State(HTTPStatus.FORBIDDEN, "stop", asks_again=True),
    "approval_offered": State(HTTPStatus.OK, "info", asks_again=True),
    "approved": State(HTTPStatus.OK, "info"),
    "no_token": State(HTTPStatus.FORBIDDEN, "stop", asks_again=True),
    "session_ended": State(HTTPStatus.FORBIDDEN, "wait", asks_again=True),
    "api_not_enabled": State(HTTPStatus.FORBIDDEN, "stop", asks_again=True),
    "not_visible": State(HTTPStatus.FORBIDDEN, "stop", asks_again=True),
    "no_score": State(HTTPStatus.OK, "info"),
    "no_record": State(HTTPStatus.OK, "info"),
    "no_score_of_user": State(HTTPStatus.OK, "info"),
    "salesforce_slow": State(HTTPStatus.GATEWAY_TIMEOUT, "wait", asks_again=True),
    "salesforce_down": State(HTTPStatus.BAD_GATEWAY, "wait", asks_again=True),
    "salesforce_limit": State(HTTPStatus.SERVICE_UNAVAILABLE, "wait", asks_again=True),
    "too_often": State(HTTPStatus.TOO_MANY_REQUESTS, "wait", asks_again=True),
    "not_found": State(HTTPStatus.NOT_FOUND, "info"),
    "link_ended": State(HTTPStatus.GONE, "info"),
    "broken": State(HTTPStatus.INTERNAL_SERVER_ERROR, "wait", asks_again=True),
}

"""The real door to the org, as the panel's port: which page each kind of failure becomes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from canvas.port import ReadingError
from service.salesforce import actions
from service.salesforce.approval import Approval
from service.salesforce.connections import KeptConnections
from service.salesforce.errors import (
    AdminActionNeededError,
    AmbiguousOutcomeError,
    LimitReachedError,
    SalesforceError,
    SessionExpiredError,
    TransientSalesforceError,
)
from service.salesforce.viewer import ViewerGateway, is_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from canvas.context import ViewerContext
    from canvas.panel_token import Lent
    from canvas.port import Answer, ViewerActs, ViewerFactory
    from service.settings import Settings

#: The viewer may not use the API at all; the first two say so, the third means a session that the
#: REST API does not take. https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
_NO_API: Final = frozenset(
    {"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "INVALID_SESSION_ID", "FORBIDDEN"}
)
#: A missing object or field and one that the viewer may not read look the same.
_NOT_VISIBLE: Final = frozenset({"INVALID_TYPE", "INVALID_FIELD", "NOT_FOUND"})
#: How every code begins that says "not with your rights", on a record or on what it refers to.
_NO_ACCESS: Final = "INSUFFICIENT_ACCESS"


class OrgReads:
    """ViewerReads over a ViewerGateway."""

    def __init__(self, gateway: ViewerGateway) -> None:
        self._gateway = gateway

    @property
    def limit(self) -> tuple[int, int] | None:
        """What the org said of its calls with its last answer."""
        return self._gateway.limit

    def query_together(self, questions: Sequence[str]) -> list[Answer]:
        """One round trip; every Salesforce error becomes the ReadingError of a page."""
        try:
            answers = self._gateway.query_together(questions)
        except SalesforceError as error:
            raise _told(error) from error
        return [_told(one) if isinstance(one, SalesforceError) else one for one in answers]


class OrgWrites(OrgReads):
    """ViewerWrites over a ViewerGateway."""

    def create(self, object_name: str, values: dict[str, Any]) -> str:
        """Create one record; whether it is there is in doubt when no answer came."""
        with _telling():
            return self._gateway.create(object_name, values)

    def create_together(self, records: Sequence[dict[str, Any]]) -> None:
        """Create all or none, in one transaction; in doubt in the same way."""
        with _telling():
            self._gateway.create_together(records)

    def mail(self, address: str, subject: str, text: str) -> None:
        """Send one mail; whether it is out is in doubt when no answer came."""
        with _telling():
            actions.mail(self._gateway, [address], subject, text)

    def post(self, record_id: str, text: str) -> None:
        """Post once, in the same way."""
        with _telling():
            actions.post(self._gateway, record_id, text)


@contextmanager
def _telling() -> Iterator[None]:
    """What was sent once and met an error, as the ReadingError that the page is told of."""
    try:
        yield
    except AmbiguousOutcomeError as error:
        raise ReadingError("in_doubt", "no_answer") from error
    except SalesforceError as error:
        raise _told(error) from error


def _told(error: SalesforceError) -> ReadingError:
    return ReadingError(state_of(error), error.code or type(error).__name__)


def org_reads(settings: Settings) -> ViewerFactory:
    """Open the org with the viewer's token, at an address that the settings allow and no other.

    Viewers share connections, and nothing else.
    """
    connections = KeptConnections()

    def of(viewer: ViewerContext) -> OrgReads:
        if viewer.token is None or viewer.instance_url is None:
            raise ReadingError("no_token", "no_token")
        if not is_allowed(viewer.instance_url, settings.viewer_hosts):
            raise ReadingError("refused", "host_not_allowed")
        return OrgReads(ViewerGateway(viewer.instance_url, viewer.token, settings, connections))

    return of


def org_writes(settings: Settings) -> ViewerActs:
    """The same for somebody whose page is open."""

    def of(lent: Lent) -> OrgWrites:
        if not is_allowed(lent.instance_url, settings.viewer_hosts):
            raise ReadingError("refused", "host_not_allowed")
        return OrgWrites(ViewerGateway(lent.instance_url, lent.token, settings))

    return of


class OrgApproval:
    """Approval over the org's web server flow."""

    def __init__(self, flow: Approval) -> None:
        self.address = flow.address
        self._flow = flow

    def redeem(self, code: str, verifier: str) -> None:
        """Once; every error becomes that of a page."""
        try:
            self._flow.redeem(code, verifier)
        except SalesforceError as error:
            raise _told(error) from error


def org_approval(settings: Settings) -> OrgApproval | None:
    """None where the settings name no app to approve, or no address to come back to."""
    has_both = settings.canvas_key and settings.public_url
    return OrgApproval(Approval(settings)) if has_both else None


def state_of(error: SalesforceError) -> str:
    """The page that tells the viewer who must act."""
    match error:
        case SessionExpiredError():
            return "session_ended"
        case LimitReachedError():
            return "salesforce_limit"
        case TransientSalesforceError():
            return "salesforce_slow" if error.status == 0 else "salesforce_down"
        case AdminActionNeededError() if error.code in _NO_API:
            return "api_not_enabled"
        case _ if _is_not_theirs(error):
            return "not_visible"
        case _:
            return "broken"


def _is_not_theirs(error: SalesforceError) -> bool:
    """Whether the viewer's rights do not reach what was asked for or changed."""
    is_hidden = isinstance(error, AdminActionNeededError) and error.code in _NOT_VISIBLE
    return is_hidden or error.code.startswith(_NO_ACCESS)

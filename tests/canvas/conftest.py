"""The panel under test: a real app, an org that is a list of records, envelopes signed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import structlog

from service.app import create_app
from tests.canvas import panel_builders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask
    from flask.testing import FlaskClient

    from canvas.context import ViewerContext
    from service.settings import Settings


#: What is asked beside the own score, and what tells each question from the others.
OTHERS = {
    "managers": "FROM User WHERE (ManagerId",
    "people": "WHERE User__r.ManagerId = ", "teams": "FROM Adoption_Team__c",
    "deals": "FROM Big_Deal_Alert__c",
    "owner": "(SELECT OwnerId FROM Opportunity", "opportunity": "FROM Opportunity WHERE Id",
    "history": "FROM OpportunityHistory", "steps": "FROM OpportunityFieldHistory", "account": "FROM Account WHERE",
    "deals_of": "FROM Opportunity WHERE AccountId", "tasks": "IsClosed = false AND IsRecurrence",
    "done": "IsClosed = true AND IsRecurrence", "met": "FROM Event WHERE", "name": "FROM User WHERE", "run": "FROM Adoption_Run__c WHERE Id", "runs": "FROM Adoption_Run__c ORDER",
    "settings": "FROM Adoption_Setting__mdt", "measures": "FROM Adoption_Measure__mdt", "roles": "FROM Adoption_Role__mdt",
}  # fmt: skip


class ListOrg:
    """A ViewerReads of fixed records, or of one error. Remembers who asked what."""

    def __init__(self) -> None:
        self.records: Any = []  # the viewer's own score
        self.others: dict[str, Any] = {}  # records, or an error, by the names of OTHERS
        self.of_users: dict[str, Any] = {}  # instead of it, by the user's id
        self.bare: Any = None  # the own score where only what hangs on it is refused
        self.round_trips = 0
        self.limit: tuple[int, int] | None = None
        self.error: Exception | None = None
        self.questions: list[str] = []
        self.viewers: list[ViewerContext] = []

    def __call__(self, viewer: ViewerContext) -> ListOrg:
        self.viewers.append(viewer)
        return self

    def query_together(self, questions: Sequence[str]) -> list[Any]:
        self.questions.extend(questions)
        self.round_trips += 1
        if self.error:
            raise self.error
        return [self._answer(question) for question in questions]

    def _answer(self, question: str) -> Any:
        if "WHERE User_Key__c = " in question:
            for user_id, answer in self.of_users.items():
                if user_id in question:
                    return answer
            return (
                self.bare if self.bare is not None and "(SELECT" not in question else self.records
            )
        return next(self.others.get(name, []) for name, mark in OTHERS.items() if mark in question)


@pytest.fixture
def org() -> ListOrg:
    return ListOrg()


@pytest.fixture
def settings() -> Settings:
    return panel_builders.settings()


class DictStore:
    """A Store in memory. Nothing ends by itself: tests take it away."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.error: Exception | None = None

    def set(self, name: str, value: bytes, ex: int, *, nx: bool = False) -> object:
        assert 0 < ex <= 7 * 24 * 3600
        if self.error:
            raise self.error
        if nx and name in self.values:
            return None
        self.values[name] = value
        return True

    def get(self, name: str) -> bytes | None:
        if self.error:
            raise self.error
        return self.values.get(name)

    def incr(self, name: str) -> int:
        self.values[name] = str(int(self.values[name]) + 1).encode()
        return int(self.values[name])

    def delete(self, name: str) -> object:
        if self.error:
            raise self.error
        return self.values.pop(name, None)


class ActsOfViewers:
    """A ViewerActs that remembers who created and sent what, or fails."""

    def __init__(self) -> None:
        self.made: list[tuple[Any, str, dict[str, Any]]] = []
        self.error: Exception | None = None
        self.errors: dict[str, Exception] = {}  # of "mail" and "post"
        self.sent: list[tuple[str, ...]] = []
        self.together: list[list[dict[str, Any]]] = []
        self.known: dict[str, Any] = {}  # what a question is answered, by what stands in it

    def __call__(self, lent: Any) -> ActsOfViewers:
        self.lent = lent
        return self

    def query_together(self, questions: Sequence[str]) -> list[Any]:
        return [
            next((found for mark, found in self.known.items() if mark in question), [])
            for question in questions
        ]

    def mail(self, *letter: str) -> None:
        self._send("mail", letter)

    def post(self, *post: str) -> None:
        self._send("post", post)

    def _send(self, way: str, what: tuple[str, ...]) -> None:
        if way in self.errors:
            raise self.errors[way]
        self.sent.append((way, *what))

    def create_together(self, records: Sequence[dict[str, Any]]) -> None:
        if self.error:
            raise self.error
        self.together.append(list(records))

    def create(self, object_name: str, values: dict[str, Any]) -> str:
        if self.error:
            raise self.error
        self.made.append((self.lent, object_name, values))
        return "a045g00000ActOneEAA"


@pytest.fixture
def store() -> DictStore:
    return DictStore()


@pytest.fixture(autouse=True)
def _within_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canvas.busy.time", lambda: 0.0)


@pytest.fixture
def acts() -> ActsOfViewers:
    return ActsOfViewers()


@pytest.fixture
def app(settings: Settings, org: ListOrg, acts: ActsOfViewers, store: DictStore) -> Flask:
    return create_app(settings, org, acts, store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def show(client: FlaskClient, org: ListOrg) -> Callable[..., Any]:
    """POST a signed request; `record=` is what the org answers, the rest changes the envelope."""

    def post(record: dict[str, Any] | None = None, **changes: object) -> Any:
        org.records = [] if record is None else [record]
        signed = panel_builders.signed_request(panel_builders.envelope(**changes))
        return client.post("/canvas", data={"signed_request": signed})

    return post


@pytest.fixture(autouse=True)
def events(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Everything that was logged, whatever another test configured."""
    capture = structlog.testing.LogCapture()
    for name in ("canvas.answers.log", "service.app.log", "service.health.log"):
        monkeypatch.setattr(name, structlog.wrap_logger(None, processors=[capture]))
    return capture.entries

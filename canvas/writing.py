"""A mail to a person and a congratulation on a deal, as the viewer, and the record that says so.

Whom, what and with which evidence is read anew with the viewer's own token: the page names records
and nothing else, so nobody can make it write to others or with a figure that Salesforce does not
show them. A mail or post that is out is never sent again; what failed after it is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canvas.people_questions import score_of_query
from canvas.plain import clean, mapping
from canvas.port import ReadingError, the_record
from service.salesforce.fields import AdoptionException as Exc
from service.salesforce.fields import AdoptionScore as Score
from service.salesforce.fields import BigDealAlert as Alert

if TYPE_CHECKING:
    from canvas.act import Act
    from canvas.catalogue import Catalogue
    from canvas.panel_token import Lent
    from canvas.port import ViewerWrites


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it would go out, or a post on a record."""

    to: str  #: a name
    address: str  #: of a post the record
    subject: str
    text: str


def letter_to(act: Act, lent: Lent, org: ViewerWrites, texts: Catalogue) -> Letter:
    """The mail with its evidence. Raises ReadingError: `not_visible`, `no_address`."""
    of_person = (
        f"SELECT Id, User__r.Name, User__r.Email, {Score.REASONS} FROM {Score.OBJECT}"  # noqa: S608 - constants and a checked id
        f" WHERE Id = '{act.score_id}'"
    )
    of_exception = (
        f"SELECT Id, {Exc.EVIDENCE} FROM {Exc.OBJECT} WHERE Id = '{act.exception_id}'"  # noqa: S608 - the same
        f" AND {Exc.SCORE} = '{act.score_id}'"
    )
    questions = [of_person, of_exception] if act.exception_id else [of_person]
    score, *found = [the_record(answer) for answer in org.query_together(questions)]
    person = mapping(score.get("User__r"))
    address = clean(person.get("Email"))
    if not address:
        raise ReadingError("no_address", "no_address")
    lines = str((found[0].get(Exc.EVIDENCE) if found else score.get(Score.REASONS)) or "")
    evidence = [clean(line) for line in lines.splitlines()[: None if found else 1]]
    link = f"{lent.instance_url}/{act.exception_id or act.score_id}"
    text = "\n".join([act.note, "", texts("write.evidence"), *filter(None, evidence), link])
    return Letter(clean(person.get("Name")), address, texts("write.subject"), text)


def praise_of(act: Act, lent: Lent, org: ViewerWrites, texts: Catalogue) -> Letter:
    """The post on a deal. Raises ReadingError: `not_visible`, `own`."""
    deal = _one(
        org,
        f"SELECT Id, {Alert.OPPORTUNITY}, Opportunity__r.Name, {Alert.DEAL_OWNER}"  # noqa: S608 - constants and a checked id
        f" FROM {Alert.OBJECT} WHERE Id = '{act.deal_id}' AND {Alert.STATUS} = 'Announced'",
    )
    name = clean(mapping(deal.get("Opportunity__r")).get("Name"))
    owner, opportunity = clean(deal.get(Alert.DEAL_OWNER)), clean(deal.get(Alert.OPPORTUNITY))
    if not (name and owner and opportunity):
        raise ReadingError("not_visible", "no_deal")
    if owner == lent.user_id:
        raise ReadingError("own", "own_deal")
    # Square brackets would end a mention, or begin one of somebody else.
    said = texts("congratulate.post", deal=name.replace("[", "(").replace("]", ")"))
    return Letter(owner, opportunity, said, f"@[{owner}] {said}")


def score_of(owner: str, org: ViewerWrites) -> str | None:
    """The score record of a deal's owner, where the viewer may see it: there it can be recorded."""
    (answer,) = org.query_together([score_of_query(owner)])
    found = answer if isinstance(answer, list) else []
    return clean(found[0].get("Id")) if found else None


def _one(org: ViewerWrites, question: str) -> dict[str, Any]:
    (answer,) = org.query_together([question])
    return the_record(answer)

"""Speaks SOAP to a stand-in org in this process, as a client sends it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from localorg.auth import sessions
from localorg.metadata import rows, soap

if TYPE_CHECKING:
    from localorg.org import Org

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
ENVELOPE = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{namespace}">
<soapenv:Header><SessionHeader><sessionId>{session}</sessionId></SessionHeader></soapenv:Header>
<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"""
REPORT = "reports/Adoption_Reports/Scores_by_Word.report"


@dataclass
class Client:
    """Speaks SOAP to an org in this process."""

    org: Org
    session: str
    apps_changed: int = 0

    def call(self, body, status=200):
        """The answer's XML without namespaces."""
        text = ENVELOPE.format(namespace=NAMESPACE, session=self.session, body=body)
        got, xml = soap.handle(self.org, text.encode(), self._count)
        assert got == status, xml
        return etree.fromstring(re.sub(rb' xmlns(:\w+)?="[^"]*"|(?<=<)(/?)\w+:', rb"\2", xml))

    def _count(self):
        self.apps_changed += 1

    def deploy(self, content, **options):
        """The DeployResult of a deployment."""
        said = {"rollbackOnError": "true", "checkOnly": "false", "singlePackage": "true", **options}
        chosen = "".join(f"<{name}>{value}</{name}>" for name, value in said.items())
        zipped = base64.b64encode(content).decode()
        answer = self.call(
            f"<deploy><ZipFile>{zipped}</ZipFile><DeployOptions>{chosen}</DeployOptions></deploy>"
        )
        wanted = answer.findtext(".//id")
        asked = f"<checkDeployStatus><asyncProcessId>{wanted}</asyncProcessId><includeDetails>true</includeDetails></checkDeployStatus>"
        return self.call(asked).find(".//result")


def problems(result):
    return [
        (one.findtext("fullName"), one.findtext("problem"))
        for one in result.iterfind("details/componentFailures")
    ]


def successes(result):
    return {
        (one.findtext("componentType"), one.findtext("fullName")): (
            one.findtext("created"),
            one.findtext("changed"),
        )
        for one in result.iterfind("details/componentSuccesses")
    }


def a_session(org, username, profile):
    with org.write() as db:
        profile_id = rows.put(db, org.schema.get("Profile"), ("Name", profile), {}, "")
        about = {"Name": "Ana Admin", "LastName": "Admin", "ProfileId": profile_id, "IsActive": 1}
        user_id = rows.put(db, org.schema.get("User"), ("Username", username), about, "")
        return sessions.start(db, org.org_id, user_id).token

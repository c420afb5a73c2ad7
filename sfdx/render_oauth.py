#!/usr/bin/env python3
"""Fill the two global OAuth files of the external client apps for one org.

Salesforce says of this metadata type that it "must not be added to source control", so the
repository carries templates, and the filled files go to the package directory `oauth/`, which
git ignores. Salesforce documents `certificate` as a PEM string; orgs accept it as its base64
body without the BEGIN and END lines, so the body is written.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_extlclntappglobaloauthsettings.htm
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from xml.sax.saxutils import escape

PROJECT = Path(__file__).resolve().parent
FOLDER = Path("oauth/main/default/extlClntAppGlobalOauthSets")
#: Salesforce's own landing page: the jobs' app never sends a browser through it, and the panel's
#: only where users approve it for themselves.
CALLBACK_URL = "https://login.salesforce.com/services/oauth2/success"
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class CertificateError(ValueError):
    """The file is not one PEM certificate. The admin must name the right file."""


def certificate_body(pem: str) -> str:
    """Give the base64 text between the BEGIN and END lines of one PEM certificate."""
    if "PRIVATE KEY" in pem:
        raise CertificateError("the file holds a private key; name the certificate (.crt) instead")
    if pem.count(BEGIN) != 1 or pem.count(END) != 1:
        raise CertificateError(f"the file must hold exactly one {BEGIN} … {END}")
    return "".join(pem.split(BEGIN)[1].split(END, maxsplit=1)[0].split())


def render(project: Path, certificate_pem: str, callback_url: str = CALLBACK_URL) -> list[Path]:
    """Write both global OAuth files under `project` and give their paths.

    `callback_url` is the panel's. `project` is a folder with `templates/` and `sfdx-project.json`: this folder or a copy of it.
    Raises CertificateError when the text is not one PEM certificate.
    """
    values = {
        "@@CERTIFICATE@@": certificate_body(certificate_pem),
        "@@CALLBACK_URL@@": escape(CALLBACK_URL),
        "@@PANEL_CALLBACK_URL@@": escape(callback_url),
    }
    folder = project / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for template in sorted((project / "templates").glob("*.ecaGlblOauth-meta.xml")):
        text = template.read_text(encoding="utf-8")
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        target = folder / template.name
        target.write_text(text, encoding="utf-8")
        written.append(target)
    return written


def main() -> int:
    """Read the arguments, write the files, print their paths; 1 when the certificate is wrong."""
    parser = argparse.ArgumentParser(description="Fill the global OAuth files for one org.")
    parser.add_argument(
        "--certificate", type=Path, required=True, help="PEM certificate of the jobs app"
    )
    parser.add_argument(
        "--callback-url",
        default=CALLBACK_URL,
        help="of the panel's app, where users approve it for themselves: the service's address with "
        "/canvas/approved",
    )
    parser.add_argument(
        "--project", type=Path, default=PROJECT, help="this folder, or a copy of it"
    )
    options = parser.parse_args()
    try:
        pem = options.certificate.read_text(encoding="ascii")
        written = render(options.project, pem, options.callback_url)
    except (CertificateError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{options.certificate}: {error}\n")
        return 1
    sys.stdout.writelines(f"{path}\n" for path in written)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

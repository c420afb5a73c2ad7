"""Makes the folder that an admin (or the demo) deploys: our metadata plus this org's own values.

The two external client apps need values that never enter source control: the panel's address, a
contact, and the certificate whose private key signs the jobs' assertions. Source: Metadata API,
ExtlClntAppGlobalOauthSettings ("must not be added to source control").
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Mapping

CERTIFICATE_DAYS = 365
PLACEHOLDERS = ("CERTIFICATE_BODY", "CANVAS_URL", "CALLBACK_URL", "CONTACT_EMAIL")


class DeployFolderError(Exception):
    """The folder cannot be made; the message says why."""


def make_key(folder: Path, common_name: str) -> tuple[Path, Path]:
    """A new RSA key and a self-signed certificate, as PEM files that only the owner can read."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    key_file, certificate_file = folder / "jobs.key.pem", folder / "jobs.certificate.pem"
    key_file.touch(mode=0o600)
    key_file.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file


def certificate_body(pem: str) -> str:
    """The base64 body without the BEGIN and END lines, as public deployments of the type carry it."""
    return "".join(line for line in pem.splitlines() if line and not line.startswith("-----"))


def make_deploy_folder(source: Path, target: Path, values: Mapping[str, str]) -> Path:
    """Copy `source` (our sfdx folder) to `target` and fill its templates in with `values`.

    Keys of `values` are PLACEHOLDERS. Raises DeployFolderError when the source is not our folder
    or a template asks for a value that is not given.
    """
    if not (source / "sfdx-project.json").is_file():
        raise DeployFolderError(f"{source} has no sfdx-project.json: run this from the checkout")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules", ".sf", ".sfdx"))
    for template in sorted((target / "templates").rglob("*.xml")):
        relative = template.relative_to(target / "templates")
        filled = target / "eca" / "main" / "default" / relative
        filled.parent.mkdir(parents=True, exist_ok=True)
        filled.write_text(_fill(template, values))
    shutil.rmtree(target / "templates")
    return target


def _fill(template: Path, values: Mapping[str, str]) -> str:
    text = template.read_text()
    for name in PLACEHOLDERS:
        marker = f"__{name}__"
        if marker in text and name not in values:
            raise DeployFolderError(f"{template.name} needs a value for {name}")
        text = text.replace(marker, values.get(name, ""))
    return text

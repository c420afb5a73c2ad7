"""What a log, and the broker, may hold of an error of the org.

Salesforce quotes what it refuses ("data value too large: …", "invalid email address: …"), and a
trigger of the org says whatever it likes. So of what is about a record, or about what we sent, only
code, fields and remedy are told; the org's words stand in the run's record, inside the org. So do
those of the people file, which quote usernames.
"""

from __future__ import annotations

from service.salesforce.errors import RecordRejectedError, RequestDefectError
from service.sheet import SheetError


def in_log(error: BaseException | None) -> str:
    """The error without anything that a record holds."""
    if error is None:
        return ""
    if isinstance(error, SheetError):
        return "A file that an admin wrote has mistakes; the run's record names each of them."
    if not isinstance(error, RecordRejectedError | RequestDefectError):
        return str(error)
    about = f" (fields: {', '.join(error.fields)})" if error.fields else ""
    where = error.code or (f"HTTP {error.status}" if error.status else type(error).__name__)
    return f"{where}{about}. {error.remedy}".strip()

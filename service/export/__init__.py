"""The door to an export zip: reads Salesforce's weekly Data Export as if it were an org."""

from service.export.errors import ExportError
from service.export.members import Limits
from service.export.reader import Progress, check_zone, read_export, stage_export

__all__ = ["ExportError", "Limits", "Progress", "check_zone", "read_export", "stage_export"]

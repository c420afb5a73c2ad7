"""One export, read and scored, as a page that anybody can open and tables that anybody can sum."""

from service.report.as_of import DayError
from service.report.facts import Options
from service.report.folder import OutputError
from service.report.write import Finished, write_report

__all__ = ["DayError", "Finished", "Options", "OutputError", "write_report"]

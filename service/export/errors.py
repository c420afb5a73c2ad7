"""What can be wrong with an export file. Every message names the file and the remedy."""

from __future__ import annotations


class ExportError(Exception):
    """The export cannot be read; a person must act, and the message says how."""


class NotAZipError(ExportError):
    """The file is missing, or is not a zip at all."""


class BrokenZipError(ExportError):
    """The zip was cut off, or its content does not match its checksums."""


class EncryptedZipError(ExportError):
    """The zip asks for a password."""


class ZipTooLargeError(ExportError):
    """The zip would unpack to more than the limits or the disk allow."""


class TwoOrgsError(ExportError):
    """The zips are of more than one org."""


class NothingKnownError(ExportError):
    """The zip holds none of the objects that we read."""


class HeaderError(ExportError):
    """A member has no header row, or names a column twice."""


class EncodingError(ExportError):
    """The bytes are not in the stated encoding, or the encoding is not known."""

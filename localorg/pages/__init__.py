"""Salesforce-like pages of the stand-in org: chrome, records, feed, and canvas panels."""

from localorg.pages.app import create_pages

__all__ = ["create_pages"]

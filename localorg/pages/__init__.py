"""Salesforce-like pages of the stand-in org: chrome, records, feed, and canvas panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.app import Api
from localorg.org import Org
from localorg.pages.app import pages_of
from localorg.pages.from_org import OrgOfPages

if TYPE_CHECKING:
    from flask import Flask

    from localorg.pages.port import PagesOrg

__all__ = ["create_pages"]


def create_pages(org: Org | PagesOrg) -> Flask:
    """The WSGI application that serves the org's pages over loopback HTTP.

    `org` is the stand-in itself, or whatever else keeps the promises of `PagesOrg`.
    """
    if isinstance(org, Org):
        return pages_of(OrgOfPages(org, Api(org, scheme="https", with_control=False)))
    return pages_of(org)

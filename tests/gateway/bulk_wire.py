"""A query job as the gateway's tests put it on the wire."""

from __future__ import annotations

import gzip

import pytest

from service.salesforce import bulk
from service.salesforce.errors import TransientSalesforceError
from tests.gateway.wire import DATA

JOBS = f"{DATA}/jobs/query"
JOB = f"{JOBS}/750000000000001AAA"
RESULTS = f"{JOB}/results"
COLUMNS = ("Id", "Subject")


def state(org, name="JobComplete", rows=2, **more):
    org.get(JOB, json={"state": name, "numberRecordsProcessed": rows, **more})


def csv_of(*rows):
    lines = ['"Id","Subject"', *(f'"{row}","about {row}"' for row in rows)]
    return "\n".join(lines) + "\n"


def page(org, body, rows=None, locator="null", **more):
    headers = {"Sforce-Locator": locator, **more.pop("headers", {})}
    if rows is not None:
        headers["Sforce-NumberOfRecords"] = str(rows)
    org.get(RESULTS, body=body, headers=headers, content_type="text/csv; charset=UTF-8", **more)


def read(gateway, folder, progress=None):
    job = bulk.begin(gateway, folder, "Task", COLUMNS)
    return bulk.read_table(gateway, job, folder, progress)


def break_off(gateway, org, folder):
    """A reading of three rows that ends after its first page, with two; the wire is free again."""
    state(org, rows=3)
    page(org, csv_of("a", "b"), 2, "MQ")
    org.get(RESULTS, status=503, body="<html>")
    with pytest.raises(TransientSalesforceError):
        read(gateway, folder)
    org.remove("GET", RESULTS)


def text_of(table):
    """The texts of its pages, packed ones unpacked."""
    return [
        (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
        for path in table.pages
    ]


def asked(org, url):
    return [call for call in org.calls if call.request.url.split("?")[0] == url]

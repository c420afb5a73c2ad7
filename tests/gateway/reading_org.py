"""An org on the wire that describes, counts and answers queries; tests add what is odd."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import requests

from service.tables import COLUMNS
from tests.gateway.wire import DATA

NOT_FOUND = (404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])


class ReadingOrg:
    """Rows by object; `fields` and `answers` (path part -> status and body) may be changed."""

    def __init__(self, wire):
        self.fields = {name: [c.name for c in columns] for name, columns in COLUMNS.items()}
        self.rows = {}
        self.counts = {}
        self.answers = {}
        self.first_pages = {}  # object -> status and body of its rows, where they share a call
        self.composites = []
        self.lost = None  # a part of a URL whose composite gets no reply
        wire.add_callback("POST", f"{DATA}/composite", callback=self._composite)
        wire.add_callback("GET", f"{DATA}/query", callback=self._query)

    def _composite(self, request):
        asked = json.loads(request.body)
        self.composites.append([one["url"] for one in asked["compositeRequest"]])
        if self.lost and any(self.lost in url for url in self.composites[-1]):
            return 200, {}, requests.exceptions.ReadTimeout()
        given = [
            {"referenceId": one["referenceId"], "httpHeaders": {}, **self._shared(one["url"])}
            for one in asked["compositeRequest"]
        ]
        return 200, {}, json.dumps({"compositeResponse": given[::-1]})

    def _shared(self, url):
        name = url.rpartition("%20")[2]
        if name in self.first_pages and "COUNT" not in url:
            status, body = self.first_pages[name]
            return {"httpStatusCode": status, "body": body}
        return self._read(url)

    def _read(self, url):
        path = urlsplit(url).path
        status, body = self._told(url) or (
            self._describe(path) if path.endswith("/describe") else (200, self._answer(url))
        )
        return {"httpStatusCode": status, "body": body}

    def _told(self, url):
        soql = parse_qs(urlsplit(url).query).get("q", [url])[0]
        return next((said for part, said in self.answers.items() if soql.endswith(part)), None)

    def _describe(self, path):
        name = path.split("/")[-2]
        if name not in self.fields:
            return NOT_FOUND
        return 200, {"fields": [{"name": one} for one in (*self.fields[name], "Fax")]}

    def _query(self, request):
        said = self._told(request.url)
        status, body = said or (200, self._answer(request.url))
        return status, {}, json.dumps(body)

    def _answer(self, url):
        soql = parse_qs(urlsplit(url).query)["q"][0]
        select, name = soql.removeprefix("SELECT ").split(" FROM ")
        rows = self.rows.get(name, [])
        if select == "COUNT()":
            total = self.counts.get(name, len(rows))
            return {"totalSize": total, "done": True, "records": []}
        records = [
            {"attributes": {"type": name}, **{c: row.get(c) for c in select.split(", ")}}
            for row in rows
        ]
        return {"totalSize": len(rows), "done": True, "records": records}

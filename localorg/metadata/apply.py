"""Makes sound components real: schema, rights, apps, custom metadata records.

Everything happens in the transaction of the caller; a component that turns out not to fit the
data in the org raises `SchemaError`, and the caller rolls back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg.auth import apps
from localorg.metadata import deployed, model, rows, to_schema
from localorg.metadata.kinds import APP_PARTS
from localorg.object_type import SchemaError
from localorg.rights import permissions
from localorg.rights.permissions import ObjectRight, Rights

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

    from localorg.metadata.model import Component, Element
    from localorg.schema import Schema

#: Objects before fields before what refers to them.
_ORDER = (
    "CustomObject",
    "CustomField",
    "CustomMetadata",
    "PermissionSet",
    "ExternalClientApplication",
    *APP_PARTS,
)
_APP_TYPES = frozenset({"ExternalClientApplication", *APP_PARTS})


class Applier:
    """Applies components to one org within one transaction."""

    def __init__(self, db: sqlite3.Connection, schema: Schema, user_id: str) -> None:
        self._db, self._schema, self._user_id = db, schema, user_id
        self._put: Mapping[str, Callable[[Component], None]] = {
            "CustomObject": self._put_object,
            "CustomField": self._put_field,
            "CustomMetadata": self._put_record,
            "PermissionSet": self._put_permission_set,
            "CustomNotificationType": self._put_notification_type,
            "Report": self._put_report,
            "Dashboard": self._put_dashboard,
            **dict.fromkeys(_APP_TYPES, self._put_app),
        }
        self._take: Mapping[str, Callable[[Component], None]] = {
            "CustomObject": lambda one: schema.remove_object(db, one.full_name),
            "CustomField": lambda one: schema.remove_field(db, one.parent, one.name),
            "CustomMetadata": self._take_record,
            "PermissionSet": self._take_permission_set,
            "CustomNotificationType": self._take_listed,
            "Report": self._take_listed,
            "Dashboard": self._take_listed,
            "ExternalClientApplication": lambda one: apps.remove(db, one.full_name),
        }

    def put(self, components: Iterable[Component]) -> dict[tuple[str, str], tuple[str, str]]:
        """Apply and store; gives (id, "created" | "changed" | "unchanged") by component key."""
        ranks = {name: number for number, name in enumerate(_ORDER)}
        done = {}
        for one in sorted(components, key=lambda one: ranks.get(one.type, len(ranks))):
            state = deployed.state(self._db, one)
            try:
                self._put.get(one.type, _only_stored)(one)
            except SchemaError as error:
                raise ComponentError(one, str(error)) from error
            done[one.key] = (deployed.keep(self._db, one, self._user_id), state)
        return done

    def take(self, one: Component) -> None:
        """Remove a component that was deployed before."""
        self._take.get(one.type, _only_stored)(one)
        deployed.forget(self._db, one.type, one.full_name)

    def _put_object(self, one: Component) -> None:
        if one.full_name.endswith(("__c", "__mdt")):
            self._schema.add_object(self._db, to_schema.object_type(one))

    def _put_field(self, one: Component) -> None:
        if not to_schema.is_known_type(one.text("type")):
            raise SchemaError(f"This org has no fields of type {one.text('type')}")
        self._schema.add_field(self._db, one.parent, to_schema.field(one))

    def _put_record(self, one: Component) -> None:
        thing = self._schema.get(f"{one.parent}__mdt")
        values: dict[str, Any] = {
            "MasterLabel": one.text("label"), "Label": one.text("label"), "Language": "en_US",
            "QualifiedApiName": one.name,
        }  # fmt: skip
        for pair in one.every("values"):
            name = model.text(pair, "field")
            values[name] = _typed(thing.fields[name].type, model.text(pair, "value"))
        rows.put(self._db, thing, ("DeveloperName", one.name), values, self._user_id)

    def _take_record(self, one: Component) -> None:
        thing = self._schema.find(f"{one.parent}__mdt")
        if thing is not None:
            rows.remove(self._db, thing, ("DeveloperName", one.name))

    def _put_permission_set(self, one: Component) -> None:
        values = {
            "Label": one.text("label"), "Description": one.text("description"),
            "IsOwnedByProfile": 0, "IsCustom": 1,
        }  # fmt: skip
        rows.put(
            self._db,
            self._schema.get("PermissionSet"),
            ("Name", one.full_name),
            values,
            self._user_id,
        )
        permissions.replace_rights(self._db, one.full_name, rights(one))

    def _take_permission_set(self, one: Component) -> None:
        permissions.replace_rights(self._db, one.full_name, Rights())
        rows.remove(self._db, self._schema.get("PermissionSet"), ("Name", one.full_name))

    def _put_notification_type(self, one: Component) -> None:
        values = {
            "MasterLabel": one.text("masterLabel"), "Description": one.text("description"),
            "CustomNotifTypeName": one.text("customNotifTypeName"),
            "Desktop": int(one.is_true("desktop")), "Mobile": int(one.is_true("mobile")),
        }  # fmt: skip
        key = ("DeveloperName", one.name)
        rows.put(self._db, self._schema.get(one.type), key, values, self._user_id)

    def _put_report(self, one: Component) -> None:
        values = {"Name": one.text("name"), "Format": one.text("format")}
        self._put_listed(one, values)

    def _put_dashboard(self, one: Component) -> None:
        # Without a running user of its own it runs as whoever deploys it.
        values = {"Title": one.text("title"), "RunningUserId": self._user_id}
        self._put_listed(one, values | {"Type": one.text("dashboardType")})

    def _put_listed(self, one: Component, values: dict[str, Any]) -> None:
        said = {"FolderName": one.full_name.partition("/")[0], **values}
        said["Description"] = one.text("description")
        key = ("DeveloperName", one.name)
        rows.put(self._db, self._schema.get(one.type), key, said, self._user_id)

    def _take_listed(self, one: Component) -> None:
        rows.remove(self._db, self._schema.get(one.type), ("DeveloperName", one.name))

    def _put_app(self, one: Component) -> None:
        name = one.text("externalClientApplication") or one.full_name
        apps.put(self._db, name, **_APP_SETTINGS[one.type](one))


class ComponentError(Exception):
    """One component does not fit what the org holds."""

    def __init__(self, component: Component, words: str) -> None:
        super().__init__(words)
        self.component, self.words = component, words


def _only_stored(_one: Component) -> None:
    """Tabs, reports, folders and the like change nothing but what is listed and retrieved."""


def _typed(type_: str, said: str) -> Any:  # noqa: ANN401  # as SQLite keeps it
    if not said:
        return None
    if type_ == "boolean":
        return int(said in {"true", "1"})
    return float(said) if type_ in {"double", "percent", "currency"} else said


def rights(one: Component) -> Rights:
    """What a permission set's file grants."""
    objects = {
        model.text(said, "object"): _object_right(said) for said in one.every("objectPermissions")
    }
    for said in one.every("customMetadataTypeAccesses"):
        if model.text(said, "enabled") == "true":
            objects[model.text(said, "name")] = ObjectRight(read=True)
    fields = {
        model.text(said, "field"): (
            model.text(said, "readable") == "true",
            model.text(said, "editable") == "true",
        )
        for said in one.every("fieldPermissions")
    }
    user = (said for said in one.every("userPermissions") if model.text(said, "enabled") == "true")
    return Rights(objects, fields, frozenset(model.text(said, "name") for said in user))


def _object_right(said: Element) -> ObjectRight:
    names = (
        "allowRead",
        "allowCreate",
        "allowEdit",
        "allowDelete",
        "viewAllRecords",
        "modifyAllRecords",
    )
    return ObjectRight(*(model.text(said, name) == "true" for name in names))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _minutes(one: Component) -> dict[str, Any]:
    said = one.text("sessionTimeoutInMinutes")
    return {"session_timeout_minutes": int(said)} if said else {}


_APP_SETTINGS: Mapping[str, Callable[[Component], dict[str, Any]]] = {
    "ExternalClientApplication": lambda one: {"label": one.text("label")},
    "ExtlClntAppOauthSettings": lambda one: {
        "scopes": _listed(one.text("commaSeparatedOauthScopes"))
    },
    "ExtlClntAppGlobalOauthSettings": lambda one: {
        "callback_url": one.text("callbackUrl"),
        "certificate": "".join(one.text("certificate").split()),
    },
    "ExtlClntAppOauthConfigurablePolicies": lambda one: {
        "admin_approved_only": one.text("permittedUsersPolicyType") == "AdminApprovedPreAuthorized",
        "permission_sets": _listed(one.text("commaSeparatedPermissionSet")),
        "profiles": _listed(one.text("commaSeparatedProfile")),
        **_minutes(one),
    },
    "ExtlClntAppConfigurablePolicies": lambda one: {
        "enabled": one.is_true("isEnabled"),
        "oauth_enabled": one.is_true("isOauthPluginEnabled"),
        "canvas_enabled": one.is_true("isCanvasPluginEnabled"),
    },
    "ExtlClntAppCanvasSettings": lambda one: {
        "canvas_url": one.text("canvasUrl"),
        "canvas_access_method": one.text("accessMethod"),
        "canvas_locations": tuple(
            element.text or "" for element in one.every("canvasLocationOptions")
        ),
    },
}


def changes_apps(components: Iterable[Component]) -> bool:
    """Whether any of these is an app or a part of one."""
    return any(one.type in _APP_TYPES for one in components)

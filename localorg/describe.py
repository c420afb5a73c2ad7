"""Describe: what the viewer may know of the objects and their fields.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg import sobjects
from localorg.wire import Reply, Request

if TYPE_CHECKING:
    from localorg.object_type import Field, ObjectType

_SOAP_TYPES = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int",
    "double": "xsd:double", "currency": "xsd:double", "percent": "xsd:double",
    "date": "xsd:date", "datetime": "xsd:dateTime",
}  # fmt: skip
_LONG_TEXT = 255


def everything(request: Request) -> Reply:
    """GET /sobjects."""
    seen = [one for one in request.org.schema if request.viewer.right(one).read]
    listed = [_about(request, one) for one in seen]
    return Reply({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed})


def basic(request: Request, name: str) -> Reply:
    """GET /sobjects/X."""
    thing = sobjects.find(request, name)
    return Reply({"objectDescribe": _about(request, thing), "recentItems": []})


def one_object(request: Request, name: str) -> Reply:
    """GET /sobjects/X/describe: only the fields that the viewer sees."""
    thing = sobjects.find(request, name)
    fields = [
        _field(request, thing, one)
        for one in thing.fields.values()
        if request.viewer.sees(thing, one)
    ]
    more: dict[str, Any] = {
        "actionOverrides": [], "childRelationships": _children(request, thing),
        "compactLayoutable": True, "fields": fields, "listviewable": None, "lookupLayoutable": None,
        "namedLayoutInfos": [], "networkScopeFieldName": None, "recordTypeInfos": [],
        "searchLayoutable": True, "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {thing.label_plural}", "name": "everything"}],
    }  # fmt: skip
    return Reply(dict(sorted((_about(request, thing) | more).items())))


def _about(request: Request, thing: ObjectType) -> dict[str, Any]:
    right = request.viewer.right(thing)
    base = f"{request.base}/sobjects/{thing.name}"
    return {
        "activateable": False, "associateEntityType": None, "associateParentEntity": None,
        "createable": thing.createable and right.create, "custom": thing.custom,
        "customSetting": False, "deepCloneable": False, "deletable": thing.deletable and right.delete,
        "deprecatedAndHidden": False, "feedEnabled": thing.feed_enabled, "hasSubtypes": False,
        "isInterface": False, "isSubtype": False, "keyPrefix": thing.key_prefix,
        "label": thing.label, "labelPlural": thing.label_plural, "layoutable": True,
        "mergeable": False, "mruEnabled": False, "name": thing.name, "queryable": thing.queryable,
        "replicateable": True, "retrieveable": True, "searchable": False, "triggerable": True,
        "undeletable": False, "updateable": thing.updateable and right.edit,
        "urls": {
            "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}", "sobject": base,
        },
    }  # fmt: skip


def _field(request: Request, thing: ObjectType, one: Field) -> dict[str, Any]:
    right, edits = request.viewer.right(thing), request.viewer.edits(thing, one)
    long_text = one.type == "textarea" and one.length > _LONG_TEXT
    bytes_ = one.length * 3 if _SOAP_TYPES.get(one.type) is None else one.length
    return {
        "aggregatable": one.aggregatable, "aiPredictionField": False,
        "autoNumber": bool(one.auto_number), "byteLength": bytes_, "calculated": False,
        "calculatedFormula": None, "cascadeDelete": one.cascade_delete,
        "caseSensitive": one.case_sensitive, "compoundFieldName": None, "controllerName": None,
        "createable": one.createable and right.create and edits, "custom": one.custom,
        "defaultValue": one.default_value, "defaultValueFormula": None,
        "defaultedOnCreate": one.defaulted_on_create, "dependentPicklist": False,
        "deprecatedAndHidden": False, "digits": 9 if one.type == "int" else 0,
        "displayLocationInDecimal": False, "encrypted": False, "externalId": one.external_id,
        "extraTypeInfo": "plaintextarea" if long_text else None, "filterable": one.filterable,
        "filteredLookupInfo": None, "formulaTreatNullNumberAsZero": False,
        "groupable": one.groupable, "highScaleNumber": False, "htmlFormatted": False,
        "idLookup": one.external_id or one.type == "id", "inlineHelpText": None, "label": one.label,
        "length": one.length, "mask": None, "maskType": None, "name": one.name,
        "nameField": one.name_field, "namePointing": len(one.reference_to) > 1,
        "nillable": one.nillable and one.type != "boolean", "permissionable": one.nillable,
        "picklistValues": [_value(value) for value in one.picklist],
        "polymorphicForeignKey": len(one.reference_to) > 1, "precision": one.precision,
        "queryByDistance": False, "referenceTargetField": None,
        "referenceTo": list(one.reference_to), "relationshipName": one.relationship_name,
        "relationshipOrder": 0 if one.cascade_delete else None,
        "restrictedDelete": False, "restrictedPicklist": one.restricted, "scale": one.scale,
        "searchPrefilterable": False, "soapType": _SOAP_TYPES.get(one.type, "xsd:string"),
        "sortable": one.sortable, "type": one.type, "unique": one.unique,
        "updateable": one.updateable and right.edit and edits,
        "writeRequiresMasterRead": one.read_of_master,
    }  # fmt: skip


def _value(value: str) -> dict[str, Any]:
    return {
        "active": True, "defaultValue": False, "label": value, "validFor": None, "value": value,
    }  # fmt: skip


def _children(request: Request, thing: ObjectType) -> list[dict[str, Any]]:
    return [
        {
            "cascadeDelete": link.cascade_delete, "childSObject": child.name,
            "deprecatedAndHidden": False, "field": link.name, "junctionIdListNames": [],
            "junctionReferenceTo": [], "relationshipName": link.child_relationship_name,
            "restrictedDelete": False,
        }
        for child in request.org.schema
        if request.viewer.right(child).read
        for link in child.fields.values()
        if thing.name in link.reference_to and request.viewer.sees(child, link)
    ]  # fmt: skip

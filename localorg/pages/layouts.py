"""Which fields a list and a record page show, and in which order.

Standard objects have layouts like those of a new org, and some custom ones have columns, in place
of the list views and compact layouts that an admin would make; every other object shows all
fields that the viewer may read, in the order of the schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localorg.pages.port import ObjectInfo

#: Fields that a record page shows under "System Information", in this order.
SYSTEM = ("CreatedById", "CreatedDate", "LastModifiedById", "LastModifiedDate")
#: Fields that no page shows.
_HIDDEN = frozenset({
    "Id", "IsDeleted", "SystemModstamp", "LastActivityDate", "LastViewedDate",
    "LastReferencedDate", "RecordTypeId", "MasterRecordId", *SYSTEM,
})  # fmt: skip
_LIST_COLUMNS = 6
_COLUMNS = {
    "Opportunity": ("AccountId", "StageName", "Amount", "CloseDate", "OwnerId"),
    "Account": ("Industry", "Type", "Phone", "OwnerId"),
    "Lead": ("Company", "Status", "Email", "OwnerId"),
    "User": ("Username", "Title", "UserRoleId", "IsActive"),
    "Adoption_Score__c": ("User__c", "Score__c", "Band__c", "Word__c", "As_Of__c"),
    "Big_Deal_Alert__c": (
        "Opportunity__c",
        "Amount__c",
        "Closed_On__c",
        "Deal_Owner__c",
        "Status__c",
    ),
    "Adoption_Run__c": (
        "Kind__c",
        "Status__c",
        "Started_At__c",
        "Records_Written__c",
        "Posts_Made__c",
    ),
}
_LAYOUTS = {
    "Opportunity": (
        "OwnerId", "Amount", "Name", "CloseDate", "AccountId", "StageName", "Type", "Probability",
        "LeadSource", "ExpectedRevenue", "NextStep", "CampaignId", "Description",
    ),
    "Account": (
        "OwnerId", "Phone", "Name", "Website", "ParentId", "Industry", "Type", "NumberOfEmployees",
        "AnnualRevenue", "Description",
    ),
    "Lead": (
        "OwnerId", "Status", "Name", "Company", "Title", "Email", "Phone", "LeadSource", "Industry",
        "Rating", "ConvertedDate", "Description",
    ),
    "User": (
        "Name", "Username", "Email", "Title", "UserRoleId", "ManagerId", "ProfileId", "IsActive",
        "TimeZoneSidKey", "LocaleSidKey",
    ),
}  # fmt: skip


def columns(info: ObjectInfo) -> list[str]:
    """The columns of the object's list, beside the record's name."""
    if info.name in _COLUMNS:
        return _readable(info, _COLUMNS[info.name])
    told = (one for one in info.fields if one.type != "textarea" and not one.is_name)
    return [one.name for one in told if one.name not in _HIDDEN][:_LIST_COLUMNS]


def details(info: ObjectInfo) -> list[str]:
    """The fields of the object's record page, without those of `SYSTEM`; custom fields last."""
    if info.name not in _LAYOUTS:
        return [one.name for one in info.fields if one.name not in _HIDDEN]
    custom = [one.name for one in info.fields if one.name.endswith("__c")]
    return _readable(info, _LAYOUTS[info.name]) + custom


def _readable(info: ObjectInfo, names: tuple[str, ...]) -> list[str]:
    readable = {one.name for one in info.fields}
    return [name for name in names if name in readable]

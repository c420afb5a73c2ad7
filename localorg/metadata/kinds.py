"""The metadata types that this org takes: folder, file suffix, and folder type.

The same facts drive the Salesforce CLI (metadataRegistry.json):
https://github.com/forcedotcom/source-deploy-retrieve/blob/main/src/registry/metadataRegistry.json
"""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"


@dataclass(frozen=True)
class Kind:
    """One metadata type: `type` is the root element, `directory` and `suffix` say where it lives."""

    type: str
    directory: str
    suffix: str
    folder_type: str | None = (
        None  #: root element of the folder's own file, where there are folders
    )
    is_bundle: bool = False  #: a folder of files that make one component together

    @property
    def folder_suffix(self) -> str | None:
        """The suffix of a folder's file in source format: `reportFolder`."""
        return self.folder_type[0].lower() + self.folder_type[1:] if self.folder_type else None


KINDS = (
    Kind("CustomObject", "objects", "object"),
    Kind("CustomMetadata", "customMetadata", "md"),
    Kind("Layout", "layouts", "layout"),
    Kind("CustomNotificationType", "notificationtypes", "notiftype"),
    Kind("FlexiPage", "flexipages", "flexipage"),
    Kind("CustomTab", "tabs", "tab"),
    Kind("CustomApplication", "applications", "app"),
    Kind("Workflow", "workflows", "workflow"),
    Kind("Flow", "flows", "flow"),
    Kind("AuraDefinitionBundle", "aura", "cmp", is_bundle=True),
    Kind("PermissionSet", "permissionsets", "permissionset"),
    Kind("ReportType", "reportTypes", "reportType"),
    Kind("Report", "reports", "report", "ReportFolder"),
    Kind("Dashboard", "dashboards", "dashboard", "DashboardFolder"),
    Kind("ExternalClientApplication", "externalClientApps", "eca"),
    Kind("ExtlClntAppOauthSettings", "extlClntAppOauthSettings", "ecaOauth"),
    Kind("ExtlClntAppGlobalOauthSettings", "extlClntAppGlobalOauthSets", "ecaGlblOauth"),
    Kind("ExtlClntAppOauthConfigurablePolicies", "extlClntAppOauthPolicies", "ecaOauthPlcy"),
    Kind("ExtlClntAppConfigurablePolicies", "extlClntAppPolicies", "ecaPlcy"),
    Kind("ExtlClntAppCanvasSettings", "extlClntAppCanvasSettings", "ecaCanvas"),
)
BY_DIRECTORY = {kind.directory: kind for kind in KINDS}
BY_SUFFIX = {kind.suffix: kind for kind in KINDS}
BY_TYPE = {kind.type: kind for kind in KINDS}
#: Parts of an object that the CLI's source format keeps in folders of their own.
CHILDREN = {"fields": ("CustomField", "field"), "listViews": ("ListView", "listView")}
#: Ends of the files of a bundle beside its `-meta.xml` -> the element that holds the file in the API.
BUNDLE_PARTS = {".cmp": "markup", "Controller.js": "controllerContent"}
#: Parts of a file that are components of their own: type -> element -> type of the part.
PARTS = {
    "CustomObject": {"fields": "CustomField", "listViews": "ListView"},
    "Workflow": {"outboundMessages": "WorkflowOutboundMessage"},
}
PART_TYPES = frozenset(part for parts in PARTS.values() for part in parts.values())
APP_PARTS = tuple(kind.type for kind in KINDS if kind.type.startswith("ExtlClntApp"))

"""The API names of the custom metadata types that hold the rules; see `fields` for the rest."""

from __future__ import annotations

from service.salesforce.custom_object import CustomObject


class AdoptionSetting(CustomObject):
    """`Adoption_Setting__mdt`: the numbers and words of the rules that belong to no single measure."""

    OBJECT = "Adoption_Setting__mdt"
    NAME = "DeveloperName"
    LABEL = "MasterLabel"
    VERSION = "Version__c"  #: Text(40)
    AGREED_ON = "Agreed_On__c"  #: Date
    WINDOW_DAYS = "Window_Days__c"  #: Number(3,0)
    LOOK_BACK_DAYS = "Look_Back_Days__c"  #: Number(3,0)
    AVAILABLE_AT_LEAST = "Available_At_Least__c"  #: Number(3,0)
    AWAY_AFTER_DAYS = "Away_After_Days__c"  #: Number(3,0)
    WEIGHT_AT_LEAST = "Weight_At_Least__c"  #: Number(3,0)
    FADE_BELOW = "Fade_Below__c"  #: Number(5,0)
    ON_TRACK_AT = "On_Track_At__c"  #: Number(3,0)
    BUILDING_AT = "Building_At__c"  #: Number(3,0)
    RAMP_FIRST_WEEK = "Ramp_First_Week__c"  #: Number(5,4)
    RAMP_FULL_IN_WEEK = "Ramp_Full_In_Week__c"  #: Number(3,0)
    COMPONENTS = "Components__c"  #: LongTextArea(4096)
    USER_TYPES = "User_Types__c"  #: LongTextArea(4096)
    EXCLUDED_USERNAMES = "Excluded_Usernames__c"  #: LongTextArea(32768)
    REGION_FIELDS = "Region_Fields__c"  #: LongTextArea(4096)
    ROLE_WHEN_UNKNOWN = "Role_When_Unknown__c"  #: Text(40)
    CORPORATE_BELOW = "Corporate_Below__c"  #: Number(8,0)
    CALL_SUBTYPES = "Call_Subtypes__c"  #: LongTextArea(4096)
    BURST_RECORDS = "Burst_Records__c"  #: Number(5,0)
    BURST_MINUTES = "Burst_Minutes__c"  #: Number(5,0)
    NEXT_STEP_WITHIN_DAYS = "Next_Step_Within_Days__c"  #: Number(5,0)
    STAGE_AGE_FACTOR = "Stage_Age_Factor__c"  #: Number(17,4)
    STAGE_MEDIAN_AT_LEAST = "Stage_Median_At_Least__c"  #: Number(5,0)
    STAGE_AGE_DAYS = "Stage_Age_Days__c"  #: Number(5,0)
    PUSHES_BELOW = "Pushes_Below__c"  #: Number(5,0)
    LEAD_WITHIN_HOURS = "Lead_Within_Hours__c"  #: Number(3,0)
    UNTOUCHED_STATUSES = "Untouched_Statuses__c"  #: LongTextArea(4096)
    TASK_CLOSED_WITHIN_DAYS = "Task_Closed_Within_Days__c"  #: Number(3,0)
    REQUIRED_FIELDS = "Required_Fields__c"  #: LongTextArea(32768)
    FAULT_CLOSE_DATE_PAST = "Fault_Close_Date_Past__c"  #: TextArea
    FAULT_NO_NEXT_STEP = "Fault_No_Next_Step__c"  #: TextArea
    FAULT_STAGE_TOO_OLD = "Fault_Stage_Too_Old__c"  #: TextArea
    FAULT_AMOUNT_MISSING = "Fault_Amount_Missing__c"  #: TextArea
    FAULT_PUSHED_TWICE = "Fault_Pushed_Twice__c"  #: TextArea
    FAULT_TASK_OVERDUE = "Fault_Task_Overdue__c"  #: TextArea
    NOTICE_DAYS = "Notice_Days__c"  #: Number(3,0)
    ASKED_AFTER_DAYS = "Asked_After_Days__c"  #: Number(3,0)
    DEALS_AT_LEAST = "Deals_At_Least__c"  #: Number(3,0)
    REP_FIRST_DAYS = "Rep_First_Days__c"  #: Number(3,0)
    IGNORED_AFTER_DAYS = "Ignored_After_Days__c"  #: Number(3,0)
    RECURS_WITHIN_WEEKS = "Recurs_Within_Weeks__c"  #: Number(3,0)


class AdoptionRole(CustomObject):
    """`Adoption_Role__mdt`: a role of the rules, and which roles and profiles of your org are it."""

    OBJECT = "Adoption_Role__mdt"
    NAME = "DeveloperName"
    LABEL = "MasterLabel"
    ROLE_NAMES = "Role_Names__c"  #: LongTextArea(32768)
    PROFILE_NAMES = "Profile_Names__c"  #: LongTextArea(32768)
    ORDER = "Order__c"  #: Number(4,0)


class AdoptionMeasure(CustomObject):
    """`Adoption_Measure__mdt`: one thing that a role agreed to keep in Salesforce."""

    OBJECT = "Adoption_Measure__mdt"
    NAME = "DeveloperName"
    LABEL = "MasterLabel"
    ACTIVE = "Active__c"  #: Checkbox
    ORDER = "Order__c"  #: Number(4,0)
    EXPLANATION = "Explanation__c"  #: LongTextArea(1000)
    KIND = "Kind__c"  #: restricted picklist
    COMPONENT = "Component__c"  #: Text(255)
    WEIGHT = "Weight__c"  #: Number(7,4)
    ROLES = "Roles__c"  #: LongTextArea(4096)
    MINUTES = "Minutes__c"  #: Number(5,0)
    ACT = "Act__c"  #: TextArea
    SET_ASIDE = "Set_Aside__c"  #: TextArea
    EFFECTIVE_FROM = "Effective_From__c"  #: Date
    EFFECTIVE_TO = "Effective_To__c"  #: Date
    OBJECT_NAME = "Object__c"  #: Text(40)
    OWNER_FIELD = "Owner_Field__c"  #: Text(40)
    DAY_FIELD = "Day_Field__c"  #: Text(40)
    AMOUNT_FIELD = "Amount_Field__c"  #: Text(40)
    PREDICATE = "Predicate__c"  #: LongTextArea(32768)
    GOOD = "Good__c"  #: LongTextArea(32768)


class AdoptionMinimum(CustomObject):
    """`Adoption_Minimum__mdt`: the least that a measure asks of a role, or the most records that may be out of order."""

    OBJECT = "Adoption_Minimum__mdt"
    NAME = "DeveloperName"
    LABEL = "MasterLabel"
    MEASURE = "Measure__c"  #: Text(40)
    ROLE = "Role__c"  #: Text(40)
    SEGMENT = "Segment__c"  #: restricted picklist
    MINIMUM = "Minimum__c"  #: Number(17,4)
    ANNOUNCED_ON = "Announced_On__c"  #: Date
    EFFECTIVE_ON = "Effective_On__c"  #: Date
    REASON = "Reason__c"  #: TextArea

"""Every API name that the service writes or reads on its own objects, in one place.

`sfdx/` is the source of the schema; a test in tests/architecture holds this file equal to it.
"""

from __future__ import annotations


class AdoptionScore:
    """`Adoption_Score__c`: one per person, private, owned by the person."""

    OBJECT = "Adoption_Score__c"
    KEY = (
        "User_Key__c"  #: Text(18), external id, unique, case-sensitive: the user's 18-character id
    )
    USER = "User__c"  #: Lookup(User): the subject
    OWNER = "OwnerId"
    SCORE = "Score__c"  #: Number(4,1)
    BAND = "Band__c"  #: Number(4,1)
    WORD = "Word__c"  #: restricted picklist
    NOT_SCORED_REASON = "Not_Scored_Reason__c"  #: Text(255)
    AVAILABLE_DAYS = "Available_Days__c"  #: Number(3,0)
    PRESENCE = "Presence__c"  #: Number(4,1) each: the components, 0..100
    RECORDED_WORK = "Recorded_Work__c"
    DATA_CARE = "Data_Care__c"
    FOLLOW_THROUGH = "Follow_Through__c"
    REASONS = "Reasons__c"  #: LongTextArea(32768): the sentences, one a line
    DETAILS = "Details__c"  #: LongTextArea(131072): Score.as_details() as JSON
    RULE_VERSION = "Rule_Version__c"  #: Text(40)
    AS_OF = "As_Of__c"  #: DateTime; changes only together with another field


class BigDealAlert:
    """`Big_Deal_Alert__c`: the claim that makes an announcement happen exactly once."""

    OBJECT = "Big_Deal_Alert__c"
    KEY = (
        "Alert_Key__c"  #: Text(120), external id, unique, case-sensitive: opportunity:rule:ordinal
    )
    OPPORTUNITY = "Opportunity__c"  #: Lookup(Opportunity)
    DEAL_OWNER = "Deal_Owner__c"  #: Lookup(User)
    RULE_NAME = "Rule_Name__c"  #: Text(40)
    RULE_VERSION = "Rule_Version__c"  #: Text(40)
    WIN_NUMBER = "Win_Number__c"  #: Number(3,0): the ordinal of the win
    AMOUNT = "Amount__c"  #: Currency(16,2)
    CLOSED_ON = "Closed_On__c"  #: Date
    STATUS = "Status__c"  #: restricted picklist: Announced, Baseline, Failed
    POST_ID = "Post_Id__c"  #: Text(18): the FeedItem
    DETAIL = "Detail__c"  #: Text(255): why it failed, and the remedy


class AdoptionRun:
    """`Adoption_Run__c`: what a run read, wrote, skipped and spent."""

    OBJECT = "Adoption_Run__c"
    KEY = "Run_Key__c"  #: Text(80), external id, unique
    KIND = "Kind__c"  #: restricted picklist: Night, Big deals
    STATUS = "Status__c"  #: restricted picklist: Finished, Stopped, Failed
    STARTED_AT = "Started_At__c"  #: DateTime
    FINISHED_AT = "Finished_At__c"  #: DateTime
    AS_OF = "As_Of__c"  #: DateTime
    USERS = "Users__c"  #: Number(8,0), as are the counts below
    SCORED = "Scored__c"
    NOT_SCORED = "Not_Scored__c"
    ROWS_READ = "Rows_Read__c"  #: Number(12,0)
    RECORDS_WRITTEN = "Records_Written__c"
    RECORDS_REJECTED = "Records_Rejected__c"
    POSTS_MADE = "Posts_Made__c"
    API_CALLS = "Api_Calls__c"
    RULE_VERSION = "Rule_Version__c"  #: Text(40)
    GAPS = "Gaps__c"  #: LongTextArea(32768): one gap a line
    DETAIL = "Detail__c"  #: LongTextArea(32768): what went wrong, and the remedy


class BigDealRule:
    """`Big_Deal_Rule__mdt`: when a won opportunity is a big deal, and where it is announced."""

    OBJECT = "Big_Deal_Rule__mdt"
    NAME = "DeveloperName"
    AMOUNT = "Amount_At_Least__c"  #: Number(16,2), corporate currency
    CLOSED_WITHIN_DAYS = "Closed_Within_Days__c"  #: Number(4,0)
    GROUP_NAME = "Chatter_Group__c"  #: Text(40): CollaborationGroup.Name that gets the post
    ANNOUNCE_FROM = "Announce_From__c"  #: Date: no win that closed before it is announced
    ACTIVE = "Active__c"  #: Checkbox
    VERSION = "Version__c"  #: Text(40)

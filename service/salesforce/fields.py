"""Every API name that the service writes or reads on its own objects, in one place.

`sfdx/` is the source of the schema; tests/metadata/test_fields_equal.py holds this file equal to it.
"""

from __future__ import annotations

from service.salesforce.custom_object import CustomObject


class AdoptionScore(CustomObject):
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
    LOGINS = "Logins__c"  #: Number(6,0), as are the two below: of 28 days; written with a change
    LIGHTNING_DAYS = "Lightning_Days__c"
    MOBILE_DAYS = "Mobile_Days__c"
    RULE_VERSION = "Rule_Version__c"  #: Text(40)
    AS_OF = "As_Of__c"  #: DateTime; changes only together with another field


class AdoptionException(CustomObject):
    """`Adoption_Exception__c`: a minimum that two windows lie below; detail of the score."""

    OBJECT = "Adoption_Exception__c"
    SCORE = "Adoption_Score__c"  #: MasterDetail(Adoption_Score__c): decides who sees it
    KEY = "Exception_Key__c"  #: Text(120), external id, unique, case-sensitive: user:measure:day
    MEASURE = "Measure__c"  #: Text(80)
    LABEL = "Measure_Label__c"  #: Text(255)
    STATE = "State__c"  #: restricted picklist: open, seen, acted, cleared, recurred, excused
    FIRST_EXPECTED = "First_Expected__c"  #: Number(16,2), as are the three below
    FIRST_FOUND = "First_Found__c"
    SECOND_EXPECTED = "Second_Expected__c"
    SECOND_FOUND = "Second_Found__c"
    FALSE_FLAG = "False_Flag__c"  #: Number(4,1): per cent
    HEADS_UP_ON = "Heads_Up_On__c"  #: Date, as are those below
    FLAGGED_ON = "Flagged_On__c"
    OPENED_ON = "Opened_On__c"
    SEEN_ON = "Seen_On__c"
    CLEARED_ON = "Cleared_On__c"
    RECURRED_ON = "Recurred_On__c"
    EXCUSED_ON = "Excused_On__c"
    EXECUTIVES_FROM = "Executives_From__c"
    MANAGER = "Manager__c"  #: Lookup(User): whose it is to solve
    EXCUSE = "Excuse__c"  #: Text(255)
    EVIDENCE = "Evidence__c"  #: LongTextArea(4000): as it was when the exception opened
    RULE_VERSION = "Rule_Version__c"  #: Text(40)


class AdoptionAction(CustomObject):
    """`Adoption_Action__c`: what somebody did about a person; its creator did it."""

    OBJECT = "Adoption_Action__c"
    SCORE = "Adoption_Score__c"  #: MasterDetail(Adoption_Score__c): whom it is about
    EXCEPTION = "Exception__c"  #: Lookup(Adoption_Exception__c)
    TYPE = "Type__c"  #: restricted picklist: Seen, Coached, Mailed, Praised, Nudged, Excused, Reply, Reviewed, Rated
    NOTE = "Note__c"  #: Text(255)
    DONE_ON = "Done_On__c"  #: Date; empty: the day of recording
    OUTCOME = "Outcome__c"  #: restricted picklist: Cleared, Came back
    CAUSE = "Cause__c"  #: restricted picklist: On leave, Wrong owner, Entered elsewhere, Not my task, Other
    AWAY_FROM = "Away_From__c"  #: Date, as the one below; both days included
    AWAY_TO = "Away_To__c"
    OPPORTUNITY = "Opportunity__c"  #: Lookup(Opportunity): what was reviewed
    RATING = "Rating__c"  #: restricted picklist: Helped, Helped in part, Did not help


#: Days of one absence of an action: the panel takes no longer one, and a night believes none.
LONGEST_ABSENCE = 366


class AdoptionSnapshot(CustomObject):
    """`Adoption_Snapshot__c`: the score of a person as it stood in a week; detail of the score."""

    OBJECT = "Adoption_Snapshot__c"
    SCORE_RECORD = "Adoption_Score__c"  #: MasterDetail(Adoption_Score__c)
    KEY = "Snapshot_Key__c"  #: Text(30), external id, unique, case-sensitive: user:2026-W13
    WEEK_BEGINS = "Week_Begins__c"  #: Date: the Monday
    SCORE = "Score__c"  #: Number(4,1)
    BAND = "Band__c"  #: Number(4,1)
    WORD = "Word__c"  #: restricted picklist
    PRESENCE = "Presence__c"  #: Number(4,1) each: the components, 0..100
    RECORDED_WORK = "Recorded_Work__c"
    DATA_CARE = "Data_Care__c"
    FOLLOW_THROUGH = "Follow_Through__c"
    RULE_VERSION = "Rule_Version__c"  #: Text(40)


class AdoptionView(CustomObject):
    """`Adoption_View__c`: who looked at a person's score in the panel on a day; detail of the score."""

    OBJECT = "Adoption_View__c"
    SCORE = "Adoption_Score__c"  #: MasterDetail(Adoption_Score__c): decides who sees it
    KEY = "View_Key__c"  #: Text(60), external id, unique, case-sensitive: viewer:score:day
    VIEWER = "Viewer__c"  #: Lookup(User)
    SEEN_ON = "Seen_On__c"  #: Date: on the viewer's clock


class AdoptionRecordHealth(CustomObject):
    """`Adoption_Record_Health__c`: whether an open opportunity is healthy; detail of the opportunity."""

    OBJECT = "Adoption_Record_Health__c"
    OPPORTUNITY = "Opportunity__c"  #: MasterDetail(Opportunity): decides who sees it
    KEY = "Record_Key__c"  #: Text(18), external id, unique, case-sensitive: the opportunity's id
    HEALTHY = "Healthy__c"  #: Checkbox
    REASONS = "Reasons__c"  #: LongTextArea(4000): what to do, one a line
    RULE_VERSION = "Rule_Version__c"  #: Text(40)
    AS_OF = "As_Of__c"  #: DateTime; changes only together with another field


class AdoptionTeam(CustomObject):
    """`Adoption_Team__c`: a group of people without any person in it but a team's manager."""

    OBJECT = "Adoption_Team__c"
    KEY = "Team_Key__c"  #: Text(255), external id, unique, case-sensitive: kind:what it is found by
    NAME = "Name"
    KIND = "Kind__c"  #: restricted picklist: Company, Team, Role, Profile, Region, Segment, Week
    MANAGER = "Manager__c"  #: Lookup(User)
    PEOPLE = "People__c"  #: Number(8,0)
    SCORED = "Scored__c"  #: Number(8,0)
    SCORED_SHARE = "Scored_Share__c"  #: Number(3,0): per cent
    MEDIAN = "Median__c"  #: Number(4,1), as are the two below
    LOW_QUARTILE = "Low_Quartile__c"
    HIGH_QUARTILE = "High_Quartile__c"
    OPEN_EXCEPTIONS = "Open_Exceptions__c"  #: Number(8,0): people, as are those below
    ON_TRACK = "On_Track__c"
    BUILDING = "Building__c"
    NEEDS_HELP = "Needs_Help__c"
    NOT_SCORED = "Not_Scored__c"
    HABIT_SHARE = (
        "Habit_Share__c"  #: Number(3,0): per cent of people, of a week; as are the two below
    )
    FORMING_SHARE = "Forming_Share__c"
    NOT_STARTED_SHARE = "Not_Started_Share__c"
    QUOTA = "Quota__c"  #: Currency(16,2), as are the two below: of the company
    CLOSED = "Closed__c"
    COMMIT = "Commit__c"
    CAMPAIGN_MEMBERS = "Campaign_Members__c"  #: Number(8,0), as is the one below: of 28 days
    CAMPAIGN_RESPONSES = "Campaign_Responses__c"
    RULE_VERSION = "Rule_Version__c"  #: Text(40)
    AFTER_ACTION = "After_Action__c"  #: LongTextArea(4000): of the company: do exceptions come back
    AS_OF = "As_Of__c"  #: DateTime; changes only together with another field


class BigDealAlert(CustomObject):
    """`Big_Deal_Alert__c`: the claim that makes an announcement happen exactly once."""

    OBJECT = "Big_Deal_Alert__c"
    KEY = (
        "Alert_Key__c"  #: Text(120), external id, unique, case-sensitive: opportunity:rule:ordinal
    )
    OPPORTUNITY = "Opportunity__c"  #: Lookup(Opportunity)
    DEAL_OWNER = "Deal_Owner__c"  #: Lookup(User)
    SHARED_BY = "Shared_By__c"  #: Text(255): who shares the credit, with percentages
    RULE_NAME = "Rule_Name__c"  #: Text(40)
    RULE_VERSION = "Rule_Version__c"  #: Text(40)
    WIN_NUMBER = "Win_Number__c"  #: Number(3,0): the ordinal of the win
    AMOUNT = "Amount__c"  #: Currency(16,2)
    CLOSED_ON = "Closed_On__c"  #: Date
    STATUS = "Status__c"  #: restricted picklist: Announced, Baseline, Failed
    POST_ID = "Post_Id__c"  #: Text(18): the FeedItem
    DETAIL = "Detail__c"  #: Text(255): why it failed, and the remedy
    NOTIFIED = "Notified__c"  #: restricted picklist: Sending, Sent, Unconfirmed, Failed


class AdoptionDigest(CustomObject):
    """`Adoption_Digest__c`: a leader's digest of a week, and on which of its days they looked."""

    OBJECT = "Adoption_Digest__c"
    KEY = "Digest_Key__c"  #: Text(30), external id, unique, case-sensitive: user:2026-W13
    PERSON = "Person__c"  #: Lookup(User)
    WEEK_BEGINS = "Week_Begins__c"  #: Date: the Monday
    STATUS = "Status__c"  #: restricted picklist: Sending, Sent, Unconfirmed, Failed
    DETAIL = "Detail__c"  #: Text(255): what did not go out, and the remedy
    PANEL_DAYS = "Panel_Days__c"  #: Text(80): days of the week, one after the other, as below
    DIGEST_DAYS = "Digest_Days__c"


class AdoptionRun(CustomObject):
    """`Adoption_Run__c`: what a run read, wrote, skipped and spent."""

    OBJECT = "Adoption_Run__c"
    KEY = "Run_Key__c"  #: Text(80), external id, unique
    KIND = "Kind__c"  #: restricted picklist: Night, Big deals, Digest, Purge
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
    RULE_SOURCE = "Rule_Source__c"  #: Text(80): where the rules were read
    GAPS = "Gaps__c"  #: LongTextArea(32768): one gap a line
    DETAIL = "Detail__c"  #: LongTextArea(32768): what went wrong, and the remedy
    WRITTEN = "Written__c"  #: Text(255): records created or changed, object by object
    CALLS = (
        "Calls_By_Object__c"  #: LongTextArea(4000): API calls by the object that they were about
    )


class BigDealRule(CustomObject):
    """`Big_Deal_Rule__mdt`: when a won opportunity is a big deal, and where it is announced."""

    OBJECT = "Big_Deal_Rule__mdt"
    NAME = "DeveloperName"
    AMOUNT = "Amount_At_Least__c"  #: Number(16,2), corporate currency
    CLOSED_WITHIN_DAYS = "Closed_Within_Days__c"  #: Number(4,0)
    GROUP_NAME = "Chatter_Group__c"  #: Text(40): CollaborationGroup.Name that gets the post
    ANNOUNCE_FROM = "Announce_From__c"  #: Date: no win that closed before it is announced
    ON_OPPORTUNITY = "Post_On_Opportunity__c"  #: Checkbox, as are the two below
    BELL = "Bell__c"  #: Checkbox
    MAIL = "Mail__c"  #: Checkbox
    LEADERS = "Leaders__c"  #: Text(255): usernames of others who are told
    ACTIVE = "Active__c"  #: Checkbox
    VERSION = "Version__c"  #: Text(40)
    RECORD_TYPES = "Record_Types__c"  #: LongTextArea(4096): names of record types, one a line
    SEGMENT = "Segment__c"  #: restricted picklist
    STAGES = "Stages__c"  #: LongTextArea(4096): stages that announce a deal, one a line
    PROBABILITY = "Probability_At_Least__c"  #: Number(3,0)

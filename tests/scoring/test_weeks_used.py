from __future__ import annotations

from datetime import timedelta

from service.scoring.evidence import Evidence, PersonEvidence
from service.scoring.weeks_used import weeks_used
from tests.scoring.builders import ANA, AS_OF, a_person, footprints


def test_weeks_are_stretches_of_seven_days_up_to_the_day():
    days = [AS_OF, AS_OF - timedelta(days=6), AS_OF - timedelta(days=7), AS_OF - timedelta(days=55)]
    rows = [*footprints(days), Evidence(ANA, "footprint_days", AS_OF - timedelta(days=20), done=0)]
    rows += footprints([AS_OF - timedelta(days=56), AS_OF + timedelta(days=1)])
    found = weeks_used(PersonEvidence.of_rows(a_person(), rows), AS_OF)
    assert found == (True, False, False, False, False, False, True, True)

"""Makes the export of an invented company with planted habits, for trials, demos and tests."""

from service.sample.company import SampleFacts, write_sample
from service.sample.people import SamplePerson

__all__ = ["SampleFacts", "SamplePerson", "write_sample"]

"""Makes the export of an invented company with planted habits, for trials, demos and tests."""

from service.sample.beside import NotOursError
from service.sample.company import SampleFacts, write_sample
from service.sample.people import SamplePerson

__all__ = ["NotOursError", "SampleFacts", "SamplePerson", "write_sample"]

"""Hypothesis for arithmetic: a busy machine makes an example slow, not wrong."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("arithmetic", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("arithmetic")

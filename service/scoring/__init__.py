"""Turns dated evidence into scores and reasons. Arithmetic only: no clock, no network, no logs."""

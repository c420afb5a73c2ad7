"""Kills workers at random moments while the stand-in org misbehaves, and counts posts afterwards."""

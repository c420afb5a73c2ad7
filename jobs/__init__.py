"""Runs: read, score, write, announce. Every job may be killed anywhere and run again."""

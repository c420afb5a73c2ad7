"""Reports and dashboards, drawn from the deployed metadata as the one who looks would see them.

`definition` reads a report's file and refuses by name what this org cannot draw, `run` reads the
records with the viewer's sharing and field-level security, `dashboard` draws a dashboard's
components, `analytics` answers the Analytics REST API.
"""

"""Verifies the signed request, builds the viewer's context, shows the panel. It never scores."""

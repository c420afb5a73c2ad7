"""Who knocks: client apps, OAuth, sessions, and the certificate of the door."""

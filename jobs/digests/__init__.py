"""The weekly letter: who gets it, what it says, how it is sent."""

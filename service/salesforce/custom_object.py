"""What a class of API names is: an object of ours, and the fields of it that the service uses."""

from __future__ import annotations

from typing import ClassVar


class CustomObject:
    """An object, or a custom metadata type. Every other constant of a subclass is a field of it."""

    OBJECT: ClassVar[str]

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        """The API names of the fields, in the order of the class, each once."""
        names = (value for key, value in vars(cls).items() if key.isupper() and key != "OBJECT")
        return tuple(dict.fromkeys(names))

"""What is known of an exception before its checks are looked at: where it stood, what people did.

An exception outlives the quarter that the checks look back, so a run takes it up where the last
one left it; and what people did about it is told, never worked out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.scoring.exception_state import advance

if TYPE_CHECKING:
    from datetime import date

    from service.scoring.exception_state import Event, ExceptionState
    from service.scoring.rule_set import ExceptionRules


@dataclass(frozen=True, slots=True)
class Told:
    """An exception that opened before, and all acts about it, the oldest first.

    Acts are events of the kinds seen, acted and excused, by others than the person.
    """

    state: ExceptionState
    acts: tuple[Event, ...] = ()

    @property
    def judged_until(self) -> date:
        """The last check that is in the state already."""
        cleared_on = self.state.cleared_on if self.state.state == "cleared" else None
        return cleared_on or self.state.flagged_on

    @property
    def begun(self) -> ExceptionState:
        """Where it stood, with everybody who acted, also those who came too late."""
        acted = tuple(one for one in self.acts if one.kind == "acted")
        return replace(self.state, actions=acted or self.state.actions)

    def after_acts(
        self,
        now: ExceptionState | None,
        until: date | None,
        window_days: int,
        rules: ExceptionRules,
    ) -> ExceptionState | None:
        """The state after what people did until a day; None: until today.

        An act counts on what stands, after it opened or came back: before, it was about something
        else. Acts that are in the state already change nothing.
        """
        for act in self.acts:
            if now is None or now.heads_up_on != self.state.heads_up_on:
                return now
            since = now.recurred_on or now.opened_on
            is_late = until is not None and act.on > until
            if now.stands and since is not None and act.on > since and not is_late:
                moved = advance(now, act, window_days, rules) or now
                now = replace(moved, actions=now.actions)
        return now

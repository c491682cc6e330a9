"""Why a run cannot be resumed at all, in a sentence each that says what to do."""

from collections.abc import Mapping

from bot.core.stages import Why

_SENTENCES: Mapping[Why, str] = {
    Why.SUCCEEDED: "It succeeded or was skipped, it did not fail: there is nothing to resume.",
    Why.RUNNING: "It is still running. It can be resumed once it has failed.",
    Why.ABORTING: "It is being aborted and has not stopped yet. Try again in a minute.",
    Why.PAUSED: (
        "It is paused, by hand or because it needs inputs. Continue it in Harness; "
        "a paused run cannot be resumed from a stage."
    ),
    Why.APPROVAL: "It waits for an approval. Approve or reject it in Harness.",
    Why.WAITING: (
        "It waits for a person's decision or for a resource that another run holds. "
        "See in Harness what it needs."
    ),
    Why.NO_STAGES: (
        "Harness lists no stages for it; it may have failed before the first one. "
        "Start a new run in Harness."
    ),
    Why.NOTHING_STARTED: "No stage of it was started. Start a new run in Harness.",
    Why.NOTHING_ADDRESSABLE: (
        "None of its stages can be named to Harness: they have no names, or share one. "
        "Resume it in Harness itself."
    ),
}


def why_not(why: Why) -> str:
    """Say why, as markup."""
    return _SENTENCES[why]

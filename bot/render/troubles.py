"""What was wrong with Harness or with the bot's way to it, and what to do: a sentence for each."""

from collections.abc import Mapping

from bot.core.errors import RefusalKind, Trouble

_ADMIN = "Please tell whoever looks after this bot"

_TROUBLES: Mapping[Trouble, str] = {
    Trouble.RATE_LIMITED: (
        "Harness turned the bot away: the account has reached its rate limit, all its requests "
        "for this minute are used up. Try again in a minute."
    ),
    Trouble.OWN_BUDGET: (
        "The bot has used up its own share of requests to Harness for this minute. "
        "Try again in a minute."
    ),
    Trouble.BAD_KEY: (
        f"Harness does not accept the bot's API key. {_ADMIN}: the key must be renewed."
    ),
    Trouble.FORBIDDEN: (
        f"The bot's API key may not read this in Harness. {_ADMIN}: the key needs the right to "
        "read the application."
    ),
    Trouble.MIGRATED: (
        f"Harness moved the account to another address. {_ADMIN}: HARNESS_URL must be changed."
    ),
    Trouble.NEXTGEN: (
        "The account was migrated to Harness NextGen and FirstGen is switched off for it, so its "
        "pipelines cannot be resumed here."
    ),
    Trouble.NOT_WHITELISTED: (
        f"Harness does not let the bot in from its present network address. {_ADMIN}: "
        "the address must be whitelisted (on Harness's IP allow-list)."
    ),
    Trouble.FEATURE_OFF: (
        f"Harness's GraphQL API is switched off for this account. {_ADMIN}: "
        "Harness's support can switch it on."
    ),
    Trouble.ACCOUNT_GONE: "Harness says that the account is deleted or inactive.",
    Trouble.GATEWAY: "Harness's gateway does not reach Harness at present. Try again in a minute.",
    Trouble.SERVER: "Harness failed while it answered. Try again in a minute.",
    Trouble.TIMEOUT: "Harness did not answer in time. Try again in a minute.",
    Trouble.UNREACHABLE: (
        "The bot cannot reach Harness. Try again in a minute; if it stays so, tell whoever looks "
        "after this bot."
    ),
    Trouble.WRONG_ADDRESS: (
        f"There is no Harness API at the bot's address for it. {_ADMIN}: HARNESS_URL may be wrong."
    ),
    Trouble.STRANGE: "Harness gave an answer that makes no sense. Try again in a minute.",
    Trouble.NOT_FOUND: (
        "Harness does not know that execution, or does not show it to the bot. "
        "Check the id; the bot's key may lack access to its application."
    ),
    Trouble.TOO_OLD: (
        f"This Harness is too old for the bot: it does not know a field that is needed. {_ADMIN}."
    ),
    Trouble.REFUSED: "Harness refused the question.",
}

_KINDS: Mapping[RefusalKind, str] = {
    RefusalKind.MODIFIED: (
        "the pipeline, or a workflow in it, was changed since this run. "
        "Harness resumes only what is unchanged; start a new run in Harness."
    ),
    RefusalKind.FREEZE: (
        "a deployment freeze is on. Try again when it is over, or ask who may lift it."
    ),
    RefusalKind.NOT_LATEST: (
        "the run was resumed before and is not the latest of its chain. Resume the latest one."
    ),
    RefusalKind.NOT_ALLOWED: (
        f"the bot's own API key may not run it in all of its environments. {_ADMIN}."
    ),
    RefusalKind.NOT_RESUMABLE: (
        "Harness says that it cannot be resumed as it stands now. Look at the run in Harness."
    ),
    RefusalKind.LIMIT: (
        "a limit of the account on deployments is reached. Try again later, or ask your Harness "
        "administrator."
    ),
    RefusalKind.TOO_LATE: (
        "reading Harness took so long that the bot did not ask any more. Please press again."
    ),
    RefusalKind.RATE_LIMITED: (
        "the account has reached its rate limit in Harness, all its requests for this minute are "
        "used up. Try again in a minute."
    ),
    RefusalKind.BAD_KEY: (
        f"Harness does not accept the bot's API key. {_ADMIN}: the key must be renewed."
    ),
    RefusalKind.SHUT_OUT: (
        f"Harness turned the bot away before it looked at the request. {_ADMIN}: waiting does not "
        "help."
    ),
    RefusalKind.TROUBLE: (
        "Harness turned the request away before it looked at it. Try again in a minute; "
        "if it stays so, tell whoever looks after this bot."
    ),
    RefusalKind.OTHER: "Harness refused.",
}


def trouble_sentence(kind: Trouble) -> str:
    """Say what happened and what to do, in whole sentences."""
    return _TROUBLES[kind]


def kind_sentence(kind: RefusalKind) -> str:
    """Say why Harness did not resume, as the end of a sentence."""
    return _KINDS[kind]

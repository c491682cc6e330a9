"""What ``doctor`` asks Harness: one request each for the address, the key, and what it may read.

What a read cannot show (may the key execute, does it override freezes, is it an administrator) is
judged from the user groups that the policy file names as the key's, and else left to a person
(ruling 27).
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from yarl import URL

from bot.core.errors import HarnessTrouble, Trouble
from bot.core.finding import Finding, good, unseen, wrong
from bot.core.rights import AppFilterKind, UserGroup
from bot.harness import documents
from bot.harness.answers import Answer
from bot.harness.complaints import judge
from bot.harness.documents import Question
from bot.harness.firstgen_wire import read_list, read_part, read_text
from bot.harness.rights_wire import read_group
from bot.harness.transport import Address, open_wire

SECONDS = 10.0
GATEWAY = "/gateway"
SAAS_HOST = "harness.io"
SAAS_QUOTA = 30

KEY_REMEDY = "make a key under Access Management, API Keys, and copy it whole"
READING = "give one of the key's user groups the account permission View Users and User Groups"

_RUNS = Question(
    "doctor runs", "query Doctor { executions(limit: 1) { nodes { id application { id name } } } }"
)
_USERS = Question("doctor users", "query Doctor { users(limit: 1) { nodes { id } } }")
_GROUPS = Question("doctor groups", "query Doctor { userGroups(limit: 1) { nodes { id } } }")
_GROUP = """query Doctor($name: String!) { userGroupByName(name: $name) { id name permissions {
  accountPermissions { accountPermissionTypes }
  appPermissions { permissionType actions applications { filterType appIds }
    deployments { filterTypes envIds executableElementFilter {
      executableElementType executableElementFilterType ids } } } } } }"""

REMEDIES = {
    Trouble.BAD_KEY: KEY_REMEDY,
    Trouble.RATE_LIMITED: "the account's quota is used up just now: ask again in a minute",
    Trouble.NOT_WHITELISTED: "let this machine's address through in Harness's IP whitelist",
    Trouble.FEATURE_OFF: "the licence has no API: ask Harness",
    Trouble.MIGRATED: "the account moved to another cluster: set HARNESS_URL to its host",
    Trouble.NEXTGEN: "FirstGen is switched off for this account: this bot cannot serve it",
    Trouble.ACCOUNT_GONE: "check HARNESS_ACCOUNT_ID; Harness says that the account is not active",
    Trouble.UNREACHABLE: "check HARNESS_URL, HARNESS_CA_BUNDLE, HTTPS_PROXY and the way out",
}
_SEE_APPLICATIONS = (
    "give the key's user group Application permissions: Deployments with Read, and Read on "
    "pipelines, workflows, services and environments, for the applications to be resumed"
)
_FILTERED = "Application Id filter"
"""Some accounts must name an application in the question (facts 2.1)."""


async def look_at_harness(
    address: Address, *, key_groups: tuple[str, ...], requests_per_minute: int
) -> AsyncIterator[Finding]:
    """Try what the bot will need of Harness."""
    reached = await _reach(address)
    yield reached
    if reached.remedy:
        return
    on_saas = (URL(address.url).host or "").endswith(SAAS_HOST)
    if on_saas and not 0 < requests_per_minute <= SAAS_QUOTA:
        yield wrong(
            "HARNESS_REQUESTS_PER_MINUTE",
            f"{requests_per_minute or 'no limit'}, and an account on SaaS has {SAAS_QUOTA}",
            "set it to 20 or less",
        )
    yield await _may_read(address, "applications", _RUNS, _application, _SEE_APPLICATIONS)
    yield await _may_read(address, "users", _USERS, _some("users"), READING)
    yield await _may_read(address, "user groups", _GROUPS, _some("userGroups"), READING)
    for name in key_groups:
        async for finding in _key_group(address, name):
            yield finding
    if not key_groups:
        yield unseen(
            "the key's strength",
            "Harness does not tell what a key may execute",
            "see that its groups have Deployments: Execute Pipeline on the applications and all "
            "their environments, and neither Account Administrator nor Allow Deployments During "
            "Freeze; name the groups under [key] in the policy file, and doctor checks them",
        )


async def _ask(address: Address, question: Question) -> Answer:
    async with open_wire(address) as wire:
        return await wire.post(question, seconds=SECONDS)


async def _reach(address: Address) -> Finding:
    """Say hello at the address, and on trouble at the other spelling of it."""
    try:
        await _greet(address)
    except HarnessTrouble as trouble:
        other = replace(address, url=_other(address.url))
        if trouble.kind in REMEDIES and trouble.kind is not Trouble.UNREACHABLE:
            what = "HARNESS_API_KEY" if trouble.kind is Trouble.BAD_KEY else "Harness"
            return wrong(what, _said(trouble), REMEDIES[trouble.kind])
        try:
            await _greet(other)
        except HarnessTrouble as second:
            if second.kind is not Trouble.BAD_KEY:
                remedy = REMEDIES.get(trouble.kind, "check HARNESS_URL")
                return wrong("HARNESS_URL", f"{address.url}: {_said(trouble)}", remedy)
        seen = f"{address.url} is not Harness's API, but {other.url} is"
        return wrong("HARNESS_URL", seen, f"set it to {other.url}")
    return good("Harness", f"{address.url} answers, and knows the key")


async def _greet(address: Address) -> None:
    answer = await _ask(address, documents.hello())
    if answer.complaints:
        raise judge(answer.complaints)


def _other(url: str) -> str:
    return url.removesuffix(GATEWAY) if url.endswith(GATEWAY) else url + GATEWAY


async def _may_read(
    address: Address, what: str, question: Question, seen: Callable[[Answer], str], remedy: str
) -> Finding:
    try:
        answer = await _ask(address, question)
        if answer.complaints:
            raise judge(answer.complaints)
        text = seen(answer)
    except HarnessTrouble as trouble:
        if _FILTERED in trouble.detail:
            return unseen(f"reading {what}", "Harness lists runs by application only", remedy)
        return wrong(f"reading {what}", _said(trouble), REMEDIES.get(trouble.kind, remedy))
    if not text:
        return unseen(f"reading {what}", "there was nothing to read", remedy)
    return good(f"reading {what}", text)


def _application(answer: Answer) -> str:
    nodes = read_list(answer.data, "executions", "nodes")
    names = [read_text(read_part(node, "application").get("name")) for node in nodes]
    if not all(names):
        raise HarnessTrouble(Trouble.REFUSED, "a run is shown, and its application is not")
    return f"for example {names[0]}" if names else ""


def _some(field: str) -> Callable[[Answer], str]:
    return lambda answer: "the key may" if read_list(answer.data, field, "nodes") else ""


async def _key_group(address: Address, name: str) -> AsyncIterator[Finding]:
    what = f"the key's group {name}"
    try:
        answer = await _ask(address, Question("doctor group", _GROUP, {"name": name}))
    except HarnessTrouble as trouble:
        yield wrong(what, _said(trouble), REMEDIES.get(trouble.kind, "check the name"))
        return
    node = read_part(answer.data, "userGroupByName")
    if not node:
        why = _said(judge(answer.complaints)) if answer.complaints else "it is not there"
        yield wrong(what, why, "correct [key] user_groups in the policy file")
        return
    account = read_list(node, "permissions", "accountPermissions", "accountPermissionTypes")
    for finding in judge_group(what, read_group(node), frozenset(str(kind) for kind in account)):
        yield finding


def judge_group(what: str, group: UserGroup, account: frozenset[str]) -> tuple[Finding, ...]:
    """Say in what one of the key's groups is too strong, or that it looks right."""
    found: list[Finding] = []
    if "ALLOW_DEPLOYMENTS_DURING_FREEZE" in account:
        remedy = "take Allow Deployments During Freeze from it"
        found.append(wrong(what, "everybody in Slack would override deployment freezes", remedy))
    if any(g.type == "ALL" and g.apps.kind is AppFilterKind.ALL for g in group.grants):
        remedy = "use a group of the key's own, with Deployments alone"
        found.append(wrong(what, "it has all permissions on all applications", remedy))
    executes = [g for g in group.grants if "EXECUTE_PIPELINE" in g.actions]
    if not found and not executes:
        remedy = "one of the key's groups needs Deployments: Read and Execute Pipeline"
        found.append(unseen(what, "it does not let the key execute pipelines", remedy))
    if not found:
        rights = ", ".join(sorted(account)) or "no account permissions"
        found.append(good(what, f"it may execute pipelines; {rights}"))
    return tuple(found)


def _said(trouble: HarnessTrouble) -> str:
    detail = f" ({trouble.detail[:200]})" if trouble.detail else ""
    return f"{trouble.kind}{detail}"

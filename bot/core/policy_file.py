"""How the policy file is read: a plain mapping, as TOML gives it, becomes a ``Policy``.

Nothing is guessed. A key that is not known, a list that is empty (does it mean nobody or
everybody?) and a value of the wrong kind are problems, and all problems are told at once.
``deploy/policy.example.toml`` shows every key.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from bot.core.errors import BotError
from bot.core.identity import is_email
from bot.core.policy import WEEK, Alerts, Hours, Limits, Policy, Route, Where

LONGEST_WAIT = 24 * 60
"""How many minutes a second person's yes may live at most."""


class PolicyError(BotError):
    """The policy file cannot be used; *problems* has a line for each reason, with its path."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def policy_from(mapping: Mapping[str, object]) -> Policy:
    """Read a policy; raises ``PolicyError`` with every problem that it has."""
    problems: list[str] = []
    top = _Table(mapping, "", problems)
    only, production = top.table("only"), top.table("production")
    policy = Policy(
        timezone=only.text("timezone", "UTC"),
        people=_people(top.table("people")),
        key_groups=_key_groups(top.table("key")),
        only=_limits(only),
        production=_limits(production, second_person=production.flag("second_person")),
        second_person_minutes=production.number("second_person_minutes", 30, most=LONGEST_WAIT),
        alerts=_alerts(top.table("alerts")),
        routes=tuple(_route(table) for table in top.tables("routes")),
        mutes=tuple(_mute(table) for table in top.tables("mutes")),
    )
    for table in (top, only, production):
        table.end()
    if problems:
        raise PolicyError(tuple(problems))
    return policy


# ── the tables of the file ─────────────────────────────────────────────────────────────────────


def _people(table: "_Table") -> dict[str, str]:
    people: dict[str, str] = {}
    owners: dict[str, str] = {}
    for user in table.names():
        email = table.text(user, "")
        if not re.fullmatch(r"[UW][A-Z0-9]{2,}", user):
            table.problem(user, "is not a Slack user id, such as U012AB3CD")
        if email and not is_email(email):
            table.problem(user, "is not one plain e-mail address")
        elif email and (other := owners.setdefault(email.lower(), user)) != user:
            table.problem(user, f"names the Harness user of {other}; each person has their own")
        people[user] = email
    return people


def _key_groups(table: "_Table") -> tuple[str, ...]:
    groups = table.texts("user_groups")
    table.end()
    return groups or ()


def _limits(table: "_Table", *, second_person: bool = False) -> Limits:
    return Limits(
        applications=table.texts("applications"),
        pipelines=table.texts("pipelines"),
        stages=table.texts("stages"),
        channels=table.texts("channels", check=_channel),
        hours=_hours(table),
        reason=table.flag("reason"),
        second_person=second_person,
    )


def _alerts(table: "_Table") -> Alerts:
    alerts = Alerts(
        production=table.flag("production"),
        quiet=_hours(table, "quiet") or (),
        good_ends=table.flag("good_ends"),
    )
    table.end()
    return alerts


def _hours(table: "_Table", key: str = "hours") -> tuple[Hours, ...] | None:
    texts = table.texts(key, check=lambda text: _spans(text)[1])
    return None if texts is None else tuple(Hours(text, _spans(text)[0]) for text in texts)


def _route(table: "_Table") -> Route:
    channel = table.text("channel", "")
    if problem := _channel(channel):
        table.problem("channel", problem)
    return Route(_where(table), channel)


def _mute(table: "_Table") -> Where:
    if not table.names():
        table.problem("", "is empty: it would mute everything")
    return _where(table)


def _where(table: "_Table") -> Where:
    where = Where(
        applications=table.texts("applications"),
        pipelines=table.texts("pipelines"),
        environments=table.texts("environments"),
        production=table.flag("production"),
    )
    table.end()
    return where


def _channel(text: str) -> str:
    good = re.fullmatch(r"[CG][A-Z0-9]{2,}", text)
    return "" if good else "is not a Slack channel id, such as C012AB3CD"


# ── hours of the week: "mon-fri 08:00-18:00" ───────────────────────────────────────────────────

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60
_FORM = re.compile(r"([a-z,-]+) +(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
_BAD_HOURS = 'is not of the form "mon-fri 08:00-18:00"'


def _spans(text: str) -> tuple[tuple[tuple[int, int], ...], str]:
    """Read hours as spans of minutes of the week; the second value is the problem, if any.

    An end that is not after the beginning lies on the next day.
    """
    found = _FORM.fullmatch(text.strip().lower())
    if found is None:
        return (), _BAD_HOURS
    days, *clock = found.groups()
    from_hour, from_minute, to_hour, to_minute = map(int, clock)
    begin, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    picked = _days(days)
    if picked is None or max(from_minute, to_minute) > 59 or begin >= _DAY or end > _DAY:  # noqa: PLR2004
        return (), _BAD_HOURS
    if begin == end:
        return (), "begins when it ends"
    spans: list[tuple[int, int]] = []
    for day in picked:
        first = day * _DAY + begin
        last = day * _DAY + (end if end > begin else end + _DAY)
        spans.append((first, min(last, WEEK)))
        if last > WEEK:  # Sunday night runs into Monday
            spans.append((0, last - WEEK))
    return tuple(spans), ""


def _days(text: str) -> list[int] | None:
    picked: set[int] = set()
    for part in text.split(","):
        ends = part.split("-")
        if not all(end in _DAYS for end in ends) or len(ends) > 2:  # noqa: PLR2004
            return None
        first, last = _DAYS.index(ends[0]), _DAYS.index(ends[-1])
        picked.update(day % 7 for day in range(first, (last if last >= first else last + 7) + 1))
    return sorted(picked)


# ── reading with a path ────────────────────────────────────────────────────────────────────────


class _Table:
    """A table of the file: gives values of the kind asked for, and notes what is wrong."""

    def __init__(self, values: Mapping[str, object], path: str, problems: list[str]) -> None:
        self._values = values
        self._path = path
        self._problems = problems
        self._asked: set[str] = set()

    def problem(self, key: str, what: str) -> None:
        where = ".".join(part for part in (self._path, key) if part)
        # A quoted key may hold any character, a line break too.
        self._problems.append(" ".join(f"{where}: {what}".split()))

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def end(self) -> None:
        """Note the keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.problem(key, f"is not known here; there are {', '.join(sorted(self._asked))}")

    def text(self, key: str, default: str) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and (value.strip() or key not in self._values):
            return value.strip()
        self.problem(key, "must be a text that is not empty")
        return default

    def flag(self, key: str) -> bool:
        value = self._take(key, default=False)
        if isinstance(value, bool):
            return value
        self.problem(key, "must be true or false")
        return False

    def number(self, key: str, default: int, *, most: int) -> int:
        value = self._take(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return value
        self.problem(key, f"must be a whole number from 1 to {most}")
        return default

    def texts(
        self, key: str, *, check: Callable[[str], str] = lambda _: ""
    ) -> tuple[str, ...] | None:
        """Give a list of texts, each without a problem by *check*; ``None`` when not given."""
        if key not in self._values:
            self._asked.add(key)
            return None
        value = self._take(key, None)
        if not isinstance(value, list) or not value:
            self.problem(key, "must be a list that is not empty; leave it out for no condition")
            return ()
        return tuple(self._checked(key, value, check))

    def _checked(self, key: str, items: list[object], check: Callable[[str], str]) -> Iterator[str]:
        for at, item in enumerate(items):
            if not isinstance(item, str) or not item.strip():
                self.problem(f"{key}[{at}]", "must be a text that is not empty")
            elif problem := check(item.strip()):
                self.problem(f"{key}[{at}]", problem)
            else:
                yield item.strip()

    def table(self, key: str) -> "_Table":
        return self._table(self._take(key, {}), key)

    def tables(self, key: str) -> "list[_Table]":
        value = self._take(key, [])
        if not isinstance(value, list):
            self.problem(key, f"must be a list of tables: [[{key}]]")
            return []
        return [self._table(item, f"{key}[{at}]") for at, item in enumerate(value)]

    def _table(self, value: object, name: str) -> "_Table":
        if not isinstance(value, Mapping):
            self.problem(name, "must be a table")
            value = {}
        path = f"{self._path}.{name}" if self._path else name
        return _Table(value, path, self._problems)

    def _take(self, key: str, default: object) -> object:
        self._asked.add(key)
        return self._values.get(key, default)

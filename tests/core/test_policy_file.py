"""How the policy file is read: nothing is guessed, and all problems are told at once."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.policy import WEEK, Limits, Policy, Route, Where
from bot.core.policy_file import PolicyError, policy_from

WHOLE = """
[only]
applications = ["Storefront", "Payments *"]
pipelines = ["Deploy *"]
stages = ["Deploy *", "Smoke test"]
channels = ["C0123ABCD"]
hours = ["Mon-Thu 07:00-19:00", "Fri 07:00-15:00"]
timezone = "Europe/Berlin"
reason = true

[production]
channels = ["C0123ABCE"]
second_person = true
second_person_minutes = 15

[people]
U0123ABCD = "ann@example.com"

[key]
user_groups = ["resume-bot"]

[[routes]]
applications = ["Storefront"]
environments = ["prod-*"]
production = true
channel = "C0123ABCF"

[[mutes]]
pipelines = ["Nightly *"]
"""


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def problems(text):
    with pytest.raises(PolicyError) as caught:
        policy_from(tomllib.loads(text))
    assert str(caught.value) == "\n".join(caught.value.problems)
    return list(caught.value.problems)


def spans(text):
    (hours,) = policy_from({"only": {"hours": [text]}}).only.hours
    assert hours.text == text
    return list(hours.spans)


def test_a_file_that_says_nothing():
    """An empty file, and one with empty tables, restrict nothing."""
    assert policy_from({}) == Policy()
    assert policy_from({"only": {}, "production": {}, "people": {}, "key": {}}) == Policy()


def test_a_file_that_says_everything():
    """Every key arrives where it belongs."""
    policy = policy_from(tomllib.loads(WHOLE))
    days = [(day * 1440 + 420, day * 1440 + 1140) for day in range(4)]
    assert [h.spans for h in policy.only.hours] == [
        tuple(days),
        ((4 * 1440 + 420, 4 * 1440 + 900),),
    ]
    assert policy == Policy(
        timezone="Europe/Berlin",
        people={"U0123ABCD": "ann@example.com"},
        key_groups=("resume-bot",),
        only=Limits(
            applications=("Storefront", "Payments *"),
            pipelines=("Deploy *",),
            stages=("Deploy *", "Smoke test"),
            channels=("C0123ABCD",),
            hours=policy.only.hours,
            reason=True,
        ),
        production=Limits(channels=("C0123ABCE",), second_person=True),
        second_person_minutes=15,
        routes=(Route(Where(("Storefront",), None, ("prod-*",), production=True), "C0123ABCF"),),
        mutes=(Where(pipelines=("Nightly *",)),),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[onyl]",
            (
                "onyl: is not known here; there are alerts, key, mutes, only, people, production, "
                "routes"
            ),
        ),
        (
            "[only]\naplications = ['a']",
            "only.aplications: is not known here; there are applications,",
        ),
        ("[production]\ntimezone = 'UTC'", "production.timezone: is not known here"),
        ("[only]\nsecond_person = true", "only.second_person: is not known here"),
        ("[key]\ngroups = ['a']", "key.groups: is not known here; there are user_groups"),
        ("only = 1", "only: must be a table"),
        ("[only]\napplications = []", "only.applications: must be a list that is not empty"),
        ("[only]\napplications = 'Storefront'", "only.applications: must be a list"),
        ("[only]\nstages = ['a', 7, ' ']", "only.stages[1]: must be a text that is not empty"),
        ("[only]\nchannels = ['#general']", "only.channels[0]: is not a Slack channel id"),
        ("[only]\nhours = ['always']", "only.hours[0]: is not of the form"),
        ("[only]\ntimezone = ''", "only.timezone: must be a text that is not empty"),
        ("[only]\ntimezone = 1", "only.timezone: must be a text"),
        ("[only]\nreason = 'yes'", "only.reason: must be true or false"),
        ("[only]\nreason = 1", "only.reason: must be true or false"),
        ("[production]\nsecond_person_minutes = 0", "production.second_person_minutes: must be a"),
        ("[production]\nsecond_person_minutes = true", "production.second_person_minutes: must be"),
        ("[production]\nsecond_person_minutes = 1441", "whole number from 1 to 1440"),
        ("[people]\nann = 'ann@example.com'", "people.ann: is not a Slack user id"),
        ("[people]\nU012 = 'ann'", "people.U012: is not one plain e-mail address"),
        ("[people]\nU012 = 3", "people.U012: must be a text that is not empty"),
        ("[people]\nU012 = ''", "people.U012: must be a text that is not empty"),
        ("[people]\nU01 = 'a@b'\nU02 = 'A@b'", "people.U02: names the Harness user of U01"),
        ("[routes]\nchannel = 'C012'", "routes: must be a list of tables"),
        ("routes = [1]", "routes[0]: must be a table"),
        ("[[routes]]\napplications = ['a']", "routes[0].channel: is not a Slack channel id"),
        ("[[routes]]\nchannel = 'C012'\nto = 'x'", "routes[0].to: is not known here"),
        ("[[mutes]]", "mutes[0]: is empty: it would mute everything"),
        ("[[mutes]]\nchannel = 'C012'", "mutes[0].channel: is not known here"),
    ],
)
def test_each_problem_has_its_path(text, problem):
    """What is wrong is named with where it stands; a switch that is misspelt is no switch."""
    assert any(problem in line for line in problems(text))


def test_all_problems_at_once():
    """One start shows all there is to mend."""
    text = "[onyl]\n[only]\nreason = 1\nstages = ['', 2]\n[[routes]]\n[people]\nx = 'y'"
    assert [line.partition(": ")[0] for line in problems(text)] == [
        "people.x",
        "people.x",
        "only.stages[0]",
        "only.stages[1]",
        "only.reason",
        "routes[0].channel",
        "onyl",
    ]


def test_no_value_is_repeated_in_a_problem():
    """A secret pasted into the wrong line does not reach the log."""
    text = (
        "[only]\nchannels = ['xoxb-1-secret']\nhours = ['xoxb-2-secret']\n[people]\nU01 = 'xoxb 3'"
    )
    assert "xoxb" not in "\n".join(problems(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon 00:00-24:00", [(0, 1440)]),
        ("tue 09:30-17:15", [(1440 + 570, 1440 + 1035)]),
        ("mon,wed 08:00-09:00", [(480, 540), (2880 + 480, 2880 + 540)]),
        ("SAT-MON 08:00-09:00", [(480, 540), (7200 + 480, 7200 + 540), (8640 + 480, 8640 + 540)]),
        ("mon-sun 00:00-24:00", [(d * 1440, d * 1440 + 1440) for d in range(7)]),
        ("fri 22:00-06:00", [(5760 + 1320, 7200 + 360)]),  # into Saturday
        ("sun 22:00-02:00", [(8640 + 1320, WEEK), (0, 120)]),  # into Monday
        ("fri 22:00-00:00", [(5760 + 1320, 7200)]),
        ("mon-tue,tue 01:00-02:00", [(60, 120), (1500, 1560)]),
    ],
)
def test_hours_of_the_week(text, expected):
    """Days and ranges of days; an end that is not after the beginning is on the next day."""
    assert sorted(spans(text)) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon",
        "08:00-18:00",
        "mon-fri 8:00-18:00",
        "mon-fri 08:00-24:01",
        "mon-fri 24:00-08:00",
        "mon-fri 08:60-18:00",
        "mon-fri 08:00-08:00",
        "mon-fri-sun 08:00-18:00",
        "monday 08:00-18:00",
        "mo-fr 08:00-18:00",
        "mon- 08:00-18:00",
        "mon, 08:00-18:00",
        "mon-fri 08:00-18:00 UTC",
        "mon-fri \u0660\u0668:00-18:00",
    ],
)
def test_hours_that_are_not_understood(text):
    """What could mean two things means none."""
    with pytest.raises(PolicyError, match=r"only.hours\[0\]"):
        policy_from({"only": {"hours": [text]}})


@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(0, 1440),
    st.integers(0, WEEK - 1),
)
def test_any_hours_hold_just_when_a_clock_says_so(days, begin, end, minute):
    """Whether a minute lies in them, told by walking back to the day on which they began."""
    if begin == end:
        return
    names = ",".join(DAYS[day] for day in sorted(days))
    clock = f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
    (hours,) = policy_from({"only": {"hours": [f"{names} {clock}"]}}).only.hours
    today, now = divmod(minute, 1440)
    if begin < end:
        inside = today in days and begin <= now < end
    else:
        inside = (today in days and now >= begin) or ((today - 1) % 7 in days and now < end)
    assert hours.hold(minute) is inside


plain = st.sampled_from([None, True, 0, 1.5, "", "C012", "mon 00:00-24:00", {}, []])
values = plain | st.lists(plain, max_size=3) | st.text(max_size=5)
keys = st.sampled_from(["only", "production", "people", "key", "routes", "mutes"]) | st.text(
    max_size=5
)
inner_keys = st.sampled_from(
    ["applications", "channels", "hours", "reason", "second_person_minutes", "U012", "channel"]
)


tables = st.dictionaries(inner_keys, values, max_size=4)


@given(st.dictionaries(keys, values | tables | st.lists(tables, max_size=2), max_size=4))
def test_any_file_is_a_policy_or_a_list_of_problems(mapping):
    """Whatever TOML can say, there is an answer and no traceback."""
    problems = ()
    try:
        policy = policy_from(mapping)
    except PolicyError as error:
        problems, policy = error.problems, None
    assert isinstance(policy, Policy) is not bool(problems)
    assert all(": " in line for line in problems)

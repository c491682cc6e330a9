"""For whom the bot acts: full members of our own workspace, with one plain address."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.identity import (
    Known,
    Member,
    NotMember,
    SlackPerson,
    Unknown,
    WhyUnknown,
    identify,
    is_email,
    membership,
)

ANN = SlackPerson(
    "U1",
    "T1",
    "Ann",
    "ann@example.com",
    deleted=False,
    bot=False,
    restricted=False,
    ultra_restricted=False,
    stranger=None,
)


def test_a_full_member_is_known_by_their_email():
    """The plain case; Slack leaves ``is_stranger`` out for one's own people."""
    assert membership(ANN, "T1") == Member()
    assert identify(ANN, "T1", {}) == Known("ann@example.com")
    assert identify(replace(ANN, stranger=False), "T1", {}) == Known("ann@example.com")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"deleted": True}, WhyUnknown.DELETED),
        ({"bot": True}, WhyUnknown.BOT),
        ({"id": "USLACKBOT"}, WhyUnknown.BOT),  # Slack says is_bot: false of it
        ({"restricted": True}, WhyUnknown.GUEST),
        ({"ultra_restricted": True}, WhyUnknown.GUEST),
        ({"stranger": True}, WhyUnknown.OTHER_TEAM),
        ({"team_id": "T2"}, WhyUnknown.OTHER_TEAM),
        ({"team_id": "t1"}, WhyUnknown.OTHER_TEAM),
        ({"team_id": "T"}, WhyUnknown.OTHER_TEAM),
        ({"team_id": ""}, WhyUnknown.UNSAID),
        ({"id": ""}, WhyUnknown.UNSAID),
        ({"deleted": None}, WhyUnknown.UNSAID),
        ({"bot": None}, WhyUnknown.UNSAID),
        ({"restricted": None}, WhyUnknown.UNSAID),
        ({"ultra_restricted": None}, WhyUnknown.UNSAID),
    ],
)
def test_who_is_no_full_member(change, why):
    """Anything else, or not said, is no; and the policy's map makes nobody a member."""
    person = replace(ANN, **change)
    assert membership(person, "T1") == NotMember(why)
    assert identify(person, "T1", {}) == Unknown(why)
    assert identify(person, "T1", {person.id: "boss@example.com"}) == Unknown(why)


def test_without_knowing_our_own_team_nobody_is_a_member():
    """An empty team id equals no team, not even an empty one."""
    assert isinstance(membership(ANN, ""), NotMember)
    assert isinstance(membership(replace(ANN, team_id=""), ""), NotMember)


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("", WhyUnknown.NO_EMAIL),
        ("ann", WhyUnknown.ODD_EMAIL),
        ("ann@", WhyUnknown.ODD_EMAIL),
        ("@example.com", WhyUnknown.ODD_EMAIL),
        ("ann@example.com, bob@example.com", WhyUnknown.ODD_EMAIL),
        ("ann@example.com;bob@example.com", WhyUnknown.ODD_EMAIL),
        ("ann@bob@example.com", WhyUnknown.ODD_EMAIL),
        ("ann @example.com", WhyUnknown.ODD_EMAIL),
        (" ann@example.com", WhyUnknown.ODD_EMAIL),
        ("ann@example.com\n", WhyUnknown.ODD_EMAIL),
        ("Ann <ann@example.com>", WhyUnknown.ODD_EMAIL),
        ("mailto:ann@example.com", WhyUnknown.ODD_EMAIL),
        ("mi\N{KELVIN SIGN}e@example.com", WhyUnknown.ODD_EMAIL),  # lower-cased: mike@…
        ("ann\u200b@example.com", WhyUnknown.ODD_EMAIL),
        ("a" * 250 + "@b.io", WhyUnknown.ODD_EMAIL),
    ],
)
def test_an_address_that_leads_nowhere_or_elsewhere(email, why):
    """No address, or one that could be read in two ways, is nobody's."""
    assert identify(replace(ANN, email=email), "T1", {}) == Unknown(why)


@pytest.mark.parametrize(
    "email", ["a@b", "Ann.O'Hara+x@mail.example.co.uk", "ann_1@x-y.io", "ann@example.com"]
)
def test_plain_addresses(email):
    """Names, tags, hyphens and subdomains are ordinary."""
    assert identify(replace(ANN, email=email), "T1", {}) == Known(email)


@pytest.mark.parametrize("own", ["ann@example.com", "", "odd address"])
def test_the_policy_file_replaces_the_address(own):
    """Companies whose addresses differ map them, also where Slack has none or an odd one."""
    mapped = {"U1": "a.smith@corp.example", "U2": "other@example.com"}
    assert identify(replace(ANN, email=own), "T1", mapped) == Known("a.smith@corp.example")


def test_a_bad_address_in_the_map_is_no_way_back_to_slacks():
    """The map decides for whom it names, for better or worse."""
    assert identify(ANN, "T1", {"U1": "odd"}) == Unknown(WhyUnknown.ODD_EMAIL)
    assert identify(ANN, "T1", {"U1": ""}) == Unknown(WhyUnknown.NO_EMAIL)


flags = st.sampled_from([True, False, None])


@given(
    st.builds(
        SlackPerson,
        id=st.sampled_from(["U1", "U2", ""]),
        team_id=st.sampled_from(["T1", "T1", "T2", ""]),
        email=st.sampled_from(["ann@example.com", "", "odd"]),
        deleted=flags,
        bot=flags,
        restricted=flags,
        ultra_restricted=flags,
        stranger=flags,
    ),
    st.sampled_from([{}, {"U1": "mapped@example.com"}]),
)
def test_everything_must_be_said_and_be_right(person, emails):
    """Known are those of whom Slack says all that is needed, and nothing that stands against."""
    said = (person.deleted, person.bot, person.restricted, person.ultra_restricted)
    member = (
        said == (False,) * 4
        and person.stranger is not True
        and person.team_id == "T1"
        and person.id
    )
    reachable = person.email == "ann@example.com" or person.id in emails
    known = isinstance(identify(person, "T1", emails), Known)
    assert known is bool(member and reachable)


@given(st.text(max_size=40) | st.emails())
def test_an_accepted_address_is_harmless(text):
    """What passes has one @, no blanks, and stays itself when lower-cased and back."""
    if is_email(text):
        assert text.count("@") == 1
        assert text.isascii()
        assert text.split() == [text]
        assert not set(text) & set('<>,;:"()[]\\')

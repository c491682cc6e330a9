"""The examples that operators copy: they say only what is so."""

import configparser
import dataclasses
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.core.policy_file import policy_from
from bot.settings import Settings

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
POLICY = DEPLOY / "policy.example.toml"


def test_the_policy_as_it_stands_restricts_nothing():
    """Copied unchanged, the example is the same as no policy at all."""
    assert policy_from(tomllib.loads(POLICY.read_text("utf-8"))) == policy_from({})


def test_the_policy_with_everything_switched_on_is_understood():
    """Each commented line becomes a rule when its # is taken away, and every rule is shown."""
    text = re.sub(r"^#(?=[a-zA-Z0-9_]+ =|\[)", "", POLICY.read_text("utf-8"), flags=re.MULTILINE)
    policy = policy_from(tomllib.loads(text))
    untouched = policy_from({})
    same = {
        field.name
        for field in dataclasses.fields(policy)
        if getattr(policy, field.name) == getattr(untouched, field.name)
    }
    assert same == {"second_person_minutes"}  # shown with its default
    assert None not in dataclasses.astuple(policy.only)
    assert policy.production.second_person


def test_compose_sets_only_what_the_bot_reads():
    """Every variable in the bot's service is a setting."""
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["bot"]
    assert {name.lower() for name in service["environment"]} <= Settings.model_fields.keys()


@pytest.mark.parametrize("probe", ["livenessProbe", "readinessProbe"])
def test_kubernetes_asks_the_promised_addresses(probe):
    """The probes go to the bot's own port, and alive is not the same as ready."""
    deployment, service = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    paths = {"livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert container[probe]["httpGet"] == {"path": paths[probe], "port": "http"}
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()
    assert {variable["name"].lower() for variable in container["env"]} <= set(Settings.model_fields)


def test_systemd_does_not_restart_what_cannot_start():
    """Bad settings end the bot with 2, and no restart mends them; a drain has time to finish."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read(DEPLOY / "resume-bot.service", "utf-8")
    service = unit["Service"]
    assert service["RestartPreventExitStatus"] == "2"
    assert service["ExecStart"].split()[1:] == ["run"]
    assert int(service["TimeoutStopSec"]) >= 30
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"

"""The examples that operators copy: they say only what is so."""

import configparser
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.settings import Settings

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
POLICY = DEPLOY / "policy.example.toml"


def test_the_policy_as_it_stands_restricts_nothing():
    """Copied unchanged, the example holds empty tables."""
    assert not any(tomllib.loads(POLICY.read_text("utf-8")).values())


def test_the_policy_with_everything_switched_on_is_toml():
    """Each commented line becomes a setting when its # is taken away."""
    text = re.sub(r"^#(?=\w)", "", POLICY.read_text("utf-8"), flags=re.MULTILINE)
    policy = tomllib.loads(text)
    assert policy["only"].keys() == {
        "applications",
        "pipelines",
        "stages",
        "channels",
        "hours",
        "timezone",
    }
    assert policy["people"] == {"U0123ABCD": "ann@example.com"}
    assert policy["key"] == {"user_groups": ["resume-bot"]}


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

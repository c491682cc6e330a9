"""What Prometheus is told, gathered at the moment it asks."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from bot.core.errors import ServiceTrouble
from bot.ports.pulse import Pulse

CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class Gauges:
    """One family of numbers: its name, what it means, and its values by one label."""

    name: str
    meaning: str
    label: str
    values: Mapping[str, float]


Look = Callable[[], Awaitable[Iterable[Gauges]]]


class Metrics:
    """The registry of this process, and where its numbers come from."""

    def __init__(self, pulses: Iterable[Pulse], look: Look) -> None:
        self._pulses = tuple(pulses)
        self._look = look
        self._registry = CollectorRegistry(auto_describe=False)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)

    async def text(self) -> bytes:
        """Give all numbers in Prometheus' text format."""
        families = [_gauge(gauges) for gauges in (self._services(), *await self._counted())]
        now = CollectorRegistry()
        now.register(_Once(families))
        return generate_latest(self._registry) + generate_latest(now)

    async def _counted(self) -> Iterable[Gauges]:
        """Give what the store counts; while it is away, that is told by the services alone."""
        try:
            return await self._look()
        except ServiceTrouble:
            return ()

    def _services(self) -> Gauges:
        values = {p.name: float(p.answered and not p.trouble) for p in self._pulses}
        meaning = "Whether the last real call to the service went well."
        return Gauges("resume_bot_service_up", meaning, "service", values)


class _Once(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _gauge(gauges: Gauges) -> Metric:
    family = GaugeMetricFamily(gauges.name, gauges.meaning, labels=[gauges.label])
    for label, value in gauges.values.items():
        family.add_metric([label], value)
    return family

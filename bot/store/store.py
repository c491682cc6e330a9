"""The whole store: the parts that answer ``bot.ports.Store``, on one database."""

from bot.store.attempts import Attempts
from bot.store.audit import Trail
from bot.store.cards import Cards
from bot.store.clicks import Clicks
from bot.store.counts import Counting
from bot.store.delivery import Delivery
from bot.store.prune import Pruning
from bot.store.replicas import Replicas
from bot.store.windows import Windows


class SqlStore(Replicas, Clicks, Cards, Attempts, Delivery, Windows, Trail, Counting, Pruning):
    """What survives a crash, on SQLite or Postgres; made by ``open_store``."""

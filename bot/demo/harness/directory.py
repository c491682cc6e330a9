"""Who is in the account: people, their user groups, and API keys with groups of their own."""

from bot.demo.harness.ids import Ids
from bot.demo.harness.people import (
    READ_USERS,
    ApiKey,
    Grant,
    User,
    UserGroup,
    deployment,
    reading,
)


class Directory:
    """The people and keys of one account."""

    def __init__(self, account: str, ids: Ids) -> None:
        """Begin with nobody."""
        self.account = account
        self.ids = ids
        self.groups: list[UserGroup] = []
        self.users: list[User] = []
        self.keys: list[ApiKey] = []

    def user_group(
        self,
        name: str,
        *grants: Grant,
        account: tuple[str, ...] | None = (),
        bare: bool = False,
    ) -> UserGroup:
        """Add a user group; `bare` has no permissions stored at all."""
        group = UserGroup(self.ids.new(), name, None if bare else grants, account)
        self.groups.append(group)
        return group

    def user(
        self,
        email: str,
        name: str,
        *groups: UserGroup,
        disabled: bool = False,
        locked: bool = False,
        verified: bool = True,
        pending: bool = False,
    ) -> User:
        """Add a person; a pending one has an invitation only, so the e-mail is not verified."""
        user = User(
            self.ids.new(),
            name,
            email.lower(),
            list(groups),
            disabled=disabled,
            locked=locked,
            verified=verified and not pending,
            pending=pending,
        )
        self.users.append(user)
        return user

    def key(self, name: str, *groups: UserGroup, legacy: bool = False) -> ApiKey:
        """Add an API key with its own user groups; without any, with what a resume bot needs."""
        own = list(groups) or [self._bot_group()]
        secret = self.ids.secret(None if legacy else self.account)
        key = ApiKey(self.ids.new(), name, secret, own, legacy)
        self.keys.append(key)
        return key

    def _bot_group(self) -> UserGroup:
        return self.user_group(
            "Resume bot",
            deployment(),
            *reading("PIPELINE", "WORKFLOW", "ENV", "SERVICE"),
            account=(READ_USERS,),
        )

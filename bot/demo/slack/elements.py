"""The rules of Block Kit's texts and interactive elements (facts 1.2), as tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.demo.slack.changes import Json

PLAIN = frozenset({"plain_text"})
ANY_TEXT = frozenset({"plain_text", "mrkdwn"})
SELECTS = frozenset(
    f"{kind}_select" for kind in ("static", "external", "users", "conversations", "channels")
)
MULTI_SELECTS = frozenset(f"multi_{kind}" for kind in SELECTS)
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker", "radio_buttons", "checkboxes"})
IN_ACTIONS = SELECTS | PICKERS | {"button", "overflow", "workflow_button"}
IN_SECTION = IN_ACTIONS | MULTI_SELECTS | {"image"}
IN_INPUT = SELECTS | MULTI_SELECTS | PICKERS | {
    "plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input",
    "rich_text_input",
}  # fmt: skip
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})

_OPTION_LISTS = {
    # element type: (fewest, most)
    "static_select": (1, 100),
    "multi_static_select": (1, 100),
    "overflow": (1, 5),
    "radio_buttons": (1, 10),
    "checkboxes": (1, 10),
}
_COMMON = frozenset({"type", "action_id", "confirm", "focus_on_load"})
_KEYS = {
    "button": {"text", "url", "value", "style", "accessibility_label", "visible_to_user_ids"},
    "workflow_button": {"text", "workflow", "style", "accessibility_label"},
    "overflow": {"options"},
    "image": {"image_url", "alt_text", "slack_file"},
    "radio_buttons": {"options", "initial_option"},
    "checkboxes": {"options", "initial_options"},
    "datepicker": {"placeholder", "initial_date"},
    "timepicker": {"placeholder", "initial_time", "timezone"},
    "datetimepicker": {"initial_date_time"},
    "plain_text_input": {
        "placeholder", "initial_value", "multiline", "min_length", "max_length",
        "dispatch_action_config",
    },
    "email_text_input": {"placeholder", "initial_value", "dispatch_action_config"},
    "url_text_input": {"placeholder", "initial_value", "dispatch_action_config"},
    "number_input": {
        "placeholder", "initial_value", "is_decimal_allowed", "min_value", "max_value",
        "dispatch_action_config",
    },
    "file_input": {"filetypes", "max_files"},
    "rich_text_input": {"placeholder", "initial_value", "dispatch_action_config"},
    "feedback_buttons": {"positive_button", "negative_button"},
    "icon_button": {"icon", "text", "value", "accessibility_label", "visible_to_user_ids"},
}  # fmt: skip
_SELECT_KEYS = {
    "placeholder", "options", "option_groups", "initial_option", "initial_options",
    "max_selected_items", "min_query_length", "initial_user", "initial_users",
    "initial_conversation", "initial_conversations", "default_to_current_conversation",
    "response_url_enabled", "filter", "initial_channel", "initial_channels",
}  # fmt: skip


@dataclass(kw_only=True)
class Findings:
    """The errors found so far, and the ids already seen in this message or view."""

    messages: list[str] = field(default_factory=list)
    action_ids: set[str] = field(default_factory=set)
    block_ids: set[str] = field(default_factory=set)

    def refuse(self, what: str, at: str) -> None:
        """Record one error in Slack's form, with the JSON pointer of the place."""
        self.messages.append(f"[ERROR] {what} [json-pointer:{at}]")

    def keys(self, thing: Json, allowed: set[str] | frozenset[str], at: str) -> None:
        """Refuse every key that the thing may not have."""
        for key in thing:
            if key not in allowed:
                self.refuse(f"no more/invalid additional property: {key}", at)

    def need(self, thing: Json, key: str, at: str) -> bool:
        """Say whether a required key is there, and refuse the thing if not."""
        if thing.get(key) is None:
            self.refuse(f"missing required field: {key}", at)
            return False
        return True

    def string(self, value: object, at: str, *, most: int, fewest: int = 1) -> None:
        """Refuse what is not a string of `fewest` to `most` characters."""
        if not isinstance(value, str):
            self.refuse("must be a string", at)
        elif len(value) > most:
            self.refuse(f"must be less than {most + 1} characters", at)
        elif len(value) < fewest:
            self.refuse(f"must be more than {fewest - 1} characters", at)

    def text(
        self, thing: object, at: str, *, most: int, kinds: frozenset[str] = PLAIN, fewest: int = 1
    ) -> None:
        """Check a text object: its type, its keys and its length."""
        if not isinstance(thing, dict):
            self.refuse("must be an object with type and text", at)
            return
        kind = thing.get("type")
        if kind not in kinds:
            self.refuse(f"must be one of {sorted(kinds)}, is {kind!r}", f"{at}/type")
        extra = {"mrkdwn": {"verbatim"}, "plain_text": {"emoji"}}.get(str(kind), set())
        self.keys(thing, {"type", "text"} | extra, at)
        self.string(thing.get("text"), f"{at}/text", most=most, fewest=fewest)

    def items(self, thing: Json, key: str, at: str, *, fewest: int, most: int) -> list[Json]:
        """Return the objects of a list, refusing it when their number is out of bounds."""
        found = thing.get(key)
        if not isinstance(found, list):
            self.refuse(f"missing required field: {key}", at)
            return []
        if len(found) < fewest:
            self.refuse(f"no fewer than {fewest} items required", f"{at}/{key}")
        if len(found) > most:
            self.refuse(f"no more than {most} items allowed", f"{at}/{key}")
        for index, item in enumerate(found):
            if not isinstance(item, dict):
                self.refuse("must be an object", f"{at}/{key}/{index}")
        return [item for item in found if isinstance(item, dict)]


def check_element(
    found: Findings, element: object, at: str, *, allowed: frozenset[str] | set[str]
) -> None:
    """Check one element in a place where only the `allowed` types may stand."""
    if not isinstance(element, dict):
        found.refuse("must be an object", at)
        return
    kind = str(element.get("type"))
    if kind not in allowed:
        found.refuse(f"unsupported type: {kind}", f"{at}/type")
        return
    own = _SELECT_KEYS if kind in SELECTS | MULTI_SELECTS else _KEYS[kind]
    if kind == "image":
        found.keys(element, own | {"type"}, at)
        check_image(found, element, at)
        return
    found.keys(element, own | _COMMON, at)
    _check_action_id(found, element, at)
    if element.get("confirm") is not None:
        check_confirm(found, element["confirm"], f"{at}/confirm")
    if element.get("placeholder") is not None:
        found.text(element["placeholder"], f"{at}/placeholder", most=150)
    if kind in {"button", "workflow_button"}:
        _check_button(found, element, at)
    if kind in _OPTION_LISTS:
        _check_choices(found, element, at, kind)


def _check_action_id(found: Findings, element: Json, at: str) -> None:
    if (action_id := element.get("action_id")) is None:
        return
    found.string(action_id, f"{at}/action_id", most=255)
    if action_id in found.action_ids:
        found.refuse(f"`action_id` {action_id!r} already exists", f"{at}/action_id")
    found.action_ids.add(str(action_id))


def _check_button(found: Findings, button: Json, at: str) -> None:
    if found.need(button, "text", at):
        found.text(button["text"], f"{at}/text", most=75)
    for key, most in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        if button.get(key) is not None:
            found.string(button[key], f"{at}/{key}", most=most)
    if button.get("style") not in {None, "primary", "danger"}:
        found.refuse("must be `primary` or `danger`", f"{at}/style")
    if len(button.get("visible_to_user_ids") or []) > 10:
        found.refuse("no more than 10 items allowed", f"{at}/visible_to_user_ids")


def _check_choices(found: Findings, element: Json, at: str, kind: str) -> None:
    fewest, most = _OPTION_LISTS[kind]
    if kind.endswith("static_select") and (groups := element.get("option_groups")) is not None:
        if element.get("options") is not None:
            found.refuse("only one of options and option_groups is allowed", at)
        for index, group in enumerate(groups):
            here = f"{at}/option_groups/{index}"
            found.text(group.get("label"), f"{here}/label", most=75)
            _check_options(found, group, here, fewest=1, most=100, kind=kind)
        options = [option for group in groups for option in group.get("options", [])]
    else:
        options = _check_options(found, element, at, fewest=fewest, most=most, kind=kind)
    initial = element.get("initial_option")
    if initial is not None and initial not in options:
        found.refuse("initial_option must be one of the options", f"{at}/initial_option")


def _check_options(
    found: Findings, holder: Json, at: str, *, fewest: int, most: int, kind: str
) -> list[Json]:
    options = found.items(holder, "options", at, fewest=fewest, most=most)
    kinds = ANY_TEXT if kind in {"radio_buttons", "checkboxes"} else PLAIN
    for index, option in enumerate(options):
        here = f"{at}/options/{index}"
        found.keys(option, {"text", "value", "description", "url"}, here)
        found.text(option.get("text"), f"{here}/text", most=75, kinds=kinds)
        found.string(option.get("value"), f"{here}/value", most=150)
        if option.get("description") is not None:
            found.text(option["description"], f"{here}/description", most=75, kinds=kinds)
    return options


def check_confirm(found: Findings, confirm: object, at: str) -> None:
    """Check a confirm dialog: title 100, text 300, buttons 30 characters."""
    if not isinstance(confirm, dict):
        found.refuse("must be an object", at)
        return
    found.keys(confirm, {"title", "text", "confirm", "deny", "style"}, at)
    found.text(confirm.get("title"), f"{at}/title", most=100)
    found.text(confirm.get("text"), f"{at}/text", most=300, kinds=ANY_TEXT)
    found.text(confirm.get("confirm"), f"{at}/confirm", most=30)
    found.text(confirm.get("deny"), f"{at}/deny", most=30)
    if confirm.get("style") not in {None, "primary", "danger"}:
        found.refuse("must be `primary` or `danger`", f"{at}/style")


def check_image(found: Findings, image: Json, at: str) -> None:
    """Check an image: one source, and the alternative text that readers need."""
    if (image.get("image_url") is None) == (image.get("slack_file") is None):
        found.refuse("exactly one of image_url and slack_file is required", at)
    if image.get("image_url") is not None:
        found.string(image["image_url"], f"{at}/image_url", most=3000)
    if found.need(image, "alt_text", at):
        found.string(image["alt_text"], f"{at}/alt_text", most=2000)

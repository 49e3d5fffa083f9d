"""Secrets where they do not belong: in addresses, in plain variables; recognised, named, and kept out of messages."""

import re
from urllib.parse import unquote

# What to tell a user who wrote one into an address.
ELSEWHERE = (
    "Leave it out: a local run takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or GOOGLE_APPLICATION_CREDENTIALS, "
    "from the environment, and Kubeflow takes them from kubeflow.secrets"
)
_HIDDEN = "***"
_OPTION = r"[\w.-]*(?:signature|secret|token|passw(?:or)?d|credential|api[_-]?key|access[_-]?key)[\w.-]*|sig|pwd"
# What the issuers of keys and tokens begin them with.
_ISSUED = (
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    r"gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}",
    r"glpat-[\w-]{16,}",
    r"xox[abprs]-[\w-]{10,}",
    r"AIza[\w-]{35}",
    r"ya29\.[\w-]{10,}",
    r"hf_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}",
    r"sk-(?=[A-Za-z_-]*[0-9])[\w-]{20,}",
    r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*PRIVATE KEY-----|.*)",
)
_TOKEN = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_ISSUED)})", re.DOTALL)
# The keys of a store may hold slashes; digits in front of the first one are a port.
_LOGIN = re.compile(r"(://[^/?#\s:@'\"]*):(?!\d{1,5}/)[^?#\s@'\"]+@")
_SECRET_OPTION = re.compile(rf"([?&;](?:{_OPTION})=)[^&;#\s'\"]+", re.IGNORECASE)

_WORDS = {
    "SECRET",
    "SECRETS",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PWD",
    "TOKEN",
    "CREDENTIAL",
    "CREDENTIALS",
    "APIKEY",
}
_KEYS = ("KEY", "ACCESS_KEY_ID")
_OF_A_FILE = {"FILE", "PATH", "DIR", "CREDENTIALS"}
# Said of a secret and no secret: USE_TOKEN: "true", PUBLIC_KEY: "1".
_HARMLESS = re.compile(r"|true|false|yes|no|on|off|[0-9]{1,5}", re.IGNORECASE)


def in_address(text: str) -> str | None:
    """Names the secret that a text holds, as addresses hold them or as issuers begin theirs; None if it holds none."""
    if "://" in text and (_LOGIN.search(text) or _LOGIN.search(unquote(text))):
        return "a password before its @"
    if "://" in text and (option := _SECRET_OPTION.search(text)):
        return f"the option {option[1][1:-1]}"
    return "a key or token" if _TOKEN.search(text) else None


def in_variable(name: str, value: str) -> bool:
    """Tells whether an environment variable looks like a secret: by its name, or by its value."""
    if in_address(value):
        return True
    words = name.upper().split("_")
    named = _WORDS & set(words) or name.upper().endswith(_KEYS)
    is_path = value.startswith("/") and bool(_OF_A_FILE & set(words))
    return bool(named) and not is_path and not _HARMLESS.fullmatch(value)


def masked(text: str) -> str:
    """Returns a text with *** in place of the secrets that `in_address` finds."""
    if "://" in text:
        text = _SECRET_OPTION.sub(rf"\g<1>{_HIDDEN}", _LOGIN.sub(rf"\g<1>:{_HIDDEN}@", text))
    return _TOKEN.sub(_HIDDEN, text)

"""Registrable domains."""

SECOND_LEVEL = {
    "au": ("com", "net", "org", "edu", "gov", "id", "asn"),
    "br": ("com", "net", "org", "gov", "edu"),
    "cn": ("com", "net", "org", "gov", "edu", "ac"),
    "in": ("co", "net", "org", "gov", "ac"),
    "il": ("co", "org", "net", "ac", "gov"),
    "jp": ("co", "ne", "or", "ac", "go", "ad", "ed", "gr", "lg"),
    "kr": ("co", "ne", "or", "re", "pe", "go", "ac", "mil", "hs", "ms", "es"),
    "mx": ("com", "org", "net", "edu", "gob"),
    "nz": ("co", "net", "org", "govt", "ac"),
    "sg": ("com", "net", "org", "edu", "gov"),
    "tr": ("com", "net", "org", "gov", "edu"),
    "tw": ("com", "net", "org", "gov", "edu"),
    "uk": ("co", "org", "me", "ltd", "plc", "net", "ac", "gov", "sch"),
    "za": ("co", "org", "net", "ac", "gov"),
}


def registrable(domain: str) -> str:
    """Returns `example.com` for `api.example.com`, `example.co.kr` for `www.example.co.kr`, and "" for a suffix."""
    labels = domain.lower().rstrip(".").removeprefix("*.").split(".")
    country = len(labels) >= 2 and labels[-2] in SECOND_LEVEL.get(labels[-1], ())
    keep = 3 if country else 2
    return ".".join(labels[-keep:]) if len(labels) >= keep else ""

"""What set_theme() said last: the one place charts read mode, language and colours from.

Read when a chart is drawn, never when a module is imported.
"""

from dataclasses import dataclass

MODES = ("light", "dark")
LANGUAGES = ("en", "zh")
LABELS = ("both", "zh", "en", "pinyin")


@dataclass(frozen=True)
class Settings:
    """One choice of mode, language of the furniture, and labels of Chinese terms."""

    mode: str = "light"
    language: str = "en"
    labels: str = "both"

    def __post_init__(self) -> None:
        """Refuse a choice nobody knows."""
        require_known("mode", self.mode, MODES)
        require_known("language", self.language, LANGUAGES)
        require_known("labels", self.labels, LABELS)


def require_known(name: str, value: str, known: tuple[str, ...]) -> None:
    """Raise a ValueError that lists the choices where `value` is none of them."""
    if not isinstance(value, str) or value not in known:
        shown = repr(value) if isinstance(value, str) else type(value).__name__
        raise ValueError(f"{name} is {shown}; it must be one of {', '.join(known)}")


_last = Settings()


def in_force() -> Settings:
    """Return the settings charts are drawn with now.

    >>> in_force().language in LANGUAGES
    True
    """
    return _last


def put_in_force(settings: Settings) -> None:
    """Let the charts drawn from now on follow `settings`."""
    global _last
    _last = settings

"""What an audit says."""

from dataclasses import dataclass, field

MOST = 1_000


@dataclass(slots=True)
class Report:
    """What was looked at, and everything wrong with it; the first thousand findings are kept in words."""

    origin: str
    begin: int
    """Positions up to here were verified before."""
    sealed: int
    head: str = ""
    """The last checkpoint, as a note; empty before the first."""
    unsealed: int = 0
    """Positions after the last checkpoint: the next seal covers them."""
    checkpoints: int = 0
    purged: int = 0
    witnesses: dict[str, int] = field(default_factory=dict)
    """The largest size that each known witness cosigned."""
    findings: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.count == 0

    def wrong(self, finding: str) -> None:
        """Adds a finding."""
        self.count += 1
        if len(self.findings) < MOST:
            self.findings.append(finding)

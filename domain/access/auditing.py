"""Rights to look back: at what was changed since, and at who could do what."""

from domain.access.actions import reads

HISTORY = reads("history.read", "earlier words and rows: what was since changed, taken back or ended", administrators=True)
AUDIT = reads("access.audit", "who could do and see what, at any time, and on whose authority", administrators=True)

"""Bringing a history from elsewhere: neutral records become events, in resumable chunks with derived identifiers."""

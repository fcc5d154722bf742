"""Witnesses (C2SP tlog-witness): a small one to run elsewhere, and a client for any."""
